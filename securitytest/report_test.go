package securitytest_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// tally counts rows, and the times they were played.
type tally struct {
	rows, passed, failed, na, skipped, leftOut, unplayed int
	played                                               int
}

func (l *tally) add(m tally) {
	l.rows += m.rows
	l.passed += m.passed
	l.failed += m.failed
	l.na += m.na
	l.skipped += m.skipped
	l.leftOut += m.leftOut
	l.unplayed += m.unplayed
	l.played += m.played
}

// report writes the suite's last lines. It returns false if a row was not
// played although nothing said so; with a selection that is what was asked
// for.
func report(w io.Writer, sections []section, selected bool) bool {
	var all tally
	reasons := map[string][]string{} // rows by why they do not apply
	var order []string
	fmt.Fprintf(w, "\nThe catalogue: %-44s rows passed failed not-applicable   played\n", "")
	for _, c := range sections {
		l := c.count()
		all.add(l)
		fmt.Fprintf(w, "  %-2s %-54s %4d %6d %6d %14d %8d%s\n", c.id, c.title, l.rows, l.passed, l.failed, l.na, l.played, l.remark())
		for _, r := range c.rows {
			if r.na == "" {
				continue
			}
			if reasons[r.na] == nil {
				order = append(order, r.na)
			}
			reasons[r.na] = append(reasons[r.na], r.id)
		}
	}
	fmt.Fprintf(w, "  %-57s %4d %6d %6d %14d %8d%s\n", "all", all.rows, all.passed, all.failed, all.na, all.played, all.remark())
	for _, reason := range order {
		fmt.Fprintf(w, "  not applicable, %s: %s\n", reason, spans(reasons[reason]))
	}
	return all.unplayed == 0 || selected
}

func (c section) count() tally {
	outcomes.mu.Lock()
	defer outcomes.mu.Unlock()
	l := tally{rows: len(c.rows)}
	for _, r := range c.rows {
		o := outcomes.of(r.id)
		l.played += o.passed + o.failed
		if r.by != "" {
			o = outcomes.all(strings.Fields(r.by))
		}
		switch {
		case r.na != "":
			l.na++
		case o.failed > 0:
			l.failed++
		case o.passed > 0:
			l.passed++
			if o.skipped > 0 {
				l.skipped++
			}
		case o.leftOut:
			l.leftOut++
		case o.skipped > 0:
			l.skipped++
		default:
			l.unplayed++
		}
	}
	return l
}

func (l tally) remark() string {
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{l.skipped, "not in all profiles, for want of a server"}, {l.leftOut, "left out by -short"}, {l.unplayed, "not played"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if parts == nil {
		return ""
	}
	return "   (" + strings.Join(parts, ", ") + ")"
}

// spans writes ids of one section that follow each other as a span.
func spans(ids []string) string {
	var parts []string
	for len(ids) > 0 {
		n := 1
		for n < len(ids) && follows(ids[n-1], ids[n]) {
			n++
		}
		if n > 2 {
			parts = append(parts, ids[0]+" to "+ids[n-1])
		} else {
			parts = append(parts, ids[:n]...)
		}
		ids = ids[n:]
	}
	return strings.Join(parts, ", ")
}

func follows(a, b string) bool {
	var x, y int
	aName, aNumber, _ := strings.Cut(a, "-")
	bName, bNumber, _ := strings.Cut(b, "-")
	_, err1 := fmt.Sscan(strings.TrimLeft(aNumber, "0"), &x)
	_, err2 := fmt.Sscan(strings.TrimLeft(bNumber, "0"), &y)
	return aName == bName && err1 == nil && err2 == nil && y == x+1
}

// TestTables proves that every row is either played or says why not, and
// stands in the catalogue once.
func TestTables(t *testing.T) {
	var seen []string
	for _, c := range sections() {
		for _, r := range c.rows {
			given := 0
			for _, is := range []bool{r.test != nil, r.na != "", r.by != ""} {
				if is {
					given++
				}
			}
			if given != 1 {
				t.Errorf("%s needs one of a test, a reason, and rows that hold it", r.id)
			}
			if r.what == "" {
				t.Errorf("%s does not say what holds", r.id)
			}
			if slices.Contains(seen, r.id) {
				t.Errorf("%s stands in the tables twice", r.id)
			}
			seen = append(seen, r.id)
		}
	}
	for _, c := range sections() {
		for _, r := range c.rows {
			for id := range strings.FieldsSeq(r.by) {
				if !slices.Contains(seen, id) {
					t.Errorf("%s is said to be held by %s, which is not there", r.id, id)
				}
			}
		}
	}
}
