package apikey

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// Verify uses a key. It has no route: only the program may ask.
const Verify core.Ref[VerifyInput, VerifyOutput] = "verifyApiKey"

// VerifyInput is a key, and what it must be good for.
type VerifyInput struct {
	Key         string                 `json:"key"`
	ConfigID    input.Opt[string]      `json:"configId,omitzero"` // only keys of this one; absent: of any
	Permissions input.Opt[Permissions] `json:"permissions,omitzero"`
}

// Bind reads the body.
func (in *VerifyInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptText("configId", &in.ConfigID)
	body.Text("key", &in.Key)
	readPermissions(body, false, &in.Permissions)
}

// VerifyOutput is the key, or why it is none.
type VerifyOutput struct {
	Valid bool    `json:"valid"`
	Error *Reason `json:"error"`
	Key   *Key    `json:"key"`
}

// Reason is why a key was refused.
type Reason struct {
	Message string    `json:"message"`
	Code    core.Code `json:"code"`
	// Details says how long to wait where the code is RATE_LIMITED.
	Details *limited `json:"details,omitempty"`
}

func (a *apiKey) verify(c *core.Context, in *VerifyInput) (*VerifyOutput, error) {
	f, err := a.config(in.ConfigID.Or(""))
	if err != nil {
		return nil, err
	}
	k, _, err := a.validate(c, in.Key, f, question{
		any: !in.ConfigID.Given(), permissions: in.Permissions.Value, look: true})
	var refused *core.Error
	if errors.As(err, &refused) && refused.Status < http.StatusInternalServerError {
		reason := &Reason{Message: refused.Message, Code: refused.Code}
		errors.As(err, &reason.Details)
		return &VerifyOutput{Error: reason}, nil
	}
	if err != nil {
		return nil, err
	}
	a.sweep(c)
	return &VerifyOutput{Valid: true, Key: k}, nil
}

// question is what a key is asked for.
type question struct {
	any         bool // keys of every configuration will do
	look        bool // ask Config.Validate
	permissions Permissions
}

// validate uses a key up once, or refuses it.
func (a *apiKey) validate(c *core.Context, plain string, lookup *Config, q question) (*Key, *Config, error) {
	return a.claim(c, a.store(lookup), lookup.hash(plain), func(k *Key) (*Config, error) {
		f, err := a.config(k.ConfigID)
		if err != nil {
			return nil, err
		}
		if !q.any && or(k.ConfigID, DefaultConfig) != lookup.name() {
			return nil, ErrInvalidKey
		}
		if q.look && f.Validate != nil {
			if ok, err := f.Validate(c, plain); err != nil {
				return nil, err
			} else if !ok {
				return nil, ErrKeyNotFound.WithStatus(http.StatusUnauthorized)
			}
		}
		// The reference looks at permissions after these two, and so says
		// first that a key is no key any more.
		if q.permissions != nil && !k.disabled() && !k.expired(c.Now()) && !allow(k.permissions(), q.permissions) {
			return nil, ErrKeyNotFound.WithStatus(http.StatusUnauthorized)
		}
		return f, nil
	})
}

// allow reports whether a key with these permissions may do all that is asked
// for. Nothing is not.
func allow(own, asked Permissions) bool {
	return len(asked) > 0 && access.NewRole(own).Authorize(access.All(asked), access.And) == nil
}
