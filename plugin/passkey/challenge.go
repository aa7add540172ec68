package passkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

// ceremony is what a browser is about to do, kept until it has, in the
// reference's form.
type ceremony struct {
	Type      string  `json:"type"`
	Challenge string  `json:"expectedChallenge"`
	User      User    `json:"userData"`
	Context   *string `json:"context,omitempty"`
	// Named says that the options listed the user's passkeys, so that no other
	// one may answer.
	Named bool `json:"allowCredentials,omitempty"`
}

const (
	registering = "registration"
	signingIn   = "authentication"
)

// challengeAge is how long a ceremony may take.
const challengeAge = 5 * time.Minute

// newChallenge returns 192 random bits in the length of the reference's.
func newChallenge(c *core.Context) string {
	return encode([]byte(secret.Text(c.Random(), secret.URLSafe, 32)))
}

// encode is base64url without padding, as all of WebAuthn's JSON has it.
func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// begin keeps a ceremony and gives the browser what it can be taken up with.
func (k *passkeys) begin(c *core.Context, what *ceremony) error {
	value, err := json.Marshal(what)
	if err != nil {
		return err
	}
	token := secret.Text(c.Random(), secret.URLSafe, 32)
	if _, err = c.Verifications().Create(token, string(value), challengeAge); err != nil {
		return err
	}
	c.Cookies().SetSigned(k.challenge, token, challengeAge)
	return nil
}

// take ends the ceremony the browser has begun. It works once, whatever comes
// of it.
func (k *passkeys) take(c *core.Context, kind string) (*ceremony, error) {
	token, ok := c.Cookies().GetSigned(k.challenge)
	if !ok || token == "" {
		return nil, ErrChallengeNotFound
	}
	v, err := c.Verifications().Take(token)
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrChallengeNotFound
	}
	if err != nil {
		return nil, err
	}
	what := &ceremony{}
	if err = json.Unmarshal([]byte(v.Value), what); err != nil || what.Type != kind || what.Challenge == "" {
		return nil, ErrChallengeNotFound.Wrap(err)
	}
	return what, nil
}
