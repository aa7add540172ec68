package securitytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

var wrong = body{"email": "nobody@example.com", "password": "not the password"}

// spellings of /sign-in/email below the base path.
var spellings = []string{
	"//sign-in/email", "/sign-in//email", "/./sign-in/email", "/x/../sign-in/email", "/sign-in/email/", "/sign-in%2Femail", "/sign-in%2femail",
	"/SIGN-IN/email", "/sign-in/email;x", "/sign-in/email%20", "/sign-in/%65mail", `/sign-in\email`, "/sign-in/email%00", "/sign-in/email/.",
}

func spellingsOfPaths(t *testing.T, s *harness.Site) {
	off := s.With(body{"disabledPaths": []string{"/sign-in/email"}})
	email := off.Address("victim")
	off.SignUp(email)
	w := off.Watch(email)
	good := body{"email": email, "password": harness.Password}
	for _, path := range append([]string{"/sign-in/email"}, spellings...) {
		if a := off.Client().Post(path, good); a.Status != http.StatusNotFound && a.Status != http.StatusBadRequest {
			t.Errorf("disabled, but %s: %d %s", path, a.Status, a.Body)
		}
	}
	w.Unchanged("a disabled path")
	on := s.Own(limited)
	answered := 0
	for i := range 3 * len(spellings) {
		path := "/sign-in/email"
		if i%3 != 0 {
			path = spellings[i%len(spellings)]
		}
		switch a := on.Client().Post(path, wrong); a.Status {
		case http.StatusUnauthorized:
			answered++
		case http.StatusTooManyRequests, http.StatusNotFound, http.StatusBadRequest:
		default:
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
	}
	if answered == 0 || answered > 3 { // a spelling that is routed nowhere may count
		t.Errorf("%d of a limit of 3 were answered", answered)
	}
}

// from names the address a proxy would.
func from(address string) field { return field{"X-Forwarded-For", address} }

// attempts sends wrong sign-ins with one field each and counts those that were
// looked at.
func attempts(t *testing.T, s *harness.Site, path string, b body, fields ...field) (looked int) {
	t.Helper()
	for _, f := range fields {
		a := s.Client().Post(path, b, f)
		switch {
		case a.Status == http.StatusTooManyRequests:
			if a.Header.Get("X-Retry-After") == "" {
				t.Errorf("%v: 429 without X-Retry-After", f)
			}
		case a.Status < http.StatusInternalServerError:
			looked++
		default:
			t.Errorf("%v: %d %s", f, a.Status, a.Body)
		}
	}
	return looked
}

func addressesShareLimits(t *testing.T, s *harness.Site) {
	own := s.Own(nil)
	var network []field
	for i := range 10 {
		network = append(network, from(fmt.Sprintf("2001:db8:1:2::%x", i+1)))
	}
	network = append(network, from("2001:DB8:1:2:0:0:0:1"), from("2001:db8:1:2::0001"), from("[2001:db8:1:2::1]:443"), from("2001:db8:1:2::1%eth0"))
	if n := attempts(t, own, "/sign-in/email", wrong, network...); n > 4 { // one may count for the connection's address
		t.Errorf("a network of one client got %d attempts of 3", n)
	}
	if n := attempts(t, own, "/sign-in/email", wrong, from("::ffff:192.0.2.1"), from("192.0.2.1"), from("::ffff:c000:201"), from("192.0.2.1")); n != 3 {
		t.Errorf("an address and its form in IPv6 got %d attempts of 3", n)
	}
	if n := attempts(t, own, "/sign-in/email", wrong, from("2001:db8:1:3::1")); n != 1 {
		t.Error("another network is limited too")
	}
}

// claims are the headers clients write addresses into.
var claims = []string{"X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP", "X-Client-IP", "True-Client-IP", "Forwarded"}

func claimed(n int) (fields []field) {
	for i := range n {
		value := fmt.Sprintf("198.51.100.%d", i+1)
		name := claims[i%len(claims)]
		if name == "Forwarded" {
			value = "for=" + value
		}
		fields = append(fields, field{name, value})
	}
	return fields
}

func claimedAddresses(t *testing.T, s *harness.Site) {
	direct := s.Own(body{"rateLimit": body{"enabled": true}, "trustedProxies": []string{"10.9.9.9"}})
	if n := attempts(t, direct, "/sign-in/email", wrong, claimed(12)...); n != 3 {
		t.Errorf("without a trusted proxy, headers gave %d attempts of 3", n)
	}
	proxied := s.Own(body{"rateLimit": body{"enabled": true}})
	var hops []field
	for i := range 8 {
		hops = append(hops, from(fmt.Sprintf("198.51.100.%d, 203.0.113.7", i)))
	}
	if n := attempts(t, proxied, "/sign-in/email", wrong, hops...); n != 3 {
		t.Errorf("hops before the proxy's own gave %d attempts of 3", n)
	}
	if n := attempts(t, proxied, "/sign-in/email", wrong, from("203.0.113.8")); n != 1 {
		t.Error("another client is limited too")
	}
}

func claimedAddressesAtCodes(t *testing.T, s *harness.Site) {
	own := s.Own(body{"trustedProxies": []string{"10.9.9.9"}})
	for _, r := range []route{
		{"/email-otp/send-verification-otp", body{"email": "nobody@example.com", "type": "sign-in"}},
		{"/email-otp/check-verification-otp", body{"email": "nobody@example.com", "type": "sign-in", "otp": "000000"}},
		{"/two-factor/verify-otp", body{"code": "000000"}},
		{"/two-factor/verify-totp", body{"code": "000000"}},
		{"/request-password-reset", body{"email": "nobody@example.com"}},
	} {
		if n := attempts(t, own, r.path, r.body, claimed(12)...); n != 3 {
			t.Errorf("%s: headers gave %d attempts of 3", r.path, n)
		}
	}
	for _, r := range []route{
		{"/phone-number/send-otp", body{"phoneNumber": newNumber()}},
		{"/phone-number/verify", body{"phoneNumber": newNumber(), "code": "000000"}},
		{"/phone-number/request-password-reset", body{"phoneNumber": newNumber()}},
	} {
		if n := attempts(t, own, r.path, r.body, claimed(20)...); n != 10 {
			t.Errorf("%s: headers gave %d attempts of 10", r.path, n)
		}
	}
}

func brokenAddresses(t *testing.T, s *harness.Site) {
	var garbage []field
	for _, value := range []string{"a", ",", "999.1.1.1", strings.Repeat("1", 10_000), "unknown", ", ,", "::ffff:", "127.0.0.1:x"} {
		garbage = append(garbage, from(value))
	}
	for _, f := range garbage {
		if a := s.Client().Post("/sign-in/email", wrong, f); a.Status != http.StatusUnauthorized {
			t.Errorf("%.40q: %d %s", f[1], a.Status, a.Body)
		}
	}
	// No hop at all counts for the connection, one that cannot be read for a
	// bucket of its own.
	if n := attempts(t, s.Own(limited), "/sign-in/email", wrong, garbage...); n < 3 || n > 6 {
		t.Errorf("addresses that cannot be read gave %d attempts of 3", n)
	}
}

func missingAddresses(t *testing.T, s *harness.Site) {
	own := s.Own(body{"rateLimit": body{"enabled": true}, "advanced": body{"ipAddress": body{"ipAddressHeaders": []string{"x-client"}}}})
	if n := attempts(t, own, "/sign-in/email", wrong, claimed(10)...); n != 3 {
		t.Errorf("callers without the header got %d attempts of 3", n)
	}
	if n := attempts(t, own, "/sign-in/email", wrong, field{"X-Client", "203.0.113.9"}); n != 1 {
		t.Error("a caller with the header is limited with those")
	}
}

func limitsUnderRaces(t *testing.T, s *harness.Site) {
	kinds := []string{"memory", "database"}
	if s.Profile.Name == harness.Redis.Name {
		kinds = []string{"secondary-storage"}
	}
	for _, kind := range kinds {
		own := s.Own(body{"rateLimit": body{"enabled": true, "storage": kind}})
		for round := range rounds() {
			// A path that does no work, an address for each round.
			r := own.Client(from(fmt.Sprintf("203.0.%d.7", round))).Request("POST", "/sign-in/email", body{"email": "x"})
			passed := 0
			for _, a := range own.Together(harness.Repeat(r, 50)...) {
				if a.Status != http.StatusTooManyRequests {
					passed++
				}
			}
			if passed != 3 {
				t.Errorf("%s, round %d: %d of 50 passed a limit of 3", kind, round, passed)
			}
		}
	}
}

// rounds is how often a race is run.
func rounds() int {
	if testing.Short() {
		return 5
	}
	return 20
}

func spellingsOfNames(t *testing.T, s *harness.Site) {
	own := s.Own(limited)
	looked := 0
	for _, email := range []string{"victim@example.com", "VICTIM@example.com", "victim@example.com ", " victim@EXAMPLE.com", "Victim@Example.Com"} {
		if a := own.Client().Post("/sign-in/email", body{"email": email, "password": "not the password"}); a.Status != http.StatusTooManyRequests {
			looked++
		}
	}
	if looked != 3 {
		t.Errorf("spellings of an address got %d attempts of 3", looked)
	}
	looked = 0
	for _, name := range []string{"victim", "VICTIM", "ｖｉｃｔｉｍ", "Victim", "victim "} {
		if a := own.Client().Post("/sign-in/username", body{"username": name, "password": "not the password"}); a.Status != http.StatusTooManyRequests {
			looked++
		}
	}
	if looked != 3 {
		t.Errorf("spellings of a name got %d attempts of 3", looked)
	}
}
