package social_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/flow/social"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/secret"
)

func encrypted(o *options) { o.Account.EncryptOAuthTokens = true }

func account(t *testing.T, s *authtest.Server, provider, id string) *core.Account {
	t.Helper()
	row, err := s.Context().Accounts().ByProvider(provider, id)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

func TestAccessTokens(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*options){"plain": func(*options) {}, "encrypted": encrypted} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authtest.Engines(t, func(t *testing.T, engine func(*options)) {
				p := newIDP(t)
				s := serve(p, engine, change)
				c := s.Client()
				p.signIn(c, "google", ada)
				row := account(t, s, "google", "1001")
				if sealed := secret.LooksSealed(*row.AccessToken) && secret.LooksSealed(*row.RefreshToken); sealed != (name == "encrypted") {
					t.Errorf("tokens are kept as %s, %s", *row.AccessToken, *row.RefreshToken)
				}
				first := c.Post("/get-access-token", body{"accountId": row.ID}).Want(200, `{"accessToken":"at-`, `"accessTokenExpiresAt":"`, `"scopes":["openid","email"]`, `"idToken":"`)
				s.Clock.Advance(time.Hour - 6*time.Second)
				again := c.Post("/get-access-token", body{"accountId": row.ID}).Want(200)
				if again.Body != first.Body {
					t.Errorf("refreshed too early: %s", again.Body)
				}
				s.Clock.Advance(2 * time.Second)
				renewed := c.Post("/get-access-token", body{"accountId": row.ID}).Want(200)
				if renewed.Text("accessToken") == first.Text("accessToken") {
					t.Error("not refreshed")
				}
				b := c.Post("/refresh-token", body{"accountId": row.ID}).Want(200, `"refreshToken":"rt-`, `"scope":"openid,email"`, `"providerId":"google"`, `"accountId":"`+row.ID+`"`)
				if b.Text("accessToken") == renewed.Text("accessToken") {
					t.Error("not refreshed")
				}
				c.Get("/account-info?accountId="+row.ID).Want(200, `{"user":{"name":"Ada","email":"ada@example.com"`, `"data":{`, `"account":{"id":"`+row.ID+`","providerId":"google","accountId":"1001"}}`)

				// As clients of 1.6 name accounts.
				for _, selection := range []body{{"providerId": "google"}, {"providerId": "google", "accountId": "1001"}} {
					if got := c.Post("/get-access-token", selection).Want(200).Text("accessToken"); got != b.Text("accessToken") {
						t.Errorf("%v: %s", selection, got)
					}
				}
				c.Get("/account-info?accountId=1001").Want(200)
			})
		})
	}
}

// TestSealingIsSwitched reads rows written before the option was changed.
func TestSealingIsSwitched(t *testing.T) {
	t.Parallel()
	for _, on := range []bool{true, false} {
		p := newIDP(t)
		s := serve(p, func(o *options) { o.Account.EncryptOAuthTokens = on })
		c := s.Client()
		p.signIn(c, "google", ada)
		row := account(t, s, "google", "1001")
		stored := "deadbeefdeadbeef" // a plain token that happens to be hex
		if !on {
			sealed, err := s.Secrets().Seal([]byte(stored), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Context().Accounts().Update(row.ID, s.Tables().Accounts.AccessToken.To(sealed)); err != nil {
				t.Fatal(err)
			}
		} else if _, err := s.Context().Accounts().Update(row.ID, s.Tables().Accounts.AccessToken.To(stored)); err != nil {
			t.Fatal(err)
		}
		if got := c.Post("/get-access-token", body{"accountId": row.ID}).Want(200).Text("accessToken"); got != stored {
			t.Errorf("%t: %s", on, got)
		}
	}
}

// TestRefreshRace spends a refresh token, which works once, from many sides.
func TestRefreshRace(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		p := newIDP(t)
		s := serve(p, engine)
		c := s.Client()
		p.signIn(c, "google", ada)
		row := account(t, s, "google", "1001")
		s.Clock.Advance(2 * time.Hour)
		before := p.seen["oauth2.googleapis.com/token"]
		var all sync.WaitGroup
		for range 6 {
			browser := c.Clone()
			all.Go(func() { browser.Post("/get-access-token", body{"accountId": row.ID}).Want(200) })
		}
		all.Wait()
		if n := p.seen["oauth2.googleapis.com/token"] - before; n != 1 {
			t.Errorf("%d refreshes", n)
		}
	})
}

func TestRefusedTokenRequests(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	victim := s.Client()
	p.signIn(victim, "google", ada)
	theirs := account(t, s, "google", "1001")
	c := s.SignUp("eve@example.com")
	own := account(t, s, core.CredentialProvider, s.User("eve@example.com").ID)
	for _, path := range []string{"/get-access-token", "/refresh-token"} {
		for _, request := range []any{body{}, nil, body{"accountId": 1}, body{"accountId": "x", "useAccountCookie": true},
			body{"useAccountCookie": false}, body{"accountId": nil}, []string{}, body{"providerId": "google"}, body{"providerId": "credential"}, body{"providerId": ""}} {
			c.Post(path, request).WantBody(400, `{"message":"[body] Invalid input","code":"VALIDATION_ERROR"}`)
		}
		for _, request := range []body{{"accountId": "x"}, {"useAccountCookie": true}, {"accountId": theirs.ID},
			{"accountId": theirs.ID, "userId": theirs.UserID}} {
			c.Post(path, request).WantBody(400, `{"message":"Account not found","code":"ACCOUNT_NOT_FOUND"}`)
		}
		const unknown = `{"message":"[body] Unrecognized key: \"providerId\"","code":"VALIDATION_ERROR"}`
		c.Post(path, body{"providerId": "google", "accountId": "1001", "userId": theirs.UserID}).WantBody(400, unknown)
		s.Client().Post(path, body{"providerId": "google"}).WantBody(400, `{"message":"[body] Invalid input","code":"VALIDATION_ERROR"}`)
		c.Post(path, body{"accountId": own.ID}).WantBody(400, `{"message":"Provider credential is not supported.","code":"PROVIDER_NOT_SUPPORTED"}`)
		s.Client().Post(path, body{"accountId": theirs.ID, "userId": theirs.UserID}).WantBody(401, "")
	}
	c.Get("/account-info").WantBody(400, `{"message":"[query] Invalid input","code":"VALIDATION_ERROR"}`)
	c.Get("/account-info?useAccountCookie=true").WantBody(400, `{"message":"[query] Invalid input","code":"VALIDATION_ERROR"}`)
	c.Get("/account-info?accountId="+own.ID).WantCode(400, "PROVIDER_NOT_CONFIGURED")
	c.Get("/account-info?accountId="+theirs.ID).WantCode(400, "ACCOUNT_NOT_FOUND")
	s.Client().Get("/account-info?accountId="+theirs.ID).WantBody(401, "")

	// The provider has withdrawn the refresh token.
	p.refresh = map[string]person{}
	victim.Post("/refresh-token", body{"accountId": theirs.ID}).WantCode(400, "FAILED_TO_REFRESH_ACCESS_TOKEN")
	s.Clock.Advance(2 * time.Hour)
	victim.Post("/get-access-token", body{"accountId": theirs.ID}).WantCode(400, "FAILED_TO_GET_ACCESS_TOKEN")
	a := s.Tables().Accounts
	if _, err := s.Context().Accounts().Update(theirs.ID, a.RefreshToken.ToNull()); err != nil {
		t.Fatal(err)
	}
	victim.Post("/refresh-token", body{"accountId": theirs.ID}).WantCode(400, "REFRESH_TOKEN_NOT_FOUND")
}

func TestInProcess(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	p.signIn(s.Client(), "google", ada)
	row := account(t, s, "google", "1001")
	in := &social.TokenInput{Selection: social.Selection{AccountID: row.ID, UserID: row.UserID}}
	out, err := core.Invoke(t.Context(), s.Kernel, social.GetAccessToken, in, core.Call{})
	if err != nil || !strings.HasPrefix(out.AccessToken, "at-") {
		t.Errorf("%+v %v", out, err)
	}
	in.UserID = ""
	if _, err := core.Invoke(t.Context(), s.Kernel, social.GetAccessToken, in, core.Call{}); err == nil || !strings.Contains(err.Error(), "USER_ID_OR_SESSION_REQUIRED") {
		t.Error(err)
	}
	request := &social.SignInInput{Request: social.Request{Provider: "github", Scopes: input.Some([]string{"repo"})}}
	sent, err := core.Invoke(t.Context(), s.Kernel, social.SignIn, request, core.Call{})
	if err != nil || !sent.Redirect || !strings.Contains(sent.URL, "repo") {
		t.Errorf("%+v %v", sent, err)
	}
}

func TestSO22AccountCookie(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p, func(o *options) { o.Account.StoreAccountCookie = true })
	c := s.Client()
	a := p.signIn(c, "google", ada)
	const name = "better-auth.account_data"
	if line := a.SetCookie(name); !strings.Contains(line, "; Max-Age=300; Path=/; HttpOnly; SameSite=Lax") {
		t.Errorf("%q", line)
	}
	c.Post("/get-access-token", body{"useAccountCookie": true}).Want(200, `{"accessToken":"at-`)
	eve := s.SignUp("eve@example.com")
	eve.SetCookie(name, c.Cookie(name))
	eve.Post("/get-access-token", body{"useAccountCookie": true}).WantCode(400, "ACCOUNT_NOT_FOUND")
	eve.Post("/refresh-token", body{"useAccountCookie": true}).WantCode(400, "ACCOUNT_NOT_FOUND")
	value := c.Cookie(name)
	c.SetCookie(name, value[:len(value)-4]+"AAAA")
	c.Post("/get-access-token", body{"useAccountCookie": true}).WantCode(400, "ACCOUNT_NOT_FOUND")
	c.SetCookie(name, value)
	if a := c.Post("/sign-out", body{}).Want(200); !a.Cleared(name) {
		t.Errorf("the account stays behind: %v", a.Header)
	}
}

// TestAccountCookieLives as long as the cached session does, and no longer than
// its owner uses the browser.
func TestAccountCookieLives(t *testing.T) {
	t.Parallel()
	for name, stateless := range map[string]bool{"with a database": false, "without one": true} {
		p := newIDP(t)
		s := serve(p, func(o *options) {
			o.Account.StoreAccountCookie, o.Session.CookieCache.Enabled = true, true
			if stateless {
				o.Stateless = true
			}
		})
		c := s.Client()
		p.signIn(c, "google", ada)
		for range 3 {
			s.Clock.Advance(4 * time.Minute)
			if a := c.Post("/update-user", body{"name": "Grace"}).Want(200); a.SetCookie("better-auth.account_data") == "" {
				t.Errorf("%s the account is not prolonged: %v", name, a.Header)
			}
			c.Post("/get-access-token", body{"useAccountCookie": true}).Want(200, `{"accessToken":"at-`)
		}
		if stateless {
			continue // keys of users differ between processes: nobody can tell whose account it is
		}
		a := c.Post("/sign-up/email", body{"name": "Eve", "email": "eve@example.com", "password": authtest.Password}).Want(200)
		if !a.Cleared("better-auth.account_data") {
			t.Errorf("%s another user finds the account: %v", name, a.Header)
		}
	}
}

// TestEmptyKey takes an empty key for nobody's, not for any.
func TestEmptyKey(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	c := s.Client()
	p.signIn(c, "google", ada)
	for _, path := range []string{"/get-access-token", "/refresh-token"} {
		c.Post(path, body{"accountId": ""}).Want(400, "ACCOUNT_NOT_FOUND")
		c.Post(path, body{"accountId": "x", "more": 1}).Want(400, `Unrecognized key: \"more\"`)
		c.Post(path, body{"accountId": "x", "more": 1, "b": 1}).Want(400, `Unrecognized keys: \"b\", \"more\"`)
	}
	c.Get("/account-info?accountId=").Want(400, "ACCOUNT_NOT_FOUND")
}
