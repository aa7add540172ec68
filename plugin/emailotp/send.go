package emailotp

import (
	"errors"
	"net/http"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that make codes. Create and Get are for programs only.
const (
	Send   core.Ref[SendInput, Success]    = "sendVerificationOTP"
	Create core.Ref[SendInput, CodeOutput] = "createVerificationOTP"
	Get    core.Ref[SendInput, CodeOutput] = "getVerificationOTP"
	Check  core.Ref[CheckInput, Success]   = "checkVerificationOTP"
)

// Success is the output {"success":true}.
type Success struct {
	Success bool `json:"success"`
}

// SendInput says what a code is for, and for whom.
type SendInput struct {
	Email string `json:"email"`
	Type  string `json:"type"`
}

// Bind reads the body.
func (in *SendInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Describe("The address the code is for")
	bindType(body, &in.Type)
}

func bindType(body *input.Object, to *string) {
	body.Text("type", to).OneOf(EmailVerification, SignIn, ForgetPassword, ChangeEmail).Describe("What the code is for")
}

// CodeOutput is a code; nil where there is none.
type CodeOutput struct {
	OTP *string `json:"otp"`
}

// CheckInput is a code that somebody typed.
type CheckInput struct {
	Email string `json:"email"`
	Type  string `json:"type"`
	OTP   string `json:"otp"`
}

// Bind reads the body.
func (in *CheckInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Describe("The address the code was sent to")
	bindType(body, &in.Type)
	body.Text("otp", &in.OTP).Describe("The code")
}

func (p *Plugin) send(c *core.Context, in *SendInput) (*Success, error) {
	email, err := address(in.Email)
	if err != nil {
		return nil, err
	}
	if in.Type == ChangeEmail {
		return nil, core.NewError(http.StatusBadRequest, "", "Invalid OTP type")
	}
	p.mail(c, in.Type, email, email, holder(email, in.Type == SignIn && !p.o.DisableSignUp))
	return &Success{true}, nil
}

// sendVerification takes the place of the mail with a link.
func (p *Plugin) sendVerification(c *core.Context, u *core.User) error {
	p.mail(c, EmailVerification, u.Email, u.Email, holder(u.Email, false))
	return nil
}

func (p *Plugin) afterSignUp(c *core.Context, u *core.User) error {
	if strings.HasPrefix(c.Endpoint().Path, "/sign-up") {
		return p.sendVerification(c, u)
	}
	return nil
}

func (p *Plugin) create(c *core.Context, in *SendInput) (*CodeOutput, error) {
	email := core.NormalEmail(in.Email)
	code, err := p.issue(c, in.Type, email, email)
	return &CodeOutput{&code}, err
}

func (p *Plugin) get(c *core.Context, in *SendInput) (*CodeOutput, error) {
	v, err := c.Verifications().Find(identifier(in.Type, core.NormalEmail(in.Email)))
	if errors.Is(err, db.ErrNotFound) {
		return &CodeOutput{}, nil
	}
	if err != nil {
		return nil, err
	}
	stored, _ := v.Code()
	code, readable := p.read(c, stored)
	if !readable {
		return nil, core.NewError(http.StatusBadRequest, "", "OTP is hashed, cannot return the plain text OTP")
	}
	return &CodeOutput{&code}, nil
}

func (p *Plugin) checkCode(c *core.Context, in *CheckInput) (*Success, error) {
	email, err := address(in.Email)
	if err != nil {
		return nil, err
	}
	if _, err := p.guess(c, identifier(in.Type, email), in.OTP); err != nil {
		return nil, err
	}
	if _, err := byEmail(c, email); err != nil {
		return nil, err
	}
	return &Success{true}, nil
}
