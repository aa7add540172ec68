package passkey_test

import (
	"net/url"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/magiclink"
	"github.com/watchword-auth/watchword/plugin/passkey"
)

// TestOT07 is the catalogue's OT-07: a passkey that was registered before the
// address was proven does not sign in to the owner's account.
func TestOT07(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		links := func(o *core.Options) { o.Plugins = append(o.Plugins, magiclink.New(magiclink.Options{})) }
		s, attacker := serve(t, passkey.Options{}, engine, links)
		k, others := newKey(t, algorithms["ES256"]), newKey(t, algorithms["ES256"])
		k.register(attacker).Want(200)
		others.register(s.SignUp(eveMail)).Want(200)
		k.signIn(s.Client()).Want(200)

		s.Client().Post("/sign-in/magic-link", authtest.JSON{"email": adaMail}).Want(200)
		owner := s.Client()
		owner.Get("/magic-link/verify?token=" + url.QueryEscape(s.Message("magic-link").Token)).Want(200)

		k.signIn(s.Client()).WantCode(401, "PASSKEY_NOT_FOUND")
		owner.Get("/passkey/list-user-passkeys").WantBody(200, "[]")
		others.signIn(s.Client()).Want(200)
		// Proven once, the owner's own stay.
		mine := newKey(t, algorithms["ES256"])
		mine.register(owner).Want(200)
		s.Client().Post("/sign-in/magic-link", authtest.JSON{"email": adaMail}).Want(200)
		s.Client().Get("/magic-link/verify?token=" + url.QueryEscape(s.Message("magic-link").Token)).Want(200)
		mine.signIn(s.Client()).Want(200)
	})
}
