package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// forwarding are the ways to name a host besides the request's own.
var forwarding = []field{
	{"X-Forwarded-Host", "evil.example"}, {"X-Original-Host", "evil.example"}, {"X-Host", "evil.example"}, {"X-HTTP-Host-Override", "evil.example"},
	{"Forwarded", "host=evil.example;proto=https"}, {"X-Forwarded-Server", "evil.example"}, {"X-Forwarded-Proto", "javascript"},
}

// leadsHome fails the test if a link is one of another origin.
func leadsHome(t *testing.T, s *harness.Site, link string) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Scheme+"://"+u.Host != s.Origin {
		t.Errorf("a link leads to %s", link)
	}
}

func mailedHostsAreConfigured(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	s.SignUp(email)
	for _, f := range forwarding {
		s.Client().Post("/request-password-reset", body{"email": email}, f).Want(http.StatusOK)
		leadsHome(t, s, s.Message("reset-password", email).URL)
	}
	for _, host := range []string{"evil.example", "auth.test.evil.example", "auth.test:@evil.example"} {
		a := s.Client().Post("/request-password-reset", body{"email": email}, field{"Host", host})
		switch {
		case a.Status >= 400 && a.Status < 500:
		case a.Status == http.StatusOK:
			leadsHome(t, s, s.Message("reset-password", email).URL)
		default:
			t.Errorf("Host: %s: %d %s", host, a.Status, a.Body)
		}
	}
}

func allLinksAreConfigured(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	v.Fields = append([]field{}, forwarding...)
	v.Post("/send-verification-email", body{"email": email}).Want(http.StatusOK)
	leadsHome(t, s, s.Message("verification-email", email).URL)
	v.Post("/sign-in/magic-link", body{"email": email}).Want(http.StatusOK)
	leadsHome(t, s, s.Message("magic-link", email).URL)
	fresh := s.Address("fresh")
	v.Post("/change-email", body{"newEmail": fresh}).Want(http.StatusOK)
	leadsHome(t, s, s.Message("verification-email", fresh).URL)
	v.Post("/delete-user", body{"password": harness.Password}).Want(http.StatusOK)
	leadsHome(t, s, s.Message("delete-account", email).URL)
	back, _ := url.Parse(v.Begin(0, nil))
	leadsHome(t, s, back.Query().Get("redirect_uri"))
}

func oddRequestLines(t *testing.T, s *harness.Site) {
	target := harness.BasePath + "/sign-in/social"
	data := []byte(`{"provider":"company"}`)
	json := field{"Content-Type", "application/json"}
	own := field{"Origin", s.Origin}
	for _, r := range []*harness.Request{
		{Method: "POST", Target: target, Body: data, Fields: []field{json, own, {"Host", "auth.test"}, {"Host", "evil.example"}}},
		{Method: "POST", Target: target, Body: data, Fields: []field{json, own, {"Host", "auth.test:@evil.example"}}},
		{Method: "POST", Target: target, Body: data, Fields: []field{json, own, {"Host", "auth.test,evil.example"}}},
		{Method: "POST", Target: "http://evil.example" + target, Body: data, Fields: []field{json, own}},
		{Method: "POST", Target: "https://evil.example@auth.test" + target, Body: data, Fields: []field{json, own}},
	} {
		a := s.Do(r)
		if a.Status >= 400 && a.Status < 500 {
			continue
		}
		a.Want(http.StatusOK)
		back, _ := url.Parse(a.Text("url"))
		leadsHome(t, s, back.Query().Get("redirect_uri"))
	}
	s.Client().Begin(0, nil)
}

// redirectURI returns where a provider would send the browser back, or the
// status of a refusal.
func redirectURI(s *harness.Site, fields ...field) (string, int) {
	a := s.Client().Post("/sign-in/social", body{"provider": "company"}, fields...)
	if a.Status != http.StatusOK {
		return "", a.Status
	}
	u, _ := url.Parse(a.Text("url"))
	return u.Query().Get("redirect_uri"), a.Status
}

func proxyHeadersNeedTrust(t *testing.T, s *harness.Site) {
	other := field{"X-Forwarded-Host", "other.test"}
	if got, _ := redirectURI(s, other); !strings.HasPrefix(got, "http://auth.test/") {
		t.Errorf("an untrusted header makes it %q", got)
	}
	trusting := s.With(body{"advanced": body{"trustedProxyHeaders": true}})
	if got, _ := redirectURI(trusting, other); !strings.HasPrefix(got, "http://other.test/") {
		t.Errorf("a trusted header makes it %q", got)
	}
	for _, garbage := range []string{"evil.example", "evil/..", "evil example", "other.test@evil.example", "evil.example, other.test", "[", "other.test:evil"} {
		got, status := redirectURI(trusting, field{"X-Forwarded-Host", garbage})
		if !strings.HasPrefix(got, "http://auth.test/") && !strings.HasPrefix(got, "http://other.test/") && (status < 400 || status >= 500) {
			t.Errorf("X-Forwarded-Host: %s: %d %q", garbage, status, got)
		}
	}
}

func firstRequestFixesNothing(t *testing.T, s *harness.Site) {
	own := s.Own(body{"baseURL": nil})
	first := own.Do(&harness.Request{Method: "GET", Target: "/evil" + harness.BasePath + "/ok", Fields: []field{{"Host", "evil.example"}}})
	if first.Status != http.StatusNotFound {
		t.Errorf("the first request: %d %s", first.Status, first.Body)
	}
	own.Client().Get("/ok").Want(http.StatusOK)
	email := own.Address("victim")
	own.SignUp(email).Post("/request-password-reset", body{"email": email}).Want(http.StatusOK)
	leadsHome(t, own, own.Message("reset-password", email).URL)
}

func hostsDoNotMix(t *testing.T, s *harness.Site) {
	hosts := []string{"auth.test", "other.test"}
	var requests []*harness.Request
	for i := range 50 {
		host := hosts[i%2]
		requests = append(requests, s.Client().Request("POST", "/sign-in/social", body{"provider": "company"},
			field{"Host", host}, field{"Origin", "http://" + host}))
	}
	for i, a := range s.Together(requests...) {
		a.Want(http.StatusOK)
		u, _ := url.Parse(a.Text("url"))
		if got := u.Query().Get("redirect_uri"); !strings.HasPrefix(got, "http://"+hosts[i%2]+"/") {
			t.Errorf("a request to %s is answered for %s", hosts[i%2], got)
		}
	}
}
