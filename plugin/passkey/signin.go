package passkey

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// GenerateAuthenticationOptions is GET /passkey/generate-authenticate-options.
const GenerateAuthenticationOptions core.Ref[AuthenticationOptionsInput, RequestOptions] = "generatePasskeyAuthenticationOptions"

// AuthenticationOptionsInput is empty: who signs in is not known yet.
type AuthenticationOptionsInput struct{}

// Bind reads nothing.
func (*AuthenticationOptionsInput) Bind(*input.Binder) {}

// authenticationOptions lists passkeys of a signed-in user only, so that nobody
// learns who has one.
func (k *passkeys) authenticationOptions(c *core.Context, _ *AuthenticationOptionsInput) (*RequestOptions, error) {
	current, err := c.Session()
	if err != nil {
		return nil, err
	}
	what := &ceremony{Type: signingIn, Challenge: newChallenge(c)}
	var allowed []*Passkey
	if current != nil {
		what.User.ID = current.User.ID
		if allowed, err = k.table.of(c, current.User.ID); err != nil {
			return nil, err
		}
	}
	what.Named = len(allowed) > 0
	out, err := k.request(c, what.Challenge, allowed)
	if err != nil {
		return nil, err
	}
	return out, k.begin(c, what)
}

// VerifyAuthentication is POST /passkey/verify-authentication.
const VerifyAuthentication core.Ref[VerifyAuthenticationInput, AuthenticationOutput] = "verifyPasskeyAuthentication"

// VerifyAuthenticationInput is what the browser signed.
type VerifyAuthenticationInput struct {
	Response map[string]json.RawMessage `json:"response"`
}

// Bind reads the body.
func (in *VerifyAuthenticationInput) Bind(b *input.Binder) {
	b.Body().Members("response", &in.Response)
}

// AuthenticationOutput is the new session.
type AuthenticationOutput struct {
	Session *core.Session `json:"session"`
	User    *core.User    `json:"user"`
}

func (k *passkeys) verifyAuthentication(c *core.Context, in *VerifyAuthenticationInput) (*AuthenticationOutput, error) {
	origins, ok := k.origins(c)
	if !ok {
		return nil, errOriginMissing
	}
	what, err := k.take(c, signingIn)
	if err != nil {
		return nil, err
	}
	p, err := k.find(c, in.Response["id"])
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(in.Response)
	if err != nil {
		return nil, err
	}
	seen, err := k.prove(raw, p, what, origins)
	if err != nil {
		return nil, err
	}
	return k.signIn(c, seen)
}

// find returns the passkey with a credential's id.
func (k *passkeys) find(c *core.Context, raw json.RawMessage) (*Passkey, error) {
	var id string
	if json.Unmarshal(raw, &id) != nil || id == "" {
		return nil, ErrPasskeyNotFound.WithStatus(http.StatusUnauthorized)
	}
	p, err := db.One(c, c.DB(), k.table.Table, k.table.credentialID.Eq(id))
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrPasskeyNotFound.WithStatus(http.StatusUnauthorized)
	}
	return p, err
}

// prove checks the answer. Whatever is wrong, the client is told the same; the
// status is that of the reference.
func (k *passkeys) prove(raw json.RawMessage, p *Passkey, what *ceremony, origins []string) (*Authenticated, error) {
	if len(origins) == 0 {
		return nil, ErrAuthenticationFailed.Wrap(errOrigin)
	}
	if what.Named && what.User.ID != p.UserID {
		return nil, ErrAuthenticationFailed.Wrap(errUnlisted)
	}
	answer, err := parse(raw)
	if err != nil {
		return nil, ErrAuthenticationFailed.Wrap(err)
	}
	data, err := k.proveAssertion(answer, p, what.Challenge, origins)
	var fault *protocol.Error
	if errors.As(err, &fault) && fault.Type == protocol.ErrAssertionSignature.Type {
		return nil, ErrAuthenticationFailed.WithStatus(http.StatusUnauthorized).Wrap(err)
	}
	if err != nil {
		return nil, ErrAuthenticationFailed.Wrap(err)
	}
	seen := &Authenticated{Passkey: p, Counter: int64(data.Counter), UserVerified: data.Flags.HasUserVerified(),
		BackedUp: data.Flags.HasBackupState(), Response: raw}
	var client struct {
		Origin string `json:"origin"`
	}
	if json.Unmarshal(answer.Response.ClientData, &client) == nil {
		seen.Origin = client.Origin
	}
	return seen, nil
}

func (k *passkeys) signIn(c *core.Context, seen *Authenticated) (*AuthenticationOutput, error) {
	if hook := k.Authentication.AfterVerification; hook != nil {
		if err := hook(c, seen); err != nil {
			return nil, err
		}
	}
	advanced, err := k.table.advance(c, seen.Passkey, seen.Counter)
	if err != nil {
		return nil, err
	}
	if !advanced {
		return nil, ErrAuthenticationFailed.Wrap(errCounter)
	}
	u, err := c.Users().ByID(seen.Passkey.UserID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, core.ErrUserNotFound.WithStatus(http.StatusInternalServerError)
	}
	if err != nil {
		return nil, err
	}
	current, err := c.SignIn(u, core.NewSession{})
	if err != nil {
		return nil, err
	}
	return &AuthenticationOutput{current.Session, current.User}, nil
}
