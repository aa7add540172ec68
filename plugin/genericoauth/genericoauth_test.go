package genericoauth_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/plugin/genericoauth"
	"github.com/watchword-auth/watchword/token"
)

type body = authtest.JSON

var (
	ownKey   = sync.OnceValue(func() *token.PrivateKey { return newKey("k1", token.ES256) })
	otherKey = sync.OnceValue(func() *token.PrivateKey { return newKey("k1", token.ES256) })
)

func newKey(id string, a token.Algorithm) *token.PrivateKey {
	key, err := token.GenerateKey(a, id, 0)
	if err != nil {
		panic(err)
	}
	return key
}

// idp is an OpenID Connect provider on loopback.
type idp struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	down     bool
	asked    map[string]int
	document body
	claims   body             // of the next ID token
	forge    authtest.Forgery // makes the ID token; nil: an honest one
	forms    []url.Values
}

func newIDP(t *testing.T) *idp {
	p := &idp{t: t, asked: map[string]int{}}
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	p.document = body{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"userinfo_endpoint": p.URL + "/userinfo", "end_session_endpoint": p.URL + "/logout?x=1", "jwks_uri": "/keys",
		"id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}, "authorization_response_iss_parameter_supported": true}
	return p
}

func (p *idp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[r.URL.Path]++
	if p.down {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	var answer any
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer = p.document
	case "/keys":
		public, _ := ownKey().PublicJSON()
		answer = body{"keys": []json.RawMessage{public}}
	case "/token":
		_ = r.ParseForm()
		p.forms = append(p.forms, r.PostForm)
		signed := authtest.Sign(ownKey(), p.claims)
		if p.forge != nil {
			signed = p.forge(p.claims)
		}
		answer = body{"access_token": "at", "refresh_token": "rt", "id_token": signed, "scope": "openid email"}
	case "/userinfo":
		answer = body{"sub": "1", "email": "info@example.com", "email_verified": true, "name": "Info"}
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (p *idp) count(path string) int { p.mu.Lock(); defer p.mu.Unlock(); return p.asked[path] }

func serve(t *testing.T, o genericoauth.Options, change ...func(*core.Options)) *authtest.Server {
	t.Helper()
	plugin, err := genericoauth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return authtest.New(t, append(change, func(o *core.Options) {
		o.Plugins = append(o.Plugins, plugin)
		o.Now = time.Now // what the provider signs counts from now
	})...)
}

func (p *idp) config(change ...func(*genericoauth.Provider)) genericoauth.Options {
	c := genericoauth.Provider{ID: "idp", DiscoveryURL: p.URL + "/.well-known/openid-configuration", ClientID: "client", ClientSecret: "secret",
		Scopes: []string{"email"}, InsecureAllowPrivate: true}
	for _, f := range change {
		f(&c)
	}
	return genericoauth.Options{Providers: []genericoauth.Provider{c}}
}

// signIn plays a whole sign-in; forge changes the ID token's claims.
func (p *idp) signIn(c *authtest.Client, forge func(claims body), query string) string {
	p.t.Helper()
	u, _ := url.Parse(c.Post("/sign-in/social", body{"provider": "idp", "callbackURL": "/home", "errorCallbackURL": "/failed"}).Want(200).Text("url"))
	now := time.Now().Unix()
	claims := body{"iss": p.URL, "sub": "1", "aud": "client", "iat": now, "exp": now + 600, "nonce": u.Query().Get("nonce"),
		"email": "ada@example.com", "email_verified": true, "name": "Ada", "picture": "https://img.test/a"}
	if forge != nil {
		forge(claims)
	}
	p.mu.Lock()
	p.claims = claims
	p.mu.Unlock()
	return c.Get("/callback/idp?code=c&state=" + u.Query().Get("state") + query).Want(302).Header.Get("Location")
}

func (p *idp) iss() string { return "&iss=" + url.QueryEscape(p.URL) }

func TestSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		p := newIDP(t)
		s := serve(t, p.config(func(c *genericoauth.Provider) {
			c.AccessTokenExpiresIn = time.Hour
			c.TokenParams = map[string]string{"audience": "api", "grant_type": "evil"}
			c.AuthorizationParams = map[string]string{"tenant": "t", "state": "evil"}
			c.MapProfileToUser = func(profile json.RawMessage, u *provider.User) error { u.Name += "!"; return nil }
		}), engine)
		c := s.Client()
		if to := p.signIn(c, nil, p.iss()); to != "/home" {
			t.Fatal(to)
		}
		c.Get("/get-session").Want(200, `"email":"ada@example.com"`, `"name":"Ada!"`, `"image":"https://img.test/a"`)
		form := p.forms[0]
		if form.Get("audience") != "api" || form.Get("grant_type") != "authorization_code" || form.Get("client_secret") != "secret" || len(form.Get("code_verifier")) != 128 {
			t.Error(form)
		}
		u, _ := url.Parse(c.Post("/sign-in/social", body{"provider": "idp", "scopes": []string{"more"}}).Want(200).Text("url"))
		if q := u.Query(); q.Get("scope") != "openid more email" || q.Get("tenant") != "t" || len(q["state"]) != 1 || q.Get("state") == "evil" || len(q.Get("nonce")) != 32 {
			t.Error(u)
		}
		c.Get("/list-accounts").Want(200, `"accountId":"1"`, `"providerId":"idp"`)
		out := c.Post("/sign-out", body{"callbackURL": "/bye", "state": "s"}).Want(200, `"redirect":true`)
		end, _ := url.Parse(out.Text("url"))
		if q := end.Query(); q.Get("x") != "1" || q.Get("post_logout_redirect_uri") != authtest.Origin+"/bye" || q.Get("client_id") != "client" ||
			q.Get("state") != "s" || q.Get("id_token_hint") == "" || out.Header.Get("Location") != out.Text("url") {
			t.Error(end)
		}
		if n := p.count("/.well-known/openid-configuration"); n != 1 {
			t.Errorf("the document was fetched %d times", n)
		}
	})
}

// TestSO05SO12SO13SO18SO19SS18Forged covers SO-12, SO-13, SO-18, SO-19, SS-18, C4.05 and JW-01.
func TestSO05SO12SO13SO18SO19SS18Forged(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(t, p.config())
	for name, forge := range map[string]func(body){
		"nonce":                         func(c body) { c["nonce"] = "other" },
		"no nonce":                      func(c body) { delete(c, "nonce") },
		"nonces":                        func(c body) { c["nonce"] = []any{c["nonce"]} },
		"at_hash":                       func(c body) { c["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" },
		"another user than the profile": func(c body) { delete(c, "email"); c["sub"] = "2" },
	} {
		c := s.Client()
		if to := p.signIn(c, forge, p.iss()); to != "/failed?error=unable_to_get_user_info" {
			t.Errorf("%s: %s", name, to)
		}
		c.Get("/get-session").Want(200, "null")
	}
	forger := &authtest.Forger{Now: time.Now(), Issuer: p.URL, Client: "client", Secret: "secret", Key: ownKey(), Stranger: otherKey(), Unknown: newKey("k2", token.ES256)}
	for name, forge := range forger.Forgeries() {
		p.forge = forge
		c := s.Client()
		if to := p.signIn(c, nil, p.iss()); to != "/failed?error=unable_to_get_user_info" {
			t.Errorf("%s: %s", name, to)
		}
		c.Get("/get-session").Want(200, "null")
		now := time.Now().Unix()
		text := forge(body{"iss": p.URL, "sub": "1", "aud": "client", "iat": now, "exp": now + 600, "email": "ada@example.com", "email_verified": true})
		c.Post("/sign-in/social", body{"provider": "idp", "idToken": body{"token": text}}).WantCode(401, "INVALID_TOKEN")
	}
	p.forge = nil
	for query, code := range map[string]string{"": "issuer_missing", "&iss=https://evil.test": "issuer_mismatch"} {
		if to := p.signIn(s.Client(), nil, query); to != "/failed?error="+code {
			t.Errorf("%s: %s", query, to)
		}
	}
	if to := p.signIn(s.Client(), func(c body) { delete(c, "email") }, p.iss()); to != "/home" {
		t.Errorf("a profile of its own: %s", to)
	}
	s.User("info@example.com")
}

// TestSO10IssuerIsNoAccountKey lets a second provider claim the issuer and the
// subject of the first: it is another account, of another user.
func TestSO10IssuerIsNoAccountKey(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	o := p.config()
	evil := o.Providers[0]
	evil.ID = "evil"
	o.Providers = append(o.Providers, evil)
	s := serve(t, o)
	if to := p.signIn(s.Client(), nil, p.iss()); to != "/home" {
		t.Fatal(to)
	}
	c := s.Client()
	u, _ := url.Parse(c.Post("/sign-in/social", body{"provider": "evil", "callbackURL": "/home", "errorCallbackURL": "/failed"}).Want(200).Text("url"))
	p.mu.Lock()
	p.claims["nonce"], p.claims["email"], p.claims["email_verified"] = u.Query().Get("nonce"), "evil@example.com", false
	p.mu.Unlock()
	to := c.Get("/callback/evil?code=c&state=" + u.Query().Get("state") + p.iss()).Want(302).Header.Get("Location")
	if to != "/home" {
		t.Fatal(to)
	}
	c.Get("/get-session").Want(200, `"email":"evil@example.com"`)
}

// TestSS01SS03Discovery covers SS-01 and SS-03: private addresses only where they are
// allowed, and nothing that was not asked for.
func TestSS01SS03Discovery(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	begin := body{"provider": "idp"}
	s := serve(t, p.config(func(c *genericoauth.Provider) { c.InsecureAllowPrivate = false }))
	s.Client().Post("/sign-in/social", begin).Want(404, "PROVIDER_NOT_FOUND")
	if n := p.count("/.well-known/openid-configuration"); n != 0 {
		t.Errorf("a private address was asked %d times", n)
	}
	// Many at once ask once; a provider that is away is not asked for each.
	clock := authtest.NewClock()
	p.down = true
	client := oauth.NewClient(oauth.ClientOptions{AllowPrivate: true, Now: clock.Now})
	s = serve(t, p.config(func(c *genericoauth.Provider) { c.Client = client }))
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() { s.Client().Post("/sign-in/social", begin).Want(404) })
	}
	wg.Wait()
	if n := p.count("/.well-known/openid-configuration"); n != 1 {
		t.Errorf("a provider that is away was asked %d times", n)
	}
	p.mu.Lock()
	p.down = false
	p.mu.Unlock()
	clock.Advance(6 * time.Second)
	s.Client().Post("/sign-in/social", begin).Want(200)
	// Once known it stays usable, whatever becomes of the document.
	p.mu.Lock()
	p.down = true
	p.mu.Unlock()
	clock.Advance(2 * time.Hour)
	s.Client().Post("/sign-in/social", begin).Want(200)
	for name, document := range map[string]body{
		"no endpoints": {"issuer": "https://x.test"}, "no keys": {"authorization_endpoint": "https://x.test/a", "token_endpoint": "https://x.test/t"},
	} {
		q := newIDP(t)
		q.document = document
		s := serve(t, q.config(func(c *genericoauth.Provider) { c.RequireIDTokenVerification = true }))
		if a := s.Client().Post("/sign-in/social", begin); a.Status != 404 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
}

func TestLegacy(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	o := p.config(func(c *genericoauth.Provider) { c.DisableNonce = true })
	o.Legacy = true
	s := serve(t, o)
	s.Client().Post("/sign-in/oauth2", body{"providerId": "none"}).Want(400)
	s.Client().Post("/oauth2/link", body{"providerId": "idp", "callbackURL": "/x"}).Want(401)
	c := s.Client()
	for _, path := range []string{"/sign-in/oauth2", "/oauth2/link"} {
		u, _ := url.Parse(c.Post(path, body{"providerId": "idp", "callbackURL": "/home"}).Want(200, `"redirect":true`).Text("url"))
		if u.Query().Get("redirect_uri") != authtest.Origin+"/api/auth/oauth2/callback/idp" {
			t.Error(u)
		}
		now := time.Now().Unix()
		p.claims = body{"iss": p.URL, "sub": "1", "aud": "client", "iat": now, "exp": now + 600, "email": "ada@example.com", "email_verified": true}
		a := c.Get("/oauth2/callback/idp?code=c&state=" + u.Query().Get("state") + p.iss()).Want(302)
		if a.Header.Get("Location") != "/home" {
			t.Error(a.Header)
		}
	}
	c.Get("/get-session").Want(200, `"email":"ada@example.com"`)
}

func TestNew(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]genericoauth.Provider{
		"id is missing":             {ClientID: "c", DiscoveryURL: "https://x.test"},
		"no part of a path":         {ID: "a/b", ClientID: "c", DiscoveryURL: "https://x.test"},
		"or an authorization URL":   {ID: "a", ClientID: "c"},
		"or a token URL":            {ID: "a", ClientID: "c", AuthorizationURL: "https://x.test"},
		"is not one":                {ID: "a", ClientID: "c", DiscoveryURL: "x.test/document"},
		"client id is missing":      {ID: "a", DiscoveryURL: "https://x.test"},
		"needs a client secret":     {ID: "a", ClientID: "c", DiscoveryURL: "https://x.test", Auth: oauth.AuthBasic},
		"only with a discovery URL": {ID: "a", ClientID: "c", AuthorizationURL: "https://x.test", TokenURL: "https://x.test", RequireIDTokenVerification: true},
	} {
		if _, err := genericoauth.New(genericoauth.Options{Providers: []genericoauth.Provider{p}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := genericoauth.MicrosoftEntraID("common", genericoauth.Provider{}); err == nil {
		t.Error("common is not a tenant")
	}
}

func ExampleKeycloak() {
	p := genericoauth.Keycloak("https://id.example.com/realms/company/", genericoauth.Provider{ClientID: "app", ClientSecret: "…"})
	fmt.Println(p.ID, p.DiscoveryURL, p.Scopes)
	// Output: keycloak https://id.example.com/realms/company/.well-known/openid-configuration [openid profile email]
}
