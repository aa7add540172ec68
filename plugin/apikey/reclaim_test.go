package apikey_test

import (
	"net/url"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/apikey"
	"github.com/watchword-auth/watchword/plugin/magiclink"
)

// TestOT07 is the catalogue's OT-07: keys that were made before an address was
// proven go with whoever made them.
func TestOT07(t *testing.T) {
	everywhere(t, apikey.Config{Sessions: true}, func(t *testing.T, s *server) {
		attacker, bystander := s.SignUp(email), s.SignUp("eve@example.com")
		kept, k := makeKey(t, bystander, j{}), makeKey(t, attacker, j{})
		program := s.Client()
		program.Headers.Set("X-Api-Key", k.Key)
		program.Get("/get-session").Want(200, email)

		s.Client().Post("/sign-in/magic-link", j{"email": email}).Want(200)
		owner := s.Client()
		owner.Get("/magic-link/verify?token="+url.QueryEscape(s.Message("magic-link").Token)).Want(200, `"emailVerified":true`)

		program.Get("/get-session").WantCode(401, "INVALID_API_KEY")
		if code := verify(t, s, k.Key); code != "INVALID_API_KEY" {
			t.Errorf("the attacker's key: %q", code)
		}
		owner.Get("/api-key/list").Want(200, `"total":0`)
		if code := verify(t, s, kept.Key); code != "" {
			t.Errorf("somebody else's key: %q", code)
		}
	}, func(o *core.Options) { o.Plugins = append(o.Plugins, magiclink.New(magiclink.Options{})) })
}
