package social_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/token"
)

type (
	body    = authtest.JSON
	options = core.Options
)

// Keys are made once: RSA keys take their time.
var (
	googleKey = sync.OnceValue(func() *token.PrivateKey { return newKey("google-1") })
	otherKey  = sync.OnceValue(func() *token.PrivateKey { return newKey("google-1") })
	newerKey  = sync.OnceValue(func() *token.PrivateKey { return newKey("google-2") })
)

func newKey(id string) *token.PrivateKey {
	key, err := token.GenerateKey(token.RS256, id, 0)
	if err != nil {
		panic(err)
	}
	return key
}

// person is a user of the provider.
type person struct {
	ID, Email string
	Verified  bool
}

// grant is what a code stands for.
type grant struct {
	person
	challenge, redirect, nonce string
}

// idp plays Google and GitHub: their token endpoints, keys and profiles, with
// real signatures, and checks what clients must send.
type idp struct {
	t     *testing.T
	clock *authtest.Clock

	mu      sync.Mutex
	codes   map[string]grant
	tokens  map[string]person
	refresh map[string]person
	keys    []*token.PrivateKey
	seen    map[string]int // requests by host and path
	serial  int
	// forge changes the claims of ID tokens, and may return a whole token of
	// its own; nil leaves them.
	forge authtest.Forgery
	life  int // seconds of access tokens; 0: 3600
}

func newIDP(t *testing.T) *idp {
	return &idp{t: t, codes: map[string]grant{}, tokens: map[string]person{}, refresh: map[string]person{},
		keys: []*token.PrivateKey{googleKey()}, seen: map[string]int{}}
}

func (p *idp) now() time.Time { return p.clock.Now() }

// configure adds Google and GitHub to an instance.
func (p *idp) configure(change ...func(*provider.Options)) func(*options) {
	client := oauth.NewClient(oauth.ClientOptions{Transport: p, Now: p.now})
	return func(o *options) {
		for _, name := range []string{"google", "github"} {
			settings := provider.Options{ClientID: provider.ClientIDs{name + "-client", name + "-ios"}, ClientSecret: name + "-secret", Client: client}
			for _, f := range change {
				f(&settings)
			}
			made, err := provider.New(name, settings)
			if err != nil {
				p.t.Fatal(err)
			}
			o.SocialProviders = append(o.SocialProviders, made)
		}
	}
}

func serve(p *idp, change ...func(*options)) *authtest.Server {
	s := authtest.New(p.t, append([]func(*options){p.configure()}, change...)...)
	p.clock = s.Clock
	return s
}

// approve is the user saying yes on the provider's page: it returns the code.
func (p *idp) approve(authorization string, who person) (code, state string) {
	p.t.Helper()
	u, err := url.Parse(authorization)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serial++
	code = "code-" + strconv.Itoa(p.serial)
	p.codes[code] = grant{who, q.Get("code_challenge"), q.Get("redirect_uri"), q.Get("nonce")}
	return code, q.Get("state")
}

// RoundTrip answers the server's requests.
func (p *idp) RoundTrip(r *http.Request) (*http.Response, error) {
	sent := ""
	if r.Body != nil {
		data, _ := io.ReadAll(r.Body)
		sent = string(data)
	}
	form, _ := url.ParseQuery(sent)
	p.mu.Lock()
	defer p.mu.Unlock()
	where := r.URL.Host + r.URL.Path
	p.seen[where]++
	status, answer := http.StatusOK, any(nil)
	switch where {
	case "oauth2.googleapis.com/token", "github.com/login/oauth/access_token":
		status, answer = p.token(form, where[:6] == "oauth2")
	case "www.googleapis.com/oauth2/v3/certs":
		answer = p.jwks()
	case "api.github.com/user", "api.github.com/user/emails":
		who, ok := p.tokens[r.Header.Get("Authorization")]
		if !ok {
			status = http.StatusUnauthorized
			break
		}
		number, _ := strconv.Atoi(who.ID)
		answer = body{"id": number, "login": "ada", "name": "Ada", "email": who.Email, "avatar_url": "https://img.test/a"}
		if r.URL.Path != "/user" {
			answer = []body{{"email": who.Email, "primary": true, "verified": who.Verified}}
		}
	default:
		status = http.StatusNotFound
	}
	data, _ := json.Marshal(answer)
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(data)), Request: r}, nil
}

func (p *idp) token(form url.Values, google bool) (int, any) {
	refused := body{"error": "invalid_grant"}
	name := "github"
	if google {
		name = "google"
	}
	if form.Get("client_id") != name+"-client" || form.Get("client_secret") != name+"-secret" {
		return http.StatusUnauthorized, body{"error": "invalid_client"}
	}
	var g grant
	switch form.Get("grant_type") {
	case "authorization_code":
		found, ok := p.codes[form.Get("code")]
		delete(p.codes, form.Get("code"))
		if !ok || found.challenge != oauth.CodeChallenge(form.Get("code_verifier")) || found.redirect != form.Get("redirect_uri") {
			return http.StatusBadRequest, refused
		}
		g = found
	case "refresh_token":
		found, ok := p.refresh[form.Get("refresh_token")]
		delete(p.refresh, form.Get("refresh_token")) // each works once
		if !ok {
			return http.StatusBadRequest, refused
		}
		g.person = found
	}
	p.serial++
	access, refresh := fmt.Sprint("at-", p.serial), fmt.Sprint("rt-", p.serial)
	p.tokens["Bearer "+access], p.refresh[refresh] = g.person, g.person
	life := p.life
	if life == 0 {
		life = 3600
	}
	answer := body{"access_token": access, "refresh_token": refresh, "expires_in": life, "scope": "openid email", "token_type": "Bearer"}
	if google {
		answer["id_token"] = p.idToken(g, access)
	}
	return http.StatusOK, answer
}

func (p *idp) jwks() any {
	var keys []json.RawMessage
	for _, key := range p.keys {
		public, err := key.PublicJSON()
		if err != nil {
			p.t.Error(err)
		}
		keys = append(keys, public)
	}
	return body{"keys": keys}
}

// claims are those of an honest ID token.
func (p *idp) claims(who person) body {
	now := p.now().Unix()
	return body{"iss": "https://accounts.google.com", "sub": who.ID, "aud": "google-client", "exp": now + 3600, "iat": now,
		"email": who.Email, "email_verified": who.Verified, "name": "Ada", "picture": "https://img.test/a"}
}

func (p *idp) idToken(g grant, access string) string {
	claims := p.claims(g.person)
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	if p.forge != nil {
		if forged := p.forge(claims); forged != "" {
			return forged
		}
	}
	return sign(p.t, p.keys[0], claims)
}

func sign(t testing.TB, key *token.PrivateKey, claims any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Error(err)
	}
	signed, err := key.Sign(payload, "JWT")
	if err != nil {
		t.Error(err)
	}
	return signed
}

// depart starts a sign-in and returns the authorization URL.
func depart(c *authtest.Client, name string, more ...body) string {
	request := body{"provider": name, "callbackURL": "/home", "errorCallbackURL": "/failed"}
	for _, m := range more {
		maps.Copy(request, m)
	}
	return c.Post("/sign-in/social", request).Want(200).Text("url")
}

// arrive brings the browser back with a code.
func (p *idp) arrive(c *authtest.Client, name, authorization string, who person) *authtest.Answer {
	p.t.Helper()
	code, state := p.approve(authorization, who)
	return c.Get("/callback/" + name + "?code=" + code + "&state=" + url.QueryEscape(state)).Want(302)
}

// signIn is a whole sign-in.
func (p *idp) signIn(c *authtest.Client, name string, who person, more ...body) *authtest.Answer {
	p.t.Helper()
	return p.arrive(c, name, depart(c, name, more...), who)
}

// goes fails the test unless the answer sends the browser there.
func goes(t *testing.T, a *authtest.Answer, to string) {
	t.Helper()
	if got := a.Header.Get("Location"); got != to {
		t.Errorf("the browser goes to %q, not to %q", got, to)
	}
}

const sessionCookie = "better-auth.session_token"

var ada = person{"1001", "ada@example.com", true}
