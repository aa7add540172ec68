package securitytest_test

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

const idp = "idp.example.net"

// elsewhere is a provider on the public internet whose endpoints are as given;
// those that are not are its own.
func elsewhere(id string, endpoints body) body {
	p := body{"providerId": id, "clientId": harness.ClientID, "clientSecret": "the client's secret", "authorizationUrl": "https://" + idp + "/authorize",
		"tokenUrl": "https://" + idp + "/token", "userInfoUrl": "https://" + idp + "/userinfo"}
	maps.Copy(p, endpoints)
	return p
}

// withProviders is the site with these providers in place of its own.
func withProviders(s *harness.Site, more body, providers ...body) *harness.Site {
	changes := body{"plugins": body{"genericOAuth": body{"config": providers}}}
	maps.Copy(changes, more)
	return s.Own(changes)
}

// play makes the public provider an honest one for a user.
func play(s *harness.Site, email string) {
	s.Internet.PlayJSON(idp+"/token", body{"access_token": "x", "token_type": "bearer"})
	s.Internet.PlayJSON(idp+"/userinfo", body{"id": email, "email": email, "email_verified": true, "name": "n"})
}

func privateEndpoints(t *testing.T, shared *harness.Site) {
	canary := harness.NewCanary(t)
	for _, scheme := range []string{"http://", "https://"} {
		private := scheme + canary.Address
		providers := []body{elsewhere("token", body{"tokenUrl": private + "/token"}), elsewhere("userinfo", body{"userInfoUrl": private + "/userinfo"}),
			elsewhere("honest", nil), {"providerId": "discovery", "clientId": "c", "clientSecret": "x", "discoveryUrl": private + "/.well-known/openid-configuration"},
			{"providerId": "document", "clientId": "c", "clientSecret": "x", "discoveryUrl": "https://" + idp + "/.well-known/openid-configuration"}}
		for _, more := range []body{nil, {"outboundProxy": ""}} { // through a proxy and without one
			s := withProviders(shared, more, providers...)
			email := s.Address("victim")
			play(s, email)
			s.Internet.PlayJSON(idp+"/.well-known/openid-configuration", body{"issuer": private, "authorization_endpoint": private + "/authorize",
				"token_endpoint": private + "/token", "userinfo_endpoint": private + "/userinfo", "jwks_uri": private + "/keys"})
			w := s.Watch(email)
			for _, p := range []string{"token", "userinfo"} {
				c := s.Client()
				w.Refused(arriveAt(c, p), http.StatusFound, "")
				c.Stranger("a provider with a private " + p)
			}
			for _, p := range []string{"discovery", "document"} {
				c := s.Client()
				if a := c.Post(socialPath, body{"provider": p, "callbackURL": "/ok"}); a.Status == http.StatusOK {
					w.Refused(c.Get("/callback/"+p+"?code=x&state="+stateOf(a.Text("url"))), http.StatusFound, "")
				}
			}
			if more != nil {
				continue // there is no internet without the proxy
			}
			c := s.Client()
			if arriveAt(c, "honest"); c.User() == "" {
				t.Error("a provider on the public internet does not sign in")
			}
		}
	}
}

func spelledAddresses(t *testing.T, shared *harness.Site) {
	canary := harness.NewCanary(t)
	_, port, _ := net.SplitHostPort(canary.Address)
	var providers []body
	for i, host := range []string{"localhost", "x.localhost", "LOCALHOST", "localhost.", "127.1", "0", "0.0.0.0", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::7f00:1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]", "[fec0::1]", "[fc00::1]",
		"169.254.169.254", "100.100.100.200", "100.64.0.1", "198.18.0.1", "10.0.0.1", "192.168.0.1", "172.16.0.1", "metadata.google.internal", "127.0.0.1.", "127。0。0。1"} {
		providers = append(providers, elsewhere(fmt.Sprint("spelled", i), body{"tokenUrl": "https://" + host + ":" + port + "/token"}))
	}
	for _, more := range []body{nil, {"outboundProxy": ""}} {
		s := withProviders(shared, more, providers...)
		for i, p := range providers {
			c := s.Client()
			a := arriveAt(c, fmt.Sprint("spelled", i))
			s.Watch("nobody").Refused(a, http.StatusFound, "invalid_code")
			if hosts := s.Internet.Tunnels(); len(hosts) > 0 {
				t.Errorf("%v: the proxy is asked for %v", p["tokenUrl"], hosts)
			}
		}
	}
}

func redirectingEndpoints(t *testing.T, shared *harness.Site) {
	canary := harness.NewCanary(t)
	s := withProviders(shared, nil, elsewhere("redirecting", nil), body{"providerId": "document", "clientId": "c", "clientSecret": "x",
		"discoveryUrl": "https://" + idp + "/.well-known/openid-configuration"})
	email := s.Address("victim")
	w := s.Watch(email)
	for _, to := range []string{canary.URL("/x"), "https://" + canary.Address + "/x", "https://evil.example/x", "http://" + idp + "/x", "//evil.example/x"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, path := range []string{"/token", "/userinfo"} {
				play(s, email)
				s.Internet.Play(idp+path, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, status) })
				c := s.Client()
				w.Refused(arriveAt(c, "redirecting"), http.StatusFound, "")
				c.Stranger("a redirect of " + path)
			}
		}
		s.Internet.Play(idp+"/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
	}
	s.Client().Post(socialPath, body{"provider": "document"}).Want(http.StatusNotFound)
	if n := s.Internet.Asked("evil.example/x"); n > 0 {
		t.Errorf("%d redirects to another origin were followed", n)
	}
	play(s, email)
	c := s.Client()
	if arriveAt(c, "redirecting"); c.User() == "" {
		t.Error("without a redirect the provider does not sign in")
	}
}

func requestsChooseNoTarget(t *testing.T, shared *harness.Site) {
	canary := harness.NewCanary(t)
	s := withProviders(shared, nil, elsewhere("honest", nil))
	email := s.Address("victim")
	play(s, email)
	fields := []field{{"X-Forwarded-Host", canary.Address}, {"X-Forwarded-Proto", "http"}, {"Forwarded", "host=" + canary.Address}, {"X-Original-Host", canary.Address},
		{"X-Host", canary.Address}, {"X-Forwarded-Server", canary.Address}, {"X-Rewrite-Url", canary.URL("/")}, {"Referer", canary.URL("/")}}
	c := s.Client(fields...)
	begun := c.Depart(socialPath, "honest", nil)
	if strings.Contains(begun, canary.Address) {
		t.Errorf("the browser is sent to %s", begun)
	}
	if c.Get("/callback/honest?code=x&iss=" + canary.URL("/") + "&state=" + stateOf(begun)); c.User() == "" {
		t.Error("headers of somebody keep a user out")
	}
	// What a provider answers is not told, and neither is why it does not.
	var told []*harness.Answer
	for _, answer := range []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = w.Write([]byte("inner secret"))
		},
		func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"error":"inner","error_description":"inner secret"}`))
		},
		func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("inner secret")) },
		func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		s.Internet.Play(idp+"/token", answer)
		a := arriveAt(s.Client(), "honest")
		if strings.Contains(a.Raw, "inner") {
			t.Errorf("an answer of the provider is told: %s", a.Raw)
		}
		told = append(told, a)
		if a.Header.Get("Location") != told[0].Header.Get("Location") {
			t.Errorf("failures are told from each other: %q, %q", a.Header.Get("Location"), told[0].Header.Get("Location"))
		}
	}
}

func picturesAreText(t *testing.T, s *harness.Site) {
	canary := harness.NewCanary(t)
	for _, picture := range []string{canary.URL("/me.png"), "data:image/svg+xml,<svg onload=alert(1)>", "javascript:alert(1)"} {
		claims := honest(s.Address("pictured"))
		claims["picture"] = picture
		c := s.Client()
		c.Arrive(0, harness.Grant{Claims: claims}).Want(http.StatusFound)
		if got := c.Get("/get-session").Text("user.image"); got != picture && got != "" {
			t.Errorf("the picture %s became %s", picture, got)
		}
	}
	v := s.SignUp(s.Address("pictured"))
	v.Post("/update-user", body{"image": canary.URL("/me.png")}).Want(http.StatusOK)
}

func discoveredEndpoints(t *testing.T, shared *harness.Site) {
	const secret = "for the provider only"
	s := withProviders(shared, nil, body{"providerId": "document", "clientId": harness.ClientID, "clientSecret": "x", "discoveryHeaders": body{"X-Secret": secret},
		"discoveryUrl": "https://" + idp + "/.well-known/openid-configuration"})
	key := harness.NewKey()
	seen := map[string]string{}
	answer := func(address string, text any) {
		s.Internet.Play(address, func(w http.ResponseWriter, r *http.Request) {
			seen[address] = r.Header.Get("X-Secret")
			_, _ = w.Write([]byte(textOf(text)))
		})
	}
	answer(idp+"/.well-known/openid-configuration", body{"issuer": "https://" + idp, "authorization_endpoint": "https://" + idp + "/authorize",
		"token_endpoint": "https://tokens.example.net/token", "jwks_uri": "https://keys.example.net/keys", "id_token_signing_alg_values_supported": []string{"ES256"}})
	answer("keys.example.net/keys", body{"keys": []body{harness.PublicJWK(key, "k1")}})
	email := s.Address("told")
	arrive := func(iss string) *harness.Client {
		c := s.Client()
		begun := c.Depart(socialPath, "document", nil)
		claims := timely(body{"iss": iss, "sub": email, "aud": harness.ClientID, "email": email, "email_verified": true, "nonce": valueOf(begun, "nonce")})
		answer("tokens.example.net/token", body{"access_token": "x", "id_token": harness.Forge(body{"alg": "ES256", "kid": "k1"}, claims, key)})
		c.Get("/callback/document?code=x&state=" + stateOf(begun))
		return c
	}
	arrive("https://another.example").Stranger("a token of another issuer than the document's")
	if arrive("https://"+idp).User() == "" {
		t.Error("a token of the document's issuer is refused")
	}
	if seen[idp+"/.well-known/openid-configuration"] != secret || seen["keys.example.net/keys"] != "" || seen["tokens.example.net/token"] != "" {
		t.Errorf("the header for the document went to %v", seen)
	}
}

func removedProviders(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	email := s.Address("victim")
	v := s.Client()
	v.Arrive(0, granted(email)).Want(http.StatusFound)
	c := s.Client()
	begun := c.Depart(socialPath, "company", nil)
	gone := s.Again(body{"plugins": body{"genericOAuth": body{"config": []body{elsewhere("another", nil)}}}})
	late := gone.Client()
	late.Jar = c.Jar
	w := gone.Watch(email)
	back := s.Providers[0].Approve(t, begun, granted(email))
	refusedBack(gone, w, late, late.Get(back), "oauth_provider_not_found")
	w.Refused(gone.Client().Post(socialPath, body{"provider": "company"}), http.StatusNotFound, "PROVIDER_NOT_FOUND")
	stays := gone.Client()
	stays.Jar = v.Jar
	if stays.User() == "" {
		t.Error("sessions ended with the provider")
	}
	w.Refused(stays.Post("/get-access-token", body{"providerId": "company"}), 0, "")
}
