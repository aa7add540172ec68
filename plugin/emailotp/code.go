package emailotp

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

// The plugin's refusals.
var (
	ErrOTPExpired      = core.NewError(http.StatusBadRequest, "OTP_EXPIRED", "OTP expired")
	ErrInvalidOTP      = core.NewError(http.StatusBadRequest, "INVALID_OTP", "Invalid OTP")
	ErrTooManyAttempts = core.NewError(http.StatusForbidden, "TOO_MANY_ATTEMPTS", "Too many attempts")
)

func identifier(purpose, subject string) string { return purpose + "-otp-" + subject }

// changing is the subject of a code that changes a user's address.
func changing(u *core.User, address string) string { return u.ID + ":" + address }

// issue stores a new code, or prolongs the old one, and returns it.
func (p *Plugin) issue(c *core.Context, purpose, subject, email string) (string, error) {
	if p.o.Reuse {
		if code, err := p.reuse(c, identifier(purpose, subject)); code != "" || err != nil {
			return code, err
		}
	}
	code := ""
	if p.o.Generate != nil {
		var err error
		if code, err = p.o.Generate(c, email, purpose); err != nil {
			return "", err
		}
	}
	if code == "" {
		code = secret.Text(c.Random(), secret.Digits, p.o.Length)
	}
	stored, err := p.store(c, code)
	if err != nil {
		return "", err
	}
	return code, c.Verifications().CreateCode(identifier(purpose, subject), stored, p.o.ExpiresIn)
}

func (p *Plugin) reuse(c *core.Context, identifier string) (string, error) {
	v, err := c.Verifications().Find(identifier)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	stored, guesses := v.Code()
	code, readable := p.read(c, stored)
	if !readable || guesses >= p.o.AllowedAttempts {
		return "", nil
	}
	if there, err := c.Verifications().Prolong(v, p.o.ExpiresIn); !there || err != nil {
		return "", err
	}
	return code, nil
}

// store returns what is kept of a code.
func (p *Plugin) store(c *core.Context, code string) (string, error) {
	switch {
	case p.o.Hash != nil:
		return p.o.Hash(code), nil
	case p.o.Store == Hashed:
		return secret.Hash(code), nil
	case p.o.Store == Encrypted:
		return c.Secrets().Seal([]byte(code), c.Random())
	}
	return code, nil
}

// read returns the code from what is kept of it, unless only a hash is.
func (p *Plugin) read(c *core.Context, stored string) (string, bool) {
	switch {
	case p.o.Hash != nil, p.o.Store == Hashed:
		return "", false
	case p.o.Store == Encrypted:
		code, err := c.Secrets().Open(stored)
		return string(code), err == nil
	}
	return stored, true
}

// fits compares what was typed with what is kept, in constant time.
func (p *Plugin) fits(c *core.Context, typed string) func(stored string) (bool, error) {
	return func(stored string) (bool, error) {
		given := typed
		if p.o.Hash != nil || p.o.Store == Hashed {
			hashed, err := p.store(c, typed)
			if err != nil {
				return false, err
			}
			given = hashed
		} else {
			code, readable := p.read(c, stored)
			if !readable {
				return false, nil // sealed under a secret that is gone
			}
			stored = code
		}
		return subtle.ConstantTimeCompare([]byte(stored), []byte(given)) == 1, nil
	}
}

// redeem spends a code, or refuses.
func (p *Plugin) redeem(c *core.Context, identifier, typed string) error {
	return refusal(c.Verifications().Redeem(identifier, p.o.AllowedAttempts, p.fits(c, typed)))
}

// take removes a code that guess found right: for transactions.
func take(c *core.Context, identifier string, guessed *core.Verification) error {
	return refusal(c.Verifications().TakeGuessed(identifier, guessed))
}

// orSpend returns the error that came up after a right guess. Where it is a
// refusal, which another attempt would meet too, the code is spent.
func orSpend(c *core.Context, identifier string, guessed *core.Verification, err error) error {
	if _, refused := errors.AsType[*core.Error](err); refused {
		if failed := take(c, identifier, guessed); failed != nil {
			return failed
		}
	}
	return err
}

// guess judges a code and leaves it in place.
func (p *Plugin) guess(c *core.Context, identifier, typed string) (*core.Verification, error) {
	v, err := c.Verifications().Guess(identifier, p.o.AllowedAttempts, p.fits(c, typed))
	return v, refusal(err)
}

func refusal(err error) error {
	switch {
	case errors.Is(err, core.ErrGuessExpired):
		return ErrOTPExpired.Wrap(err)
	case errors.Is(err, core.ErrGuessExhausted):
		return ErrTooManyAttempts.Wrap(err)
	case errors.Is(err, core.ErrGuessWrong), errors.Is(err, core.ErrGuessUnknown):
		return ErrInvalidOTP.Wrap(err)
	}
	return err
}

// mail issues a code and sends it in the background, unless whom answers that
// nobody is to be mailed.
func (p *Plugin) mail(c *core.Context, purpose, subject, email string, whom func(c *core.Context) (*core.User, bool, error)) {
	c.AnswerAfter(c.Options().Advanced.OutboundMinResponseTime)
	c.DeliverMade(Message, func(c *core.Context) (*core.Message, error) {
		u, wanted, err := whom(c)
		if err != nil || !wanted {
			return nil, err
		}
		code, err := p.issue(c, purpose, subject, email)
		if err != nil {
			return nil, err
		}
		data, err := json.Marshal(map[string]string{"type": purpose})
		return &core.Message{Type: Message, To: email, Code: code, Data: data, User: u}, err
	})
}

// holder finds the user of an address for mail; strangers says whether others
// are mailed too.
func holder(email string, strangers bool) func(c *core.Context) (*core.User, bool, error) {
	return func(c *core.Context) (*core.User, bool, error) {
		u, err := c.Users().ByEmail(email)
		if errors.Is(err, db.ErrNotFound) {
			return nil, strangers, nil
		}
		return u, err == nil, err
	}
}

// address returns an address as it is stored, or refuses.
func address(typed string) (string, error) {
	email := core.NormalEmail(typed)
	if !input.ValidEmail(email) {
		return "", core.ErrInvalidEmail
	}
	return email, nil
}

// byEmail is Users.ByEmail that refuses where there is none. Only who knew the
// code learns of it.
func byEmail(c *core.Context, email string) (*core.User, error) {
	u, err := c.Users().ByEmail(email)
	if errors.Is(err, db.ErrNotFound) {
		return nil, core.ErrUserNotFound
	}
	return u, err
}
