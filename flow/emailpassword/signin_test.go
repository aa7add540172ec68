package emailpassword_test

import (
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

func signIn(email, password string) body { return body{"email": email, "password": password} }

func TestSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		s := authtest.New(t, engine)
		s.SignUp("ada@example.com")
		c := s.Client()
		c.Headers.Set("User-Agent", "browser/1")
		a := c.Post("/sign-in/email", signIn("ADA@example.com", authtest.Password)).Want(200, `{"redirect":false,"token":"`)
		if strings.Contains(a.Body, `"url"`) || a.Header.Get("Location") != "" {
			t.Errorf("a redirect nobody asked for: %s", a.Body)
		}
		current, err := s.Context().Sessions().Find(a.Text("token"))
		if err != nil {
			t.Fatal(err)
		}
		session := current.Session
		if *session.UserAgent != "browser/1" || !session.ExpiresAt.Equal(s.Clock.Now().Add(7*24*time.Hour)) ||
			len(session.Token) != 32 || current.User.Email != "ada@example.com" {
			t.Errorf("%+v", session)
		}
	})
}

func TestSignInWithCallback(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	s.SignUp("ada@example.com")
	request := with(signIn("ada@example.com", authtest.Password), "callbackURL", "/home")
	a := s.Client().Post("/sign-in/email", request).Want(200, `{"redirect":true,`, `"url":"/home"`)
	if a.Header.Get("Location") != "/home" {
		t.Error(a.Header)
	}
	a = s.Client().Post("/sign-in/email", with(request, "callbackURL", "")).Want(200, `{"redirect":false,`, `"url":""`)
	if a.Header.Get("Location") != "" {
		t.Error(a.Header)
	}
	s.Client().Post("/sign-in/email", with(request, "callbackURL", "//evil.example")).WantCode(403, "INVALID_CALLBACK_URL")
}

func TestRememberMe(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	request := with(signIn("ada@example.com", authtest.Password), "rememberMe", false)
	a := ada.Post("/sign-in/email", request).Want(200)
	for _, name := range []string{sessionToken, dontRemember} {
		if line := a.SetCookie(name); !strings.HasSuffix(line, "; Path=/; HttpOnly; SameSite=Lax") || strings.Contains(line, "Max-Age") {
			t.Errorf("%s: %s", name, line)
		}
	}
	current, err := s.Context().Sessions().Find(a.Text("token"))
	if err != nil || !current.Session.ExpiresAt.Equal(s.Clock.Now().Add(24*time.Hour)) {
		t.Errorf("%+v, %v", current, err)
	}
	s.Clock.Advance(23 * time.Hour)
	ada.Get("/get-session").Want(200, "ada@example.com")
	s.Clock.Advance(2 * time.Hour)
	ada.Get("/get-session").WantBody(200, "null")
	if a := ada.Post("/sign-in/email", with(request, "rememberMe", true)).Want(200); a.Cleared(dontRemember) {
		t.Error("a cookie was cleared that was gone already")
	}
	ada.Post("/sign-in/email", with(request, "rememberMe", false)).Want(200)
	if a := ada.Post("/sign-in/email", with(request, "rememberMe", true)).Want(200); !a.Cleared(dontRemember) {
		t.Errorf("the old choice is still there: %v", a.Header)
	}
}

// Whatever is wrong, the answer and the work are the same.
func TestSignInHidesWhatIsWrong(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		s := authtest.New(t, engine)
		s.SignUp("ada@example.com")
		c := s.Context()
		for email, password := range map[string]*string{"none@example.com": nil, "empty@example.com": new(string)} {
			u := &core.User{Name: "x", Email: email}
			if err := c.Users().Create(u); err != nil {
				t.Fatal(err)
			}
			if err := c.Accounts().Create(&core.Account{UserID: u.ID, AccountID: u.ID,
				ProviderID: core.CredentialProvider, Password: password}); err != nil {
				t.Fatal(err)
			}
		}
		stranger := &core.User{Name: "x", Email: "social@example.com"}
		if err := c.Users().Create(stranger); err != nil {
			t.Fatal(err)
		}
		for name, request := range map[string]body{
			"wrong password": signIn("ada@example.com", "wrong password"),
			"unknown user":   signIn("nobody@example.com", authtest.Password),
			"no password":    signIn("none@example.com", authtest.Password),
			"empty password": signIn("empty@example.com", ""),
			"no account":     signIn("social@example.com", authtest.Password),
		} {
			work := s.Hasher.Work(func() {
				a := s.Client().Post("/sign-in/email", request).
					WantBody(401, `{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}`)
				if len(a.Header.Values("Set-Cookie")) > 0 {
					t.Errorf("%s: %v", name, a.Header)
				}
			})
			if work != 1 {
				t.Errorf("%s: %d passwords hashed", name, work)
			}
		}
	})
}

func TestSignInRefusals(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	s.SignUp("ada@example.com")
	for _, c := range []struct {
		name   string
		body   any
		status int
		answer string
	}{
		{"no body", nil, 400, `{"message":"[body] Invalid input: expected object, received undefined","code":"VALIDATION_ERROR"}`},
		{"nothing", body{}, 400, `{"message":"[body.email] Invalid input: expected string, received undefined; [body.password] Invalid input: expected string, received undefined","code":"VALIDATION_ERROR"}`},
		{"no address", signIn("ada", "x"), 400, `{"message":"Invalid email","code":"INVALID_EMAIL"}`},
		{"long password", signIn("ada@example.com", strings.Repeat("x", 129)), 400, `{"message":"Password too long","code":"PASSWORD_TOO_LONG"}`},
	} {
		work := s.Hasher.Work(func() { s.Client().Post("/sign-in/email", c.body).WantBody(c.status, c.answer) })
		if work != 0 {
			t.Errorf("%s: %d passwords hashed", c.name, work)
		}
	}
	authtest.New(t, func(o *options) { o.EmailAndPassword.Enabled = false }).Client().
		Post("/sign-in/email", signIn("ada@example.com", authtest.Password)).
		WantBody(400, `{"message":"Email and password is not enabled","code":"EMAIL_PASSWORD_DISABLED"}`)
}

func TestSignInUnverified(t *testing.T) {
	t.Parallel()
	for _, send := range []bool{false, true} {
		no := false
		s := authtest.New(t, func(o *options) {
			o.EmailAndPassword.RequireEmailVerification = true
			o.EmailVerification.SendOnSignUp, o.EmailVerification.SendOnSignIn = &no, send
		})
		s.Client().Post("/sign-up/email", signUp("ada@example.com")).Want(200)
		request := with(signIn("ada@example.com", authtest.Password), "callbackURL", "/home")
		s.Client().Post("/sign-in/email", with(signIn("ada@example.com", "wrong password"))).WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
		a := s.Client().Post("/sign-in/email", request).WantBody(403, `{"message":"Email not verified","code":"EMAIL_NOT_VERIFIED"}`)
		if len(a.Header.Values("Set-Cookie")) > 0 {
			t.Error(a.Header)
		}
		if send {
			if m := s.Message(core.MessageVerification, "ada@example.com"); !strings.HasSuffix(m.URL, "&callbackURL=%2Fhome") {
				t.Error(m.URL)
			}
		}
		u := s.User("ada@example.com")
		if _, err := s.Context().Users().Update(u.ID, s.Tables().Users.EmailVerified.To(true)); err != nil {
			t.Fatal(err)
		}
		s.Client().Post("/sign-in/email", request).Want(200)
		s.NoMessage()
	}
}

// A page of a stranger must not sign its visitor in, to whatever account.
func TestForeignForms(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	request := signIn("ada@example.com", authtest.Password)
	for _, c := range []struct {
		name    string
		client  *authtest.Client
		headers [][2]string
		code    string
	}{
		{"foreign origin with cookies", ada.Clone(), [][2]string{{"Origin", "https://evil.example"}}, "INVALID_ORIGIN"},
		{"foreign origin without cookies", s.Client(), [][2]string{{"Origin", "https://evil.example"}}, "INVALID_ORIGIN"},
		{"no origin with cookies", ada.Clone(), [][2]string{{"Origin", ""}}, "MISSING_OR_NULL_ORIGIN"},
		{"null origin with cookies", ada.Clone(), [][2]string{{"Origin", "null"}}, "MISSING_OR_NULL_ORIGIN"},
		{"navigation from elsewhere", s.Client(), [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Mode", "navigate"}}, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED"},
		{"fetch without origin", s.Client(), [][2]string{{"Origin", ""}, {"Sec-Fetch-Site", "cross-site"}}, "MISSING_OR_NULL_ORIGIN"},
		{"foreign referrer", s.Client(), [][2]string{{"Origin", ""}, {"Referer", "https://evil.example/x"}}, "INVALID_ORIGIN"},
	} {
		for _, h := range c.headers {
			c.client.Headers[h[0]] = []string{h[1]}
		}
		a := c.client.Post("/sign-in/email", request)
		if a.Status != 403 || !strings.Contains(a.Body, `"`+c.code+`"`) {
			t.Errorf("%s: %d %s", c.name, a.Status, a.Body)
		}
	}
	program := s.Client()
	program.Headers["Origin"] = []string{""}
	program.Post("/sign-in/email", request).Want(200)
}
