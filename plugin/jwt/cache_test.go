package jwt_test

import (
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/jwt"
	"github.com/watchword-auth/watchword/token"
)

const cacheCookie = "better-auth.session_data"

func cached(o *core.Options) {
	o.Session.CookieCache = core.CookieCache{Enabled: true, Strategy: core.CacheJWT}
}

func TestSessionCacheIsSignedWithPublishedKeys(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, cached, with(jwt.Options{SignSessionCache: true}))
		ada := s.SignUp(email)
		value := ada.Cookie(cacheCookie)
		_, header, err := published(t, s).Verify(value, token.EdDSA)
		if err != nil || header.Type != "better-auth.session-cache+jwt" {
			t.Fatalf("%+v, %v", header, err)
		}
		claims := part(t, value, 1)
		if claims["iss"] != authtest.Origin || claims["aud"] != "better-auth:session-cache" || claims["sub"] != s.User(email).ID ||
			!strings.HasPrefix(ada.Cookie("better-auth.session_token"), claims["sid"].(string)) {
			t.Errorf("%v", claims)
		}
		// The copy answers, not storage.
		if err := s.Context().Sessions().DeleteAll(s.User(email).ID); err != nil {
			t.Fatal(err)
		}
		ada.Get("/get-session").Want(200, email)
		s.Clock.Advance(5*time.Minute + 16*time.Second)
		ada.Get("/get-session").WantBody(200, "null")
	})
}

func TestSessionCacheRefusesForgeries(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, cached, with(jwt.Options{SignSessionCache: true}))
	ada, eve := s.SignUp(email), s.SignUp("eve@example.com")
	value := ada.Cookie(cacheCookie)
	own := ada.Get("/token").Text("token")
	if err := s.Context().Sessions().DeleteAll(s.User(email).ID); err != nil {
		t.Fatal(err)
	}
	for name, forged := range map[string]string{
		"another's": eve.Cookie(cacheCookie), "the user's own token": own, "cut": value[:len(value)-3],
		"none": strings.Join([]string{"eyJhbGciOiJub25lIn0", strings.Split(value, ".")[1], ""}, "."),
		"HMAC": token.SignHS256([]byte(authtest.Secret), []byte(`{"exp":9999999999}`)),
	} {
		c := ada.Clone()
		c.SetCookie(cacheCookie, forged)
		if a := c.Get("/get-session"); a.Body != "null" {
			t.Errorf("%s: %s", name, a.Body)
		}
	}
}
