package securitytest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestRS(t *testing.T) { run(t, rs) }

var rs = section{"RS", "slow, large and many", []row{
	{id: "RS-01", core: true, what: "clients that send slowly hold nobody up, and are cut off", test: slowClients},
	{id: "RS-02", what: "a head that is too large is refused", test: largeHeads},
	{id: "RS-03", what: "many idle connections cost little, and hold nobody up", test: manyConnections},
	{id: "RS-04", core: true, what: "a flood of sign-ins stays within its memory, and what is too much is told when to come back", test: signInFlood},
	{id: "RS-05", what: "bodies that never come hold nobody up", test: missingBodies},
}}

// most is how much memory an instance may use under load: what the process
// takes by itself, one hash of 16 MiB for each worker, and bodies of 1 MiB.
const most = 250 << 20

// lively fails the test unless get-session answers, soon for a machine that
// does much else.
func lively(t *testing.T, v *harness.Client, what string) {
	t.Helper()
	start := time.Now()
	v.Get("/get-session").Want(http.StatusOK, `"session"`)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("get-session takes %v beside %s", took, what)
	}
}

func slowClients(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	v := s.SignUp(s.Address("victim"))
	var slow []*harness.Conn
	for range 200 {
		c := s.Dial()
		_, _ = c.Write([]byte("POST /api/auth/sign-in/email HTTP/1.1\r\nHost: auth.test\r\nX-A: "))
		slow = append(slow, c)
	}
	for range 5 {
		for _, c := range slow {
			_, _ = c.Write([]byte("a"))
		}
		lively(t, v, "200 slow clients")
	}
	_ = slow[0].SetReadDeadline(time.Now().Add(15 * time.Second))
	if n, err := slow[0].Conn.Read(make([]byte, 1)); err == nil && n > 0 {
		return // it was told off
	} else if err != nil && strings.Contains(err.Error(), "timeout") {
		t.Error("a client may take 15 seconds for its head")
	}
}

func largeHeads(t *testing.T, s *harness.Site) {
	for _, f := range []field{{"Cookie", "a=" + strings.Repeat("x", 200<<10)}, {"X-A", strings.Repeat("x", 200<<10)}} {
		a := s.Do(&harness.Request{Method: "GET", Target: harness.BasePath + "/get-session", Fields: []field{f}})
		if a.Status != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("a head of 200 kB: %d", a.Status)
		}
	}
	var many []field
	for i := range 5000 {
		many = append(many, field{fmt.Sprintf("X-%d", i), "x"})
	}
	if a := s.Do(&harness.Request{Method: "GET", Target: harness.BasePath + "/ok", Fields: many}); a.Status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("5000 fields: %d", a.Status)
	}
	long := &harness.Request{Method: "GET", Target: harness.BasePath + "/ok?" + strings.Repeat("x", 200<<10)}
	if a := s.Do(long); a.Status < 400 || a.Status >= 500 {
		t.Errorf("a target of 200 kB: %d", a.Status)
	}
	s.Client().Get("/ok").Want(http.StatusOK)
}

func manyConnections(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	v := s.SignUp(s.Address("victim"))
	before := s.Usage()
	for range 500 {
		c := s.Dial()
		c.Do(&harness.Request{Method: "GET", Target: harness.BasePath + "/ok"}).Want(http.StatusOK)
	}
	lively(t, v, "500 connections")
	if grown := s.Usage().Resident - before.Resident; grown > 50<<20 {
		t.Errorf("500 connections cost %d MiB", grown>>20)
	}
}

func signInFlood(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	v := s.SignUp(s.Address("victim"))
	const flood = 400
	done := make(chan []*harness.Answer)
	go func() {
		done <- s.Together(harness.Repeat(s.Client().Request("POST", "/sign-in/email", wrong), flood)...)
	}()
	largest := int64(0)
	var answers []*harness.Answer
	for answers == nil {
		select {
		case answers = <-done:
		case <-time.After(200 * time.Millisecond):
			lively(t, v, "a flood of sign-ins")
			largest = max(largest, s.Usage().Resident)
		}
	}
	looked, away := 0, 0
	for _, a := range answers {
		switch a.Status {
		case http.StatusUnauthorized:
			looked++
		case http.StatusServiceUnavailable, http.StatusTooManyRequests:
			away++
			if a.Header.Get("Retry-After") == "" && a.Header.Get("X-Retry-After") == "" {
				t.Errorf("%d without Retry-After", a.Status)
			}
		default:
			t.Errorf("%d %s", a.Status, a.Body)
		}
	}
	t.Logf("%d of %d were looked at, %d sent away; %d MiB at most", looked, flood, away, largest>>20)
	if looked == 0 || away == 0 {
		t.Errorf("%d of %d were looked at and %d sent away: the bound is not seen", looked, flood, away)
	}
	if largest > most {
		t.Errorf("%d MiB of memory", largest>>20)
	}
	s.SignUp(s.Address("later"))
}

func missingBodies(t *testing.T, shared *harness.Site) {
	s := shared.Own(nil)
	v := s.SignUp(s.Address("victim"))
	for range 200 {
		c := s.Dial()
		_, _ = c.Write([]byte("POST /api/auth/sign-in/email HTTP/1.1\r\nHost: auth.test\r\nOrigin: " + s.Origin +
			"\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{\"email\":\""))
	}
	for range 5 {
		lively(t, v, "200 bodies that do not come")
	}
	if now := s.Usage().Resident; now > most {
		t.Errorf("%d MiB of memory", now>>20)
	}
}
