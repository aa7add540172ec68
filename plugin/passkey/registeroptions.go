package passkey

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

// GenerateRegistrationOptions is GET /passkey/generate-register-options.
const GenerateRegistrationOptions core.Ref[RegistrationOptionsInput, CreationOptions] = "generatePasskeyRegistrationOptions"

// RegistrationOptionsInput asks for options.
type RegistrationOptionsInput struct {
	AuthenticatorAttachment input.Opt[string] `json:"authenticatorAttachment,omitzero"`
	Name                    input.Opt[string] `json:"name,omitzero"`    // of the account, as the browser shows it
	Context                 input.Opt[string] `json:"context,omitzero"` // for Registration.ResolveUser
}

// Bind reads the query.
func (in *RegistrationOptionsInput) Bind(b *input.Binder) {
	query := b.Query()
	query.OptText("authenticatorAttachment", &in.AuthenticatorAttachment).OneOf(attachments...)
	query.OptText("name", &in.Name).Describe("The name of the account, as the browser shows it")
	query.OptText("context", &in.Context)
}

func (k *passkeys) registrationOptions(c *core.Context, in *RegistrationOptionsInput) (*CreationOptions, error) {
	user, certain, err := k.registrant(c, in.Context.Or(""))
	if err != nil {
		return nil, err
	}
	have, err := k.table.of(c, user.ID)
	if err != nil {
		return nil, err
	}
	// Whoever registers without a session may yet turn out to be another user.
	handle := secret.Text(c.Random(), secret.LowerDigits, 2*half)
	if certain {
		handle = k.handles.of(user.ID)
	}
	what := &ceremony{Type: registering, Challenge: newChallenge(c), User: user}
	if in.Context.Given() {
		what.Context = &in.Context.Value
	}
	shown := entity{ID: encode([]byte(handle)), Name: or(in.Name.Value, user.Name, user.ID), DisplayName: or(user.DisplayName, user.Name, user.ID)}
	out, err := k.creation(c, what.Challenge, shown, in.AuthenticatorAttachment.Value, have)
	if err != nil {
		return nil, err
	}
	return out, k.begin(c, what)
}

func or(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

// registrant returns who registers, and whether a session says so.
func (k *passkeys) registrant(c *core.Context, context string) (u User, certain bool, err error) {
	current, err := c.StoredSession()
	switch {
	case err != nil:
		return u, false, err
	case current != nil:
		name := or(current.User.Email, current.User.ID)
		return User{ID: current.User.ID, Name: name, DisplayName: name}, true, nil
	case !k.Registration.WithoutSession:
		// The session that let the call in was a cached copy of one that is gone.
		return u, false, core.ErrUnauthorized
	case k.Registration.ResolveUser == nil:
		return u, false, ErrResolveUserRequired
	}
	if u, err = k.Registration.ResolveUser(c, context); err == nil && (u.ID == "" || u.Name == "") {
		err = ErrResolvedUserInvalid
	}
	return u, false, err
}
