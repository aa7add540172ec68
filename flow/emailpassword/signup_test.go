package emailpassword_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/flow/emailpassword"
	"github.com/watchword-auth/watchword/internal/authtest"
)

type (
	options = core.Options
	body    = authtest.JSON
)

const (
	sessionToken = "better-auth.session_token"
	dontRemember = "better-auth.dont_remember"
)

func signUp(email string) body {
	return body{"name": "Ada", "email": email, "password": authtest.Password}
}

func with(b body, more ...any) body {
	for i := 0; i < len(more); i += 2 {
		b[more[i].(string)] = more[i+1]
	}
	return b
}

func TestSignUp(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		s := authtest.New(t, engine)
		c := s.Client()
		a := c.Post("/sign-up/email", with(signUp("Ada@Example.com"), "image", "https://example.com/ada.png")).Want(200)
		u := s.User("ada@example.com")
		want := &core.User{ID: u.ID, Name: "Ada", Email: "ada@example.com", CreatedAt: s.Clock.Now(), UpdatedAt: s.Clock.Now(),
			Image: u.Image}
		if diff := cmp.Diff(want, u, cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Extra" }, cmp.Ignore())); diff != "" {
			t.Error(diff)
		}
		if u.Image == nil || *u.Image != "https://example.com/ada.png" || len(u.ID) != 32 {
			t.Errorf("image %v, id %q", u.Image, u.ID)
		}
		if a.Text("user.id") != u.ID || !strings.HasPrefix(c.Cookie(sessionToken), a.Text("token")+".") {
			t.Errorf("the answer is not of the session in the cookie: %s, %s", a.Body, c.Cookie(sessionToken))
		}
		if line := a.SetCookie(sessionToken); !strings.HasSuffix(line, "; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax") {
			t.Error(line)
		}
		account, err := s.Context().Accounts().Credential(u.ID)
		if err != nil || account.AccountID != u.ID || account.Password == nil || *account.Password == authtest.Password {
			t.Errorf("account %+v, %v", account, err)
		}
		s.NoMessage()
	})
}

func TestSignUpRefusals(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	s.SignUp("ada@example.com")
	invalid := func(issues string) string { return `{"message":"` + issues + `","code":"VALIDATION_ERROR"}` }
	for _, c := range []struct {
		name   string
		body   any
		status int
		answer string
	}{
		{"no body", nil, 400, invalid("[body] Invalid input: expected object, received undefined; [body] Invalid input: expected record, received undefined")},
		{"a list", "[]", 400, invalid("[body] Invalid input: expected object, received array; [body] Invalid input: expected record, received array")},
		{"nothing", body{}, 400, invalid("[body.name] Invalid input: expected string, received undefined; [body.email] Invalid input: expected string, received undefined; [body.password] Invalid input: expected string, received undefined")},
		{"wrong types", body{"name": 1, "email": nil, "password": true, "image": 2, "rememberMe": "no"}, 400,
			invalid("[body.name] Invalid input: expected string, received number; [body.email] Invalid input: expected string, received null; [body.password] Invalid input: expected string, received boolean; [body.image] Invalid input: expected string, received number; [body.rememberMe] Invalid input: expected boolean, received string")},
		{"no address", signUp("ada"), 400, invalid("[body.email] Invalid email address")},
		{"empty password", with(signUp("b@example.com"), "password", ""), 400, invalid("[body.password] Too small: expected string to have >=1 characters")},
		{"short password", with(signUp("b@example.com"), "password", "7 chars"), 400, `{"message":"Password too short","code":"PASSWORD_TOO_SHORT"}`},
		{"long password", with(signUp("b@example.com"), "password", strings.Repeat("x", 129)), 400, `{"message":"Password too long","code":"PASSWORD_TOO_LONG"}`},
		{"astral password", with(signUp("b@example.com"), "password", strings.Repeat("𝄞", 65)), 400, `{"message":"Password too long","code":"PASSWORD_TOO_LONG"}`},
		{"taken", signUp("ADA@example.com"), 422, `{"message":"User already exists. Use another email.","code":"USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL"}`},
		{"foreign callback", with(signUp("b@example.com"), "callbackURL", "https://evil.example"), 403, `{"message":"Invalid callbackURL","code":"INVALID_CALLBACK_URL"}`},
		{"callback that is no text", with(signUp("b@example.com"), "callbackURL", 1), 400, `{"message":"Invalid callbackURL: expected a string"}`},
		{"broken JSON", "{", 400, `{"message":"Invalid JSON in request body","code":"BAD_REQUEST"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.Client().Post("/sign-up/email", c.body).WantBody(c.status, c.answer)
		})
	}
	if n, err := db.Count(t.Context(), s.Adapter(), s.Tables().Users.Table); err != nil || n != 1 {
		t.Errorf("%d users, %v", n, err)
	}
}

func TestSignUpDisabled(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*options){
		"sign-up":   func(o *options) { o.EmailAndPassword.DisableSignUp = true },
		"passwords": func(o *options) { o.EmailAndPassword.Enabled = false },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authtest.New(t, change).Client().Post("/sign-up/email", signUp("ada@example.com")).
				WantBody(400, `{"message":"Email and password sign up is not enabled","code":"EMAIL_PASSWORD_SIGN_UP_DISABLED"}`)
		})
	}
}

func TestSignUpForm(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	form := authtest.Form{"name": "Ada", "email": "ada@example.com", "password": authtest.Password}
	s.Client().Post("/sign-up/email", form).Want(200)
	s.Client().Post("/sign-in/email", form).Want(200)
	form["rememberMe"] = "false"
	s.Client().Post("/sign-in/email", form).WantBody(400,
		`{"message":"[body.rememberMe] Invalid input: expected boolean, received string","code":"VALIDATION_ERROR"}`)
	c := s.Client()
	c.Headers.Set("Content-Type", "text/plain")
	c.Post("/sign-up/email", form).WantBody(415, `{"message":"Content-Type \"text/plain\" is not allowed. `+
		`Allowed types: application/x-www-form-urlencoded, application/json","code":"UNSUPPORTED_MEDIA_TYPE"}`)
}

// hidden are the options under which nobody may learn from a sign-up whether
// an address is known.
var hidden = map[string]func(*options){
	"verification required": func(o *options) { o.EmailAndPassword.RequireEmailVerification = true },
	"no automatic sign-in":  func(o *options) { o.EmailAndPassword.DisableAutoSignIn = true },
}

func TestDuplicatesAreHidden(t *testing.T) {
	t.Parallel()
	for name, change := range hidden {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authtest.Engines(t, func(t *testing.T, engine func(*options)) {
				told := make(chan *core.User, 1)
				s := authtest.New(t, engine, change, func(o *options) {
					o.EmailAndPassword.OnExistingUserSignUp = func(_ *core.Context, u *core.User) error { told <- u; return nil }
					o.User.AdditionalFields = []core.AdditionalField{
						{Name: "lang", Default: func() any { return "en" }}, {Name: "team"}, {Name: "role", NoInput: true}}
				})
				request := with(signUp("ada@example.com"), "team", "blue")
				var first, second *authtest.Answer
				work := s.Hasher.Work(func() { first = s.Client().Post("/sign-up/email", request).Want(200, `"token":null`) })
				known := s.User("ada@example.com")
				if again := s.Hasher.Work(func() { second = s.Client().Post("/sign-up/email", request).Want(200) }); again != work {
					t.Errorf("%d passwords hashed for a known address, %d for a new one", again, work)
				}
				if u := <-told; u.ID != known.ID {
					t.Errorf("told of %v", u)
				}
				id := second.Text("user.id")
				if id == known.ID || len(id) != len(known.ID) {
					t.Errorf("id %q tells", id)
				}
				if got, want := strings.Replace(second.Body, id, known.ID, 1), first.Body; got != want {
					t.Errorf("%s\nfor a known address, for a new one\n%s", got, want)
				}
				if diff := cmp.Diff(first.Header, second.Header); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

func TestHookThatForbidsIsHidden(t *testing.T) {
	t.Parallel()
	refuse := func(o *options) {
		o.DatabaseHooks.User.BeforeCreate = func(*core.Context, *core.User) error {
			return core.NewError(http.StatusForbidden, "NOT_YOU", "Not you")
		}
	}
	authtest.New(t, refuse).Client().Post("/sign-up/email", signUp("ada@example.com")).WantCode(403, "NOT_YOU")
	for name, change := range hidden {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := authtest.New(t, refuse, change)
			s.Client().Post("/sign-up/email", signUp("ada@example.com")).Want(200, `"token":null`)
			if _, err := s.Context().Users().ByEmail("ada@example.com"); err == nil {
				t.Error("the user was stored")
			}
		})
	}
}

func TestSyntheticUserIsShaped(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, hidden["no automatic sign-in"], func(o *options) {
		o.EmailAndPassword.SyntheticUser = func(_ *core.Context, u *core.User) error { u.Name = "Shaped"; return nil }
	})
	s.Client().Post("/sign-up/email", signUp("ada@example.com")).Want(200, `"name":"Ada"`)
	s.Client().Post("/sign-up/email", signUp("ada@example.com")).Want(200, `"name":"Shaped"`)
}

func TestAdditionalFields(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		s := authtest.New(t, engine, func(o *options) {
			o.User.AdditionalFields = []core.AdditionalField{
				{Name: "lang", Default: func() any { return "en" }},
				{Name: "team", Required: true},
				{Name: "age", Type: db.KindInt},
				{Name: "role", NoInput: true, Default: func() any { return "user" }},
				{Name: "note", NoInput: true},
				{Name: "secret", Hidden: true},
			}
		})
		s.Client().Post("/sign-up/email", signUp("a@example.com")).
			WantBody(400, `{"message":"team is required","code":"MISSING_FIELD"}`)
		s.Client().Post("/sign-up/email", with(signUp("a@example.com"), "team", "blue", "note", "x")).
			WantBody(400, `{"message":"note is not allowed to be set","code":"FIELD_NOT_ALLOWED"}`)
		a := s.Client().Post("/sign-up/email", with(signUp("a@example.com"),
			"team", "blue", "age", 36, "role", "admin", "note", "", "secret", "s", "unknown", 1, "emailVerified", true)).
			Want(200, `"lang":"en"`, `"team":"blue"`, `"age":36`, `"role":"user"`, `"note":null`, `"emailVerified":false`)
		if strings.Contains(a.Body, "secret") || strings.Contains(a.Body, "unknown") {
			t.Error(a.Body)
		}
	})
}

func TestVerificationMail(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, c := range []struct {
		name    string
		require bool
		send    *bool
		mailed  bool
	}{
		{"not wanted", false, nil, false},
		{"required", true, nil, true},
		{"wanted", false, &yes, true},
		{"required but not at sign-up", true, &no, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := authtest.New(t, func(o *options) {
				o.EmailAndPassword.RequireEmailVerification = c.require
				o.EmailVerification.SendOnSignUp = c.send
			})
			s.Client().Post("/sign-up/email", with(signUp("ada@example.com"), "callbackURL", "/welcome?a=b")).Want(200)
			if !c.mailed {
				s.NoMessage()
				return
			}
			m := s.Message(core.MessageVerification, "ada@example.com")
			if want := authtest.Origin + "/api/auth/verify-email?token=" + m.Token + "&callbackURL=%2Fwelcome%3Fa%3Db"; m.URL != want {
				t.Errorf("%s, want %s", m.URL, want)
			}
			claims, err := s.Context().ParseEmailToken(m.Token)
			want := &core.EmailToken{Email: "ada@example.com", UserID: s.User("ada@example.com").ID}
			if err != nil || *claims != *want {
				t.Errorf("%+v, %v", claims, err)
			}
		})
	}
}

func TestOnlyOneOfRacingSignUpsMakesTheUser(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*options){"shown": func(*options) {}, "hidden": hidden["no automatic sign-in"]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			authtest.Engines(t, func(t *testing.T, engine func(*options)) {
				s := authtest.New(t, engine, change)
				const racers = 24
				answers := make([]*authtest.Answer, racers)
				start, done := make(chan struct{}), sync.WaitGroup{}
				for i := range racers {
					done.Go(func() {
						c := s.Client()
						<-start
						answers[i] = c.Post("/sign-up/email", signUp("ada@example.com"))
					})
				}
				close(start)
				done.Wait()
				statuses := map[int]int{}
				for _, a := range answers {
					if statuses[a.Status]++; a.Status != 200 {
						a.WantCode(422, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
					}
				}
				if want := map[string]int{"shown": 1, "hidden": racers}[name]; statuses[200] != want {
					t.Errorf("answers %v, want %d of 200", statuses, want)
				}
				users, userErr := db.Count(t.Context(), s.Adapter(), s.Tables().Users.Table)
				accounts, accountErr := db.Count(t.Context(), s.Adapter(), s.Tables().Accounts.Table)
				if users != 1 || accounts != 1 || userErr != nil || accountErr != nil {
					t.Errorf("%d users, %d accounts, %v, %v", users, accounts, userErr, accountErr)
				}
			})
		})
	}
}

// A sign-up that fails half-way leaves nothing behind, in rows or cookies.
func TestSignUpIsAllOrNothing(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*options)) {
		s := authtest.New(t, engine, func(o *options) {
			o.DatabaseHooks.Session.BeforeCreate = func(*core.Context, *core.Session) error { return core.ErrFailedToCreateSession }
		})
		a := s.Client().Post("/sign-up/email", signUp("ada@example.com")).WantCode(401, "FAILED_TO_CREATE_SESSION")
		if len(a.Header.Values("Set-Cookie")) > 0 {
			t.Error(a.Header)
		}
		if n, err := db.Count(t.Context(), s.Adapter(), s.Tables().Users.Table); err != nil || n != 0 {
			t.Errorf("%d users, %v", n, err)
		}
	})
}

func TestSignUpInProcess(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *options) { o.User.AdditionalFields = []core.AdditionalField{{Name: "team"}} })
	out, err := core.Invoke(context.Background(), s.Kernel, emailpassword.SignUp, &emailpassword.SignUpInput{
		Name: "Ada", Email: "ada@example.com", Password: authtest.Password,
		Fields: map[string]json.RawMessage{"team": json.RawMessage(`"blue"`), "name": json.RawMessage(`"Eve"`)},
	}, core.Call{})
	if err != nil || out.Token == nil || out.User.Name != "Ada" {
		t.Fatalf("%+v, %v", out, err)
	}
	if text := string(out.User.AppendJSON(nil)); !strings.Contains(text, `"team":"blue"`) {
		t.Error(text)
	}
}

// TestValidateUserInfo refuses a person before there is a user, and tells
// nobody where sign-ups are not to reveal anything.
func TestValidateUserInfo(t *testing.T) {
	t.Parallel()
	gate := func(o *core.Options) {
		o.User.ValidateUserInfo = func(_ *core.Context, u *core.User, source core.UserSource) error {
			if source.Method != "email-password" || source.Action != "create-user" {
				return errors.New("another source")
			}
			if strings.HasSuffix(u.Email, "@corp.test") {
				return nil
			}
			return core.NewError(403, "WRONG_DOMAIN", "Not of this company")
		}
	}
	s := authtest.New(t, gate)
	sent := authtest.JSON{"name": "Eve", "email": "eve@evil.test", "password": authtest.Password}
	s.Client().Post("/sign-up/email", sent).Want(403, `"code":"WRONG_DOMAIN"`)
	if _, err := s.Context().Users().ByEmail("eve@evil.test"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the user was created: %v", err)
	}
	s.SignUp("ada@corp.test")
	hidden := authtest.New(t, gate, func(o *core.Options) { o.EmailAndPassword.RequireEmailVerification = true })
	hidden.Client().Post("/sign-up/email", sent).Want(200, `"token":null`, `"email":"eve@evil.test"`)
	if _, err := hidden.Context().Users().ByEmail("eve@evil.test"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("the user was created: %v", err)
	}
}
