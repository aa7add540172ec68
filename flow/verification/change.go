package verification

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// ChangeEmail is POST /change-email.
const ChangeEmail core.Ref[ChangeEmailInput, core.Status] = "changeEmail"

// ChangeEmailInput names the address to change to.
type ChangeEmailInput struct {
	NewEmail string `json:"newEmail"`
	// CallbackURL is where the links of the mails lead, "/" where absent.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
}

// Bind reads the body.
func (in *ChangeEmailInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("newEmail", &in.NewEmail).Email().Describe("The address to change to")
	body.OptText("callbackURL", &in.CallbackURL).Describe("Where the links of the mails lead")
}

var (
	errSameEmail = core.NewError(http.StatusBadRequest, "", "Email is the same")
	// errCannotSend is the reference's refusal here, which has no code.
	errCannotSend = core.NewError(http.StatusBadRequest, "", core.ErrVerificationMailNotEnabled.Message)
)

// changeEmail picks the way the options allow for the user, then looks whether
// the address is free. The order matters: otherwise a missing way would be
// refused for free addresses only, and tell which are taken.
func (Flow) changeEmail(c *core.Context, in *ChangeEmailInput) (*core.Status, error) {
	o := &c.Options().User.ChangeEmail
	if !o.Enabled {
		return nil, core.ErrChangeEmailDisabled
	}
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	u, email := current.User, core.NormalEmail(in.NewEmail)
	if email == u.Email {
		return nil, errSameEmail
	}
	atOnce := !u.EmailVerified && o.UpdateEmailWithoutVerification
	if !atOnce && !c.CanVerifyEmail() {
		return nil, errCannotSend
	}
	c.AnswerAfter(c.Options().Advanced.OutboundMinResponseTime)
	_, err = c.Users().ByEmail(email)
	switch {
	case err == nil:
		c.SignEmailToken(core.EmailToken{Email: u.Email, UserID: u.ID, UpdateTo: email})
	case !errors.Is(err, db.ErrNotFound):
		return nil, err
	case atOnce:
		if err := changeAtOnce(c, current, email, in.CallbackURL.Value); err != nil {
			return nil, err
		}
	case u.EmailVerified && o.Confirm:
		askOldAddress(c, u, email, in.CallbackURL.Value)
	default:
		askNewAddress(c, u, email, in.CallbackURL.Value)
	}
	return &core.Status{Status: true}, nil
}

// changeAtOnce changes an address that was never proven.
func changeAtOnce(c *core.Context, current *core.Current, email, callbackURL string) error {
	users := c.Tables().Users
	guard := []db.Where[core.User]{users.Email.Eq(current.User.Email), users.EmailVerified.Eq(false)}
	u, err := c.Users().UpdateWhere(current.User.ID, guard, users.Email.To(email))
	// Lost against a racing caller: no more is said than of an address that
	// was taken all along.
	if errors.Is(err, core.ErrUserAlreadyExists) || errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c.RefreshSessionCookies(&core.Current{Session: current.Session, User: u})
	if !c.CanVerifyEmail() {
		return nil
	}
	return c.SendVerificationEmail(u, callbackURL)
}

// askOldAddress mails the address that is about to be given up.
func askOldAddress(c *core.Context, u *core.User, email, callbackURL string) {
	signed := c.SignEmailToken(core.EmailToken{Email: u.Email, UserID: u.ID,
		UpdateTo: email, Request: core.EmailChangeConfirmation})
	data, _ := json.Marshal(struct { // a struct of one text cannot fail
		NewEmail string `json:"newEmail"`
	}{email})
	c.Deliver(&core.Message{Type: core.MessageChangeEmail, To: u.Email, Token: signed,
		URL: c.VerificationURL(signed, callbackURL), Data: data, User: u})
}

// askNewAddress mails the address to change to.
func askNewAddress(c *core.Context, u *core.User, email, callbackURL string) {
	signed := c.SignEmailToken(core.EmailToken{Email: u.Email, UserID: u.ID,
		UpdateTo: email, Request: core.EmailChangeVerification})
	addressed := *u
	addressed.Email = email
	c.Deliver(&core.Message{Type: core.MessageVerification, To: email, Token: signed,
		URL: c.VerificationURL(signed, callbackURL), User: &addressed})
}

// redeemChange takes one step of a change of address. The link holds only for
// the user it was made for, while the address is the one it was made at.
func redeemChange(c *core.Context, in *VerifyInput, t *core.EmailToken) (*VerifyOutput, error) {
	if t.UserID == "" {
		return in.refuse(core.ErrInvalidToken)
	}
	u, err := c.Users().ByID(t.UserID)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return in.refuse(core.ErrUserNotFound)
	case err != nil:
		return nil, err
	case core.NormalEmail(u.Email) != t.Email:
		return in.refuse(core.ErrInvalidToken)
	}
	current, err := c.Session()
	if err != nil {
		return nil, err
	}
	if current != nil && current.User.ID != u.ID {
		return in.refuse(core.ErrInvalidUser)
	}
	if t.Request != core.EmailChangeConfirmation {
		return applyChange(c, in, t, u)
	}
	if c.CanVerifyEmail() {
		askNewAddress(c, u, t.UpdateTo, in.CallbackURL.Value)
	}
	return in.done(VerifyOutput{Status: true})
}

// applyChange changes the address. Whether it counts as proven stays, except
// for links of old versions, which say nothing about who received them: those
// make the new address one that is yet to be proven.
func applyChange(c *core.Context, in *VerifyInput, t *core.EmailToken, u *core.User) (*VerifyOutput, error) {
	users := c.Tables().Users
	received := t.Request == core.EmailChangeVerification
	guard := []db.Where[core.User]{users.Email.Eq(u.Email), users.EmailVerified.Eq(u.EmailVerified)}
	u, err := c.Users().UpdateWhere(u.ID, guard,
		users.Email.To(core.NormalEmail(t.UpdateTo)), users.EmailVerified.To(received && u.EmailVerified))
	switch {
	case errors.Is(err, db.ErrNotFound):
		return in.refuse(core.ErrInvalidToken)
	case errors.Is(err, core.ErrUserAlreadyExists):
		return in.refuse(core.ErrUserAlreadyExists)
	case err != nil:
		return nil, err
	}
	if after := c.Options().EmailVerification.AfterVerification; after != nil && u.EmailVerified {
		if err := after(c, u); err != nil {
			return nil, err
		}
	}
	if !received && c.CanVerifyEmail() {
		if err := c.SendVerificationEmail(u, in.CallbackURL.Value); err != nil {
			return nil, err
		}
	}
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if current != nil {
		c.RefreshSessionCookies(&core.Current{Session: current.Session, User: u})
	}
	return in.done(VerifyOutput{Status: true, User: input.Some(u)})
}
