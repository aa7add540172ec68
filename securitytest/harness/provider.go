package harness

import (
	"crypto"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// ProviderIDs are the names instances know their two providers by.
var ProviderIDs = [2]string{"company", "rival"}

// ClientID is what instances are called at both.
const ClientID = "watchword"

// Provider is an OpenID Connect provider on loopback whose tokens can be
// forged in any way. It is safe for concurrent use.
type Provider struct {
	URL string // its issuer
	Key crypto.Signer
	KID string
	Alg string // of ID tokens

	mu     sync.Mutex
	grants map[string]*grant // by code, and by access token
	calls  map[string]int
	// What changes answers for all.
	document JSON
	override map[string]http.HandlerFunc
}

// Grant says what a provider tells about a user who agreed. Zero fields tell
// what an honest provider would.
type Grant struct {
	// Claims of the ID token; they win over iss, aud, iat, exp and nonce, and
	// null leaves a claim out.
	Claims JSON
	// Header of the ID token; it wins over alg, kid and typ.
	Header JSON
	// Key signs the ID token, as in [Forge]; Unsigned leaves the signature empty.
	Key      any
	Unsigned bool
	// IDToken is sent as it is, in place of one made of the above.
	IDToken string
	// Userinfo is the answer of that endpoint; nil: the claims.
	Userinfo JSON
	// Tokens wins over members of the token endpoint's answer; null leaves one out.
	Tokens JSON
}

type grant struct {
	Grant
	nonce string
}

// NewProvider starts a provider that ends with the test.
func NewProvider(keep testing.TB) *Provider {
	p := newProvider(NewKey(), "ES256")
	server := httptest.NewServer(p)
	keep.Cleanup(server.Close)
	p.URL = server.URL
	p.document = JSON{
		"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"userinfo_endpoint": p.URL + "/userinfo", "jwks_uri": p.URL + "/keys",
		"id_token_signing_alg_values_supported": []string{"ES256"}, "authorization_response_iss_parameter_supported": true,
	}
	return p
}

func newProvider(key crypto.Signer, alg string) *Provider {
	return &Provider{Key: key, KID: "key-" + rand.Text()[:6], Alg: alg, grants: map[string]*grant{}, calls: map[string]int{},
		override: map[string]http.HandlerFunc{}}
}

// Override makes a path of the provider answer in another way from now on;
// nil gives it back its own.
func (p *Provider) Override(path string, h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.override[path] = h; h == nil {
		delete(p.override, path)
	}
}

// Calls returns how often a path was asked for.
func (p *Provider) Calls(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[path]
}

// ServeHTTP is the provider's side of discovery, keys, tokens and userinfo.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.calls[r.URL.Path]++
	h := p.override[r.URL.Path]
	p.mu.Unlock()
	if h != nil {
		h(w, r)
		return
	}
	var answer JSON
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		answer = p.document
	case "/keys":
		answer = JSON{"keys": []JSON{PublicJWK(p.Key, p.KID)}}
	case "/token":
		answer = p.token(r)
	case "/userinfo":
		answer = p.userinfo(r)
	}
	if answer == nil {
		writeJSON(w, http.StatusBadRequest, JSON{"error": "invalid_grant"})
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

func writeJSON(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

// Approve is what a browser and its user do at the provider: it takes the URL
// they were sent to and returns the callback they come back with.
func (p *Provider) Approve(t testing.TB, authorizationURL string, g Grant) (callback string) {
	t.Helper()
	u, err := url.Parse(authorizationURL)
	if err != nil {
		t.Fatal(err)
	}
	asked := u.Query()
	code := rand.Text()
	p.mu.Lock()
	p.grants[code] = &grant{g, asked.Get("nonce")}
	p.mu.Unlock()
	back, err := url.Parse(asked.Get("redirect_uri"))
	if err != nil {
		t.Fatal(err)
	}
	q := back.Query()
	q.Set("code", code)
	q.Set("state", asked.Get("state"))
	q.Set("iss", p.URL)
	back.RawQuery = q.Encode()
	return back.String()
}

func (p *Provider) token(r *http.Request) JSON {
	_ = r.ParseForm()
	p.mu.Lock()
	defer p.mu.Unlock()
	code := r.PostForm.Get("code")
	g := p.grants[code]
	if g == nil {
		return nil
	}
	delete(p.grants, code) // an honest provider's codes work once
	access := "access-" + rand.Text()
	p.grants[access] = g
	answer := JSON{"access_token": access, "token_type": "Bearer", "expires_in": 3600, "refresh_token": "refresh-" + rand.Text(),
		"scope": "openid email profile", "id_token": p.idToken(g)}
	replace(answer, g.Tokens)
	return answer
}

// IDToken makes the ID token an honest provider would issue for that nonce,
// changed as the grant says.
func (p *Provider) IDToken(nonce string, g Grant) string { return p.idToken(&grant{g, nonce}) }

func (p *Provider) idToken(g *grant) string {
	if g.IDToken != "" {
		return g.IDToken
	}
	now := time.Now().Unix()
	claims := JSON{"iss": p.URL, "aud": ClientID, "iat": now, "exp": now + 600}
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	replace(claims, g.Claims)
	header := JSON{"alg": p.Alg, "kid": p.KID, "typ": "JWT"}
	replace(header, g.Header)
	var key any = p.Key
	if g.Key != nil {
		key = g.Key
	}
	if g.Unsigned {
		key = nil
	}
	return Forge(header, claims, key)
}

func (p *Provider) userinfo(r *http.Request) JSON {
	access, _ := bearer(r)
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.grants[access]
	if g == nil {
		return nil
	}
	if g.Userinfo != nil {
		return g.Userinfo
	}
	return g.Claims
}

func bearer(r *http.Request) (string, bool) {
	const scheme = "Bearer "
	a := r.Header.Get("Authorization")
	if len(a) < len(scheme) {
		return "", false
	}
	return a[len(scheme):], true
}

// replace is [maps.Copy], but null removes.
func replace(into, changes JSON) {
	maps.Copy(into, changes)
	maps.DeleteFunc(into, func(_ string, v any) bool { return v == nil })
}
