// Package phonenumber lets users sign in by a telephone number: by a code that
// is sent there, or by their password.
//
//	o.Plugins = append(o.Plugins, phonenumber.New(phonenumber.Options{}))
//
// A number becomes a user's by a code that was sent to it, or by an
// administrator, and by nothing else that a client can send. A code is for one
// number and one purpose, works once, and is worth nothing after three wrong
// guesses, however many are made at once. Answers do not tell who has a number;
// that one is somebody else's, only who holds it is told.
package phonenumber

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/ratelimit"
)

// The types of the messages that carry codes. They go to a number.
const (
	Message      = "phone-otp"
	MessageReset = "phone-reset-otp"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	Length          int           // digits of a code; 0 means 6
	ExpiresIn       time.Duration // of a code; 0 means five minutes
	AllowedAttempts int           // wrong guesses; 0 means 3
	// RequireVerification refuses passwords, and sends no code that resets
	// one, where the user's number was not proven.
	RequireVerification bool
	// Validate reports whether a number may be used. Nil takes what is written
	// with digits and the signs that stand between them.
	Validate func(c *core.Context, number string) (bool, error)
	// VerifyCode reports whether a code is right, in place of the plugin, for
	// services that make codes themselves. It must bound guesses, and take a
	// code once.
	VerifyCode func(c *core.Context, number, code string) (bool, error)
	// SignUp makes a user of whoever proves a number that nobody has. Nil
	// makes none.
	SignUp *SignUp
	// OnVerification sees a number that was proven, once that is stored.
	OnVerification func(c *core.Context, number string, u *core.User) error
}

// SignUp says what users are called who have nothing but a number.
type SignUp struct {
	// TempEmail makes the address of a number's user, which nobody must be
	// able to receive mail at.
	TempEmail func(number string) string
	TempName  func(number string) string // nil: the number
}

// Plugin is the phone-number plugin.
type Plugin struct{ o Options }

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin {
	o.Length, o.AllowedAttempts = cmp.Or(o.Length, 6), cmp.Or(o.AllowedAttempts, 3)
	o.ExpiresIn = cmp.Or(o.ExpiresIn, 5*time.Minute)
	if o.SignUp != nil && o.SignUp.TempName == nil {
		own := *o.SignUp
		own.TempName = func(number string) string { return number }
		o.SignUp = &own
	}
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "phone-number" }

// numbers is the plugin within one instance.
type numbers struct {
	Options
	number   db.Field[core.User, string]
	verified db.Field[core.User, bool]
}

// Register adds the columns, the hooks that guard them, and the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	if err := p.o.check(); err != nil {
		return fmt.Errorf("phonenumber: %w", err)
	}
	n := &numbers{Options: p.o}
	n.addFields(r)
	r.Codes(refusals()...)
	r.RateLimit(func(path string) bool { return strings.HasPrefix(path, "/phone-number") }, ratelimit.Rule{Window: time.Minute, Max: 10})
	r.Before(core.OnPath("/update-user"), refuseUpdate)
	r.OnUser(core.EntityHooks[core.User]{BeforeCreate: n.beforeCreate, BeforeUpdate: n.beforeUpdate})
	r.OnReclaim(n.release)

	core.Post(r, SignIn, "/sign-in/phone-number", n.signIn, core.Op{Summary: "Sign in by number and password"})
	core.Post(r, Send, "/phone-number/send-otp", n.send, core.Op{Summary: "Send a code to a number", Messages: true})
	core.ServerOnly(r, Consume, n.consume, core.Op{Summary: "Spend a code and do nothing else"})
	core.Post(r, Verify, "/phone-number/verify", n.verify, core.Op{Summary: "Prove a number by a code, and sign in"})
	core.Post(r, RequestReset, "/phone-number/request-password-reset", n.requestReset, core.Op{
		Summary: "Send a code that resets the password", Messages: true})
	core.Post(r, Reset, "/phone-number/reset-password", n.reset, core.Op{Summary: "Set a new password by a code"})
	return nil
}

func (o *Options) check() error {
	switch {
	case o.Length < 4:
		return fmt.Errorf("option Length: %d digits can be guessed", o.Length)
	case o.ExpiresIn < 0 || o.AllowedAttempts < 0:
		return errors.New("options ExpiresIn and AllowedAttempts cannot be negative")
	case o.SignUp != nil && o.SignUp.TempEmail == nil:
		return errors.New("option SignUp needs TempEmail: users have an address")
	}
	return nil
}
