package verification_test

import (
	"context"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/token"
)

const evil = "https://evil.example"

// ask has a mail sent to the browser's own user and returns its token.
func ask(t *testing.T, s *authtest.Server, c *authtest.Client, email string) string {
	t.Helper()
	c.Post("/send-verification-email", authtest.JSON{"email": email}).WantBody(200, `{"status":true}`)
	return s.Message(core.MessageVerification, email).Token
}

func open(c *authtest.Client, token, callbackURL string) *authtest.Answer {
	query := url.Values{"token": {token}}
	if callbackURL != "" {
		query.Set("callbackURL", callbackURL)
	}
	return c.Get("/verify-email?" + query.Encode())
}

func wantRedirect(t *testing.T, a *authtest.Answer, target string) {
	t.Helper()
	if got := a.Header.Get("Location"); a.Status != 302 || got != target {
		t.Fatalf("%d to %q, want 302 to %q: %s", a.Status, got, target, a.Body)
	}
}

func TestLinkProvesTheAddress(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine)
		ada := s.SignUp("ada@example.com")
		ada.Post("/send-verification-email", authtest.JSON{"email": "ADA@example.com", "callbackURL": "/done?x=1"}).Want(200)
		mail := s.Message(core.MessageVerification, "ada@example.com")
		if want := authtest.Origin + "/api/auth/verify-email?token=" + mail.Token + "&callbackURL=%2Fdone%3Fx%3D1"; mail.URL != want {
			t.Fatalf("the link is %s, want %s", mail.URL, want)
		}
		stranger := s.Client()
		a := stranger.Get(mail.URL)
		wantRedirect(t, a, "/done?x=1")
		if cookies := a.Header.Values("Set-Cookie"); len(cookies) > 0 {
			t.Fatalf("a link signs nobody in by itself: %q", cookies)
		}
		if !s.User("ada@example.com").EmailVerified {
			t.Fatal("the address is not proven")
		}
		open(stranger, mail.Token, "").WantBody(200, `{"status":true,"user":null}`)
		ada.Post("/send-verification-email", authtest.JSON{"email": "ada@example.com"}).WantCode(400, "EMAIL_ALREADY_VERIFIED")
	})
}

func TestSendRefuses(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	s.SignUp("bob@example.com")
	ada.Post("/send-verification-email", authtest.JSON{"email": "bob@example.com"}).WantCode(400, "EMAIL_MISMATCH")
	ada.Post("/send-verification-email", authtest.JSON{"email": "ada@example.com", "callbackURL": evil}).
		WantCode(403, "INVALID_CALLBACK_URL")
	ada.Post("/send-verification-email", nil).WantCode(400, "VALIDATION_ERROR")
	for _, email := range []any{
		"", nil, 5, []string{"ada@example.com"}, "a@evil.test,ada@example.com", "a@evil.test ada@example.com",
		"a@evil.test;ada@example.com", "a@evil.test\nbcc:ada@example.com", "<a@evil.test>ada@example.com",
		"\"a@evil.test\"@example.com", "ada\uff20example.com",
	} {
		ada.Post("/send-verification-email", authtest.JSON{"email": email}).WantCode(400, "VALIDATION_ERROR")
	}
	foreign := s.Client()
	for _, origin := range []string{evil, "null", "http://auth.test.evil.example", "https://auth.test"} {
		foreign.Headers.Set("Origin", origin)
		if a := foreign.Post("/send-verification-email", authtest.JSON{"email": "ada@example.com"}); a.Status != 403 {
			t.Fatalf("a page of %s made a browser send a mail: %d %s", origin, a.Status, a.Body)
		}
	}
	s.NoMessage()
}

func TestSendWithoutAWay(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]func(*core.Options){
		"switched off": func(o *core.Options) { o.EmailVerification.Disabled = true },
		"no delivery":  func(o *core.Options) { o.Deliver = nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := authtest.New(t, off)
			s.Client().Post("/send-verification-email", authtest.JSON{"email": "nobody@example.com"}).
				WantCode(400, "VERIFICATION_EMAIL_NOT_ENABLED")
		})
	}
}

// Whoever asks without a session learns nothing: not from status or body, and
// not from the time, even where sending is slow.
func TestSendTellsStrangersNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := func(o *core.Options) {
			deliver := o.Deliver
			o.Deliver = func(ctx context.Context, m *core.Message) error {
				time.Sleep(3 * time.Second)
				return deliver(ctx, m)
			}
		}
		s := authtest.New(t, slow)
		open(s.Client(), ask(t, s, s.SignUp("proven@example.com"), "proven@example.com"), "").Want(200)
		s.SignUp("ada@example.com")
		for _, email := range []string{"ada@example.com", "proven@example.com", "nobody@example.com"} {
			began := time.Now()
			s.Client().Post("/send-verification-email", authtest.JSON{"email": email}).WantBody(200, `{"status":true}`)
			if took := time.Since(began); took != 500*time.Millisecond {
				t.Errorf("%s: %v, want 500ms", email, took)
			}
		}
		s.Message(core.MessageVerification, "ada@example.com")
		s.NoMessage()
	})
}

// forgeries are tokens that must not be believed, each for the address.
func forgeries(s *authtest.Server, genuine, email string) map[string]string {
	now := s.Clock.Now().Unix()
	claims := func(exp int64) []byte {
		return []byte(`{"email":"` + email + `","exp":` + stamp(exp) + `}`)
	}
	header := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	body := base64.RawURLEncoding.EncodeToString(claims(now + 3600))
	parts := strings.Split(genuine, ".")
	key := []byte(authtest.Secret)
	return map[string]string{
		"empty": "", "blank": " ", "null": "null", "not a token": "a.b.c", "a NUL": "\x00",
		"no signature":        parts[0] + "." + parts[1] + ".",
		"two parts":           parts[0] + "." + parts[1],
		"cut":                 genuine[:len(genuine)-1],
		"longer":              genuine + "x",
		"other claims":        parts[0] + "." + body + "." + parts[2],
		"other secret":        token.SignHS256([]byte("another secret"), claims(now+3600)),
		"alg none":            header(`{"alg":"none"}`) + "." + body + ".",
		"alg none, signed":    header(`{"alg":"none"}`) + "." + body + "." + parts[2],
		"alg HS512":           header(`{"alg":"HS512"}`) + "." + body + "." + parts[2],
		"no address":          token.SignHS256(key, []byte(`{"exp":`+stamp(now+3600)+`}`)),
		"address of no kind":  token.SignHS256(key, []byte(`{"email":5,"exp":`+stamp(now+3600)+`}`)),
		"not an address":      token.SignHS256(key, []byte(`{"email":"x","exp":`+stamp(now+3600)+`}`)),
		"a session":           token.SignHS256(key, []byte(`{"session":{},"user":{"email":"`+email+`"},"exp":`+stamp(now+3600)+`}`)),
		"without end":         token.SignHS256(key, []byte(`{"email":"`+email+`"}`)),
		"another user's":      token.SignHS256(key, []byte(`{"email":"`+email+`","userId":"x","exp":`+stamp(now+3600)+`}`)),
		"a change, unbound":   token.SignHS256(key, []byte(`{"email":"`+email+`","updateTo":"e@evil.test","exp":`+stamp(now+3600)+`}`)),
		"a change, not begun": token.SignHS256(key, []byte(`{"email":"`+email+`","nbf":`+stamp(now+60)+`,"exp":`+stamp(now+3600)+`}`)),
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	genuine := ask(t, s, ada, "ada@example.com")
	for name, forged := range forgeries(s, genuine, "ada@example.com") {
		t.Run(name, func(t *testing.T) {
			open(s.Client(), forged, "").WantCode(401, "INVALID_TOKEN")
			wantRedirect(t, open(s.Client(), forged, "/done?x=1#part"), "/done?x=1&error=INVALID_TOKEN#part")
		})
	}
	ada.Get("/verify-email").WantCode(400, "VALIDATION_ERROR")
	ada.Get("/verify-email?token="+genuine+"&token="+genuine).WantCode(400, "VALIDATION_ERROR")
	if s.User("ada@example.com").EmailVerified {
		t.Fatal("a forged token proved the address")
	}
	open(ada, genuine, "").Want(200)
	if !s.User("ada@example.com").EmailVerified {
		t.Fatal("the genuine token proved nothing")
	}
}

func TestLinkExpires(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	old := ask(t, s, ada, "ada@example.com")
	s.Clock.Advance(time.Hour)
	open(ada, old, "").WantCode(401, "TOKEN_EXPIRED")
	wantRedirect(t, open(ada, old, "/done"), "/done?error=TOKEN_EXPIRED")
}

// A target elsewhere is refused before the token counts.
func TestForeignTargetsAreRefused(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	genuine := ask(t, s, s.SignUp("ada@example.com"), "ada@example.com")
	for _, target := range []string{
		evil, "//evil.example", "/\\evil.example", "/%5cevil.example", "/%2fevil.example", "https:evil.example",
		"///evil.example", "javascript:alert(1)", "done", "http://auth.test@evil.example/", "http://auth.test.evil.example/",
	} {
		a := open(s.Client(), genuine, target)
		a.WantCode(403, "INVALID_CALLBACK_URL")
		if a.Header.Get("Location") != "" {
			t.Fatalf("%q: a refusal redirects", target)
		}
	}
	if s.User("ada@example.com").EmailVerified {
		t.Fatal("a refused link counted")
	}
	// A trusted target in a body must not stand for the one in the query.
	path := "/verify-email?" + url.Values{"token": {genuine}, "callbackURL": {evil}}.Encode()
	s.Client().Send("GET", path, authtest.JSON{"callbackURL": "/done"}).WantCode(403, "INVALID_CALLBACK_URL")
	wantRedirect(t, open(s.Client(), genuine, authtest.Origin+"/there"), authtest.Origin+"/there")
}

func TestLinkDiesWithItsUser(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) { o.User.DeleteUser.Enabled = true })
	first := s.SignUp("ada@example.com")
	link := ask(t, s, first, "ada@example.com")
	first.Post("/delete-user", authtest.JSON{}).Want(200)
	open(s.Client(), link, "").WantCode(401, "USER_NOT_FOUND")
	s.SignUp("ada@example.com")
	open(s.Client(), link, "").WantCode(401, "INVALID_TOKEN")
}

func TestHooks(t *testing.T) {
	t.Parallel()
	var seen []string
	veto := core.NewError(403, "NOT_YET", "Not yet")
	s := authtest.New(t, func(o *core.Options) {
		o.EmailVerification.BeforeVerification = func(_ *core.Context, u *core.User) error {
			seen = append(seen, "before "+u.Email)
			if len(seen) == 1 {
				return veto
			}
			return nil
		}
		o.EmailVerification.AfterVerification = func(_ *core.Context, u *core.User) error {
			if u.EmailVerified {
				seen = append(seen, "after "+u.Email)
			}
			return nil
		}
	})
	link := ask(t, s, s.SignUp("ada@example.com"), "ada@example.com")
	open(s.Client(), link, "/done").WantCode(403, "NOT_YET")
	if s.User("ada@example.com").EmailVerified {
		t.Fatal("a veto changed nothing")
	}
	open(s.Client(), link, "").Want(200)
	open(s.Client(), link, "").Want(200)
	want := "before ada@example.com, before ada@example.com, after ada@example.com"
	if got := strings.Join(seen, ", "); got != want {
		t.Fatalf("hooks: %s, want %s", got, want)
	}
}

func autoSignIn(o *core.Options) { o.EmailVerification.AutoSignInAfterVerification = true }

func TestAutoSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, autoSignIn)
		ada := s.SignUp("ada@example.com")
		link, fresh := ask(t, s, ada, "ada@example.com"), s.Client()
		open(fresh, link, "").Want(200)
		fresh.Get("/get-session").Want(200, `"emailVerified":true`)
		again := s.Client()
		open(again, link, "").Want(200)
		again.Get("/get-session").WantBody(200, "null")

		bob := s.SignUp("bob@example.com")
		open(bob, ask(t, s, bob, "bob@example.com"), "").Want(200)
		bob.Get("/get-session").Want(200, `"emailVerified":true`)
		if n := sessions(t, s, "bob@example.com"); n != 1 {
			t.Fatalf("bob has %d sessions, want the one he had", n)
		}
	})
}

// Of callers who open one link at once only one is signed in.
func TestRacingLinksSignInOnce(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		const callers = 8
		all := meeting(callers)
		s := authtest.New(t, engine, autoSignIn, func(o *core.Options) {
			o.EmailVerification.BeforeVerification = func(*core.Context, *core.User) error { all(); return nil }
		})
		link := ask(t, s, s.SignUp("ada@example.com"), "ada@example.com")
		race(callers, func(int) { open(s.Client(), link, "").WantBody(200, `{"status":true,"user":null}`) })
		if n := sessions(t, s, "ada@example.com"); n != 2 {
			t.Fatalf("%d sessions, want that of the sign-up and one more", n)
		}
	})
}

// meeting returns a function that returns when n callers have called it, so
// that racing callers pass their checks before the first of them goes on.
func meeting(n int) func() {
	var arrived sync.WaitGroup
	arrived.Add(n)
	return func() {
		arrived.Done()
		arrived.Wait()
	}
}

func sessions(t *testing.T, s *authtest.Server, email string) int {
	t.Helper()
	list, err := s.Context().Sessions().List(s.User(email).ID)
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// race runs f for every number below n at once.
func race(n int, f func(i int)) {
	begin := meeting(n)
	var done sync.WaitGroup
	for i := range n {
		done.Go(func() {
			begin()
			f(i)
		})
	}
	done.Wait()
}

func stamp(seconds int64) string { return strconv.FormatInt(seconds, 10) }
