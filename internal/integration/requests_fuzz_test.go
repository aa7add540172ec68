package integration_test

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/plugin/anonymous"
	"github.com/watchword-auth/watchword/plugin/apikey"
	"github.com/watchword-auth/watchword/plugin/bearer"
	"github.com/watchword-auth/watchword/plugin/deviceauthorization"
	"github.com/watchword-auth/watchword/plugin/emailotp"
	"github.com/watchword-auth/watchword/plugin/genericoauth"
	"github.com/watchword-auth/watchword/plugin/jwt"
	"github.com/watchword-auth/watchword/plugin/magiclink"
	"github.com/watchword-auth/watchword/plugin/multisession"
	"github.com/watchword-auth/watchword/plugin/oauthpopup"
	"github.com/watchword-auth/watchword/plugin/oauthproxy"
	"github.com/watchword-auth/watchword/plugin/onetap"
	"github.com/watchword-auth/watchword/plugin/onetimetoken"
	"github.com/watchword-auth/watchword/plugin/openapi"
	"github.com/watchword-auth/watchword/plugin/organization"
	"github.com/watchword-auth/watchword/plugin/passkey"
	"github.com/watchword-auth/watchword/plugin/phonenumber"
	"github.com/watchword-auth/watchword/plugin/twofactor"
	"github.com/watchword-auth/watchword/plugin/username"
)

// provided answers every request to a provider with tokens and a profile.
type provided struct{}

func (provided) RoundTrip(r *http.Request) (*http.Response, error) {
	const body = `{"access_token":"a","token_type":"Bearer","refresh_token":"r","expires_in":60,` +
		`"sub":"1","email":"eve@example.com","email_verified":true,"name":"Eve","keys":[]}`
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// everything switches on every plugin, and what is off otherwise.
func everything(t testing.TB) func(*core.Options) {
	client := oauth.NewClient(oauth.ClientOptions{Transport: provided{}})
	generic, err := genericoauth.New(genericoauth.Options{Legacy: true, Providers: []genericoauth.Provider{{ID: "idp", ClientID: "c", ClientSecret: "s",
		AuthorizationURL: "https://idp.example/authorize", TokenURL: "https://idp.example/token", UserInfoURL: "https://idp.example/me", Client: client}}})
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := oauthproxy.New(oauthproxy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return func(o *core.Options) {
		o.User.ChangeEmail.Enabled, o.User.DeleteUser.Enabled = true, true
		o.Session.CookieCache.Enabled = true
		o.Plugins = append(o.Plugins, admin.New(admin.Options{}), anonymous.New(anonymous.Options{}), apikey.New(apikey.Config{EnableMetadata: true}), bearer.New(bearer.Options{}),
			deviceauthorization.New(deviceauthorization.Options{}), emailotp.New(emailotp.Options{}), generic, jwt.New(jwt.Options{}), magiclink.New(magiclink.Options{}), multisession.New(multisession.Options{}), oauthpopup.New(), proxy,
			onetap.New(onetap.Options{ClientID: []string{"c"}, Client: client}), onetimetoken.New(onetimetoken.Options{SetHeaderOnNewSession: true}), openapi.New(openapi.Options{}),
			organization.New(organization.Options{Teams: organization.Teams{Enabled: true}}), passkey.New(passkey.Options{}),
			phonenumber.New(phonenumber.Options{}),
			twofactor.New(twofactor.Options{}), username.New(username.Options{}))
	}
}

// operations returns the method and the path of every endpoint.
func operations(t testing.TB, s *authtest.Server) [][2]string {
	t.Helper()
	text, err := s.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var document struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	var list [][2]string
	for path, methods := range document.Paths {
		for method := range methods {
			list = append(list, [2]string{strings.ToUpper(method), path})
		}
	}
	return list
}

// request reads a request as net/http does, or returns nil where it would
// refuse it.
func request(t *testing.T, method, target, header, body string) *http.Request {
	head := method + " " + target + " HTTP/1.1\r\nHost: auth.test\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n" +
		strings.ReplaceAll(strings.Trim(header, "\n"), "\n", "\r\n")
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.TrimSuffix(head, "\r\n") + "\r\n\r\n" + body)))
	if err != nil {
		return nil
	}
	r.RemoteAddr = "192.0.2.1:1234"
	return r.WithContext(t.Context())
}

// FuzzRequests sends whole requests to an instance with every plugin, as
// nobody, as a user or as an administrator. Whatever they hold, nothing
// panics, and no answer is a failure of the server.
func FuzzRequests(f *testing.F) {
	const header = "Origin: " + authtest.Origin + "\nContent-Type: application/json"
	for _, operation := range operations(f, authtest.New(f, everything(f))) {
		f.Add(operation[0], "/api/auth"+operation[1], header, "{}", byte(2))
	}
	for path, body := range asked {
		text, _ := json.Marshal(body)
		f.Add("POST", "/api/auth"+path, header, string(text), byte(1))
	}
	for _, path := range read {
		f.Add("GET", "/api/auth"+path+"x", "X-Forwarded-For: ::1\nAuthorization: Bearer x.y", "", byte(2))
	}
	f.Add("POST", "/api/auth/sign-in/email", "Origin: null\nContent-Type: application/x-www-form-urlencoded", "email=a%40b.c&password=x", byte(0))
	f.Fuzz(func(t *testing.T, method, target, header, body string, who byte) {
		r := request(t, method, target, header, body)
		if r == nil {
			return
		}
		s := authtest.New(t, everything(t))
		if who%3 > 0 {
			ada := s.SignUp("ada@example.com")
			if who%3 > 1 {
				makeAdmin(t, s, "ada@example.com")
			}
			for _, name := range []string{"better-auth.session_token", "better-auth.session_data"} {
				r.AddCookie(&http.Cookie{Name: name, Value: ada.Cookie(name)})
			}
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError || strings.Contains(s.Log(), "panic") {
			t.Errorf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
	})
}
