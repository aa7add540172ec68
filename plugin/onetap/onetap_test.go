package onetap_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/plugin/onetap"
	"github.com/watchword-auth/watchword/token"
)

type body = authtest.JSON

var (
	googleKey  = sync.OnceValue(func() *token.PrivateKey { return newKey("k1") })
	otherKey   = sync.OnceValue(func() *token.PrivateKey { return newKey("k1") })
	unknownKey = sync.OnceValue(func() *token.PrivateKey { return newKey("k2") })
)

func newKey(id string) *token.PrivateKey {
	key, err := token.GenerateKey(token.RS256, id, 0)
	if err != nil {
		panic(err)
	}
	return key
}

// keys answers requests for Google's keys.
type keys struct{}

func (keys) RoundTrip(r *http.Request) (*http.Response, error) {
	public, err := googleKey().PublicJSON()
	answer, _ := json.Marshal(map[string]any{"keys": []json.RawMessage{public}})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, err
}

func client() *oauth.Client {
	return oauth.NewClient(oauth.ClientOptions{Transport: keys{}})
}

func claims(s *authtest.Server, change body) string {
	c := honest(s)
	maps.Copy(c, change)
	return authtest.Sign(googleKey(), c)
}

func honest(s *authtest.Server) body {
	now := s.Clock.Now().Unix()
	return body{"iss": "https://accounts.google.com", "sub": "1001", "aud": "tap-client", "exp": now + 3600, "iat": now,
		"email": "Ada@example.com", "email_verified": true, "name": "Ada", "picture": "https://img.test/a"}
}

func serve(t *testing.T, o onetap.Options, change ...func(*core.Options)) *authtest.Server {
	o.Client = client()
	return authtest.New(t, append(change, func(options *core.Options) { options.Plugins = append(options.Plugins, onetap.New(o)) })...)
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := serve(t, onetap.Options{ClientID: provider.ClientIDs{"tap-client"}}, engine)
		c := s.Client()
		a := c.Post("/one-tap/callback", body{"idToken": claims(s, nil), "callbackURL": "/home"}).
			Want(200, `"token":"`, `"email":"ada@example.com"`, `"emailVerified":true`)
		if a.SetCookie("better-auth.session_token") == "" {
			t.Error("no session")
		}
		c.Get("/get-session").Want(200, `"name":"Ada"`)
		s.Client().Post("/one-tap/callback", body{"idToken": claims(s, body{"email": "new@example.com"})}).
			Want(200, `"email":"ada@example.com"`) // the subject counts, not the address (SO-27)
	})
}

// TestSO06SO12SO13SO18Forged covers SO-12, SO-13, SO-16, SO-18, JW-01, RD-02 and PW-22 for
// this route.
func TestSO06SO12SO13SO18Forged(t *testing.T) {
	t.Parallel()
	s := serve(t, onetap.Options{ClientID: provider.ClientIDs{"tap-client"}})
	forger := &authtest.Forger{Now: s.Clock.Now(), Issuer: "https://accounts.google.com", Client: "tap-client", Secret: "tap-secret",
		Key: googleKey(), Stranger: otherKey(), Unknown: unknownKey(), Aging: true}
	for name, forge := range forger.Forgeries() {
		a := s.Client().Post("/one-tap/callback", body{"idToken": forge(honest(s))})
		a.Want(400, `{"message":"invalid id token"}`)
		if a.SetCookie("better-auth.session_token") != "" {
			t.Errorf("%s: a session", name)
		}
	}
	valid := claims(s, nil)
	s.Client().Post("/one-tap/callback", body{"idToken": ""}).Want(400, `{"message":"invalid id token"}`)
	s.Client().Post("/one-tap/callback", body{"idToken": claims(s, body{"email": ""})}).Want(400, "Email not available in token")
	c := s.SignUp("someone@example.com")
	c.Post("/one-tap/callback", body{"idToken": valid, "callbackURL": "//evil.test"}).Want(403, "INVALID_CALLBACK_URL")
	closed := serve(t, onetap.Options{ClientID: provider.ClientIDs{"tap-client"}, DisableSignUp: true})
	closed.Client().Post("/one-tap/callback", body{"idToken": claims(closed, nil)}).Want(401, "signup disabled")
	// An address that was registered and never proven is not joined (SO-06).
	s.SignUp("ada@example.com")
	s.Client().Post("/one-tap/callback", body{"idToken": claims(s, nil)}).Want(401, "account not linked")
}

func TestSO16GoogleProvider(t *testing.T) {
	t.Parallel()
	google, err := provider.New("google", provider.Options{ClientID: provider.ClientIDs{"tap-client"}, ClientSecret: "x", HostedDomain: "corp.test",
		Client: client()})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, onetap.Options{}, func(o *core.Options) { o.SocialProviders = []core.SocialProvider{google} })
	s.Client().Post("/one-tap/callback", body{"idToken": claims(s, nil)}).Want(400, "invalid id token")
	s.Client().Post("/one-tap/callback", body{"idToken": claims(s, body{"hd": "evil.test"})}).Want(400, "invalid id token")
	s.Client().Post("/one-tap/callback", body{"idToken": claims(s, body{"hd": "corp.test"})}).Want(200)
	none := serve(t, onetap.Options{})
	none.Client().Post("/one-tap/callback", body{"idToken": claims(none, nil)}).Want(400, "Google client ID is required")
}
