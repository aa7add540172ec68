package phonenumber

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that take a number and no code.
const (
	SignIn core.Ref[SignInInput, SignInOutput] = "signInPhoneNumber"
	Send   core.Ref[SendInput, SendOutput]     = "sendPhoneNumberOTP"
)

// SignInInput is what a sign-in asks for.
type SignInInput struct {
	PhoneNumber string          `json:"phoneNumber"`
	Password    string          `json:"password"`
	RememberMe  input.Opt[bool] `json:"rememberMe,omitzero"` // false makes the session end with the browser
}

// Bind reads the body.
func (in *SignInInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("phoneNumber", &in.PhoneNumber).Describe("The number of the user")
	body.Text("password", &in.Password).Describe("The password of the user")
	body.OptBool("rememberMe", &in.RememberMe)
}

// SignInOutput is the new session's token and its user.
type SignInOutput struct {
	Token string     `json:"token"`
	User  *core.User `json:"user"`
}

// signIn does the same work for unknown numbers as for known ones. That a
// number is not proven it tells only who knows the password.
func (n *numbers) signIn(c *core.Context, in *SignInInput) (*SignInOutput, error) {
	if n.Validate != nil {
		if err := n.admit(c, in.PhoneNumber); err != nil {
			return nil, err
		}
	}
	u, err := n.byNumber(c, in.PhoneNumber)
	if errors.Is(err, db.ErrNotFound) {
		u, err = &core.User{}, nil
	}
	if err != nil {
		return nil, err
	}
	match, err := c.VerifyPassword(u.ID, in.Password)
	switch {
	case err != nil:
		return nil, err
	case !match || u.ID == "":
		return nil, ErrInvalidPhoneNumberOrPassword
	case n.RequireVerification && !n.isProven(u):
		n.text(c, Message, toVerify(in.PhoneNumber), in.PhoneNumber, always)
		return nil, ErrPhoneNumberNotVerified
	}
	current, err := c.SignIn(u, core.NewSession{DontRemember: !in.RememberMe.Or(true)})
	if err != nil {
		return nil, err
	}
	return &SignInOutput{Token: current.Session.Token, User: current.User}, nil
}

// SendInput names a number.
type SendInput struct {
	PhoneNumber string `json:"phoneNumber"`
}

// Bind reads the body.
func (in *SendInput) Bind(b *input.Binder) {
	b.Body().Text("phoneNumber", &in.PhoneNumber).Describe("The number to send the code to")
}

// SendOutput says that a code is on its way.
type SendOutput struct {
	Message string `json:"message"`
}

func (n *numbers) send(c *core.Context, in *SendInput) (*SendOutput, error) {
	if !c.CanDeliver() {
		return nil, ErrSendNotImplemented
	}
	if err := n.admit(c, in.PhoneNumber); err != nil {
		return nil, err
	}
	n.text(c, Message, toVerify(in.PhoneNumber), in.PhoneNumber, always)
	return &SendOutput{Message: "code sent"}, nil
}
