package server

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
)

// withPlugins assembles what a file with these plugins says.
func withPlugins(t *testing.T, plugins string, change func(*core.Options)) (*watchword.Auth, error) {
	t.Helper()
	f, err := parse("test.json", []byte(`{"baseURL": "http://localhost:3000", "secret": "a-secret-for-tests-0123456789-abcdefghij", "database": "memory:",
		"plugins": `+plugins+`}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := f.options()
	if err == nil {
		err = f.addPlugins(&o)
	}
	if err != nil {
		return nil, err
	}
	o.Database = memory.New()
	change(&o)
	auth, err := watchword.New(o)
	if err == nil {
		_, err = auth.Migrate(t.Context())
	}
	return auth, err
}

func posted(t *testing.T, h http.Handler, path, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost:3000/api/auth"+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestDeviceAuthorizationOfAFile(t *testing.T) {
	t.Parallel()
	none := func(*core.Options) {}
	auth, err := withPlugins(t, `{"deviceAuthorization": {"expiresIn": "10m", "interval": "2s", "userCodeLength": 6, "verificationUri": "/tv", "clientIds": ["tv"]}}`, none)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := posted(t, auth.Handler(), "/device/code", `{"client_id":"tv"}`); status != 200 ||
		!strings.Contains(text, `"verification_uri":"http://localhost:3000/tv"`) || !strings.Contains(text, `"expires_in":600,"interval":2`) {
		t.Errorf("%d %s", status, text)
	}
	if status, text := posted(t, auth.Handler(), "/device/code", `{"client_id":"radio"}`); status != 400 || !strings.Contains(text, "invalid_client") {
		t.Errorf("%d %s", status, text)
	}
	for _, options := range []string{`{"expiresIn": "soon"}`, `{"interval": "5 parsecs"}`, `{"userCodeLength": 3}`, `{"expiresIn": 30}`, `{"expires": "1m"}`} {
		if _, err := withPlugins(t, `{"deviceAuthorization": `+options+`}`, none); err == nil {
			t.Errorf("%s was taken", options)
		}
	}
}

func TestPhoneSignUpOfAFile(t *testing.T) {
	t.Parallel()
	for options, want := range map[string]string{
		`true`:                            "",
		`{"signUpOnVerification": false}`: "",
		`{"signUpOnVerification": true}`:  `"email":"15550100@phone.example.com"`,
		`{"signUpOnVerification": {"tempEmailDomain": "none.example.org"}, "otpLength": 8}`: `"email":"15550100@none.example.org"`,
	} {
		codes := make(chan *core.Message, 1)
		auth, err := withPlugins(t, `{"phoneNumber": `+options+`}`, func(o *core.Options) {
			o.Deliver = func(_ context.Context, m *core.Message) error { codes <- m; return nil }
		})
		if err != nil {
			t.Fatal(err)
		}
		posted(t, auth.Handler(), "/phone-number/send-otp", `{"phoneNumber":"+1 555 0100"}`)
		select {
		case m := <-codes:
			status, text := posted(t, auth.Handler(), "/phone-number/verify", `{"phoneNumber":"+1 555 0100","code":"`+m.Code+`"}`)
			if want == "" && status != 400 || want != "" && !strings.Contains(text, want) {
				t.Errorf("%s: %d %s", options, status, text)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("no code was sent")
		}
	}
	for _, options := range []string{`{"signUpOnVerification": "yes"}`, `{"signUpOnVerification": {"domain": "x"}}`, `{"otpLength": 3}`} {
		if _, err := withPlugins(t, `{"phoneNumber": `+options+`}`, func(*core.Options) {}); err == nil {
			t.Errorf("%s was taken", options)
		}
	}
}
