package captcha_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/flow/emailpassword"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/plugin/captcha"
)

type j = authtest.JSON

const email = "ada@example.com"

// verifier stands for a provider.
type verifier struct {
	mu     sync.Mutex
	answer string
	status int   // 0: 200
	down   error // instead of an answer
	asked  []string
}

func (v *verifier) RoundTrip(r *http.Request) (*http.Response, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.down != nil {
		return nil, v.down
	}
	body, err := io.ReadAll(r.Body)
	v.asked = append(v.asked, r.Method+" "+r.URL.String()+" "+string(body))
	return &http.Response{StatusCode: max(v.status, 200), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(v.answer)), Request: r}, err
}

func (v *verifier) with(o captcha.Options) func(*core.Options) {
	o.Client = oauth.NewClient(oauth.ClientOptions{Transport: v})
	if o.SecretKey == "" {
		o.SecretKey = "the secret"
	}
	return func(c *core.Options) { c.Plugins = append(c.Plugins, captcha.New(o)) }
}

// signIn sends a wrong password with a solved captcha.
func signIn(s *authtest.Server, solved string) *authtest.Answer {
	c := s.Client()
	if solved != "" {
		c.Headers.Set("X-Captcha-Response", solved)
	}
	return c.Post("/sign-in/email", j{"email": email, "password": "not this one"})
}

func TestProviders(t *testing.T) {
	t.Parallel()
	for provider, want := range map[captcha.Provider]string{
		captcha.Turnstile:  `POST https://challenges.cloudflare.com/turnstile/v0/siteverify {"secret":"the secret","response":"solved","remoteip":"192.0.2.1"}`,
		captcha.Recaptcha:  "POST https://www.google.com/recaptcha/api/siteverify secret=the+secret&response=solved&remoteip=192.0.2.1",
		captcha.HCaptcha:   "POST https://api.hcaptcha.com/siteverify secret=the+secret&response=solved&sitekey=site&remoteip=192.0.2.1",
		captcha.CaptchaFox: "POST https://api.captchafox.com/siteverify secret=the+secret&response=solved&sitekey=site&remoteIp=192.0.2.1",
	} {
		t.Run(provider.String(), func(t *testing.T) {
			t.Parallel()
			o := captcha.Options{Provider: provider}
			if provider == captcha.HCaptcha || provider == captcha.CaptchaFox {
				o.SiteKey = "site"
			}
			v := &verifier{}
			s := authtest.New(t, v.with(o))
			signIn(s, "").WantCode(400, "MISSING_RESPONSE")
			if len(v.asked) != 0 {
				t.Errorf("asked %q about nothing", v.asked)
			}
			v.answer = `{"success":true}`
			signIn(s, "solved").WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
			if len(v.asked) != 1 || v.asked[0] != want {
				t.Errorf("asked %q, want %q", v.asked, want)
			}
			for _, refused := range []string{`{}`, `null`, `{"success":false,"error-codes":["timeout-or-duplicate"]}`} {
				v.answer = refused
				signIn(s, "solved").WantCode(403, "VERIFICATION_FAILED")
			}
			// What is no answer lets nobody pass.
			for _, broken := range []string{"", "<html>", `[]`, `{"success":"true"}`, `{"success":true`} {
				v.answer = broken
				signIn(s, "solved").WantCode(500, "UNKNOWN_ERROR")
			}
			v.answer, v.status = `{"success":true}`, 503
			signIn(s, "solved").WantCode(500, "UNKNOWN_ERROR")
			v.down = errors.New("connection refused")
			signIn(s, "solved").WantCode(500, "UNKNOWN_ERROR")
			if log := s.Log(); !strings.Contains(log, "connection refused") || strings.Contains(log, "the secret") {
				t.Errorf("logged:\n%s", log)
			}
		})
	}
}

func TestWhatWasSolved(t *testing.T) {
	t.Parallel()
	own := captcha.Options{ExpectedAction: "login", AllowedHostnames: []string{"app.example.com"}}
	for name, test := range map[string]struct {
		o       captcha.Options
		answer  string
		refused bool
	}{
		"all of it":            {own, `{"success":true,"score":0.5,"action":"login","hostname":"app.example.com"}`, false},
		"version 2":            {captcha.Options{}, `{"success":true}`, false},
		"a low score":          {captcha.Options{}, `{"success":true,"score":0.49}`, true},
		"a score of one's own": {captcha.Options{MinScore: 0.9}, `{"success":true,"score":0.8}`, true},
		"any score":            {captcha.Options{MinScore: -1}, `{"success":true,"score":0}`, false},
		"another action":       {own, `{"success":true,"action":"signup","hostname":"app.example.com"}`, true},
		"no action":            {own, `{"success":true,"hostname":"app.example.com"}`, true},
		"another host":         {own, `{"success":true,"action":"login","hostname":"app.example.com.evil.example"}`, true},
		"no host":              {own, `{"success":true,"action":"login"}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.o.Provider = captcha.Recaptcha
			s := authtest.New(t, (&verifier{answer: test.answer}).with(test.o))
			if test.refused {
				signIn(s, "solved").WantCode(403, "VERIFICATION_FAILED")
			} else {
				signIn(s, "solved").WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
			}
		})
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	v := &verifier{answer: `{"success":true}`}
	s := authtest.New(t, v.with(captcha.Options{Provider: captcha.HCaptcha, Endpoints: []string{"/sign-in/*", "/sign-in/email", "/change-password"}}))
	ada := s.SignUp(email) // asks nothing here
	ada.Post("/change-password", j{"currentPassword": authtest.Password, "newPassword": "another one"}).WantCode(400, "MISSING_RESPONSE")
	ada.Get("/get-session").Want(200, email)
	signIn(s, "solved").WantCode(401, "INVALID_EMAIL_OR_PASSWORD")
	if len(v.asked) != 1 {
		t.Errorf("asked %d times: what was solved is good for one", len(v.asked))
	}
	// The program is no visitor.
	_, err := core.Invoke(t.Context(), s.Kernel, emailpassword.SignIn,
		&emailpassword.SignInInput{Email: email, Password: authtest.Password}, core.Call{})
	if err != nil {
		t.Error(err)
	}
}

// Those that are refused before are not worth the provider's while.
func TestNobodyMakesItAsk(t *testing.T) {
	t.Parallel()
	v := &verifier{answer: `{"success":true}`}
	s := authtest.New(t, v.with(captcha.Options{Provider: captcha.Turnstile}))
	c := s.Client()
	c.Headers.Set("X-Captcha-Response", "solved")
	c.Headers.Set("Origin", "https://evil.example")
	c.Headers.Set("Cookie", "better-auth.session_token=x")
	c.Post("/sign-in/email", j{"email": email, "password": authtest.Password}).Want(403, "INVALID_ORIGIN")
	if len(v.asked) != 0 {
		t.Errorf("asked %q", v.asked)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]captcha.Options{
		"Provider":         {SecretKey: "s"},
		"Provider is not":  {SecretKey: "s", Provider: 99},
		"is not set":       {SecretKey: "s", Provider: -1},
		"SecretKey":        {Provider: captcha.Turnstile},
		"SiteKey":          {Provider: captcha.Turnstile, SecretKey: "s", SiteKey: "k"},
		"ExpectedAction":   {Provider: captcha.HCaptcha, SecretKey: "s", ExpectedAction: "login"},
		"AllowedHostnames": {Provider: captcha.CaptchaFox, SecretKey: "s", AllowedHostnames: []string{"a"}},
		"MinScore":         {Provider: captcha.Recaptcha, SecretKey: "s", MinScore: 1.5},
		`"/sign-in/mail"`:  {Provider: captcha.Recaptcha, SecretKey: "s", Endpoints: []string{"/sign-in/mail"}},
	} {
		_, err := core.New(core.Options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New(), Plugins: []core.Plugin{captcha.New(o)}}, authtest.Flows()...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	for _, name := range []string{"cloudflare-turnstile", "google-recaptcha", "hcaptcha", "captchafox"} {
		if p, ok := captcha.ProviderNamed(name); !ok || p.String() != name {
			t.Errorf("%s is %s", name, p)
		}
	}
	if _, ok := captcha.ProviderNamed(""); ok || captcha.Provider(99).String() != "" {
		t.Error("there is a provider without a name")
	}
}
