package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// openID is an OpenID Connect provider with one user, who is asked on a page
// whether to go on.
type openID struct {
	*httptest.Server
	key    *token.PrivateKey
	grants map[string]url.Values // authorization requests by code
}

func newOpenID(t *testing.T) *openID {
	t.Helper()
	key, err := token.GenerateKey(token.ES256, "k1", 0)
	if err != nil {
		t.Fatal(err)
	}
	p := &openID{key: key, grants: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.document)
	mux.HandleFunc("GET /keys", p.keys)
	mux.HandleFunc("GET /authorize", p.ask)
	mux.HandleFunc("POST /authorize", p.answer)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func (p *openID) document(w http.ResponseWriter, _ *http.Request) {
	write(w, http.StatusOK, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
		"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"ES256"}, "authorization_response_iss_parameter_supported": true})
}

func (p *openID) keys(w http.ResponseWriter, _ *http.Request) {
	public, err := p.key.PublicJSON()
	if err != nil {
		write(w, http.StatusInternalServerError, nil)
		return
	}
	write(w, http.StatusOK, map[string]any{"keys": []json.RawMessage{public}})
}

func (p *openID) ask(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(`<!doctype html><title>Provider</title><form method="post">
		<button id="yes" name="answer" value="yes">Continue as Ada</button> <button id="no" name="answer" value="no">Cancel</button></form>`))
}

func (p *openID) answer(w http.ResponseWriter, r *http.Request) {
	request := r.URL.Query()
	back, err := url.Parse(request.Get("redirect_uri"))
	if err != nil || request.Get("client_id") != "example" {
		write(w, http.StatusBadRequest, nil)
		return
	}
	q := url.Values{"state": {request.Get("state")}, "iss": {p.URL}}
	if r.PostFormValue("answer") == "yes" {
		code := "code-" + request.Get("state")
		p.grants[code] = request
		q.Set("code", code)
	} else {
		q.Set("error", "access_denied")
	}
	back.RawQuery = q.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

func (p *openID) token(w http.ResponseWriter, r *http.Request) {
	grant, ok := p.grants[r.PostFormValue("code")]
	delete(p.grants, r.PostFormValue("code"))
	if !ok || oauth.CodeChallenge(r.PostFormValue("code_verifier")) != grant.Get("code_challenge") ||
		r.PostFormValue("client_secret") != "example secret" || r.PostFormValue("redirect_uri") != grant.Get("redirect_uri") {
		write(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	now := time.Now().Unix()
	claims, err := json.Marshal(map[string]any{"iss": p.URL, "aud": "example", "sub": "ada", "iat": now, "exp": now + 300, "nonce": grant.Get("nonce"),
		"name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true})
	if err != nil {
		write(w, http.StatusInternalServerError, nil)
		return
	}
	idToken, err := p.key.Sign(claims, "JWT")
	if err != nil {
		write(w, http.StatusInternalServerError, nil)
		return
	}
	write(w, http.StatusOK, map[string]any{"access_token": "at", "token_type": "Bearer", "expires_in": 300, "id_token": idToken})
}
