package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

const productionOrigin = "http://prod.test"

// proxied is a preview that signs in at providers through production.
var proxied = body{"plugins": body{"oauthProxy": body{"currentURL": "http://auth.test", "productionURL": productionOrigin}},
	"account": body{"storeAccountCookie": true}}

// production is the instance that providers know.
func production(s *harness.Site) *harness.Site {
	return s.With(body{"baseURL": productionOrigin, "trustedOrigins": []string{"http://auth.test"},
		"plugins": body{"oauthProxy": body{"currentURL": productionOrigin, "productionURL": nil}}})
}

// throughProduction goes from the preview to the provider and to production,
// and returns the link that leads back.
func throughProduction(t *testing.T, c *harness.Client, prod *harness.Site, g harness.Grant) (back string) {
	t.Helper()
	a := prod.Client().Get(prod.Providers[0].Approve(t, c.Begin(0, body{"errorCallbackURL": "/failed"}), g)).Want(http.StatusFound)
	return a.Header.Get("Location")
}

func sealsHaveAPurpose(t *testing.T, s *harness.Site) {
	prod := production(s)
	email := s.Address("victim")
	c := s.Client()
	back := throughProduction(t, c, prod, granted(email))
	begun := c.Begin(0, body{"additionalData": body{"userInfo": honest(email), "account": body{"providerId": "company", "accountId": email},
		"state": "x", "callbackURL": "/", "timestamp": time.Now().UnixMilli()}})
	signedIn := s.Client()
	signedIn.Get(throughProduction(t, signedIn, prod, granted(s.Address("honest")))).Want(http.StatusFound)
	if signedIn.User() == "" {
		t.Fatal("the way through production does not sign in")
	}
	values := map[string]string{"the state that production sees": stateOf(begun)}
	inCookie := s.With(stateInCookie).Client()
	inCookie.Begin(0, nil)
	for name, jar := range map[string]map[string]string{"": signedIn.Jar, "pending ": c.Jar, "sealed ": inCookie.Jar} {
		for cookie, value := range jar {
			values[name+cookie], _ = url.QueryUnescape(value)
		}
	}
	if len(values) < 5 {
		t.Fatalf("sealed values: %v", values)
	}
	w := s.Watch(email)
	for name, value := range values {
		for _, path := range []string{"/callback/company/oauth-proxy", "/oauth-proxy-callback"} {
			thief := c.Clone()
			a := thief.Get(path + "?callbackURL=%2Fhome&profile=" + url.QueryEscape(value))
			w.Refused(a, http.StatusFound, "invalid_profile")
			thief.Stranger(name + " as a profile")
		}
	}
	// A profile is for its provider, its browser, and once.
	other := strings.Replace(back, "/callback/company/", "/callback/rival/", 1)
	w.Refused(c.Clone().Get(other), http.StatusFound, "provider_mismatch")
	c2 := s.Client()
	back = throughProduction(t, c2, prod, granted(email))
	kept := c2.Clone()
	c2.Get(back).Want(http.StatusFound)
	if c2.User() == "" {
		t.Fatal("a good profile does not sign in")
	}
	w = s.Watch(email)
	for _, thief := range []*harness.Client{kept, s.Client()} {
		w.Refused(thief.Get(back), http.StatusFound, "")
		thief.Stranger("a profile that was redeemed")
	}
	brief := s.With(body{"plugins": body{"oauthProxy": body{"maxAge": 1}}})
	late := brief.Client()
	back = throughProduction(t, late, prod, granted(s.Address("late")))
	time.Sleep(1100 * time.Millisecond) // a second is the shortest life there is
	brief.Watch("late-").Refused(late.Get(back), http.StatusFound, "payload_expired")
}

func furtherTargets(t *testing.T, s *harness.Site) {
	prod := production(s)
	email := s.Address("victim")
	c := s.Client()
	back, _ := url.Parse(throughProduction(t, c, prod, granted(email)))
	w, v := s.Watch(email), s.SignUp(s.Address("linker"))
	for _, target := range append([]string{"//evil.example", `/\evil.example`, "https:evil.example", "https://evil.example", "javascript:alert(1)"}, nearlyTrusted...) {
		for _, path := range []string{strings.TrimPrefix(back.Path, harness.BasePath), "/oauth-proxy-callback"} {
			q := url.Values{"callbackURL": {target}, "profile": {back.Query().Get("profile")}}
			w.Refused(c.Clone().Get(path+"?"+q.Encode()), http.StatusForbidden, "INVALID_CALLBACK_URL")
		}
		a := s.Client().Post("/one-tap/callback", body{"idToken": s.Google.IDToken("", granted(email)), "callbackURL": target})
		w.Refused(a, http.StatusForbidden, "INVALID_CALLBACK_URL")
		for _, name := range []string{"callbackURL", "errorCallbackURL"} {
			s.Watch(v.User()).Refused(v.Post(linkPath, body{"provider": "company", name: target}), http.StatusForbidden, "")
		}
	}
	if a := c.Get(back.String()); a.Header.Get("Location") != "/welcome" || c.User() == "" {
		t.Errorf("the good one leads to %q", a.Header.Get("Location"))
	}
	s.Client().Post("/one-tap/callback", body{"idToken": s.Google.IDToken("", granted(s.Address("tapper"))), "callbackURL": "/ok"}).Want(http.StatusOK)
	popupsTellTrustedPages(t, s.With(body{"plugins": body{"oauthProxy": nil, "oauthPopup": true}}))
}

// popupsTellTrustedPages proves that a window tells how a sign-in ended to
// pages of trusted origins only.
func popupsTellTrustedPages(t *testing.T, s *harness.Site) {
	const page = "https://app.example.com"
	start := func(c *harness.Client, members ...string) *harness.Answer {
		q := url.Values{"provider": {"company"}, "popupOrigin": {page}, "popupNonce": {"n"}}
		for i := 0; i < len(members); i += 2 {
			q.Set(members[i], members[i+1])
		}
		return c.Get("/oauth-popup/start?" + q.Encode())
	}
	w := s.Watch("evil.example")
	for _, o := range append([]string{"https://evil.example", "*", "null", "", "//app.example.com", page + "/x", page + "?x", "https://*.wild.example.evil.example"}, nearlyTrusted...) {
		w.Refused(start(s.Client(), "popupOrigin", o), 0, "")
	}
	for _, name := range []string{"callbackURL", "errorCallbackURL", "newUserCallbackURL"} {
		a := start(s.Client(), name, "https://evil.example/</script><script>")
		if a.Status != http.StatusOK || strings.Contains(a.Body, "</script><script>h") || !strings.Contains(a.Body, `"error"`) || !strings.Contains(a.Body, `"targetOrigin":"`+page+`"`) {
			t.Errorf("a foreign %s: %d %s", name, a.Status, a.Body)
		}
	}
	c := s.Client()
	begun := start(c).Want(http.StatusFound).Header.Get("Location")
	a := c.Get(s.Providers[0].Approve(t, begun, granted(s.Address("popup"))))
	if a.Status != http.StatusOK || !strings.Contains(a.Body, `"targetOrigin":"`+page+`"`) || !strings.Contains(a.Body, c.Token()) || c.User() == "" ||
		!strings.Contains(a.Header.Get("Cache-Control"), "no-store") || !strings.Contains(a.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("a window ends with %d %s", a.Status, a.Raw)
	}
	// The mark of a window is the server's word, and is used up.
	other, thief := s.Client(), s.Client()
	start(other, "popupOrigin", "https://a.wild.example").Want(http.StatusFound)
	for name, value := range other.Jar {
		if strings.Contains(name, "popup") {
			thief.Jar[name] = strings.Replace(value, "wild", "evil", 1)
		}
	}
	a = thief.Get(s.Providers[0].Approve(t, thief.Begin(0, nil), granted(s.Address("popup"))))
	if a.Status != http.StatusFound || strings.Contains(a.Body, "postMessage") {
		t.Errorf("a mark that was changed: %d %s", a.Status, a.Body)
	}
	a = c.Get(s.Providers[0].Approve(t, c.Begin(0, nil), granted(s.Address("popup"))))
	if a.Status != http.StatusFound {
		t.Errorf("a sign-in after that of a window ends with %d %s", a.Status, a.Body)
	}
}

func tokensAreTheirOwners(t *testing.T, s *harness.Site) {
	const accountCookie = "better-auth.account_data"
	v := s.Client()
	v.Arrive(0, harness.Grant{Claims: honest(s.Address("victim"))}).Want(http.StatusFound)
	if v.Jar[accountCookie] == "" {
		t.Fatalf("cookies: %v", v.Jar)
	}
	var accounts []struct{ ID, AccountID string }
	v.Get("/list-accounts").Want(http.StatusOK).Decode(&accounts)
	for _, eve := range []*harness.Client{s.SignUp(s.Address("eve")), s.Client()} {
		for _, members := range []body{{"useAccountCookie": true}, {"accountId": accounts[0].ID}, {"providerId": "company"},
			{"providerId": "company", "accountId": accounts[0].AccountID}, {"providerId": "company", "userId": v.User()},
			{"accountId": accounts[0].ID, "userId": v.User()}} {
			for _, path := range []string{"/get-access-token", "/refresh-token"} {
				thief := eve.Clone()
				thief.Jar[accountCookie] = v.Jar[accountCookie]
				a := thief.Post(path, members)
				s.Watch(v.User()).Refused(a, 0, "")
				if strings.Contains(a.Body, "access-") {
					t.Errorf("%s %v tells a token: %s", path, members, a.Body)
				}
			}
		}
		thief := eve.Clone()
		thief.Jar[accountCookie] = v.Jar[accountCookie]
		for _, query := range []string{"?accountId=" + accounts[0].ID, "?accountId=" + accounts[0].AccountID + "&providerId=company", "?useAccountCookie=true"} {
			if a := thief.Get("/account-info" + query); a.Status < 400 {
				t.Errorf("/account-info%s: %s", query, a.Body)
			}
		}
	}
	v.Post("/get-access-token", body{"useAccountCookie": true}).Want(http.StatusOK, "access-")
	v.Post("/get-access-token", body{"accountId": accounts[0].ID}).Want(http.StatusOK, "access-")
}
