package username_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/username"
)

func with(o username.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, username.New(o)) }
}

// signUp signs a user up with further members of the body.
func signUp(s *authtest.Server, email string, more authtest.JSON) (*authtest.Client, *authtest.Answer) {
	body := authtest.JSON{"name": "Ada", "email": email, "password": authtest.Password}
	maps.Copy(body, more)
	c := s.Client()
	return c, c.Post("/sign-up/email", body)
}

func signIn(s *authtest.Server, name string) *authtest.Answer {
	return s.Client().Post("/sign-in/username", authtest.JSON{"username": name, "password": authtest.Password})
}

func TestSignUpAndIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(username.Options{}))
		_, a := signUp(s, "ada@example.com", authtest.JSON{"username": "Ada.L"})
		a.Want(200, `"username":"ada.l"`, `"displayUsername":"Ada.L"`)
		_, a = signUp(s, "bob@example.com", authtest.JSON{"displayUsername": "Bob_1"})
		a.Want(200, `"username":"bob_1"`, `"displayUsername":"Bob_1"`)
		_, a = signUp(s, "cy@example.com", authtest.JSON{"displayUsername": "Cy the Great"})
		a.Want(200, `"username":null`, `"displayUsername":"Cy the Great"`)
		_, a = signUp(s, "dee@example.com", nil)
		a.Want(200, `"username":null`, `"displayUsername":null`)

		signIn(s, "ADA.l").Want(200, `"redirect":false`, `"username":"ada.l"`)
		a = s.Client().Post("/sign-in/username", authtest.JSON{
			"username": "ada.l", "password": authtest.Password, "callbackURL": "/home", "rememberMe": false})
		a.Want(200, `"redirect":true`, `"url":"/home"`)
		if a.Header.Get("Location") != "/home" || a.SetCookie("better-auth.dont_remember") == "" {
			t.Errorf("%v", a.Header)
		}
	})
}

func TestSignInRefusals(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(username.Options{}))
	signUp(s, "ada@example.com", authtest.JSON{"username": "ada"})
	for _, c := range []struct {
		name, password string
		status         int
		code           string
	}{
		{"ada", "wrong password", 401, "INVALID_USERNAME_OR_PASSWORD"},
		{"eve", authtest.Password, 401, "INVALID_USERNAME_OR_PASSWORD"},
		{"", authtest.Password, 401, "INVALID_USERNAME_OR_PASSWORD"},
		{"ada", "", 401, "INVALID_USERNAME_OR_PASSWORD"},
		{"ad", authtest.Password, 422, "USERNAME_TOO_SHORT"},
		{strings.Repeat("a", 31), authtest.Password, 422, "USERNAME_TOO_LONG"},
		{"ada@example.com", authtest.Password, 422, "INVALID_USERNAME"},
		{"ａｄａ", authtest.Password, 422, "INVALID_USERNAME"}, // full-width letters
		{"ada ", authtest.Password, 422, "INVALID_USERNAME"},
		{"ada", strings.Repeat("x", 129), 400, "PASSWORD_TOO_LONG"},
	} {
		s.Client().Post("/sign-in/username", authtest.JSON{"username": c.name, "password": c.password}).WantCode(c.status, c.code)
	}
	s.Client().Post("/sign-in/username", authtest.JSON{"username": 5, "password": true}).WantCode(400, "VALIDATION_ERROR")
}

// Known, unknown and passwordless users cost one hash each.
func TestSignInWorkIsTheSame(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(username.Options{}))
	signUp(s, "ada@example.com", authtest.JSON{"username": "ada"})
	for _, name := range []string{"ada", "nobody"} {
		work := s.Hasher.Work(func() {
			s.Client().Post("/sign-in/username", authtest.JSON{"username": name, "password": "wrong password"}).Want(401)
		})
		if work != 1 {
			t.Errorf("%s: %d hashes", name, work)
		}
	}
}

func TestUnprovenAddressIsRefused(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(username.Options{}), func(o *core.Options) {
		o.EmailAndPassword.RequireEmailVerification, o.EmailVerification.SendOnSignIn = true, true
	})
	signUp(s, "ada@example.com", authtest.JSON{"username": "ada"})
	s.Message(core.MessageVerification)
	signIn(s, "ada").WantCode(403, "EMAIL_NOT_VERIFIED")
	s.Client().Get(s.Message(core.MessageVerification).URL).Want(302)
	signIn(s, "ada").Want(200)
}

func TestChange(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(username.Options{}))
		ada, _ := signUp(s, "ada@example.com", authtest.JSON{"username": "ada"})
		signUp(s, "bob@example.com", authtest.JSON{"username": "bob"})
		ada.Post("/update-user", authtest.JSON{"username": "BOB"}).WantCode(400, "USERNAME_IS_ALREADY_TAKEN")
		ada.Post("/update-user", authtest.JSON{"username": "a b"}).WantCode(400, "INVALID_USERNAME")
		ada.Post("/update-user", authtest.JSON{"username": "ADA"}).Want(200)
		ada.Post("/update-user", authtest.JSON{"username": "Countess", "displayUsername": "The Countess"}).Want(200)
		ada.Get("/get-session").Want(200, `"username":"countess"`, `"displayUsername":"The Countess"`)
		signIn(s, "ada").Want(401)
		signIn(s, "countess").Want(200)
		signUp(s, "new@example.com", authtest.JSON{"username": "ada"})
		signIn(s, "ada").Want(200, "new@example.com")
		_, a := signUp(s, "late@example.com", authtest.JSON{"username": "Bob"})
		a.WantCode(400, "USERNAME_IS_ALREADY_TAKEN")
	})
}

func TestImmutable(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(username.Options{Immutable: true}),
		func(o *core.Options) { o.Session.CookieCache.Enabled = true })
	ada, _ := signUp(s, "ada@example.com", nil)
	stale := ada.Clone()
	ada.Post("/update-user", authtest.JSON{"username": "ada"}).Want(200)
	ada.Post("/update-user", authtest.JSON{"username": "ADA", "displayUsername": "Ada"}).Want(200)
	for _, value := range []any{"other", nil} {
		ada.Post("/update-user", authtest.JSON{"username": value}).WantCode(400, "USERNAME_IS_IMMUTABLE")
		stale.Post("/update-user", authtest.JSON{"username": value}).WantCode(400, "USERNAME_IS_IMMUTABLE")
	}
	signIn(s, "ada").Want(200)
}

func TestAvailable(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(username.Options{}))
	signUp(s, "ada@example.com", authtest.JSON{"username": "ada"})
	ask := func(name any) *authtest.Answer {
		return s.Client().Post("/is-username-available", authtest.JSON{"username": name})
	}
	ask("Ada").WantBody(200, `{"available":false}`)
	ask("eve").WantBody(200, `{"available":true}`)
	ask("").WantCode(422, "INVALID_USERNAME")
	ask("e").WantCode(422, "USERNAME_TOO_SHORT")
	ask(strings.Repeat("e", 31)).WantCode(422, "USERNAME_TOO_LONG")
	ask(nil).WantCode(400, "VALIDATION_ERROR")
}

func TestOptions(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(username.Options{
		MinLength: 2, MaxLength: 4, DisableDisplayName: true, DisableNormalization: true,
		Validate: func(name string) bool { return !strings.Contains(name, "x") },
	}))
	_, a := signUp(s, "ada@example.com", authtest.JSON{"username": "Ö😀"})
	if a.Want(200, `"username":"Ö😀"`); strings.Contains(a.Body, "displayUsername") {
		t.Error(a.Body)
	}
	signIn(s, "ö😀").Want(401)
	signIn(s, "Ö😀").Want(200)
	signIn(s, "Ö😀😀").WantCode(422, "USERNAME_TOO_LONG") // five UTF-16 units
	signIn(s, "axe").WantCode(422, "INVALID_USERNAME")

	s = authtest.New(t, with(username.Options{
		Normalize: strings.TrimSpace, ValidateNormalized: true,
		ValidateDisplayName: func(name string) bool { return name != "root" }, NormalizeDisplayName: strings.ToLower, ValidateDisplayNormal: true,
	}))
	_, a = signUp(s, "ada@example.com", authtest.JSON{"username": " ada ", "displayUsername": "ROOT"})
	a.WantCode(400, "INVALID_DISPLAY_USERNAME")
	_, a = signUp(s, "ada@example.com", authtest.JSON{"username": " ada ", "displayUsername": "ADA"})
	a.Want(200, `"username":"ada"`, `"displayUsername":"ada"`)
}

// Names that come by other ways than a sign-up are judged too.
func TestRowsAreChecked(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(username.Options{}))
	signUp(s, "ada@example.com", authtest.JSON{"username": "ada"})
	c := s.Context()
	users := c.Tables().Users
	for name, want := range map[string]string{"ada": "USERNAME_IS_ALREADY_TAKEN", "ADA": "USERNAME_IS_ALREADY_TAKEN", "a b c": "INVALID_USERNAME"} {
		u := users.Bind(&core.User{Email: "x@example.com"})
		if err := users.Set(u, users.Column("username"), name); err != nil {
			t.Fatal(err)
		}
		if err := c.Users().Create(u); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", name, err)
		}
	}
	u := users.Bind(&core.User{Email: "eve@example.com"})
	if err := users.Set(u, users.Column("username"), "Eve"); err != nil {
		t.Fatal(err)
	}
	if err := c.Users().Create(u); err != nil || users.Get(u, users.Column("username")) != "eve" ||
		users.Get(u, users.Column("displayUsername")) != "Eve" {
		t.Errorf("%v: %s", err, u.AppendJSON(nil))
	}
}

// Of 64 people who want one name at once, one gets it.
func TestOneNameForOne(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(username.Options{}))
		const racers = 64
		answers := make([]*authtest.Answer, racers)
		var wg sync.WaitGroup
		for i := range racers {
			wg.Go(func() {
				_, answers[i] = signUp(s, string(rune('a'+i%26))+strings.Repeat("x", i/26)+"@example.com", authtest.JSON{"username": "Ada"})
			})
		}
		wg.Wait()
		won := 0
		for _, a := range answers {
			if a.Status == 200 {
				won++
				continue
			}
			a.WantCode(400, "USERNAME_IS_ALREADY_TAKEN")
		}
		if won != 1 {
			t.Errorf("%d people are called ada", won)
		}
	})
}

// A column of text would take a number; a name is none.
func TestNamesAreTexts(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(username.Options{}))
	for i, odd := range []any{1234, true, []string{"ada"}, authtest.JSON{"a": 1}} {
		s.Client().Post("/sign-up/email", authtest.JSON{"email": fmt.Sprintf("odd-%d@example.com", i), "name": "x",
			"password": authtest.Password, "username": odd}).WantCode(422, "FAILED_TO_CREATE_USER")
	}
	ada, _ := signUp(s, "ada@example.com", authtest.JSON{"username": "ada"})
	ada.Post("/update-user", authtest.JSON{"username": 1234}).
		WantBody(400, `{"message":"[body.username] Invalid input: expected string, received number","code":"VALIDATION_ERROR"}`)
	ada.Get("/get-session").Want(200, `"username":"ada"`)
}
