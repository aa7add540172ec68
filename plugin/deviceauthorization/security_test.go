package deviceauthorization_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/plugin/deviceauthorization"
	"github.com/watchword-auth/watchword/plugin/magiclink"
)

const other = "eve@example.com"

// together makes calls at once and counts their statuses.
func together(calls ...func() *authtest.Answer) map[int]int {
	var (
		wait sync.WaitGroup
		mu   sync.Mutex
	)
	counts := map[int]int{}
	for _, call := range calls {
		wait.Go(func() {
			a := call()
			mu.Lock()
			defer mu.Unlock()
			counts[a.Status]++
		})
	}
	wait.Wait()
	return counts
}

// TestDV01 is the catalogue's DV-01 (CVE-2026-45337): nobody settles a request
// that they have not claimed.
func TestDV01(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}))
	ada, eve, d := s.SignUp(email), s.SignUp(other), begin(s)
	for _, settle := range []func(*client) *authtest.Answer{d.approvedBy, d.deniedBy} {
		settle(s.Client()).WantBody(401, refusal("unauthorized", "Authentication required"))
		settle(eve).Want(400, "has not been claimed")
	}
	d.seenBy(ada).Want(200, `"client_id":"tv"`)
	for _, settle := range []func(*client) *authtest.Answer{d.approvedBy, d.deniedBy} {
		settle(eve).Want(403, "access_denied")
	}
	d.poll().Want(400, "authorization_pending")
	d.approvedBy(ada).Want(200)
}

// TestDV02 is the catalogue's DV-02: the user whose request it is sees what is
// asked for, and nobody else does.
func TestDV02(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}))
	ada, eve, d := s.SignUp(email), s.SignUp(other), begin(s)
	d.seenBy(ada).Want(200, `"client_id":"tv"`, `"scope":"films"`)
	for _, c := range []*client{s.Client(), eve} {
		if a := d.seenBy(c).Want(200); strings.Contains(a.Body, "tv") || strings.Contains(a.Body, "films") {
			t.Errorf("a stranger sees %s", a.Body)
		}
	}
}

// TestDV03 is the catalogue's DV-03: an interval, one client, one session.
func TestDV03(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(deviceauthorization.Options{}))
		ada, d := s.SignUp(email), begin(s)
		polls := make([]func() *authtest.Answer, 12)
		told := make(chan string, len(polls))
		for i := range polls {
			polls[i] = func() *authtest.Answer {
				a := d.poll()
				told <- a.Text("error")
				return a
			}
		}
		together(polls...)
		waiting := 0
		for range polls {
			if code := <-told; code == "authorization_pending" {
				waiting++
			} else if code != "slow_down" {
				t.Errorf("a poll was told %q", code)
			}
		}
		if waiting != 1 {
			t.Errorf("%d of racing polls were in time", waiting)
		}
		s.Clock.Advance(5 * time.Second)
		d.seenBy(ada).Want(200)
		d.approvedBy(ada).Want(200)
		s.Client().Post("/device/token", body{"grant_type": deviceauthorization.GrantType, "device_code": d.code, "client_id": "radio"}).
			WantBody(400, refusal("invalid_grant", "Client ID mismatch"))
		for i := range polls {
			polls[i] = d.poll
		}
		if counts := together(polls...); counts[200] != 1 || counts[400] != len(polls)-1 {
			t.Errorf("racing polls: %v", counts)
		}
		sessions, err := s.Context().Sessions().List(s.User(email).ID)
		if err != nil || len(sessions) != 2 {
			t.Errorf("%d sessions, %v", len(sessions), err)
		}
	})
}

// TestDV04 is the catalogue's DV-04: of racing claimants one has the request,
// and settles it once.
func TestDV04(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(deviceauthorization.Options{}))
		users := make([]*client, 4)
		for i := range users {
			users[i] = s.SignUp(fmt.Sprintf("user%d@example.com", i))
		}
		for range 5 {
			d := begin(s)
			var claims, approvals, ends []func() *authtest.Answer
			for _, u := range users {
				claims = append(claims, func() *authtest.Answer { return d.seenBy(u.Clone()) })
				approvals = append(approvals, func() *authtest.Answer { return d.approvedBy(u.Clone()) })
				ends = append(ends, func() *authtest.Answer { return d.approvedBy(u.Clone()) }, func() *authtest.Answer { return d.deniedBy(u.Clone()) })
			}
			together(claims...)
			owners := 0
			for _, u := range users {
				if strings.Contains(d.seenBy(u).Body, "client_id") {
					owners++
				}
			}
			if counts := together(approvals...); owners != 1 || counts[200] != 1 {
				t.Errorf("%d owners, approvals %v", owners, counts)
			}
			d = begin(s)
			d.seenBy(users[0]).Want(200)
			if counts := together(ends...); counts[200] != 1 {
				t.Errorf("settled %d times", counts[200])
			}
		}
	})
}

// TestDV05 is the catalogue's DV-05: user codes are guessed five times while
// one lives, wherever an answer tells right from wrong.
func TestDV05(t *testing.T) {
	t.Parallel()
	on := true
	s := authtest.New(t, with(deviceauthorization.Options{}), func(o *core.Options) { o.RateLimit.Enabled = &on })
	ada, d := s.SignUp(email), begin(s)
	for name, try := range map[string]func(d device) *authtest.Answer{
		"look":    func(d device) *authtest.Answer { return d.seenBy(ada) },
		"approve": func(d device) *authtest.Answer { return d.approvedBy(ada) },
		"deny":    func(d device) *authtest.Answer { return d.deniedBy(ada) },
	} {
		for i := range 5 {
			try(device{s, "", fmt.Sprintf("AAAAAA%02d", 22+i)}).WantBody(400, refusal("invalid_request", "Invalid user code"))
		}
		for range 3 {
			if a := try(d); a.Status != 429 {
				t.Errorf("%s, after five guesses: %d %s", name, a.Status, a.Body)
			}
		}
	}
	s.Clock.Advance(30 * time.Minute)
	begin(s).seenBy(ada).Want(200)
}

// TestUserCodes looks at what codes are made of: 40 bits and more, of letters
// and digits that look like nothing else.
func TestUserCodes(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}))
	seen := map[string]bool{}
	for range 200 {
		d := begin(s)
		if len(d.user) != 8 || strings.Trim(d.user, string(deviceauthorization.UserCodeAlphabet)) != "" || len(d.code) != 40 || seen[d.user] {
			t.Fatalf("codes %q, %q", d.user, d.code)
		}
		seen[d.user] = true
	}
	if len(deviceauthorization.UserCodeAlphabet) < 32 {
		t.Error("a code has fewer than 40 bits")
	}
}

// TestDV06 is the catalogue's DV-06: a user who was banned after agreeing
// signs no device in.
func TestDV06(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(deviceauthorization.Options{}), func(o *core.Options) {
			o.Plugins = append(o.Plugins, admin.New(admin.Options{DefaultRole: "admin"}))
		})
		ada, boss := s.SignUp(email), s.SignUp(other)
		d := agreed(s, ada)
		boss.Post("/admin/ban-user", body{"userId": s.User(email).ID}).Want(200)
		d.poll().WantCode(403, "BANNED_USER")
		boss.Post("/admin/unban-user", body{"userId": s.User(email).ID}).Want(200)
		d.poll().WantBody(400, refusal("invalid_grant", "Invalid device code"))
		agreed(s, s.SignIn(email)).poll().Want(200, "access_token")
	})
}

// TestDeletedUser leaves the device of a user who is gone with nothing.
func TestDeletedUser(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}))
	d := agreed(s, s.SignUp(email))
	if err := s.Context().Users().Delete(s.User(email)); err != nil {
		t.Fatal(err)
	}
	d.poll().WantBody(400, refusal("invalid_grant", "Invalid device code"))
}

// TestReclaimedUser: whoever signed up with somebody else's address has no
// device that gets in later.
func TestReclaimedUser(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}), func(o *core.Options) {
		o.Plugins = append(o.Plugins, magiclink.New(magiclink.Options{}))
	})
	d := agreed(s, s.SignUp(email))
	s.Client().Post("/sign-in/magic-link", body{"email": email}).Want(200)
	s.Client().Get(s.Message(magiclink.Message).URL).Want(302)
	d.poll().WantBody(400, refusal("invalid_grant", "Invalid device code"))
	agreed(s, s.SignUp(other)).poll().Want(200)
}

// TestRevokedSessionSettlesNothing: a cookie cache is no session.
func TestRevokedSessionSettlesNothing(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}), func(o *core.Options) { o.Session.CookieCache.Enabled = true })
	ada := s.SignUp(email)
	d, stolen := begin(s), ada.Clone()
	d.seenBy(ada).Want(200)
	ada.Post("/revoke-sessions", body{}).Want(200)
	d.approvedBy(stolen).Want(401, "unauthorized")
	d.deniedBy(stolen).Want(401, "unauthorized")
	d.poll().Want(400, "authorization_pending")
}
