package twofactor

import (
	"errors"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints of authenticator apps. GenerateTOTP has no route.
const (
	GetTOTPURI   core.Ref[PasswordInput, URIOutput]      = "getTOTPURI"
	VerifyTOTP   core.Ref[CodeInput, VerifiedOutput]     = "verifyTOTP"
	GenerateTOTP core.Ref[GenerateTOTPInput, CodeOutput] = "generateTOTP"
)

// URIOutput is what an authenticator app reads from a QR code.
type URIOutput struct {
	TOTPURI string `json:"totpURI"`
}

func (t *twoFactor) totpURI(c *core.Context, in *PasswordInput) (*URIOutput, error) {
	if t.TOTP.Disable {
		return nil, errTOTPOff
	}
	current, err := c.RequireConfirmedSession()
	if err != nil {
		return nil, err
	}
	r, err := t.row(c, current.User.ID)
	if err != nil {
		return nil, err
	}
	if r == nil || r.Secret == "" {
		return nil, ErrTOTPNotEnabled
	}
	if err := confirm(c, current, in.Password, *t.TOTP.AllowPasswordless); err != nil {
		return nil, err
	}
	key, err := openKey(c, r.Secret)
	if err != nil {
		return nil, err
	}
	return &URIOutput{t.uri(c, key, t.TOTP.Issuer, current.User.Email)}, nil
}

func (t *twoFactor) uri(c *core.Context, key []byte, issuer, account string) string {
	return otpauth(or(issuer, c.Options().AppName), account, key, t.TOTP.Digits, t.TOTP.Period)
}

func (t *twoFactor) verifyTOTP(c *core.Context, in *CodeInput) (*VerifiedOutput, error) {
	if t.TOTP.Disable {
		return nil, errTOTPOff
	}
	who, err := t.caller(c)
	if err != nil {
		return nil, err
	}
	r, err := t.row(c, who.user.ID)
	if err != nil {
		return nil, err
	}
	enabled, _ := t.enabled.Get(who.user)
	if r == nil || r.Secret == "" || who.session == nil && (!enabled || !r.hasTOTP()) {
		return nil, ErrTOTPNotEnabled
	}
	step, err := t.guessTOTP(c, who, r, in.Code)
	if err != nil {
		return nil, err
	}
	var out *VerifiedOutput
	err = c.Transaction(func(c *core.Context) error {
		own := *who // a transaction may be run again
		if err := t.redeemStep(c, r, step); err != nil {
			return err
		}
		if err := t.confirmSecret(c, &own, r, enabled); err != nil {
			return err
		}
		out, err = t.finish(c, &own, in.TrustDevice.Or(false))
		return err
	})
	return out, err
}

// guessTOTP counts the guess, looks at it, and returns the period it is right
// for.
func (t *twoFactor) guessTOTP(c *core.Context, who *caller, r *row, code string) (step int64, err error) {
	if err := t.locked(c, r); err != nil {
		return 0, err
	}
	key, err := openKey(c, r.Secret)
	if err != nil {
		return 0, err
	}
	if err := t.attempt(c, who); err != nil {
		return 0, err
	}
	if err := t.spend(c, r); err != nil {
		return 0, err
	}
	step, right := findStep(key, code, t.TOTP.Digits, stepAt(c.Now(), t.TOTP.Period))
	if !right {
		return 0, ErrInvalidCode
	}
	return step, nil
}

// redeemStep uses a right code up, in the transaction of what it is for.
func (t *twoFactor) redeemStep(c *core.Context, r *row, step int64) error {
	fresh, err := t.useStep(c, r, step)
	if err != nil {
		return err
	}
	if !fresh {
		return ErrInvalidCode
	}
	return t.forgive(c, r)
}

// useStep marks a code as used, and reports false where it, or a later one, was
// used before. It is a reservation rather than a column: of racing callers one
// makes it, and rows stay the reference's.
func (t *twoFactor) useStep(c *core.Context, r *row, step int64) (bool, error) {
	name := func(step int64) string { return "2fa-totp-" + r.ID + "-" + strconv.FormatInt(step, 10) }
	for later := step + 1; later <= step+2*window; later++ {
		if _, err := c.Verifications().Find(name(later)); !errors.Is(err, db.ErrNotFound) {
			return false, err
		}
	}
	return c.Verifications().Reserve(name(step), "used", t.TOTP.Period*(2*window+2))
}

// confirmSecret turns the factor on when its first code was seen.
func (t *twoFactor) confirmSecret(c *core.Context, who *caller, r *row, enabled bool) error {
	if enabled && r.Verified != nil && *r.Verified {
		return nil
	}
	var current *core.Current
	err := c.Transaction(func(c *core.Context) error {
		// Not if the secret was replaced since the code was looked at.
		n, err := db.Update(c, c.DB(), t.table.Table, []db.Assign[row]{t.table.verified.To(true)},
			t.table.id.Eq(r.ID), t.table.secret.Eq(r.Secret))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrInvalidCode
		}
		if enabled {
			return nil
		}
		current, err = t.enroll(c, who.session, who.user.ID)
		return err
	})
	if err == nil && current != nil {
		who.session = current.Session // the user is shown as before, as in the reference
	}
	return err
}

// GenerateTOTPInput is the secret of an authenticator app, not sealed and not
// in base32.
type GenerateTOTPInput struct {
	Secret string `json:"secret"`
}

// Bind reads the body.
func (in *GenerateTOTPInput) Bind(b *input.Binder) { b.Body().Text("secret", &in.Secret) }

// CodeOutput is a code.
type CodeOutput struct {
	Code string `json:"code"`
}

func (t *twoFactor) generateTOTP(c *core.Context, in *GenerateTOTPInput) (*CodeOutput, error) {
	if t.TOTP.Disable {
		return nil, errTOTPOff
	}
	return &CodeOutput{hotp([]byte(in.Secret), stepAt(c.Now(), t.TOTP.Period), t.TOTP.Digits)}, nil
}

func stepAt(now time.Time, period time.Duration) int64 {
	return now.UnixMilli() / period.Milliseconds()
}
