package twofactor

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/secret"
)

// Challenge is the answer to a sign-in that needs a second factor, in place of
// the endpoint's own.
type Challenge struct {
	TwoFactorRedirect bool     `json:"twoFactorRedirect"` // always true
	TwoFactorMethods  []string `json:"twoFactorMethods"`  // "totp", "otp"
}

// intercept takes the sign-in of a user with a second factor back and leaves a
// challenge, unless the device is trusted.
func (t *twoFactor) intercept(c *core.Context, result *core.Result) error {
	current := c.NewSession()
	if current == nil || result.Err != nil {
		return nil
	}
	u := current.User
	if enabled, _ := t.enabled.Get(u); !enabled {
		return nil
	}
	trusted, err := t.trusts(c, u)
	if err == nil && trusted {
		if err = t.trust(c, u); err == nil {
			return nil
		}
	}
	// Also where storage failed: nobody is signed in by an error.
	if gone := c.TakeBackSignIn(); err == nil {
		err = gone
	}
	if err != nil {
		return err
	}
	if value, given := c.Cookies().GetSigned(t.trusted); given && value != "" {
		c.Cookies().Expire(t.trusted)
	}
	methods, err := t.methods(c, u)
	if err != nil {
		return err
	}
	id := "2fa-" + secret.Text(c.Random(), secret.URLSafe, 20)
	if _, err := c.Verifications().Create(id, u.ID, t.ChallengeMaxAge); err != nil {
		return err
	}
	if _, err := c.Verifications().Create(attemptsOf(id), "0", t.ChallengeMaxAge); err != nil {
		return err
	}
	c.Cookies().SetSigned(t.challenge, id, t.ChallengeMaxAge)
	result.Replace(&Challenge{true, methods})
	return nil
}

func attemptsOf(challenge string) string { return "2fa-attempts-" + challenge }

// methods lists what the user can prove: a secret is the user's own, codes by
// mail are everybody's.
func (t *twoFactor) methods(c *core.Context, u *core.User) ([]string, error) {
	methods := []string{}
	if !t.TOTP.Disable {
		r, err := t.row(c, u.ID)
		if err != nil {
			return nil, err
		}
		if r != nil && r.hasTOTP() {
			methods = append(methods, "totp")
		}
	}
	if t.sendsOTP(c) {
		methods = append(methods, "otp")
	}
	return methods, nil
}
