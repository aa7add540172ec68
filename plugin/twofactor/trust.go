package twofactor

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

// trust lets the browser sign the user in without a second factor from now on.
func (t *twoFactor) trust(c *core.Context, u *core.User) error {
	id := "trust-device-" + secret.Text(c.Random(), secret.URLSafe, 32)
	if _, err := c.Verifications().Create(id, u.ID, t.TrustDeviceMaxAge); err != nil {
		return err
	}
	c.Cookies().SetSigned(t.trusted, trustProof(c, u.ID, id)+"!"+id, t.TrustDeviceMaxAge)
	return nil
}

// trustProof binds a trusted device to its user.
func trustProof(c *core.Context, userID, id string) string {
	mac := c.Secrets().MAC([]byte(userID + "!" + id))
	return base64.RawURLEncoding.EncodeToString(mac[:])
}

// trusts reports whether the browser is trusted to be the user's. The proof
// works once: who signs in is given another.
func (t *twoFactor) trusts(c *core.Context, u *core.User) (bool, error) {
	id, ok := t.trustedID(c, u.ID)
	if !ok {
		return false, nil
	}
	v, err := c.Verifications().Take(id)
	if errors.Is(err, db.ErrNotFound) || err == nil && v.Value != u.ID {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	ended, err := c.Verifications().Find(distrustOf(u.ID))
	if errors.Is(err, db.ErrNotFound) {
		return true, nil
	}
	return err == nil && v.CreatedAt.After(ended.CreatedAt), err
}

// trustedID returns the record that the browser's cookie names, if the cookie
// was made for the user.
func (t *twoFactor) trustedID(c *core.Context, userID string) (string, bool) {
	value, _ := c.Cookies().GetSigned(t.trusted)
	proof, id, _ := strings.Cut(value, "!")
	mac, err := base64.RawURLEncoding.DecodeString(proof)
	return id, err == nil && id != "" && c.Secrets().VerifyMAC([]byte(userID+"!"+id), mac)
}

// distrust ends the trust in every device of the user.
func (t *twoFactor) distrust(c *core.Context, userID string) error {
	if value, given := c.Cookies().GetSigned(t.trusted); given && value != "" {
		c.Cookies().Expire(t.trusted)
	}
	if id, ok := t.trustedID(c, userID); ok {
		if err := c.Verifications().Delete(id); err != nil {
			return err
		}
	}
	// The records of other devices cannot be found wherever verifications are
	// kept; what was made until now is refused as long as any of them lives.
	_, err := c.Verifications().Create(distrustOf(userID), userID, t.TrustDeviceMaxAge)
	return err
}

func distrustOf(userID string) string { return "2fa-distrust-" + userID }
