package twofactor

import (
	"errors"
	"fmt"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

// MessageOTP is the type of the message with a code.
const MessageOTP = "two-factor-otp"

// OTPOptions configure codes that are sent. They are on where the instance can
// deliver messages.
type OTPOptions struct {
	Disable         bool
	Digits          int           // 0 means 6
	Period          time.Duration // 0 means 3 minutes
	AllowedAttempts int           // per code; 0 means 5
	Store           Store         // [Plain] where empty
	Cipher          Cipher        // wins over Store
}

func (o *OTPOptions) setDefaults() {
	o.Digits, o.Period = or(o.Digits, 6), or(o.Period, 3*time.Minute)
	o.AllowedAttempts, o.Store = or(o.AllowedAttempts, 5), or(o.Store, Plain)
}

func (o *OTPOptions) check() error {
	switch o.Store {
	case Plain, Encrypted, Hashed:
		return nil
	}
	return fmt.Errorf("%w: OTP: %q", errStore, o.Store)
}

// The endpoints of codes that are sent.
const (
	SendOTP   core.Ref[SendOTPInput, core.Status] = "sendTwoFactorOTP"
	VerifyOTP core.Ref[CodeInput, VerifiedOutput] = "verifyTwoFactorOTP"
)

// SendOTPInput says nothing that matters before the code is proven.
type SendOTPInput struct {
	TrustDevice input.Opt[bool] `json:"trustDevice,omitzero"`
}

// Bind reads the body.
func (in *SendOTPInput) Bind(b *input.Binder) { b.OptBody().OptBool("trustDevice", &in.TrustDevice) }

// CodeInput is a code.
type CodeInput struct {
	Code        string          `json:"code"`
	TrustDevice input.Opt[bool] `json:"trustDevice,omitzero"` // ask this browser no more
}

// Bind reads the body.
func (in *CodeInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("code", &in.Code).Describe("The code")
	body.OptBool("trustDevice", &in.TrustDevice)
}

func (t *twoFactor) sendsOTP(c *core.Context) bool { return !t.OTP.Disable && c.CanDeliver() }

func otpOf(who *caller) string { return "2fa-otp-" + who.key }

func (t *twoFactor) sendOTP(c *core.Context, _ *SendOTPInput) (*core.Status, error) {
	if !t.sendsOTP(c) {
		return nil, errOTPOff
	}
	who, err := t.caller(c)
	if err != nil {
		return nil, err
	}
	code := secret.Text(c.Random(), secret.Digits, t.OTP.Digits)
	sealed, err := seal(c, t.OTP.Store, t.OTP.Cipher, code)
	if err != nil {
		return nil, err
	}
	if err := c.Verifications().CreateCode(otpOf(who), sealed, t.OTP.Period); err != nil {
		return nil, err
	}
	c.Deliver(&core.Message{Type: MessageOTP, To: who.user.Email, Code: code, User: who.user})
	return &core.Status{Status: true}, nil
}

func (t *twoFactor) verifyOTP(c *core.Context, in *CodeInput) (*VerifiedOutput, error) {
	who, err := t.caller(c)
	if err != nil {
		return nil, err
	}
	r, err := t.row(c, who.user.ID)
	if err == nil && r == nil && who.session == nil {
		r, err = t.counted(c, who.user.ID)
	}
	if err == nil && r != nil {
		err = t.locked(c, r)
	}
	if err != nil {
		return nil, err
	}
	v, err := t.guessOTP(c, who, r, in.Code)
	if err != nil {
		return nil, err
	}
	var out *VerifiedOutput
	err = c.Transaction(func(c *core.Context) error {
		if err := t.redeemOTP(c, who, r, v); err != nil {
			return err
		}
		out, err = t.proven(c, who, in)
		return err
	})
	return out, err
}

// proven signs in who was on the way, and enrolls who proves the first code.
func (t *twoFactor) proven(c *core.Context, who *caller, in *CodeInput) (*VerifiedOutput, error) {
	if enabled, _ := t.enabled.Get(who.user); enabled {
		return t.finish(c, who, in.TrustDevice.Or(false))
	}
	if who.session == nil {
		return nil, core.ErrFailedToCreateSession.WithStatus(400)
	}
	current, err := t.enroll(c, who.session, who.user.ID)
	if err != nil {
		return nil, err
	}
	return &VerifiedOutput{current.Session.Token, current.User}, nil
}

// guessOTP returns the code that was sent if the guess is right. A guess is
// counted, for the code and for the account, before it is looked at.
func (t *twoFactor) guessOTP(c *core.Context, who *caller, r *row, code string) (*core.Verification, error) {
	v, err := c.Verifications().Guess(otpOf(who), t.OTP.AllowedAttempts, func(sealed string) (bool, error) {
		if r != nil {
			if err := t.spend(c, r); err != nil {
				return false, err
			}
		}
		return opens(c, t.OTP.Store, t.OTP.Cipher, sealed, code)
	})
	return v, refusal(err)
}

// redeemOTP uses a right code up, in the transaction of what it is for; of
// racing callers one succeeds.
func (t *twoFactor) redeemOTP(c *core.Context, who *caller, r *row, v *core.Verification) error {
	err := c.Verifications().TakeGuessed(otpOf(who), v)
	if errors.Is(err, core.ErrGuessWrong) {
		return ErrOTPHasExpired // another caller has redeemed it
	}
	if err != nil || r == nil {
		return err
	}
	return t.forgive(c, r)
}

// refusal words what a guess at a code came to.
func refusal(err error) error {
	switch {
	case errors.Is(err, core.ErrGuessExhausted):
		return ErrTooManyAttempts.Wrap(err)
	case errors.Is(err, core.ErrGuessUnknown), errors.Is(err, core.ErrGuessExpired):
		return ErrOTPHasExpired.Wrap(err)
	case errors.Is(err, core.ErrGuessWrong):
		return ErrInvalidCode.Wrap(err)
	}
	return err
}
