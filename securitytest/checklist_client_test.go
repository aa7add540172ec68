package securitytest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/internal/authenticator"
	"github.com/watchword-auth/watchword/securitytest/harness"
)

// redeemed returns what a provider's token endpoint was sent for a code.
func redeemed(t *testing.T, s *harness.Site, c *harness.Client, begun string) (form url.Values, r *http.Request) {
	t.Helper()
	p := s.Providers[0]
	p.Override("/token", func(w http.ResponseWriter, request *http.Request) {
		_ = request.ParseForm()
		form, r = request.PostForm, request
		w.WriteHeader(http.StatusBadRequest)
	})
	s.Watch("nobody").Refused(c.Get(p.Approve(t, begun, granted("nobody"))), http.StatusFound, "invalid_code")
	p.Override("/token", nil)
	if r == nil {
		t.Fatal("no code was redeemed")
	}
	return form, r
}

func challengesArePerRequest(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	seen := map[string]bool{}
	for range 5 {
		c := s.Client()
		begun := c.Begin(0, nil)
		challenge := valueOf(begun, "code_challenge")
		form, _ := redeemed(t, s, c, begun)
		sum := sha256.Sum256([]byte(form.Get("code_verifier")))
		if valueOf(begun, "code_challenge_method") != "S256" || challenge != base64.RawURLEncoding.EncodeToString(sum[:]) {
			t.Errorf("the challenge of %s is not that of %q", begun, form.Get("code_verifier"))
		}
		for _, value := range []string{challenge, stateOf(begun), valueOf(begun, "nonce"), form.Get("code_verifier")} {
			if len(value) < 32 || seen[value] {
				t.Errorf("%q was used before, or is short", value)
			}
			seen[value] = true
		}
	}
}

func clientsProveThemselvesOnce(t *testing.T, shared *harness.Site) {
	const secret = "the client's secret"
	s := shared.Own(nil)
	c := s.Client()
	begun := c.Begin(0, nil)
	if strings.Contains(begun, "secret") {
		t.Errorf("the browser carries the secret: %s", begun)
	}
	form, r := redeemed(t, s, c, begun)
	_, _, basic := r.BasicAuth()
	if (form.Get("client_secret") == secret) == basic || r.URL.RawQuery != "" {
		t.Errorf("the secret is sent as %v, by header: %t, to %s", form, basic, r.URL)
	}
}

func redirectsDropBodies(t *testing.T, s *harness.Site) {
	p := s.Providers[0]
	c := s.Client()
	back, _ := url.Parse(p.Approve(t, c.Begin(0, nil), granted(s.Address("poster"))))
	form := harness.Form{}
	for name, values := range back.Query() {
		form[name] = values[0]
	}
	// A provider that posts its answer, from its own page.
	posted := c.Send(http.MethodPost, "/callback/company", form, field{"Origin", p.URL}, field{"Cookie", ""}).Want(http.StatusFound)
	a := c.Get(posted.Header.Get("Location"))
	if a.Status != http.StatusFound || c.User() == "" {
		t.Errorf("a posted answer ends with %d at %q", a.Status, a.Header.Get("Location"))
	}
	email := s.Address("poster")
	s.SignUp(email)
	a = s.Client().Post("/sign-in/email", body{"email": email, "password": harness.Password, "callbackURL": "/home"})
	if a.Status == http.StatusTemporaryRedirect || a.Status == http.StatusPermanentRedirect {
		t.Errorf("a sign-in redirects by %d", a.Status)
	}
}

func callbacksKeepTheirURL(t *testing.T, s *harness.Site) {
	c := s.Client()
	good := s.Providers[0].Approve(t, c.Begin(0, nil), granted(s.Address("told")))
	for name, a := range map[string]*harness.Answer{
		"a callback": c.Get(good), "a second one": c.Get(good), "an error": c.Get("/callback/company?error=access_denied&state=x"),
		"a reset": c.Get("/reset-password/token?callbackURL=/reset"), "a link": c.Get("/magic-link/verify?token=x&callbackURL=/x"),
	} {
		if !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s may be kept: %q", name, a.Header.Get("Cache-Control"))
		}
	}
	for _, path := range []string{good, "/callback/company?error=access_denied&state=x"} {
		if got := c.Get(path).Header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("%s tells its address to the next page: %q", path, got)
		}
	}
	page := c.Get("/error?error=x&state=secret")
	if page.Header.Get("Referrer-Policy") == "" && strings.Contains(page.Body, "http") && strings.Contains(page.Body, "<img") {
		t.Errorf("the error page loads something of somebody else: %s", page.Body)
	}
}

func repeatedParameters(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	w := s.Watch(email)
	for _, path := range []string{"/callback/company?code=x&state=a&state=b", "/callback/company?code=x&code=y&state=a", "/verify-email?token=a&token=b",
		"/magic-link/verify?token=a&token=b", "/delete-user/callback?token=a&token=b"} {
		a := s.Client().Get(path)
		if a.Status >= 500 || a.Status < 300 {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
	}
	a := s.Client().Post("/sign-in/email", `{"email":"`+email+`","password":"wrong password","password":"`+harness.Password+`","email":"nobody@example.com"}`)
	w.Refused(a, 0, "")
	c := s.Client()
	back := s.Providers[0].Approve(t, c.Begin(0, nil), granted(s.Address("told")))
	c.Get(back + "&code=")
	c.Stranger("a code that came twice")
}

func bearersComeInHeaders(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	cookie := v.Jar[harness.SessionCookie]
	for _, name := range []string{"access_token", "token", "bearer", "authorization", "session_token", "better-auth.session_token"} {
		for _, value := range []string{v.Token(), cookie} {
			if a := s.Client().Get("/get-session?" + url.Values{name: {value}}.Encode()); a.Body != "null" {
				t.Errorf("%s in a query is worth a session: %s", name, a.Body)
			}
			w := s.Watch(v.User())
			w.Refused(s.Client().Post("/update-user", body{name: value, "name": "owned"}), http.StatusUnauthorized, "")
		}
	}
	for _, scheme := range []string{"Basic ", "Token ", "", "Bearer: ", "DPoP "} {
		s.Client(field{"Authorization", scheme + v.Token()}).Stranger("a token of the scheme " + scheme)
	}
	if s.Client(field{"Authorization", "Bearer " + cookie}).User() != v.User() {
		t.Error("a bearer token is not taken where it belongs")
	}
}

func signaturesAreOverBytes(t *testing.T, s *harness.Site) {
	_, k, email := owned(s, "victim")
	for name, change := range map[string]func(response body){
		"a blank before": func(r body) { r["clientDataJSON"] = reencoded(r, func(text string) string { return " " + text }) },
		"a blank within": func(r body) {
			r["clientDataJSON"] = reencoded(r, func(text string) string { return strings.Replace(text, ":", ": ", 1) })
		},
		"a member more": func(r body) {
			r["clientDataJSON"] = reencoded(r, func(text string) string { return text[:len(text)-1] + `,"x":1}` })
		},
		"a mark of order":   func(r body) { r["clientDataJSON"] = reencoded(r, func(text string) string { return "\ufeff" + text }) },
		"another signature": func(r body) { r["signature"] = authenticator.Base64([]byte("x")) },
		"none":              func(r body) { r["signature"] = "" },
	} {
		c := s.Client()
		answer := k.Get(asked(c))
		response, _ := answer["response"].(body)
		change(response)
		s.Watch(email).Refused(c.Post(assertPath, body{"response": answer}), 0, "AUTHENTICATION_FAILED")
		c.Stranger(name)
	}
	refuseAssertions(t, s, k, email, map[string]lie{"bytes behind": func(a *ceremony) { a.Tail = []byte{0} }})
}

// reencoded changes the text of client data after it was signed.
func reencoded(response body, change func(string) string) string {
	encoded, _ := response["clientDataJSON"].(string)
	raw, _ := base64.RawURLEncoding.DecodeString(encoded)
	return authenticator.Base64([]byte(change(string(raw))))
}

func handlesTellNothing(t *testing.T, s *harness.Site) {
	seen := map[string]bool{}
	for range 3 {
		email := s.Address("owner")
		v := s.SignUp(email)
		k := newPasskey()
		k.offered(v)
		handle := string(k.Handle)
		if len(handle) < 16 || strings.Contains(handle, email) || strings.Contains(handle, v.User()) || seen[handle] {
			t.Errorf("the handle of %s is %q", email, handle)
		}
		seen[handle] = true
	}
}

func nobodyLocksOut(t *testing.T, shared *harness.Site) {
	s := shared.Own(body{"trustedProxies": []string{"127.0.0.1"}})
	email := s.Address("victim")
	s.SignUp(email)
	refused := 0
	for range 12 {
		a := s.Client(from("203.0.113.7")).Post("/sign-in/email", body{"email": email, "password": "not the password"})
		if a.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("wrong passwords are not limited")
	}
	s.Client(from("198.51.100.9")).Post("/sign-in/email", body{"email": email, "password": harness.Password}).Want(http.StatusOK)
}

func secretsAreRotated(t *testing.T, shared *harness.Site) {
	version := func(n int, value string) body { return body{"version": n, "value": value} }
	older, newer := version(1, harness.Secret), version(2, "another-secret-for-tests-0123456789-abc")
	s := shared.Own(body{"secret": "", "secrets": []body{older}})
	email := s.Address("user")
	f := enrol(t, s.SignUp(email))
	both := s.Again(body{"secrets": []body{newer, older}})
	challenge(both, email).Post("/two-factor/verify-totp", body{"code": f.code(0)}).Want(http.StatusOK)
	fresh := both.Address("fresh")
	g := enrol(t, both.SignUp(fresh))
	one := both.Again(body{"secrets": []body{newer}})
	a := challenge(one, email).Post("/two-factor/verify-totp", body{"code": f.code(1)})
	if a.Status < 400 {
		t.Errorf("what a secret sealed opens without it: %d %s", a.Status, a.Body)
	}
	challenge(one, fresh).Post("/two-factor/verify-totp", body{"code": g.code(0)}).Want(http.StatusOK)
}
