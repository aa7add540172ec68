package apikey

import (
	"encoding/json"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Update is POST /api-key/update.
const Update core.Ref[UpdateInput, Key] = "updateApiKey"

// UpdateInput changes a key. What is absent stays.
type UpdateInput struct {
	KeyID     string                     `json:"keyId"`
	ConfigID  input.Opt[string]          `json:"configId,omitzero"`
	UserID    input.Opt[string]          `json:"userId,omitzero"` // of programs only
	Name      input.Opt[string]          `json:"name,omitzero"`
	Enabled   input.Opt[bool]            `json:"enabled,omitzero"`
	Metadata  input.Opt[json.RawMessage] `json:"metadata,omitzero"`
	ExpiresIn input.Opt[float64]         `json:"expiresIn,omitzero"` // seconds; null: never
	limits
}

// Bind reads the body.
func (in *UpdateInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptText("configId", &in.ConfigID)
	body.Text("keyId", &in.KeyID)
	body.OptCoerced("userId", &in.UserID)
	body.OptText("name", &in.Name)
	body.OptBool("enabled", &in.Enabled)
	body.OptNumber("remaining", &in.Remaining).Min(1)
	body.OptNumber("refillAmount", &in.RefillAmount)
	body.OptNumber("refillInterval", &in.RefillInterval)
	body.OptRaw("metadata", &in.Metadata)
	body.NullNumber("expiresIn", &in.ExpiresIn).Min(1).Describe("Seconds; null: never")
	body.OptBool("rateLimitEnabled", &in.RateLimitEnabled)
	body.OptNumber("rateLimitTimeWindow", &in.RateLimitTimeWindow)
	body.OptNumber("rateLimitMax", &in.RateLimitMax)
	readPermissions(body, true, &in.Permissions)
}

func (a *apiKey) update(c *core.Context, in *UpdateInput) (*Key, error) {
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	client, user := c.Request() != nil, in.UserID.Or("")
	switch {
	case current == nil && (client || user == ""):
		return nil, ErrUnauthorizedSession
	case current != nil && user != "" && user != current.User.ID:
		return nil, ErrUnauthorizedSession
	case client && (in.given() || in.Remaining.Set):
		return nil, ErrServerOnly
	}
	if current != nil {
		user = current.User.ID
	}
	k, f, err := a.find(c, in.KeyID, in.ConfigID.Or(""), user, "update")
	if err != nil {
		return nil, err
	}
	set, err := a.assignments(c, f, in)
	if err != nil {
		return nil, err
	}
	if len(set) == 0 {
		return nil, ErrNoValues
	}
	changed, err := a.store(f).change(c, k, append(set, a.table.updatedAt.To(c.Now())))
	if err != nil {
		return nil, err
	}
	a.sweep(c)
	return changed, nil
}

func (a *apiKey) assignments(c *core.Context, f *Config, in *UpdateInput) (set []db.Assign[Key], err error) {
	if err := in.whole(); err != nil {
		return nil, err
	}
	t := a.table
	if in.Name.Given() {
		if n := length(in.Name.Value); n < f.MinNameLength || n > f.MaxNameLength {
			return nil, ErrInvalidNameLength
		}
		set = append(set, t.name.To(in.Name.Value))
	}
	if in.Enabled.Given() {
		set = append(set, t.enabled.To(in.Enabled.Value))
	}
	switch {
	case !in.ExpiresIn.Set:
	case f.Expiration.DisableCustom:
		return nil, ErrExpirationDisabled
	case in.ExpiresIn.Null:
		set = append(set, t.expiresAt.ToNull())
	default:
		if err := f.checkExpiry(in.ExpiresIn.Value); err != nil {
			return nil, err
		}
		set = append(set, t.expiresAt.To(*after(c.Now(), in.ExpiresIn.Value)))
	}
	if in.Metadata.Set && f.EnableMetadata {
		if !isObject(in.Metadata.Value) {
			return nil, ErrInvalidMetadataType
		}
		set = append(set, t.metadata.To(string(in.Metadata.Value)))
	}
	limits, err := a.limitAssignments(&in.limits)
	return append(set, limits...), err
}

// limitAssignments are those that only programs make.
func (a *apiKey) limitAssignments(in *limits) (set []db.Assign[Key], err error) {
	t := a.table
	switch {
	case in.RefillAmount.Given() && !in.RefillInterval.Given():
		return nil, ErrRefillIntervalRequired
	case in.RefillInterval.Given() && !in.RefillAmount.Given():
		return nil, ErrRefillAmountRequired
	}
	for _, n := range []struct {
		f db.Field[Key, int64]
		o input.Opt[float64]
	}{{t.remaining, in.Remaining}, {t.refillAmount, in.RefillAmount}, {t.refillInterval, in.RefillInterval},
		{t.window, in.RateLimitTimeWindow}, {t.max, in.RateLimitMax}} {
		if n.o.Given() {
			set = append(set, n.f.To(int64(n.o.Value)))
		}
	}
	if in.RateLimitEnabled.Given() {
		set = append(set, t.limited.To(in.RateLimitEnabled.Value))
	}
	switch {
	case in.Permissions.Null:
		set = append(set, t.permissions.ToNull())
	case in.Permissions.Set:
		var k Key
		if err := k.permit(in.Permissions.Value); err != nil {
			return nil, err
		}
		set = append(set, t.permissions.To(*k.Permissions))
	}
	return set, nil
}
