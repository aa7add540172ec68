package twofactor_test

import (
	"net/url"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/magiclink"
	"github.com/watchword-auth/watchword/plugin/twofactor"
)

// TestOT07 is the catalogue's OT-07: a factor that was enrolled before the
// address was proven neither lets its maker in nor keeps the owner out.
func TestOT07(t *testing.T) {
	both(t, twofactor.Options{}, func(t *testing.T, s *server) {
		_, secrets := enrolled(t, s, email)
		begun := halfway(s, email)
		trusting := halfway(s, email)
		trusting.Post("/two-factor/verify-totp", j{"code": secrets.later(), "trustDevice": true}).Want(200)

		s.Client().Post("/sign-in/magic-link", j{"email": email}).Want(200)
		owner := s.Client()
		owner.Get("/magic-link/verify?token="+url.QueryEscape(s.Message("magic-link").Token)).Want(200, `"twoFactorEnabled":false`)

		begun.Post("/two-factor/verify-totp", j{"code": secrets.later()}).Want(400)
		begun.Post("/two-factor/verify-backup-code", j{"code": secrets.backup[0]}).Want(400)
		if signedIn(begun) || signedIn(trusting) {
			t.Error("the attacker is signed in")
		}
		// The owner enrols with a password of their own: no device is trusted yet.
		c := s.Context()
		hash, err := c.HashPassword(authtest.Password)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Accounts().SetPassword(s.User(email).ID, hash); err != nil {
			t.Fatal(err)
		}
		own := started(t, s, owner)
		owner.Post("/two-factor/verify-totp", j{"code": own.later()}).Want(200)
		trusting.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(200, `"twoFactorRedirect":true`)
	}, func(o *core.Options) { o.Plugins = append(o.Plugins, magiclink.New(magiclink.Options{})) })
}
