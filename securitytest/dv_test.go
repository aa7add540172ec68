package securitytest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestDV(t *testing.T) { run(t, dv) }

var patient = body{"plugins": body{"deviceAuthorization": body{"interval": "1s", "clientIds": []string{"tv", "radio"}}}}

var dv = section{"DV", "device authorization", []row{
	{id: "DV-01", refs: "CVE-2026-45337 GHSA-cq3f-vc6p-68fh", core: true, in: revoking, config: patient, what: "a user code is approved by the session that saw it", test: unseenRequestsAreNobodys},
	{id: "DV-02", refs: "GHSA-q84f-53jg-9ppm", core: true, in: revoking, config: patient, what: "the page of approval names client and scopes", test: requestsAreShown},
	{id: "DV-03", in: stored, config: patient, what: "polling keeps its interval and its client, and gives one token", test: pollsArePatient},
	{id: "DV-04", in: stored, config: patient, what: "racing claims of a user code end with one owner", test: claimsRace},
	{id: "DV-05", in: stored, config: limited, what: "guesses of user codes are limited", test: userCodesAreGuessed},
	{id: "DV-06", in: readable, config: patient, what: "a device gets no more than was agreed, and nothing for a banned user", test: devicesGetWhatWasAgreed},
}}

// device is a device that has asked for codes.
type device struct {
	s          *harness.Site
	code, user string
}

func beginDevice(s *harness.Site) device {
	a := s.Client().Post("/device/code", body{"client_id": "tv", "scope": "films"}).Want(http.StatusOK)
	return device{s, a.Text("device_code"), a.Text("user_code")}
}

func (d device) ask(client string) *harness.Request {
	return d.s.Client().Request(http.MethodPost, "/device/token", body{
		"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": d.code, "client_id": client})
}

func (d device) poll() *harness.Answer { return d.s.Together(d.ask("tv"))[0] }

func (d device) seenBy(c *harness.Client) *harness.Answer {
	return c.Get("/device?user_code=" + url.QueryEscape(d.user))
}

func (d device) settled(c *harness.Client, how string) *harness.Answer {
	return c.Post("/device/"+how, body{"userCode": d.user})
}

// bears fails the test unless the answer's token is a session of the user.
func (d device) bears(t *testing.T, a *harness.Answer, user string) {
	t.Helper()
	if got := d.s.Client(field{"Authorization", "Bearer " + a.Want(http.StatusOK).Text("access_token")}).User(); got != user {
		t.Errorf("the token is %q's, not %q's", got, user)
	}
}

func unseenRequestsAreNobodys(t *testing.T, s *harness.Site) {
	v, a := s.SignUp(s.Address("victim")), s.SignUp(s.Address("attacker"))
	d := beginDevice(s)
	w := s.Watch(d.user, d.code)
	for _, how := range []string{"approve", "deny"} {
		w.Refused(d.settled(a, how), http.StatusBadRequest, "")
		w.Refused(d.settled(s.Client(), how), http.StatusUnauthorized, "")
	}
	d.seenBy(v).Want(http.StatusOK)
	d.seenBy(a).Want(http.StatusOK)
	w = s.Watch(d.user, d.code)
	for _, how := range []string{"approve", "deny"} {
		w.Refused(d.settled(a, how), http.StatusForbidden, "")
	}
	d.poll().Want(http.StatusBadRequest, "authorization_pending")
	d.settled(v, "approve").Want(http.StatusOK)
	var got *harness.Answer
	s.Eventually("the device is signed in", func() bool { got = d.poll(); return got.Status == http.StatusOK })
	d.bears(t, got, v.User())
}

func requestsAreShown(t *testing.T, s *harness.Site) {
	v, a := s.SignUp(s.Address("victim")), s.SignUp(s.Address("attacker"))
	d := beginDevice(s)
	d.seenBy(v).Want(http.StatusOK, `"client_id":"tv"`, `"scope":"films"`)
	for _, c := range []*harness.Client{s.Client(), a} {
		answer := d.seenBy(c).Want(http.StatusOK, `"status":"pending"`)
		if strings.Contains(answer.Body, "films") || strings.Contains(answer.Body, `"tv"`) || strings.Contains(answer.Body, v.User()) {
			t.Errorf("a stranger is shown %s", answer.Body)
		}
	}
}

func pollsArePatient(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	d := beginDevice(s)
	for _, a := range s.Together(harness.Repeat(d.ask("tv"), 8)...) {
		if a.Status != http.StatusBadRequest || !strings.Contains(a.Body, "slow_down") && !strings.Contains(a.Body, "authorization_pending") {
			t.Errorf("a poll: %d %s", a.Status, a.Body)
		}
	}
	d.poll().Want(http.StatusBadRequest, "slow_down")
	d = beginDevice(s)
	d.seenBy(v).Want(http.StatusOK)
	d.settled(v, "approve").Want(http.StatusOK)
	w := s.Watch(d.code)
	w.Refused(s.Together(d.ask("radio"))[0], http.StatusBadRequest, "")
	for _, code := range []string{d.code[1:], d.code + "x", strings.ToLower(d.code), strings.ToUpper(d.code), d.user, "", " ", "\x00"} {
		w.Refused(device{s, code, d.user}.poll(), http.StatusBadRequest, "")
	}
	exactly(t, "polls of one grant", 1, s.Together(harness.Repeat(d.ask("tv"), 20)...))
	s.Watch(d.code).Refused(d.poll(), http.StatusBadRequest, "")

	d = beginDevice(s)
	d.seenBy(v).Want(http.StatusOK)
	d.settled(v, "deny").Want(http.StatusOK)
	d.poll().Want(http.StatusBadRequest, "access_denied")
	d.poll().Want(http.StatusBadRequest, "invalid_grant")

	brief := s.With(body{"plugins": body{"deviceAuthorization": body{"expiresIn": "1s"}}})
	v = brief.SignUp(brief.Address("victim"))
	d = beginDevice(brief)
	d.seenBy(v).Want(http.StatusOK)
	d.settled(v, "approve").Want(http.StatusOK)
	brief.Eventually("the code has expired", func() bool { return strings.Contains(d.seenBy(v).Body, "expired_token") })
	d.poll().Want(http.StatusBadRequest, "expired_token")
	d.poll().Want(http.StatusBadRequest, "invalid_grant")
}

func claimsRace(t *testing.T, s *harness.Site) {
	users := []*harness.Client{s.SignUp(s.Address("one")), s.SignUp(s.Address("two"))}
	for range rounds() {
		d := beginDevice(s)
		var claims, approvals []*harness.Request
		for _, u := range users {
			claims = append(claims, harness.Repeat(u.Request(http.MethodGet, "/device?user_code="+d.user, nil), 3)...)
			approvals = append(approvals, u.Request(http.MethodPost, "/device/approve", body{"userCode": d.user}))
		}
		s.Together(claims...)
		var owner *harness.Client
		for _, u := range users {
			if strings.Contains(d.seenBy(u).Body, "client_id") {
				if owner != nil {
					t.Error("a request has two owners")
				}
				owner = u
			}
		}
		once(t, "racing approvals", s.Together(approvals...))
		if owner == nil {
			t.Fatal("a request has no owner")
		}
		d.bears(t, d.poll(), owner.User())
	}
}

func userCodesAreGuessed(t *testing.T, shared *harness.Site) {
	s := shared.Own(body{"trustedProxies": []string{"10.9.9.9"}}) // no client's word counts for its address
	v := s.SignUp(s.Address("victim"))
	others := []*harness.Client{s.SignUp(s.Address("a")), s.SignUp(s.Address("b"))}
	d := beginDevice(s)
	for name, try := range map[string]func(c *harness.Client, code string, f field) *harness.Answer{
		"looking": func(c *harness.Client, code string, f field) *harness.Answer {
			return c.Get("/device?user_code="+code, f)
		},
		"approving": func(c *harness.Client, code string, f field) *harness.Answer {
			return c.Post("/device/approve", body{"userCode": code}, f)
		},
		"denying": func(c *harness.Client, code string, f field) *harness.Answer {
			return c.Post("/device/deny", body{"userCode": code}, f)
		},
	} {
		looked := 0
		for i, f := range claimed(40) {
			if a := try(others[i%2], "AAAAAAA"+"BCDEFGHJKL"[i%10:i%10+1], f); a.Status != http.StatusTooManyRequests {
				looked++
			}
		}
		if looked != 5 {
			t.Errorf("%s: %d guesses were looked at", name, looked)
		}
		try(v, d.user, field{"X-Forwarded-For", "198.51.100.99"}).Want(http.StatusTooManyRequests)
	}
	if len(d.user) < 8 || strings.Trim(d.user, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789") != "" {
		t.Errorf("a user code is %s", d.user)
	}
	typed := shared.With(body{"rateLimit": body{"enabled": false}})
	d, v = beginDevice(typed), typed.SignUp(typed.Address("victim"))
	device{typed, d.code, strings.ToLower(d.user[:4]) + "-" + d.user[4:]}.seenBy(v).Want(http.StatusOK, "client_id")
}

func devicesGetWhatWasAgreed(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v, admin := s.SignUp(email), administrator(t, s)
	d, kept := beginDevice(s), beginDevice(s)
	for _, each := range []device{d, kept} {
		each.seenBy(v).Want(http.StatusOK)
		each.settled(v, "approve").Want(http.StatusOK)
	}
	admin.Post("/admin/ban-user", body{"userId": v.User()}).Want(http.StatusOK)
	if a := d.poll(); a.Status < 400 || a.Status >= 500 || strings.Contains(a.Body, "access_token") {
		t.Errorf("the device of a banned user: %d %s", a.Status, a.Body)
	}
	id := s.Store.Column(t, `SELECT id FROM "user" WHERE email = '`+email+`'`)[0]
	admin.Post("/admin/unban-user", body{"userId": id}).Want(http.StatusOK)
	d.poll().Want(http.StatusBadRequest, "invalid_grant")
	a := kept.poll()
	a.Want(http.StatusOK, `"scope":"films"`)
	kept.bears(t, a, id)
	s.Client().Post("/device/code", body{"client_id": "unknown", "scope": "films"}).Want(http.StatusBadRequest, "invalid_client")
}
