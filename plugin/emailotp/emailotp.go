// Package emailotp proves addresses by codes that people type from a mail: to
// sign in and up, to verify an address, to reset a password, to change the
// address.
//
//	o.Plugins = append(o.Plugins, emailotp.New(emailotp.Options{}))
//
// A code is for one purpose and one address, works once, and is worth nothing
// after three wrong guesses, however many are made at once. Answers to requests
// for a code do not tell, by what they say or by their time, whether there is a
// user. Signing in by a code proves the address: whoever signed up with it
// before without proving it loses every way in.
package emailotp

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/ratelimit"
)

// Message is the type of the mail that carries a code. Its data say what for.
const Message = "email-otp"

// The purposes of a code.
const (
	EmailVerification = "email-verification"
	SignIn            = "sign-in"
	ForgetPassword    = "forget-password"
	ChangeEmail       = "change-email"
)

// The ways to store a code.
const (
	Plain     = "plain"
	Hashed    = "hashed"
	Encrypted = "encrypted"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	Length          int           // digits; 0 means 6
	ExpiresIn       time.Duration // 0 means five minutes
	AllowedAttempts int           // wrong guesses; 0 means 3
	Store           string        // Plain where empty, Hashed or Encrypted
	// Hash replaces Store: it must give the same for the same code.
	Hash func(code string) string
	// Generate makes a code; nil, or an empty code, means random digits. It
	// must not be guessable.
	Generate func(c *core.Context, email, purpose string) (string, error)
	// Reuse sends the code that is still valid again, and lets it live
	// longer. It cannot with hashed codes.
	Reuse         bool
	DisableSignUp bool // unknown addresses cannot sign in
	// SendOnSignUp sends a code for the address of everybody who signs up.
	SendOnSignUp bool
	// OverrideEmailVerification sends a code wherever a link would be sent to
	// prove an address.
	OverrideEmailVerification bool
	// AllowChangeEmail lets users change their address by a code that is sent
	// to the new one.
	AllowChangeEmail bool
	// VerifyCurrentEmail asks for a code of the old address too.
	VerifyCurrentEmail bool
	RateLimit          ratelimit.Rule // of each endpoint; zero members mean a minute and 3
}

// Plugin is the email-otp plugin.
type Plugin struct{ o Options }

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin {
	o.Length, o.AllowedAttempts = cmp.Or(o.Length, 6), cmp.Or(o.AllowedAttempts, 3)
	o.ExpiresIn, o.Store = cmp.Or(o.ExpiresIn, 5*time.Minute), cmp.Or(o.Store, Plain)
	o.RateLimit.Window, o.RateLimit.Max = cmp.Or(o.RateLimit.Window, time.Minute), cmp.Or(o.RateLimit.Max, 3)
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "email-otp" }

// Register adds the routes and their limits.
func (p *Plugin) Register(r *core.Registrar) error {
	if err := p.check(r.Options()); err != nil {
		return fmt.Errorf("emailotp: %w", err)
	}
	r.Codes(ErrOTPExpired, ErrInvalidOTP, ErrTooManyAttempts)
	r.RateLimit(limited, p.o.RateLimit)
	switch {
	case p.o.OverrideEmailVerification:
		r.VerifyEmailBy(p.sendVerification)
	case p.o.SendOnSignUp:
		r.OnUser(core.EntityHooks[core.User]{AfterCreate: p.afterSignUp})
	}

	core.Post(r, Send, "/email-otp/send-verification-otp", p.send, core.Op{Summary: "Mail a code", Credentials: true})
	core.ServerOnly(r, Create, p.create, core.Op{Summary: "Make a code and return it instead of mailing it"})
	core.ServerOnly(r, Get, p.get, core.Op{Summary: "The code that waits for an address"})
	core.Post(r, Check, "/email-otp/check-verification-otp", p.checkCode, core.Op{Summary: "Whether a code is right, without spending it"})
	core.Post(r, VerifyEmail, "/email-otp/verify-email", p.verifyEmail, core.Op{Summary: "Prove an address by a code"})
	core.Post(r, SignInByCode, "/sign-in/email-otp", p.signIn, core.Op{Summary: "Sign in by a code"})
	core.Post(r, RequestReset, "/email-otp/request-password-reset", p.requestReset, core.Op{Summary: "Mail a code that resets the password", Messages: true})
	core.Post(r, ForgetPasswordOld, "/forget-password/email-otp", p.requestReset, core.Op{Summary: "The old name of /email-otp/request-password-reset", Messages: true})
	core.Post(r, Reset, "/email-otp/reset-password", p.reset, core.Op{Summary: "Set a new password by a code"})
	core.Post(r, RequestChange, "/email-otp/request-email-change", p.requestChange, core.Op{
		Summary: "Mail a code to the address the user wants to have", Session: core.SessionStored})
	core.Post(r, Change, "/email-otp/change-email", p.change, core.Op{
		Summary: "Change the address by a code", Session: core.SessionStored})
	return nil
}

func (p *Plugin) check(o *core.Options) error {
	switch {
	case o.Deliver == nil:
		return errors.New("the option Deliver is missing: there is no way to send a code")
	case p.o.Store != Plain && p.o.Store != Hashed && p.o.Store != Encrypted:
		return fmt.Errorf("option Store: %q is none of plain, hashed, encrypted", p.o.Store)
	case p.o.Length < 4 && p.o.Generate == nil:
		return fmt.Errorf("option Length: %d digits can be guessed", p.o.Length)
	}
	return nil
}

func limited(path string) bool {
	switch path {
	case "/sign-in/email-otp", "/forget-password/email-otp":
		return true
	}
	return strings.HasPrefix(path, "/email-otp/")
}
