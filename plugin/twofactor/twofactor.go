// Package twofactor asks for a second factor at sign-in: codes of an
// authenticator app (TOTP, RFC 6238), codes by mail, backup codes; with trusted
// devices and a lock on guessing.
//
//	o.Plugins = append(o.Plugins, twofactor.New(twofactor.Options{Issuer: "Example"}))
//
// Until the second factor is proven nothing that a sign-in makes leaves the
// server: the session is gone, its cookies are withdrawn, and hooks of other
// plugins see none. A code of any kind works once, also for racing requests. A
// guess is counted before it is looked at, per challenge and per account, over
// all methods, so that racing guesses never exceed the limits. Sign-ins by other
// ways than a password (social, magic link, e-mail code, passkey) are not asked,
// as in the reference; [Options.SignInPaths] changes that.
package twofactor

import (
	"errors"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/ratelimit"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	Issuer      string // shown by authenticator apps on enabling; Options.AppName where empty
	TOTP        TOTPOptions
	OTP         OTPOptions
	BackupCodes BackupCodeOptions

	SkipVerificationOnEnable bool // a secret counts before a code of it was seen
	// AllowPasswordless lets users without a password manage their factors.
	// Their session must then be fresh.
	AllowPasswordless bool

	ChallengeMaxAge   time.Duration // between the two factors; 0 means 10 minutes
	TrustDeviceMaxAge time.Duration // 0 means 30 days
	Lockout           Lockout

	// SignInPaths are the endpoints that are asked; nil means those that take
	// a password. Only endpoints that answer JSON can be.
	SignInPaths []string

	Mapping core.Mapping // renames the table twoFactor and its columns
}

// TOTPOptions configure codes of authenticator apps.
type TOTPOptions struct {
	Disable           bool
	Issuer            string        // shown where the secret is shown again; Options.AppName where empty
	Digits            int           // 1 to 8; 0 means 6
	Period            time.Duration // whole seconds; 0 means 30 seconds
	AllowPasswordless *bool         // nil means Options.AllowPasswordless
}

// Lockout bounds wrong guesses per account, over all challenges and methods.
type Lockout struct {
	Disable           bool
	MaxFailedAttempts int           // in a row; 0 means 10
	Duration          time.Duration // 0 means 15 minutes
}

// Plugin is the two-factor plugin.
type Plugin struct{ o Options }

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin {
	o.TOTP.Digits, o.TOTP.Period = or(o.TOTP.Digits, 6), or(o.TOTP.Period, 30*time.Second)
	o.OTP.setDefaults()
	o.BackupCodes.setDefaults()
	o.ChallengeMaxAge = or(o.ChallengeMaxAge, 10*time.Minute)
	o.TrustDeviceMaxAge = or(o.TrustDeviceMaxAge, 30*24*time.Hour)
	o.Lockout.MaxFailedAttempts = or(o.Lockout.MaxFailedAttempts, 10)
	o.Lockout.Duration = or(o.Lockout.Duration, 15*time.Minute)
	if o.SignInPaths == nil {
		o.SignInPaths = []string{"/sign-in/email", "/sign-in/username", "/sign-in/phone-number"}
	}
	for _, own := range []**bool{&o.TOTP.AllowPasswordless, &o.BackupCodes.AllowPasswordless} {
		if *own == nil {
			*own = &o.AllowPasswordless
		}
	}
	return &Plugin{o}
}

func or[V comparable](v, fallback V) V {
	var zero V
	if v == zero {
		return fallback
	}
	return v
}

func (o *Options) check() error {
	switch {
	case o.TOTP.Digits < 1 || o.TOTP.Digits > 8:
		return errors.New("twofactor: TOTP.Digits must be 1 to 8")
	case o.TOTP.Period < time.Second || o.TOTP.Period%time.Second != 0:
		return errors.New("twofactor: TOTP.Period must be whole seconds")
	case o.OTP.Digits < 4:
		return errors.New("twofactor: OTP.Digits must be at least 4")
	case o.Lockout.MaxFailedAttempts < 1 || o.OTP.AllowedAttempts < 1:
		return errors.New("twofactor: limits of attempts must be positive")
	case o.ChallengeMaxAge < time.Second || o.TrustDeviceMaxAge < time.Second || o.OTP.Period < time.Second:
		return errors.New("twofactor: lifetimes must be at least a second")
	}
	return errors.Join(o.OTP.check(), o.BackupCodes.check())
}

// ID names the plugin.
func (*Plugin) ID() string { return "two-factor" }

// twoFactor is the plugin within one instance.
type twoFactor struct {
	Options
	table     *table
	enabled   db.Field[core.User, bool]
	challenge *cookie.Def
	trusted   *cookie.Def
}

// Register adds the table, the interception of sign-ins and the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	if err := p.o.check(); err != nil {
		return err
	}
	t := &twoFactor{Options: p.o, table: newTable()}
	t.enabled = core.AddField[bool](r, r.Tables().Users.Table, "twoFactorEnabled",
		db.Input(db.InputRule{Default: func() any { return false }}))
	r.TableAs(t.table.Def, p.o.Mapping)
	t.challenge = r.Cookie("two_factor", cookie.Attributes{})
	t.trusted = r.Cookie("trust_device", cookie.Attributes{})
	r.Codes(refusals()...)

	r.OnReclaim(t.forget)
	r.InterceptSignIn(core.OnPath(p.o.SignInPaths...), t.intercept)
	r.RateLimit(func(path string) bool { return strings.HasPrefix(path, "/two-factor/") },
		ratelimit.Rule{Window: 10 * time.Second, Max: 3})
	for path, optional := range map[string]bool{
		"/two-factor/enable": p.o.AllowPasswordless, "/two-factor/disable": p.o.AllowPasswordless,
		"/two-factor/get-totp-uri":          *p.o.TOTP.AllowPasswordless,
		"/two-factor/generate-backup-codes": *p.o.BackupCodes.AllowPasswordless,
	} {
		if optional {
			r.Before(core.OnPath(path), withoutPassword)
		}
	}

	there := core.SessionConfirmed // from the cache, as in the reference, but not when it was revoked
	core.Post(r, Enable, "/two-factor/enable", t.enable, core.Op{Session: there, Summary: "Begin to use a second factor"})
	core.Post(r, Disable, "/two-factor/disable", t.disable, core.Op{Session: core.SessionStored, Summary: "Use no second factor any more"})
	core.Post(r, GetTOTPURI, "/two-factor/get-totp-uri", t.totpURI, core.Op{Session: there, Summary: "The secret again, for an authenticator app"})
	core.Post(r, VerifyTOTP, "/two-factor/verify-totp", t.verifyTOTP, core.Op{Summary: "Prove a code of an authenticator app"})
	core.Post(r, SendOTP, "/two-factor/send-otp", t.sendOTP, core.Op{Summary: "Send a code"})
	core.Post(r, VerifyOTP, "/two-factor/verify-otp", t.verifyOTP, core.Op{Summary: "Prove a code that was sent"})
	core.Post(r, VerifyBackupCode, "/two-factor/verify-backup-code", t.verifyBackupCode, core.Op{Summary: "Use up a backup code"})
	core.Post(r, GenerateBackupCodes, "/two-factor/generate-backup-codes", t.generateBackupCodes, core.Op{Session: there, Summary: "New backup codes in place of the old ones"})
	core.ServerOnly(r, ViewBackupCodes, t.viewBackupCodes, core.Op{Summary: "The backup codes of a user"})
	core.ServerOnly(r, GenerateTOTP, t.generateTOTP, core.Op{Summary: "The code of a secret at this time"})
	return nil
}
