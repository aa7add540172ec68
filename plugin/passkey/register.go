package passkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/google/uuid"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// VerifyRegistration is POST /passkey/verify-registration.
const VerifyRegistration core.Ref[VerifyRegistrationInput, RegistrationOutput] = "verifyPasskeyRegistration"

// VerifyRegistrationInput is what the browser made.
type VerifyRegistrationInput struct {
	Response      input.Opt[json.RawMessage] `json:"response,omitzero"`
	Name          input.Opt[string]          `json:"name,omitzero"`
	CreateSession input.Opt[bool]            `json:"createSession,omitzero"`
}

// Bind reads the body.
func (in *VerifyRegistrationInput) Bind(b *input.Binder) {
	body := b.Body()
	if body.OptRaw("response", &in.Response); !body.Has("response") {
		body.Refuse("response", "Invalid input: expected nonoptional, received undefined")
	}
	body.OptText("name", &in.Name).Trim().Describe("Name of the passkey")
	body.OptBool("createSession", &in.CreateSession)
}

// RegistrationOutput is the passkey, and the session that was asked for.
type RegistrationOutput struct {
	Passkey
	Session *core.Session `json:"session,omitempty"`
	User    *core.User    `json:"user,omitempty"`
}

// AppendJSON writes the output.
func (out *RegistrationOutput) AppendJSON(b []byte) []byte {
	b = out.Passkey.AppendJSON(b)
	if out.Session == nil {
		return b
	}
	b = out.Session.AppendJSON(append(b[:len(b)-1], `,"session":`...))
	return append(out.User.AppendJSON(append(b, `,"user":`...)), '}')
}

// MarshalJSON is [RegistrationOutput.AppendJSON].
func (out *RegistrationOutput) MarshalJSON() ([]byte, error) { return out.AppendJSON(nil), nil }

func (k *passkeys) verifyRegistration(c *core.Context, in *VerifyRegistrationInput) (*RegistrationOutput, error) {
	origins, ok := k.origins(c)
	if !ok {
		return nil, ErrRegistrationFailed
	}
	what, err := k.take(c, registering)
	if err != nil {
		return nil, err
	}
	current, err := c.StoredSession()
	switch {
	case err != nil:
		return nil, err
	case current == nil && !k.Registration.WithoutSession:
		return nil, core.ErrUnauthorized
	case current != nil && current.User.ID != what.User.ID:
		return nil, ErrNotAllowed
	case len(origins) == 0:
		return nil, ErrRegistrationFailed.Wrap(errOrigin)
	}
	answer, err := parse(in.Response.Value)
	if err != nil {
		return nil, ErrRegistrationFailed.Wrap(err)
	}
	proven, err := k.proveCreation(answer, what.Challenge, origins)
	if err != nil {
		return nil, ErrRegistrationFailed.Wrap(err)
	}
	transports, err := answer.transports()
	if err != nil {
		return nil, ErrRegistrationFailed.Wrap(err)
	}
	out := &RegistrationOutput{}
	err = c.Transaction(func(c *core.Context) error {
		row := newRow(c, proven)
		row.UserID, row.Transports = what.User.ID, &transports
		if in.Name.Value != "" {
			row.Name = &in.Name.Value
		}
		if err := k.ask(c, current, what, row, proven, in); err != nil {
			return err
		}
		*out = RegistrationOutput{}
		return k.store(c, row, in.CreateSession.Or(false), out)
	})
	return out, err
}

// ask lets the application see a registration before it is stored.
func (k *passkeys) ask(c *core.Context, current *core.Current, what *ceremony, row *Passkey,
	proven *protocol.ParsedCredentialCreationData, in *VerifyRegistrationInput) error {
	hook := k.Registration.AfterVerification
	if hook == nil {
		return nil
	}
	object := &proven.Response.AttestationObject
	seen := &Registered{Passkey: row, User: what.User, UserVerified: object.AuthData.Flags.HasUserVerified(), Format: object.Format,
		Attestation: proven.Raw.AttestationResponse.AttestationObject, Response: in.Response.Value}
	if what.Context != nil {
		seen.Context = *what.Context
	}
	given := row.Name
	if err := hook(c, seen); err != nil {
		return err
	}
	if given != nil {
		row.Name = given
	}
	if row.Name != nil && *row.Name == "" {
		row.Name = nil
	}
	switch {
	case current != nil && row.UserID != current.User.ID:
		return ErrNotAllowed
	case row.UserID == "":
		return ErrResolvedUserInvalid
	}
	return nil
}

func newRow(c *core.Context, proven *protocol.ParsedCredentialCreationData) *Passkey {
	data := &proven.Response.AttestationObject.AuthData
	now := c.Now()
	row := &Passkey{ID: c.NewID("passkey"), CredentialID: encode(data.AttData.CredentialID),
		PublicKey: base64.StdEncoding.EncodeToString(data.AttData.CredentialPublicKey), Counter: int64(data.Counter),
		DeviceType: SingleDevice, BackedUp: data.Flags.HasBackupState(), CreatedAt: &now}
	if data.Flags.HasBackupEligible() {
		row.DeviceType = MultiDevice
	}
	if id, err := uuid.FromBytes(data.AttData.AAGUID); err == nil {
		text := id.String()
		row.AAGUID = &text
	}
	return row
}

// store keeps a passkey and signs its user in where that was asked for.
func (k *passkeys) store(c *core.Context, row *Passkey, signIn bool, out *RegistrationOutput) error {
	u, err := c.Users().ByID(row.UserID)
	if errors.Is(err, db.ErrNotFound) {
		return core.ErrUserNotFound.WithStatus(http.StatusInternalServerError)
	}
	if err != nil {
		return err
	}
	err = db.Create(c, c.DB(), k.table.Table, row)
	if errors.Is(err, db.ErrConflict) {
		return ErrPreviouslyRegistered.Wrap(err)
	}
	if err != nil {
		return err
	}
	out.Passkey = *row
	if !signIn {
		return nil
	}
	current, err := c.SignIn(u, core.NewSession{})
	if err != nil {
		return err
	}
	out.Session, out.User = current.Session, current.User
	return nil
}
