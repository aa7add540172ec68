package securitytest_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func signInTakesAsLong(t *testing.T, s *harness.Site) {
	known, social := s.Address("known"), s.Address("social")
	s.SignUp(known)
	s.Client().Arrive(0, harness.Grant{Claims: body{"sub": social, "email": social, "email_verified": true}}).Want(302)
	in := func(email string) func() *harness.Request {
		return func() *harness.Request {
			return s.Client().Request("POST", "/sign-in/email", body{"email": email, "password": "not the password"})
		}
	}
	w := s.Watch(known)
	for _, email := range []string{known, social, s.Address("nobody")} {
		w.Refused(s.Do(in(email)()), 401, "INVALID_EMAIL_OR_PASSWORD")
	}
	alike(t, s, 20, in(known), in(s.Address("nobody")))
	alike(t, s, 20, in(social), in(s.Address("nobody")))
}

// What tells two kinds of request apart: the Mann-Whitney test says with more
// certainty than five standard deviations (one in three million) that one kind
// takes longer, and the medians differ by more than a millisecond and a
// twentieth. The second keeps differences out that no network lets through.
const (
	deviations = 5
	least      = time.Millisecond
	share      = 0.05
)

// alike sends n requests of each kind, in random order in pairs, and fails
// the test if their times tell which is which. A machine that does something
// else at the same time may slow one kind by chance: what is seen must be seen
// three times, with twice as many samples each time.
func alike(t *testing.T, s *harness.Site, n int, known, unknown func() *harness.Request) {
	t.Helper()
	for range 3 { // what is made once is made
		timed(t, s, known())
		timed(t, s, unknown())
	}
	var said string
	sign := 0.0
	for try := range 3 {
		a, b := samples(t, s, n<<try, known, unknown)
		z, difference := whitney(a, b), median(a)-median(b)
		t.Logf("%d samples each: medians %v and %v, z = %.1f", len(a), median(a), median(b), z)
		apart := math.Abs(z) > deviations && difference.Abs() > least && float64(difference.Abs()) > share*float64(median(b))
		if !apart || try > 0 && math.Signbit(z) != math.Signbit(sign) {
			return
		}
		sign = z
		said = "known and unknown accounts differ by " + difference.String()
	}
	t.Error(said)
}

func samples(t *testing.T, s *harness.Site, n int, known, unknown func() *harness.Request) (a, b []time.Duration) {
	t.Helper()
	for range n {
		if rand.IntN(2) == 0 {
			a = append(a, timed(t, s, known()))
			b = append(b, timed(t, s, unknown()))
		} else {
			b = append(b, timed(t, s, unknown()))
			a = append(a, timed(t, s, known()))
		}
	}
	return a, b
}

func timed(t *testing.T, s *harness.Site, r *harness.Request) time.Duration {
	t.Helper()
	c := s.Dial()
	defer func() { _ = c.Close() }()
	start := time.Now()
	a := c.Do(r)
	took := time.Since(start)
	if a.Status == 429 || a.Status >= 500 {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	return took
}

func median(list []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

// whitney is the normal approximation of the Mann-Whitney U statistic: how
// many standard deviations the ranks of a lie above what chance gives.
func whitney(a, b []time.Duration) float64 {
	u := 0.0
	for _, x := range a {
		for _, y := range b {
			switch {
			case x > y:
				u++
			case x == y:
				u += 0.5
			}
		}
	}
	n, m := float64(len(a)), float64(len(b))
	return (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
}
