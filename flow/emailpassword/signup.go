package emailpassword

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// SignUp is POST /sign-up/email.
const SignUp core.Ref[SignUpInput, SignUpOutput] = "signUpWithEmailAndPassword"

// SignUpInput is what a sign-up asks for.
type SignUpInput struct {
	Name     string            `json:"name"`
	Email    string            `json:"email"`
	Password string            `json:"password"`
	Image    input.Opt[string] `json:"image,omitzero"`
	// CallbackURL is where the link of the verification mail leads.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
	// RememberMe false makes the session end with the browser.
	RememberMe input.Opt[bool] `json:"rememberMe,omitzero"`
	// Fields holds what was sent for added columns of the user, and whatever
	// else was sent, which is ignored.
	Fields map[string]json.RawMessage `json:"-"`
}

// Bind reads the body.
func (in *SignUpInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("name", &in.Name)
	body.Text("email", &in.Email).Email()
	body.Text("password", &in.Password).Min(1)
	body.OptText("image", &in.Image)
	body.OptText("callbackURL", &in.CallbackURL)
	body.OptBool("rememberMe", &in.RememberMe)
	in.Fields = b.Record().All()
}

// MarshalJSON writes the input as a client would send it.
func (in *SignUpInput) MarshalJSON() ([]byte, error) {
	type members SignUpInput
	return input.MarshalFields((*members)(in), in.Fields)
}

// SignUpOutput is the new user. Token is nil where the user is not signed in.
type SignUpOutput struct {
	Token *string    `json:"token"`
	User  *core.User `json:"user"`
}

// AppendJSON writes the output.
func (out *SignUpOutput) AppendJSON(b []byte) []byte {
	b = append(b, `{"token":`...)
	if out.Token == nil {
		b = append(b, "null"...)
	} else {
		b = db.AppendJSONString(b, *out.Token)
	}
	return append(out.User.AppendJSON(append(b, `,"user":`...)), '}')
}

func (Flow) signUp(c *core.Context, in *SignUpInput) (*SignUpOutput, error) {
	o := &c.Options().EmailAndPassword
	if !o.Enabled || o.DisableSignUp {
		return nil, core.ErrSignUpDisabled
	}
	if err := c.CheckPasswordLength(in.Password); err != nil {
		return nil, err
	}
	u := &core.User{Name: in.Name, Email: core.NormalEmail(in.Email)}
	if in.Image.Given() {
		u.Image = &in.Image.Value
	}
	if err := input.CreateFields(c.Tables().Users.Table, u, in.Fields); err != nil {
		return nil, unfit(err)
	}
	known, err := c.Users().ByEmail(u.Email)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	if known != nil && !hidesDuplicates(o) {
		return nil, core.ErrUserExistsUseAnotherEmail
	}
	// A duplicate is hashed too, so that the answer takes as long. It is done
	// before the transaction, which would otherwise hold its locks meanwhile.
	hash, err := c.HashPassword(in.Password)
	if err != nil {
		return nil, err
	}
	if known != nil {
		return duplicate(c, u, known)
	}
	if err := c.ValidateUser(u, core.UserSource{Method: "email-password", Action: "create-user"}); err != nil {
		return createFailed(c, u, err)
	}
	return create(c, in, u, hash)
}

// unfit words the refusal of a value that a column cannot hold as the
// reference does, whose database is the first to look at it.
func unfit(err error) error {
	if refusal, ok := errors.AsType[*input.Error](err); ok && refusal.Reason == input.Unfit {
		return core.ErrFailedToCreateUser.Wrap(err)
	}
	return err
}

// create stores the user with its account and, where it is signed in at once,
// its session: all of them or none.
func create(c *core.Context, in *SignUpInput, u *core.User, hash string) (*SignUpOutput, error) {
	o, options := &c.Options().EmailAndPassword, core.NewSession{DontRemember: !in.RememberMe.Or(true)}
	out := &SignUpOutput{User: u}
	var session *core.Session
	err := c.Transaction(func(c *core.Context) error {
		if err := c.Users().Create(u); err != nil {
			return creationError(err)
		}
		err := c.Accounts().Create(&core.Account{
			UserID: u.ID, AccountID: u.ID, ProviderID: core.CredentialProvider, Password: &hash})
		if err == nil && !hidesDuplicates(o) {
			session, err = c.Sessions().Create(u, options)
		}
		if err == nil && sendsVerification(c) {
			err = c.SendVerificationEmail(u, in.CallbackURL.Value)
		}
		return err
	})
	if err != nil {
		return createFailed(c, u, err)
	}
	if session != nil {
		// Only now: the cookies of a transaction that failed must not be sent.
		c.SetSession(&core.Current{Session: session, User: u}, options.DontRemember)
		out.Token = &session.Token
	}
	return out, nil
}

// creationError keeps refusals, and what the kernel answers itself, as they
// are.
func creationError(err error) error {
	var refusal *core.Error
	if errors.As(err, &refusal) || core.Unavailable(err) {
		return err
	}
	return core.ErrFailedToCreateUser.Wrap(err)
}

// createFailed answers a failure that may say too much about the address: a
// racing sign-up was faster, or a hook does not let this person in.
func createFailed(c *core.Context, u *core.User, err error) (*SignUpOutput, error) {
	var refusal *core.Error
	hidden := hidesDuplicates(&c.Options().EmailAndPassword)
	switch {
	case errors.Is(err, core.ErrUserAlreadyExists) && !hidden:
		return nil, core.ErrUserExistsUseAnotherEmail.Wrap(err)
	case errors.Is(err, core.ErrUserAlreadyExists):
		known, findErr := c.Users().ByEmail(u.Email)
		if findErr != nil {
			return nil, findErr
		}
		return duplicate(c, u, known)
	case hidden && errors.As(err, &refusal) && refusal.Status == http.StatusForbidden:
		return synthesize(c, u)
	}
	return nil, err
}

// sendsVerification reports whether a new user is sent a verification mail.
func sendsVerification(c *core.Context) bool {
	wanted := c.Options().EmailAndPassword.RequireEmailVerification
	if send := c.Options().EmailVerification.SendOnSignUp; send != nil {
		wanted = *send
	}
	return wanted && c.CanVerifyEmail()
}
