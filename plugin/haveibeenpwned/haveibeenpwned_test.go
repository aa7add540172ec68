package haveibeenpwned_test

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/flow/password"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/plugin/emailotp"
	"github.com/watchword-auth/watchword/plugin/haveibeenpwned"
)

type j = authtest.JSON

const (
	email    = "ada@example.com"
	breached = "password1234"
)

// service stands for Pwned Passwords.
type service struct {
	mu     sync.Mutex
	asked  []string
	status int   // 0: 200
	down   error // instead of an answer
	count  string
}

func (s *service) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down != nil {
		return nil, s.down
	}
	if r.Header.Get("Add-Padding") != "true" {
		return nil, errors.New("not padded")
	}
	s.asked = append(s.asked, r.URL.String())
	digits := fmt.Sprintf("%X", sha1.Sum([]byte(breached)))
	answer := "0018A45C4D1DEF81644B54AB7F969B88D65:1\r\n"
	if strings.HasSuffix(r.URL.Path, digits[:5]) {
		answer += digits[5:] + ":" + s.count
	}
	return &http.Response{StatusCode: max(s.status, 200), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: r}, nil
}

func (s *service) with(o haveibeenpwned.Options) func(*core.Options) {
	o.Client = oauth.NewClient(oauth.ClientOptions{Transport: s})
	return func(c *core.Options) { c.Plugins = append(c.Plugins, haveibeenpwned.New(o)) }
}

func TestWhereverOneIsSet(t *testing.T) {
	t.Parallel()
	known := &service{count: "42"}
	s := authtest.New(t, known.with(haveibeenpwned.Options{}), func(o *core.Options) {
		o.Plugins = append(o.Plugins, emailotp.New(emailotp.Options{}), admin.New(admin.Options{DefaultRole: "admin"}))
	})
	ada := s.SignUp(email)
	id := s.User(email).ID
	set := func(newPassword string) error {
		u := &core.User{Name: "Sue", Email: "sue@example.com"}
		if err := s.Context().Users().Create(u); err != nil {
			t.Fatal(err)
		}
		session, err := s.Context().Sessions().Create(u, core.NewSession{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = core.Invoke(t.Context(), s.Kernel, password.Set, &password.SetInput{NewPassword: newPassword},
			core.Call{Session: &core.Current{Session: session, User: u}})
		return err
	}
	s.Client().Post("/request-password-reset", j{"email": email}).Want(200)
	token := s.Message(core.MessageResetPassword).Token
	s.Client().Post("/email-otp/request-password-reset", j{"email": email}).Want(200)
	code := s.Message(emailotp.Message).Code

	for _, a := range []*authtest.Answer{
		s.Client().Post("/sign-up/email", j{"name": "Bob", "email": "bob@example.com", "password": breached}),
		ada.Post("/change-password", j{"currentPassword": authtest.Password, "newPassword": breached}),
		s.Client().Post("/reset-password", j{"token": token, "newPassword": breached}),
		s.Client().Post("/email-otp/reset-password", j{"email": email, "otp": code, "password": breached}),
		ada.Post("/admin/create-user", j{"name": "Eve", "email": "eve@example.com", "password": breached}),
		ada.Post("/admin/set-user-password", j{"userId": id, "newPassword": breached}),
	} {
		a.WantCode(400, "PASSWORD_COMPROMISED")
	}
	if err := set(breached); !errors.Is(err, haveibeenpwned.ErrPasswordCompromised) {
		t.Error(err)
	}
	// What was refused is as it was, and the link is still good.
	s.SignIn(email)
	s.Client().Post("/reset-password", j{"token": token, "newPassword": "another good one"}).Want(200)
	asked := len(known.asked)
	s.Client().Post("/sign-in/email", j{"email": email, "password": "another good one"}).Want(200)
	if len(known.asked) != asked {
		t.Error("a sign-in, which sets nothing, was checked")
	}
	digits := fmt.Sprintf("%X", sha1.Sum([]byte(breached)))
	if want := "https://api.pwnedpasswords.com/range/" + digits[:5]; !slices.Contains(known.asked, want) {
		t.Errorf("the service was asked %q, not %s", known.asked, want)
	}
}

// Where a sign-up does not tell whether the address is known, this does not
// either.
func TestTellsNothing(t *testing.T) {
	t.Parallel()
	known := &service{count: "1"}
	s := authtest.New(t, known.with(haveibeenpwned.Options{}), func(o *core.Options) { o.EmailAndPassword.RequireEmailVerification = true })
	sign := func(email, password string) *authtest.Answer {
		return s.Client().Post("/sign-up/email", j{"name": "Ada", "email": email, "password": password})
	}
	sign(email, authtest.Password).Want(200)
	for _, email := range []string{email, "nobody@example.com"} {
		sign(email, breached).WantCode(400, "PASSWORD_COMPROMISED")
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	known := &service{count: "1"}
	s := authtest.New(t, known.with(haveibeenpwned.Options{Paths: []string{"/change-password"}, Message: "Pick another"}))
	ada := s.Client()
	ada.Post("/sign-up/email", j{"name": "Ada", "email": email, "password": breached}).Want(200)
	ada.Post("/change-password", j{"currentPassword": breached, "newPassword": breached}).
		WantBody(400, `{"message":"Pick another","code":"PASSWORD_COMPROMISED"}`)

	_, err := core.New(core.Options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New(),
		Plugins: []core.Plugin{haveibeenpwned.New(haveibeenpwned.Options{Paths: []string{"sign-up/email"}})}})
	if err == nil || !strings.Contains(err.Error(), `"sign-up/email"`) {
		t.Errorf("assembled with a path that is none: %v", err)
	}
}

// A service that is away, or makes no sense, is not taken to say that all is
// well.
func TestOutages(t *testing.T) {
	t.Parallel()
	known := &service{}
	s := authtest.New(t, known.with(haveibeenpwned.Options{}))
	sign := func() *authtest.Answer {
		return s.Client().Post("/sign-up/email", j{"name": "Ada", "email": email, "password": breached})
	}
	known.status = 503
	sign().Want(500, "Failed to check password. Status: 503")
	known.status, known.count = 0, "many"
	sign().Want(500, "Failed to check password. Please try again later.")
	known.down = errors.New("connection refused")
	sign().Want(500, "Failed to check password. Please try again later.")
	known.down, known.count = nil, "0" // padding
	sign().Want(200)
	if log := s.Log(); strings.Contains(log, breached) || !strings.Contains(log, "connection refused") {
		t.Errorf("logged:\n%s", log)
	}
}
