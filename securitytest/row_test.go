package securitytest_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// row is a line of the catalogue.
type row struct {
	id     string
	refs   string // advisories, the best known first
	core   bool   // published as high or critical, or Better Auth's own
	what   string // holds if the test passes
	in     []harness.Profile
	config harness.JSON // changes to the site
	test   func(t *testing.T, s *harness.Site)
	na     string // why the row does not apply; then there is no test
	by     string // rows that hold this one too, in place of a test
}

// section is a table of rows, and why all of them do not apply, if so.
type section struct {
	id, title string
	rows      []row
}

// Where rows run. The nil slice is the default profile only.
var (
	everywhere = append(harness.Profiles(), harness.Stateless)
	// revoking: where sessions are kept, and so can be ended.
	revoking = harness.Profiles()
	// readable: all whose rows can be read and aged behind the server's back.
	readable = []harness.Profile{harness.SQLite, harness.Postgres, harness.Redis, harness.RedisDatabase, harness.CookieCache, harness.ReadCache, harness.DynamicURL}
	// stored: one for each kind of storage.
	stored = []harness.Profile{harness.SQLite, harness.Postgres, harness.Redis}
)

// name is the row's in tests: its id and the first advisory.
func (r *row) name() string {
	first, _, _ := strings.Cut(r.refs, " ")
	if first == "" {
		return r.id
	}
	return r.id + "_" + first
}

// run plays a section's rows.
func run(t *testing.T, c section) {
	lab := harness.NewLab(t, server)
	for i := range c.rows {
		r := &c.rows[i]
		profiles := r.in
		switch {
		case profiles == nil:
			profiles = []harness.Profile{harness.SQLite}
		case testing.Short():
			profiles = profiles[:1]
		}
		switch {
		case r.na != "" || r.by != "":
			continue
		case testing.Short() && !r.core:
			outcomes.leaveOut(r.id)
			continue
		}
		t.Run(r.name(), func(t *testing.T) {
			for _, p := range profiles {
				t.Run(p.Name, func(t *testing.T) {
					t.Parallel()
					t.Cleanup(func() { outcomes.add(r.id, t) })
					r.test(t, lab.Site(t, p, r.config))
				})
			}
		})
	}
}

// outcome is what became of a row.
type outcome struct {
	passed, failed, skipped int // times it was played
	leftOut                 bool
}

type results struct {
	mu  sync.Mutex
	row map[string]*outcome
}

var outcomes = &results{row: map[string]*outcome{}}

func (r *results) of(id string) *outcome {
	if r.row[id] == nil {
		r.row[id] = &outcome{}
	}
	return r.row[id]
}

// all is what became of several rows: failed where one did, played where all
// were.
func (r *results) all(ids []string) *outcome {
	sum := &outcome{passed: 1}
	for _, id := range ids {
		o := r.of(id)
		if o.passed == 0 {
			sum.passed = 0
		}
		sum.failed += o.failed
		sum.skipped += o.skipped
		sum.leftOut = sum.leftOut || o.leftOut
	}
	return sum
}

func (r *results) add(id string, t *testing.T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch o := r.of(id); {
	case t.Failed():
		o.failed++
	case t.Skipped():
		o.skipped++
	default:
		o.passed++
	}
}

func (r *results) leaveOut(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of(id).leftOut = true
}
