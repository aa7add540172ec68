package social_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
)

func inCookie(o *options) { o.Account.StoreStateStrategy = core.StateInCookie }

func TestSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		p := newIDP(t)
		s := serve(p, engine)
		c := s.Client()
		a := p.signIn(c, "google", ada, body{"newUserCallbackURL": "/welcome"})
		goes(t, a, "/welcome")
		if !a.Cleared("better-auth.state") || a.SetCookie(sessionCookie) == "" {
			t.Errorf("cookies: %v", a.Header)
		}
		c.Get("/get-session").Want(200, `"email":"ada@example.com"`, `"emailVerified":true`, `"image":"https://img.test/a"`, `"name":"Ada"`)
		u := s.User("ada@example.com")
		accounts, err := s.Context().Accounts().ByUser(u.ID)
		if err != nil || len(accounts) != 1 {
			t.Fatalf("%d accounts, %v", len(accounts), err)
		}
		row := accounts[0]
		if row.ProviderID != "google" || row.AccountID != "1001" || *row.Scope != "openid,email" || !strings.HasPrefix(*row.AccessToken, "at-") ||
			strings.Count(*row.IDToken, ".") != 2 || !row.AccessTokenExpiresAt.Equal(s.Clock.Now().Add(time.Hour)) || row.Password != nil {
			t.Errorf("%+v", row)
		}
		goes(t, p.signIn(s.Client(), "google", ada, body{"newUserCallbackURL": "/welcome"}), "/home")
		goes(t, p.signIn(s.Client(), "github", person{"7", "bob@example.com", false}), "/home")
		if s.User("bob@example.com").EmailVerified {
			t.Error("an address was believed that the provider does not vouch for")
		}
	})
}

// TestSO25StateBytes compares what is kept with what the reference keeps.
func TestSO25StateBytes(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	c := s.Client()
	a := c.Post("/sign-in/social", body{"provider": "github", "callbackURL": "/x", "errorCallbackURL": "/err", "newUserCallbackURL": "/new",
		"requestSignUp": true, "additionalData": json.RawMessage(`{"q":1,"callbackURL":"evil","link":{"userId":"v","email":"v"},"expiresAt":9e15,"serverContext":{"provider":"google"}}`)}).Want(200)
	u, _ := url.Parse(a.Text("url"))
	id := u.Query().Get("state")
	if a.Header.Get("Location") != a.Text("url") || !strings.HasSuffix(a.Body, `,"redirect":true}`) {
		t.Errorf("%s %v", a.Body, a.Header)
	}
	if line := a.SetCookie("better-auth.state"); !strings.HasPrefix(line, "better-auth.state="+url.QueryEscape(id)+".") ||
		!strings.Contains(line, "; Max-Age=300; Path=/; HttpOnly; SameSite=Lax") {
		t.Error(line)
	}
	row, err := s.Context().Verifications().Find("auth-state:" + id)
	if err != nil {
		t.Fatal(err)
	}
	state, err := oauth.ParseState([]byte(row.Value))
	if err != nil || len(id) != 32 || len(state.CodeVerifier) != 128 || !row.ExpiresAt.Equal(s.Clock.Now().Add(10*time.Minute)) {
		t.Fatalf("%s %v", row.Value, err)
	}
	want := `{"q":1,"callbackURL":"/x","codeVerifier":"` + state.CodeVerifier + `","errorURL":"/err","newUserURL":"/new",` +
		`"serverContext":{"provider":"github"},"expiresAt":` + json.Number(row.Value[strings.Index(row.Value, `expiresAt":`)+11:][:13]).String() +
		`,"requestSignUp":true,"oauthState":"` + id + `"}`
	if row.Value != want {
		t.Errorf("\n got %s\nwant %s", row.Value, want)
	}
	b := c.Post("/sign-in/social", body{"provider": "github", "disableRedirect": true}).Want(200, `"redirect":false}`)
	if b.Header.Get("Location") != "" {
		t.Error("a redirect that was not wanted")
	}
}

func TestSO01SO02SO03StateIsBound(t *testing.T) {
	t.Parallel()
	for name, strategy := range map[string]func(*options){"database": func(*options) {}, "cookie": inCookie} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newIDP(t)
			s := serve(p, strategy)
			mismatch, failed := authtest.Origin+"/api/auth/error?error=state_mismatch", "/failed?error=state_mismatch"

			// Another browser, and then the right one, too late.
			browser := s.Client()
			code, state := p.approve(depart(browser, "google"), ada)
			path := "/callback/google?code=" + code + "&state=" + state
			thief := s.Client().Get(path).Want(302)
			if to := thief.Header.Get("Location"); to != mismatch && to != failed || thief.SetCookie(sessionCookie) != "" {
				t.Errorf("another browser goes to %s", to)
			}
			if name == "database" {
				goes(t, browser.Get(path), mismatch)
			}

			// A second use, by a browser that kept its cookies.
			browser = s.Client()
			code, state = p.approve(depart(browser, "google"), ada)
			path = "/callback/google?code=" + code + "&state=" + state
			kept := browser.Clone()
			goes(t, browser.Get(path), "/home")
			if a := kept.Get(path); !strings.HasSuffix(a.Header.Get("Location"), "error=state_mismatch") || a.SetCookie(sessionCookie) != "" {
				t.Errorf("a second use goes to %v", a.Header)
			}

			// Another provider's callback.
			browser = s.Client()
			code, state = p.approve(depart(browser, "google"), ada)
			goes(t, browser.Get("/callback/github?code="+code+"&state="+state), failed)

			// Another state, none, and an empty one.
			browser = s.Client()
			code, _ = p.approve(depart(browser, "google"), ada)
			if to := browser.Get("/callback/google?code=" + code + "&state=x").Header.Get("Location"); !strings.HasSuffix(to, "error=state_mismatch") {
				t.Error(to)
			}
			for _, query := range []string{"", "?code=" + code, "?code=" + code + "&state="} {
				goes(t, browser.Get("/callback/google"+query), authtest.Origin+"/api/auth/error?error=state_not_found")
			}
			browser.Get("/callback/google?code="+code+"&state=a&state=b").Want(400, "[query.state] Invalid input: expected string, received array")

			// Too late.
			browser = s.Client()
			late := depart(browser, "google")
			kept = browser.Clone()
			cookies := map[string]string{}
			for _, name := range []string{"better-auth.state", "better-auth.oauth_state"} {
				cookies[name] = kept.Cookie(name)
			}
			s.Clock.Advance(11 * time.Minute)
			for name, value := range cookies {
				browser.SetCookie(name, value)
			}
			if to := p.arrive(browser, "google", late, ada).Header.Get("Location"); !strings.HasSuffix(to, "error=state_mismatch") {
				t.Error(to)
			}
			if n := p.seen["github.com/login/oauth/access_token"]; n != 0 {
				t.Errorf("a code was sent to the wrong provider %d times", n)
			}
		})
	}
}

func TestSealedStateIsReadByThisKeyOnly(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p, inCookie)
	c := s.Client()
	url := depart(c, "google")
	sealed := c.Cookie("better-auth.oauth_state")
	end := "00"
	if strings.HasSuffix(sealed, end) {
		end = "11"
	}
	c.SetCookie("better-auth.oauth_state", sealed[:len(sealed)-2]+end)
	goes(t, p.arrive(c, "google", url, ada), authtest.Origin+"/api/auth/error?error=state_invalid")
	other, err := s.Secrets().Seal([]byte(`{"callbackURL":"/","codeVerifier":"v","expiresAt":9000000000000,"oauthState":"x"}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	c.SetCookie("better-auth.oauth_state", other)
	goes(t, c.Get("/callback/google?code=1&state=x"), authtest.Origin+"/api/auth/error?error=state_invalid")
}

func TestSO29StateRace(t *testing.T) {
	t.Parallel()
	for name, strategy := range map[string]func(*options){"database": func(*options) {}, "cookie": inCookie} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authtest.Engines(t, func(t *testing.T, engine func(*options)) {
				p := newIDP(t)
				s := serve(p, engine, strategy)
				c := s.Client()
				code, state := p.approve(depart(c, "google"), ada)
				var won sync.Map
				var all sync.WaitGroup
				for i := range 10 {
					browser := c.Clone()
					all.Go(func() {
						if browser.Get("/callback/google?code="+code+"&state="+state).SetCookie(sessionCookie) != "" {
							won.Store(i, true)
						}
					})
				}
				all.Wait()
				n := 0
				won.Range(func(any, any) bool { n++; return true })
				sessions, err := s.Context().Sessions().List(s.User(ada.Email).ID)
				if n != 1 || err != nil || len(sessions) != 1 {
					t.Errorf("%d callbacks won, %d sessions, %v", n, len(sessions), err)
				}
			})
		})
	}
}

// TestNewIdentityRace lets one identity arrive for the first time several
// times at once.
func TestNewIdentityRace(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		p := newIDP(t)
		s := serve(p, engine)
		var all sync.WaitGroup
		for range 6 {
			c := s.Client()
			authorization := depart(c, "google")
			all.Go(func() { goes(t, p.arrive(c, "google", authorization, ada), "/home") })
		}
		all.Wait()
		accounts, err := s.Context().Accounts().ByUser(s.User(ada.Email).ID)
		if err != nil || len(accounts) != 1 {
			t.Errorf("%d accounts, %v", len(accounts), err)
		}
	})
}

func TestFormPost(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	c := s.Client()
	code, state := p.approve(depart(c, "google"), ada)
	foreign := s.Client() // what another site posts comes without cookies
	foreign.Headers.Set("Origin", "https://appleid.apple.com")
	a := foreign.Post("/callback/google", authtest.Form{"code": code, "state": state, "extra": "x"}).Want(302)
	goes(t, a, authtest.Origin+"/api/auth/callback/google?code="+code+"&state="+state)
	goes(t, c.Get(strings.TrimPrefix(a.Header.Get("Location"), authtest.Origin+"/api/auth")), "/home")
	goes(t, foreign.Post("/callback/google", nil), authtest.Origin+"/api/auth/callback/google?")
}

func TestSO05SO11SO31FailedCallbacks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*options)
		who    person
		query  string // replaces the code
		path   string
		want   string
	}{
		{"the provider refuses", nil, ada, "error=access_denied&error_description=no+%3Csvg%3E", "google", "/failed?error=access_denied&error_description=no+%3Csvg%3E"},
		{"no code", nil, ada, "x=1", "google", "/failed?error=no_code"},
		{"a foreign code", nil, ada, "code=nonsense", "google", "/failed?error=invalid_code"},
		{"unknown provider", nil, ada, "", "nobody", "/failed?error=oauth_provider_not_found"},
		{"another issuer", nil, ada, "code=1&iss=https%3A%2F%2Fevil.example", "google", "/failed?error=issuer_mismatch"},
		{"no address", nil, person{"1", "", false}, "", "google", "/failed?error=email_not_found"},
		{"no subject", nil, person{"", "x@example.com", true}, "", "google", "/failed?error=unable_to_get_user_info"},
		{"a number for nobody", nil, person{"0", "x@example.com", true}, "", "github", "/failed?error=unable_to_get_user_info"},
		{"a hook", func(o *options) {
			o.DatabaseHooks.Session.BeforeCreate = func(*core.Context, *core.Session) error {
				return core.NewError(403, "BANNED_USER", "You are banned")
			}
		}, ada, "", "google", "/failed?error=BANNED_USER&error_description=You+are+banned"},
		{"a gate", func(o *options) {
			o.User.ValidateUserInfo = func(_ *core.Context, u *core.User, source core.UserSource) error {
				if source.Action != "create-user" || source.Provider != "google" || u.Email != ada.Email || len(source.Profile) == 0 {
					t.Errorf("%+v %+v", u, source)
				}
				return core.NewError(403, "not_invited", "Ask first")
			}
		}, ada, "", "google", "/failed?error=not_invited&error_description=Ask+first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newIDP(t)
			change := c.change
			if change == nil {
				change = func(*options) {}
			}
			s := serve(p, change)
			browser := s.Client()
			start := c.path
			if start == "nobody" {
				start = "google"
			}
			code, state := p.approve(depart(browser, start), c.who)
			query := c.query
			if query == "" {
				query = "code=" + code
			}
			a := browser.Get("/callback/" + c.path + "?" + query + "&state=" + state).Want(302)
			goes(t, a, c.want)
			if a.SetCookie(sessionCookie) != "" {
				t.Error("a failure came with a session")
			}
			if _, err := s.Context().Users().ByEmail(ada.Email); err == nil && c.name != "a hook" {
				t.Error("a failure left a user")
			}
		})
	}
}

// TestValidateUserInfo asks the application about an identity wherever one
// comes in, with what is about to happen, and keeps to its refusal.
func TestValidateUserInfo(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		var refuse string
		var asked []string
		p := newIDP(t)
		s := serve(p, engine, func(o *options) {
			o.User.ValidateUserInfo = func(_ *core.Context, u *core.User, source core.UserSource) error {
				if source.Method == "oauth" {
					asked = append(asked, source.Action+" "+source.Provider+" "+u.Email)
				}
				if source.Action == refuse {
					return core.NewError(403, "not_invited", "Ask first")
				}
				return nil
			}
		})
		const refused = "/failed?error=not_invited&error_description=Ask+first"
		token := func(who person) body {
			return body{"provider": "google", "idToken": body{"token": sign(t, googleKey(), p.claims(who))}}
		}

		refuse = "create-user"
		goes(t, p.signIn(s.Client(), "google", ada), refused)
		s.Client().Post("/sign-in/social", token(ada)).WantCode(403, "not_invited")
		refuse = ""
		goes(t, p.signIn(s.Client(), "google", ada), "/home")

		refuse = "sign-in"
		if a := p.signIn(s.Client(), "google", ada); a.SetCookie(sessionCookie) != "" {
			t.Error("a session against the refusal")
		} else {
			goes(t, a, refused)
		}
		s.Client().Post("/sign-in/social", token(ada)).WantCode(403, "not_invited")

		refuse = "link-account" // implicitly, by address, and asked for
		goes(t, p.signIn(s.Client(), "github", person{"7", ada.Email, true}), refused)
		bob := s.SignUp("bob@example.com")
		goes(t, p.arrive(bob, "github", link(bob, "github"), person{"8", "bob@example.com", true}), refused)
		by := token(person{"9", "bob@example.com", true})
		bob.Post("/link-social", by).WantCode(403, "not_invited")
		accounts, err := s.Context().Accounts().ByUser(s.User("bob@example.com").ID)
		if err != nil || len(accounts) != 1 {
			t.Errorf("%d accounts, %v", len(accounts), err)
		}
		refuse = ""
		bob.Post("/link-social", by).Want(200)
		if got := strings.Join(asked[len(asked)-1:], ""); got != "link-account google bob@example.com" {
			t.Errorf("asked for %q", asked)
		}
	})
}

func TestSignUpRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*provider.Options)
		more   body
		want   string
	}{
		{"disabled", func(o *provider.Options) { o.DisableSignUp = true }, body{"requestSignUp": true}, "/failed?error=signup_disabled"},
		{"not asked for", func(o *provider.Options) { o.DisableImplicitSignUp = true }, nil, "/failed?error=signup_disabled"},
		{"asked for", func(o *provider.Options) { o.DisableImplicitSignUp = true }, body{"requestSignUp": true}, "/home"},
	} {
		p := newIDP(t)
		s := authtest.New(t, p.configure(c.change))
		p.clock = s.Clock
		goes(t, p.signIn(s.Client(), "google", ada, c.more), c.want)
	}
}

func TestRequireEmailVerification(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := authtest.New(t, p.configure(func(o *provider.Options) { o.RequireEmailVerification = true }))
	p.clock = s.Clock
	a := p.signIn(s.Client(), "github", person{"5", "bob@example.com", false})
	goes(t, a, "/failed?error=email_not_verified")
	if a.SetCookie(sessionCookie) != "" {
		t.Error("a session before the address is proven")
	}
	mail := s.Message(core.MessageVerification, "bob@example.com")
	if !strings.Contains(mail.URL, "callbackURL=%2Fhome") {
		t.Error(mail.URL)
	}
	s.Client().Get(mail.URL).Want(302)
	goes(t, p.signIn(s.Client(), "github", person{"5", "bob@example.com", false}), "/home")
}

func TestSO26RefusedRequests(t *testing.T) {
	t.Parallel()
	p := newIDP(t)
	s := serve(p)
	c := s.Client()
	for _, r := range []struct {
		request body
		status  int
		text    string
	}{
		{body{"provider": "nobody"}, 404, `{"message":"Provider not found","code":"PROVIDER_NOT_FOUND"}`},
		{body{}, 400, `{"message":"[body.provider] Invalid input","code":"VALIDATION_ERROR"}`},
		{body{"provider": 3}, 400, `{"message":"[body.provider] Invalid input","code":"VALIDATION_ERROR"}`},
		{body{"provider": "github", "idToken": body{"token": "x"}}, 404, `{"message":"id_token not supported","code":"ID_TOKEN_NOT_SUPPORTED"}`},
		{body{"provider": "google", "idToken": body{"token": "x"}}, 401, `{"message":"Invalid token","code":"INVALID_TOKEN"}`},
		{body{"provider": "google", "idToken": body{}}, 400, `{"message":"[body.idToken.token] Invalid input: expected string, received undefined","code":"VALIDATION_ERROR"}`},
		{body{"provider": "github", "additionalParams": body{"state": "x"}}, 400, `{"message":"[body.additionalParams] additionalParams cannot include reserved OAuth parameters: state, client_id, redirect_uri, response_type, code_challenge, code_challenge_method, nonce, scope","code":"VALIDATION_ERROR"}`},
		{body{"provider": "github", "additionalParams": body{"Redirect_Uri": "x"}}, 400, `{"message":"[body.additionalParams] additionalParams cannot include reserved OAuth parameters: state, client_id, redirect_uri, response_type, code_challenge, code_challenge_method, nonce, scope","code":"VALIDATION_ERROR"}`},
		{body{"provider": "github", "additionalParams": body{"a": 1}}, 400, `{"message":"[body.additionalParams.a] Invalid input: expected string, received number","code":"VALIDATION_ERROR"}`},
		{body{"provider": "github", "additionalData": []int{1}, "scopes": []int{1}}, 400, `{"message":"[body.scopes.0] Invalid input: expected string, received number; [body.additionalData] Invalid input: expected record, received array","code":"VALIDATION_ERROR"}`},
		{body{"provider": "github", "callbackURL": "https://evil.example"}, 403, `{"message":"Invalid callbackURL","code":"INVALID_CALLBACK_URL"}`},
		{body{"provider": "github", "errorCallbackURL": "//evil.example"}, 403, `{"message":"Invalid errorCallbackURL","code":"INVALID_ERROR_CALLBACK_URL"}`},
	} {
		c.Post("/sign-in/social", r.request).WantBody(r.status, r.text)
	}
	url := depart(c, "github", body{"additionalParams": json.RawMessage(`{"z":"1","b":"2"}`), "scopes": []string{"repo"}})
	if !strings.HasSuffix(url, "&z=1&b=2") || !strings.Contains(url, "scope=read%3Auser+user%3Aemail+repo") {
		t.Error(url)
	}
}
