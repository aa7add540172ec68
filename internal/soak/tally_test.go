//go:build unix

package soak_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// tally is what a run comes to. Violations are what must not be.
type tally struct {
	mu         sync.Mutex
	requests   int
	slowest    time.Duration
	calls      map[string]int // by path and status
	errors     map[string]int // by kind
	events     map[string]int
	violations []string
	users      []string  // who have a password
	linked     []string  // who came by a link
	signedIn   []*device // whose sessions must be alive in the end
	revoked    []*device // whose sessions must not
	redeemed   []spent   // tokens that were redeemed
}

// spent is a token that was redeemed: again must fail.
type spent struct {
	kind  string
	again func() int
}

func newTally() *tally {
	return &tally{calls: map[string]int{}, errors: map[string]int{}, events: map[string]int{}}
}

// answered counts a request; status 0 is a connection that broke.
func (l *tally) answered(path string, status int, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.requests++
	l.slowest = max(l.slowest, took)
	l.calls[fmt.Sprintf("%s %d", path, status)]++
	switch {
	case status == 0:
		l.errors["connection broken"]++
	case status == 502:
		l.errors["502, no instance or it died"]++
	case status == 500: // a loss of servers that was not recognized as one
		l.violations = append(l.violations, "500 from "+path)
	case status >= 500:
		l.errors[fmt.Sprint(status)]++
	}
}

func (l *tally) note(what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events[what]++
}

func (l *tally) violate(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.violations = append(l.violations, fmt.Sprintf(format, args...))
}

// add appends to one of the tally's lists.
func add[T any](l *tally, to *[]T, v T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	*to = append(*to, v)
}

func (l *tally) report(t *testing.T, c *chaos, took time.Duration) {
	s := c.site
	t.Logf("%d requests in %v, the slowest took %v", l.requests, took.Round(time.Second), l.slowest.Round(time.Millisecond))
	t.Logf("%d users, %d sessions revoked, %d sessions kept, %d tokens redeemed, %d mails of which %d came again",
		len(l.users)+len(l.linked), len(l.revoked), len(l.signedIn), len(l.redeemed), len(s.mail.seen), s.mail.repeats)
	for _, part := range []struct {
		title  string
		counts map[string]int
	}{{"what was done to it:", c.events}, {"errors by kind:", l.errors}, {"seen:", l.events}, {"calls:", l.calls}} {
		t.Log(part.title)
		for _, name := range sorted(part.counts) {
			t.Logf("  %-46s %d", name, part.counts[name])
		}
	}
	t.Logf("%d violations", len(l.violations))
	for _, v := range l.violations {
		t.Error(v)
	}
	if len(l.users) == 0 || len(l.linked) == 0 || l.events["bursts against a limit"] == 0 {
		t.Error("nothing was proven: no user, no link or no burst")
	}
	if t.Failed() {
		text, _ := os.ReadFile(s.log)
		t.Logf("the instances' log ends with:\n%s", text[max(0, len(text)-10_000):])
	}
}

func sorted(counts map[string]int) []string {
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, strings.Compare)
	return names
}
