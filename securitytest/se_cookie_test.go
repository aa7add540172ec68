package securitytest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func cachesBelongToTokens(t *testing.T, s *harness.Site) {
	a, b := s.SignUp(s.Address("attacker")), s.SignUp(s.Address("victim"))
	owner := b.User()
	mixed := b.Clone()
	mixed.Jar[harness.CacheCookie] = a.Jar[harness.CacheCookie]
	if a.Jar[harness.CacheCookie] == "" {
		t.Fatal("there is no cached session")
	}
	if got := mixed.User(); got != owner && got != "" {
		t.Errorf("somebody else's cache answers for a token: %s", got)
	}
	alone := s.Client()
	alone.Jar[harness.CacheCookie] = a.Jar[harness.CacheCookie]
	alone.Stranger("a cached session without its token")
	short := s.With(body{"session": body{"expiresIn": 2, "updateAge": 1, "cookieCache": body{"enabled": true, "maxAge": 60}}})
	c := short.SignUp(short.Address("brief"))
	thief := c.Clone()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if thief.Clone().Get("/get-session").Body == "null" {
			return
		}
	}
	t.Error("a cached session outlives the session")
}

func cachesThatAreOff(t *testing.T, s *harness.Site) {
	cached := s.With(body{"session": body{"cookieCache": body{"enabled": true}}})
	v := cached.SignUp(cached.Address("victim"))
	data := v.Jar[harness.CacheCookie]
	if data == "" {
		t.Fatal("there is no cached session")
	}
	c := s.Client() // the same secret, without the cache
	c.Jar[harness.CacheCookie], c.Jar[harness.SessionCookie] = data, v.Jar[harness.SessionCookie]
	c.Stranger("a cached session where caching is off")
}

func oddChunks(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	owner := v.User()
	value := v.Jar[harness.CacheCookie]
	if value == "" {
		value = "eyJzZXNzaW9uIjp7fX0"
	}
	half := len(value) / 2
	for _, jar := range []map[string]string{
		{".0": value}, {".00": value}, {".1e1": value}, {".-1": value}, {".0x1": value}, {".5": value}, {".0": value[:half], ".1": value[half:]},
		{".1": value[:half], ".0": value[half:]}, {".0": value[:half], ".2": value[half:]}, {".": value}, {".0": "%", ".1": "%"},
	} {
		c := s.Client()
		for suffix, part := range jar {
			c.Jar[harness.CacheCookie+suffix] = part
		}
		c.Stranger("pieces of a cached session")
		c.Jar[harness.SessionCookie] = v.Jar[harness.SessionCookie]
		if got := c.User(); got != owner {
			t.Errorf("with pieces beside it, the session is that of %q", got)
		}
	}
	many := s.Client()
	for i := range 100 {
		many.Jar[harness.CacheCookie+"."+strings.Repeat("9", i%3)+"1"] = value[:half]
	}
	many.Stranger("a hundred pieces")
	twice := harness.SessionCookie + "=x; " + harness.SessionCookie + "=" + v.Jar[harness.SessionCookie]
	if a := s.Client().Get("/get-session", field{"Cookie", twice}); a.Status != http.StatusOK {
		t.Errorf("a cookie given twice: %d %s", a.Status, a.Body)
	}
}

func plantedCookies(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	attacker := s.SignUp(s.Address("attacker"))
	s.SignUp(email)
	for name, planted := range map[string]string{"made up": "planted-token-planted-token-1234.sig", "the attacker's own": attacker.Jar[harness.SessionCookie]} {
		v := s.Client()
		for _, cookie := range []string{harness.SessionCookie, "better-auth.state", "better-auth.two_factor", "better-auth.dont_remember"} {
			v.Jar[cookie] = planted
		}
		v.Post("/sign-in/email", body{"email": email, "password": harness.Password}).Want(http.StatusOK)
		if v.Jar[harness.SessionCookie] == planted || v.Token() == attacker.Token() {
			t.Errorf("a token that was %s became the victim's", name)
		}
		thief := s.Client()
		thief.Jar[harness.SessionCookie] = planted
		if got := thief.User(); got != "" && got != attacker.User() {
			t.Errorf("a token that was %s is a session of %s", name, got)
		}
	}
}

func cookiesKeepTheirPurpose(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	enrol(t, s.SignUp(email))
	jar := map[string]string{}
	c := challenge(s, email)
	c.Begin(0, nil)
	c.Get("/passkey/generate-authenticate-options")
	other := s.Client()
	other.Post("/sign-up/email", body{"email": s.Address("other"), "password": harness.Password, "name": "n", "rememberMe": false}).Want(http.StatusOK)
	for _, from := range []*harness.Client{c, other} {
		maps.Copy(jar, from.Jar)
	}
	if len(jar) < 4 {
		t.Fatalf("only %d cookies to mix", len(jar))
	}
	for from, value := range jar {
		for _, to := range []string{harness.SessionCookie, harness.CacheCookie, "better-auth.two_factor", "better-auth.trust_device", "better-auth.account_data"} {
			if from == to || strings.HasPrefix(from, kept("")) && to == harness.SessionCookie {
				continue // what keeps a session among several is a session's cookie
			}
			mixed := s.Client()
			mixed.Jar[to] = value
			mixed.Stranger("the cookie " + from + " as " + to)
		}
	}
	if other.User() == "" {
		t.Error("the session's own cookie is worth nothing")
	}
}

func listsHoldOnesOwn(t *testing.T, s *harness.Site) {
	deviceListsNeedSignatures(t, s)
	victim, attacker := s.SignUp(s.Address("victim")), s.SignUp(s.Address("attacker"))
	for name, value := range victim.Jar { // as if both had used this browser
		if attacker.Jar[name] == "" {
			attacker.Jar[name] = value
		}
	}
	a := attacker.Get("/list-sessions")
	a.Want(http.StatusOK)
	if strings.Contains(a.Body, victim.Token()) || strings.Contains(a.Body, victim.User()) {
		t.Errorf("a list of sessions holds another's: %s", a.Body)
	}
	if !strings.Contains(a.Body, attacker.Token()) {
		t.Error("a list of sessions lacks one's own")
	}
}

func othersSessions(t *testing.T, s *harness.Site) {
	victim, attacker := s.SignUp(s.Address("victim")), s.SignUp(s.Address("attacker"))
	w := s.Watch(victim.User())
	known := attacker.Post("/revoke-session", body{"token": victim.Token()})
	unknown := attacker.Post("/revoke-session", body{"token": "nobody's token"})
	same(t, "somebody's token", known, unknown)
	w.Unchanged("revoking another's session")
	if victim.User() == "" {
		t.Fatal("the victim is out")
	}
	owner := attacker.User()
	members := body{"token": victim.Token(), "userId": victim.User(), "expiresAt": "2099-01-01T00:00:00Z", "impersonatedBy": victim.User(),
		"activeOrganizationId": "o", "activeTeamId": "t", "id": "i", "createdAt": "2099-01-01T00:00:00Z", "ipAddress": "1.1.1.1"}
	for name, value := range members {
		if a := attacker.Post("/update-session", body{name: value}); a.Status >= 500 {
			t.Errorf("/update-session with %s: %d %s", name, a.Status, a.Body)
		}
		a := attacker.Get("/get-session")
		if a.Text("user.id") != owner {
			t.Fatalf("/update-session with %s: %s", name, a.Body)
		}
		if text, _ := value.(string); strings.Contains(a.Body, `"`+name+`":"`+text+`"`) {
			t.Errorf("/update-session sets %s: %s", name, a.Body)
		}
	}
}

func changedTokens(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	reset := resetLink(s, email)
	cookie, _ := url.QueryUnescape(v.Jar[harness.SessionCookie])
	token, signature, _ := strings.Cut(cookie, ".")
	other := s.SignUp(s.Address("other"))
	otherCookie, _ := url.QueryUnescape(other.Jar[harness.SessionCookie])
	_, otherSignature, _ := strings.Cut(otherCookie, ".")
	for _, value := range []string{
		token[:len(token)-1] + "." + signature, token + "." + signature[:len(signature)-1], token + "x." + signature, token + "." + signature + "x",
		strings.ToLower(token) + "." + signature, strings.ToUpper(token) + "." + signature, token + "." + otherSignature, token, token + ".",
		"." + signature, signature + "." + token, url.QueryEscape(url.QueryEscape(cookie)), token + "." + strings.Repeat("A", 43) + "=",
	} {
		c := s.Client()
		c.Jar[harness.SessionCookie] = url.QueryEscape(value)
		c.Stranger("a changed cookie")
	}
	for _, value := range []string{token[:len(token)-1], token[1:], token + "x", strings.ToLower(token), strings.ToUpper(token), token[:8], token + "%00"} {
		s.Client(field{"Authorization", "Bearer " + value}).Stranger("a changed bearer token")
	}
	w := s.Watch(email)
	for _, value := range []string{reset[:len(reset)-1], reset[1:], reset + "x", strings.ToLower(reset) + "", reset + "\x00", url.QueryEscape(reset) + "%"} {
		if value != reset {
			w.Refused(s.Client().Post("/reset-password", body{"token": value, "newPassword": "another password"}), http.StatusBadRequest, "INVALID_TOKEN")
		}
	}
	key := v.Post("/api-key/create", body{"name": "n"}).Text("key")
	for _, value := range []string{key[:len(key)-1], key[1:], key + "x", strings.ToLower(key), strings.ToUpper(key)} {
		c := s.Client(field{"X-Api-Key", value})
		c.Stranger("a changed key")
	}
	if s.Client(field{"X-Api-Key", key}).User() != v.User() || s.Client(field{"Authorization", "Bearer " + token}).User() != v.User() {
		t.Error("the unchanged ones are worth nothing")
	}
}

func cookieAttributes(t *testing.T, shared *harness.Site) {
	sites := []*harness.Site{shared}
	if shared.Profile.Name != harness.DynamicURL.Name {
		sites = append(sites, shared.With(body{"baseURL": "https://auth.test"}))
	}
	for _, s := range sites {
		secure := strings.HasPrefix(s.Origin, "https:")
		c := s.Client()
		email := s.Address("victim")
		answers := []*harness.Answer{c.Post("/sign-up/email", body{"email": email, "password": harness.Password, "name": "n"}),
			c.Get("/get-session"), c.Get("/passkey/generate-authenticate-options"), c.Post("/sign-in/social", body{"provider": "company"}),
			c.Post("/sign-out", body{})}
		seen := 0
		for _, a := range answers {
			for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
				seen++
				if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode && cookie.SameSite != http.SameSiteStrictMode || cookie.Path != "/" ||
					cookie.Domain != "" || cookie.MaxAge > 34_560_000 || cookie.Secure != secure || strings.HasPrefix(cookie.Name, "__Secure-") != secure {
					t.Errorf("on %s: %s", s.Origin, cookie)
				}
			}
		}
		if seen < 4 {
			t.Errorf("on %s: only %d cookies were seen", s.Origin, seen)
		}
	}
}

// signed is a cookie as the server signs it with a secret.
func signed(token, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(token))
	return url.QueryEscape(token + "." + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func knownSecrets(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	forged := s.Client()
	forged.Jar[harness.SessionCookie] = signed(v.Token(), harness.Secret)
	if forged.User() != v.User() {
		t.Fatal("the way cookies are signed is not understood")
	}
	for _, secret := range []string{"", "secret", "changeme", "better-auth-secret-12345678901234567890", "better-auth-secret-123456789", "better-auth-secret", "password"} {
		forged.Jar[harness.SessionCookie] = signed(v.Token(), secret)
		forged.Stranger("a cookie signed with " + secret)
	}
	for _, secret := range []string{"", "secret", "short-one", "better-auth-secret-12345678901234567890", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		dir := t.TempDir()
		config, _ := json.Marshal(body{"listen": "127.0.0.1:0", "baseURL": "https://auth.test", "secret": secret, "database": "sqlite:" + filepath.Join(dir, "a.db"),
			"emailAndPassword": body{"enabled": true}})
		file := filepath.Join(dir, "c.json")
		if err := os.WriteFile(file, config, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		c := exec.CommandContext(ctx, server, "serve", "--production", "--migrate", "--config", file)
		c.Env = []string{"HOME=" + dir}
		out, err := c.CombinedOutput()
		if err == nil || ctx.Err() != nil || !strings.Contains(string(out), "secret") {
			t.Errorf("production starts with the secret %q: %v %s", secret, err, out)
		}
	}
}
