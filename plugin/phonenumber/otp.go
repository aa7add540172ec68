package phonenumber

import (
	"crypto/subtle"
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

// What codes wait under. The number stands last, so that none spells another
// purpose.
func toVerify(number string) string { return "phone-number-otp-" + number }
func toReset(number string) string  { return "phone-number-reset-" + number }

// text issues a code and sends it in the background, if wanted answers that
// there is somebody to send it to. There is a code all the same: what a guess
// is answered with tells no more than the answer to the request.
func (n *numbers) text(c *core.Context, kind, identifier, number string, wanted func(c *core.Context) (bool, error)) {
	c.AnswerAfter(c.Options().Advanced.OutboundMinResponseTime)
	c.DeliverMade(kind, func(c *core.Context) (*core.Message, error) {
		send, err := wanted(c)
		if err != nil {
			return nil, err
		}
		code := secret.Text(c.Random(), secret.Digits, n.Length)
		if err := c.Verifications().CreateCode(identifier, code, n.ExpiresIn); err != nil || !send {
			return nil, err
		}
		return &core.Message{Type: kind, To: number, Code: code}, nil
	})
}

func always(*core.Context) (bool, error) { return true, nil }

// proof is a code that was found right and is not spent yet.
type proof struct {
	identifier string
	guessed    *core.Verification // nil where the application judged the code
}

// judge finds out whether a code is right, and leaves it in place. The guess is
// counted.
func (n *numbers) judge(c *core.Context, identifier, number, code string) (*proof, error) {
	if n.VerifyCode != nil {
		right, err := n.VerifyCode(c, number, code)
		if err == nil && !right {
			err = ErrInvalidOTP
		}
		return &proof{identifier: identifier}, err
	}
	v, err := c.Verifications().Guess(identifier, n.AllowedAttempts, func(stored string) (bool, error) {
		return subtle.ConstantTimeCompare([]byte(stored), []byte(code)) == 1, nil
	})
	return &proof{identifier, v}, refusal(err)
}

// spend removes the code: of racing callers who all know it one succeeds. It
// belongs into the transaction of what the code is for.
func (p *proof) spend(c *core.Context) error {
	if p.guessed == nil {
		return c.Verifications().Delete(p.identifier)
	}
	return refusal(c.Verifications().TakeGuessed(p.identifier, p.guessed))
}

// orSpend returns the error that came up after a right guess. Where it is a
// refusal, which another attempt would meet too, the code is spent.
func (p *proof) orSpend(c *core.Context, err error) error {
	if _, refused := errors.AsType[*core.Error](err); refused {
		if failed := p.spend(c); failed != nil {
			return failed
		}
	}
	return err
}

func refusal(err error) error {
	switch {
	case errors.Is(err, core.ErrGuessExpired):
		return ErrOTPExpired.Wrap(err)
	case errors.Is(err, core.ErrGuessExhausted):
		return ErrTooManyAttempts.Wrap(err)
	case errors.Is(err, core.ErrGuessUnknown):
		return ErrOTPNotFound.Wrap(err)
	case errors.Is(err, core.ErrGuessWrong):
		return ErrInvalidOTP.Wrap(err)
	}
	return err
}

// admit refuses what is no number. Without a judge of the application's own,
// letters are none: a message to them would be a mail.
func (n *numbers) admit(c *core.Context, number string) error {
	valid := plausible(number)
	if n.Validate != nil {
		var err error
		if valid, err = n.Validate(c, number); err != nil {
			return err
		}
	}
	if !valid {
		return ErrInvalidPhoneNumber
	}
	return nil
}

// plausible reports whether a text is written as numbers are (ITU-T E.123).
func plausible(number string) bool {
	digits := 0
	for i := range len(number) {
		switch c := number[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '+', c == '-', c == '.', c == '(', c == ')', c == '/', c == ' ':
		default:
			return false
		}
	}
	return digits >= 3 && len(number) <= 32
}

// Consume is for programs: it spends the code of a number and does nothing
// else.
const Consume core.Ref[ConsumeInput, core.Status] = "consumePhoneNumberOTP"

// ConsumeInput is a code that somebody typed.
type ConsumeInput struct {
	PhoneNumber string `json:"phoneNumber"`
	Code        string `json:"code"`
}

// Bind reads the body.
func (in *ConsumeInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("phoneNumber", &in.PhoneNumber).Describe("The number the code was sent to")
	body.Text("code", &in.Code).Describe("The code")
}

func (n *numbers) consume(c *core.Context, in *ConsumeInput) (*core.Status, error) {
	p, err := n.judge(c, toVerify(in.PhoneNumber), in.PhoneNumber, in.Code)
	if err == nil {
		err = p.spend(c)
	}
	return &core.Status{Status: true}, err
}
