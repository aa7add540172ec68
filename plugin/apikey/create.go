package apikey

import (
	"encoding/json"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

// Create is POST /api-key/create.
const Create core.Ref[CreateInput, Created] = "createApiKey"

// CreateInput shapes a new key. Programs that call in process, without a
// request, may set all of it and name the user; clients may not.
type CreateInput struct {
	ConfigID       input.Opt[string]          `json:"configId,omitzero"`
	Name           input.Opt[string]          `json:"name,omitzero"`
	ExpiresIn      input.Opt[float64]         `json:"expiresIn,omitzero"` // seconds
	Prefix         input.Opt[string]          `json:"prefix,omitzero"`
	Metadata       input.Opt[json.RawMessage] `json:"metadata,omitzero"`
	UserID         input.Opt[string]          `json:"userId,omitzero"`
	OrganizationID input.Opt[string]          `json:"organizationId,omitzero"`
	limits
}

// Bind reads the body.
func (in *CreateInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptText("configId", &in.ConfigID)
	body.OptText("name", &in.Name)
	body.NullNumber("expiresIn", &in.ExpiresIn).Min(1).Describe("Seconds")
	body.OptText("prefix", &in.Prefix)
	if in.Prefix.Given() && !prefixPattern.MatchString(in.Prefix.Value) {
		body.Refuse("prefix", "Invalid prefix format, must be alphanumeric and contain only underscores and hyphens.")
	}
	body.NullNumber("remaining", &in.Remaining).Min(0)
	body.OptRaw("metadata", &in.Metadata)
	body.OptNumber("refillAmount", &in.RefillAmount).Min(1)
	body.OptNumber("refillInterval", &in.RefillInterval)
	body.OptNumber("rateLimitTimeWindow", &in.RateLimitTimeWindow)
	body.OptNumber("rateLimitMax", &in.RateLimitMax)
	body.OptBool("rateLimitEnabled", &in.RateLimitEnabled)
	readPermissions(body, false, &in.Permissions)
	body.OptCoerced("userId", &in.UserID)
	body.OptCoerced("organizationId", &in.OrganizationID)
}

// Created is a new key with its text, which is not shown again.
type Created struct {
	*Key
	Plain string
}

// MarshalJSON gives the key with its text.
func (o *Created) MarshalJSON() ([]byte, error) { return o.AppendJSON(nil), nil }

// AppendJSON is [Created.MarshalJSON] into a buffer.
func (o *Created) AppendJSON(b []byte) []byte { return o.appendJSON(b, o.Plain) }

func (a *apiKey) create(c *core.Context, in *CreateInput) (*Created, error) {
	f, err := a.config(in.ConfigID.Or(""))
	if err != nil {
		return nil, err
	}
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	client := c.Request() != nil
	if client && (in.given() || in.Remaining.Given()) {
		return nil, ErrServerOnly
	}
	if client && in.UserID.Set {
		return nil, ErrUnauthorizedSession
	}
	owner, err := f.owner(c, current, in, client)
	if err != nil {
		return nil, err
	}
	if err := f.checkNew(in); err != nil {
		return nil, err
	}
	k, plain, err := a.newKey(c, f, owner, in)
	if err != nil {
		return nil, err
	}
	a.sweep(c)
	if err := a.store(f).create(c, k); err != nil {
		return nil, err
	}
	return &Created{k, plain}, nil
}

// owner returns whose the key will be: never anybody's but the caller's, or an
// organization's where the caller may.
func (f *Config) owner(c *core.Context, current *core.Current, in *CreateInput, client bool) (string, error) {
	user := in.UserID.Or("")
	if current != nil {
		if !client && user != "" && user != current.User.ID {
			return "", ErrUnauthorizedSession
		}
		user = current.User.ID
	}
	if f.ForOrganizations && in.OrganizationID.Or("") == "" {
		return "", ErrOrganizationIDRequired
	}
	if user == "" || client && current == nil {
		return "", ErrUnauthorizedSession
	}
	if f.ForOrganizations {
		return in.OrganizationID.Value, f.authorize(c, user, in.OrganizationID.Value, "create")
	}
	return user, nil
}

func (f *Config) checkNew(in *CreateInput) error {
	if err := in.whole(); err != nil {
		return err
	}
	if truthy(in.Metadata) {
		if !f.EnableMetadata {
			return ErrMetadataDisabled
		}
		if !isObject(in.Metadata.Value) {
			return ErrInvalidMetadataType
		}
	}
	amount, interval := in.RefillAmount.Or(0) != 0, in.RefillInterval.Or(0) != 0
	switch {
	case amount && !interval:
		return ErrRefillIntervalRequired
	case interval && !amount:
		return ErrRefillAmountRequired
	}
	if in.ExpiresIn.Given() {
		if err := f.checkExpiry(in.ExpiresIn.Value); err != nil {
			return err
		}
	}
	prefix, name := in.Prefix.Or(""), in.Name.Or("")
	switch {
	case prefix != "" && (len(prefix) < f.MinPrefixLength || len(prefix) > f.MaxPrefixLength):
		return ErrInvalidPrefixLength
	case name != "" && (length(name) < f.MinNameLength || length(name) > f.MaxNameLength):
		return ErrInvalidNameLength
	case name == "" && f.RequireName:
		return ErrNameRequired
	}
	return nil
}

func (f *Config) checkExpiry(seconds float64) error {
	switch {
	case f.Expiration.DisableCustom:
		return ErrExpirationDisabled
	case seconds < f.Expiration.MinExpiresIn.Seconds():
		return ErrExpiresInTooSmall
	case seconds > f.Expiration.MaxExpiresIn.Seconds():
		return ErrExpiresInTooLarge
	}
	return nil
}

// after returns the time so many seconds from now.
func after(now time.Time, seconds float64) *time.Time {
	t := time.UnixMilli(now.UnixMilli() + int64(seconds*1000)).UTC()
	return &t
}

func (a *apiKey) newKey(c *core.Context, f *Config, owner string, in *CreateInput) (*Key, string, error) {
	now, on := c.Now(), true
	prefix := text(in.Prefix)
	if prefix == nil && f.Prefix != "" {
		prefix = &f.Prefix
	}
	plain, err := f.generate(c, or(in.Prefix.Or(""), f.Prefix))
	if err != nil {
		return nil, "", err
	}
	limited := in.RateLimitEnabled.Or(!f.RateLimit.Disable)
	k := &Key{ConfigID: f.name(), Name: text(in.Name), ReferenceID: owner, Prefix: prefix, Hash: f.hash(plain),
		Enabled: &on, RateLimitEnabled: &limited, RequestCount: new(int64), CreatedAt: now, UpdatedAt: now,
		RefillAmount: number(in.RefillAmount), RefillInterval: number(in.RefillInterval), Remaining: number(in.Remaining),
		RateLimitMax:        number(input.Some(in.RateLimitMax.Or(float64(f.RateLimit.MaxRequests)))),
		RateLimitTimeWindow: number(input.Some(in.RateLimitTimeWindow.Or(float64(f.RateLimit.TimeWindow.Milliseconds()))))}
	if !f.Start.Disable {
		start := plain[:min(f.Start.Length, len(plain))]
		k.Start = &start
	}
	switch {
	case in.ExpiresIn.Given():
		k.ExpiresAt = after(now, in.ExpiresIn.Value)
	case f.Expiration.DefaultExpiresIn > 0:
		k.ExpiresAt = after(now, f.Expiration.DefaultExpiresIn.Seconds())
	}
	if truthy(in.Metadata) {
		metadata := string(in.Metadata.Value)
		k.Metadata = &metadata
	}
	permissions := in.Permissions.Value
	if !in.Permissions.Given() && f.DefaultPermissions != nil {
		if permissions, err = f.DefaultPermissions(c, owner); err != nil {
			return nil, "", err
		}
	}
	if permissions != nil {
		err = k.permit(permissions)
	}
	return k, plain, err
}

func (k *Key) permit(p Permissions) error {
	data, err := json.Marshal(p)
	list := string(data)
	k.Permissions = &list
	return err
}

func (f *Config) generate(c *core.Context, prefix string) (string, error) {
	if f.Generate != nil {
		return f.Generate(c, f.KeyLength, prefix)
	}
	return prefix + secret.Text(c.Random(), secret.Letters, f.KeyLength), nil
}

// hash is how a key is stored and found.
func (f *Config) hash(plain string) string {
	if f.DisableKeyHashing {
		return plain
	}
	return secret.Hash(plain)
}
