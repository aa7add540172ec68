package dbtest

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
)

var transactionCases = []testCase{
	{"commit", testCommit},
	{"rollback", testRollback},
	{"conflict", testTransactionConflict},
	{"panic", testPanic},
	{"cancel", testTransactionCancel},
	{"isolation", testIsolation},
	{"locked rows", testLock},
}

func (s *slots) keys(t *testing.T, x db.Executor) string {
	t.Helper()
	rows, err := db.All(t.Context(), x, s.Table, db.Query[slot]{Order: []db.Order[slot]{s.id.Asc()}})
	must(t, err)
	var keys strings.Builder
	for _, r := range rows {
		keys.WriteString(r.ID)
	}
	return keys.String()
}

func testCommit(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"), newSlot("b"))
	err := a.Transaction(t.Context(), func(x db.Executor) error {
		mustCreate(t, x, s.Table, newSlot("c"))
		if _, err := db.Update(t.Context(), x, s.Table, []db.Assign[slot]{s.count.To(1)}, s.id.Eq("a")); err != nil {
			return err
		}
		if _, err := db.Delete(t.Context(), x, s.Table, s.id.Eq("b")); err != nil {
			return err
		}
		if inserted, err := db.CreateIfAbsent(t.Context(), x, s.Table, newSlot("c"), s.id); err != nil || inserted {
			t.Errorf("CreateIfAbsent: %v, %v", inserted, err)
		}
		if got := s.keys(t, x); got != "ac" {
			t.Errorf("the transaction sees %q, want its own writes: ac", got)
		}
		return nil
	})
	must(t, err)
	if got := s.keys(t, a); got != "ac" {
		t.Errorf("after commit there are %q, want ac", got)
	}
}

func testRollback(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"), newSlot("b"), newSlot("c"))
	mine := errors.New("mine")
	err := a.Transaction(t.Context(), func(x db.Executor) error {
		mustCreate(t, x, s.Table, newSlot("d"))
		_, err := db.Update(t.Context(), x, s.Table, []db.Assign[slot]{s.count.To(7)})
		must(t, err)
		_, err = db.Take(t.Context(), x, s.Table, s.id.Eq("b"))
		must(t, err)
		_, err = db.Delete(t.Context(), x, s.Table, s.id.Eq("c"))
		must(t, err)
		return mine
	})
	if !errors.Is(err, mine) {
		t.Errorf("Transaction: %v, want fn's own error unchanged", err)
	}
	if got := s.keys(t, a); got != "abc" {
		t.Errorf("after rollback there are %q, want abc", got)
	}
	if n, err := db.Count(t.Context(), a, s.Table, s.count.Eq(7)); err != nil || n != 0 {
		t.Errorf("%d updates survived, %v", n, err)
	}
}

func testTransactionConflict(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"))
	err := a.Transaction(t.Context(), func(x db.Executor) error {
		mustCreate(t, x, s.Table, newSlot("b"))
		return db.Create(t.Context(), x, s.Table, &slot{ID: "a", Code: "code c", Area: "area", Place: "place c"})
	})
	conflictAt(t, err, "slot", "id")
	if got := s.keys(t, a); got != "a" {
		t.Errorf("after a conflict there are %q, want a", got)
	}
	mustCreate(t, a, s.Table, newSlot("c")) // the engine is usable
}

func testPanic(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	func() {
		defer func() {
			if v := recover(); v != "boom" {
				t.Errorf("recovered %v, want the panic to pass through", v)
			}
		}()
		_ = a.Transaction(t.Context(), func(x db.Executor) error {
			mustCreate(t, x, s.Table, newSlot("a"))
			panic("boom")
		})
	}()
	if got := s.keys(t, a); got != "" {
		t.Errorf("after a panic there are %q, want none", got)
	}
	mustCreate(t, a, s.Table, newSlot("b"))
}

// testTransactionCancel ends the context before a statement and before the
// commit, and lets whatever watches the context be faster, or not.
func testTransactionCancel(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	for round := range 40 {
		ctx, cancel := context.WithCancel(t.Context())
		err := a.Transaction(ctx, func(x db.Executor) error {
			if err := db.Create(ctx, x, s.Table, newSlot("a")); err != nil {
				return err
			}
			cancel()
			for range round / 2 * 50 {
				runtime.Gosched()
			}
			if round%2 == 0 {
				return nil
			}
			return db.Create(ctx, x, s.Table, newSlot("b"))
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("round %d: Transaction: %v, want context.Canceled", round, err)
		}
		if got := s.keys(t, a); got != "" {
			t.Fatalf("after a cancel there are %q, want none", got)
		}
	}
}

// testIsolation accepts that a reader waits, but not that it sees what is not
// committed.
func testIsolation(t *testing.T, a db.Adapter) {
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"))
	mine := errors.New("mine")
	err := a.Transaction(t.Context(), func(x db.Executor) error {
		mustCreate(t, x, s.Table, newSlot("b"))
		_, err := db.Update(t.Context(), x, s.Table, []db.Assign[slot]{s.count.To(7)}, s.id.Eq("a"))
		must(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		rows, err := db.All(ctx, a, s.Table, db.Query[slot]{})
		switch {
		case errors.Is(err, context.DeadlineExceeded):
		case err != nil:
			t.Errorf("reading next to a transaction: %v", err)
		case len(rows) != 1 || rows[0].Count != 0:
			t.Errorf("a reader saw what was not committed: %+v", rows)
		}
		return mine
	})
	if !errors.Is(err, mine) {
		t.Errorf("Transaction: %v, want %v", err, mine)
	}
}

func testLock(t *testing.T, a db.Adapter) {
	const callers = 16
	s := newSlots()
	migrate(t, a, s.Def)
	mustCreate(t, a, s.Table, newSlot("a"))
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			err := a.Transaction(t.Context(), func(x db.Executor) error {
				row, err := db.First(t.Context(), x, s.Table, db.Query[slot]{Where: []db.Where[slot]{s.id.Eq("a")}, Lock: true})
				if err != nil {
					return err
				}
				_, err = db.Update(t.Context(), x, s.Table, []db.Assign[slot]{s.count.To(row.Count + 1)}, s.id.Eq("a"))
				return err
			})
			if err != nil {
				t.Errorf("Transaction: %v", err)
			}
		})
	}
	group.Wait()
	got, err := db.One(t.Context(), a, s.Table)
	must(t, err)
	if got.Count != callers {
		t.Errorf("%d of %d additions are left", got.Count, callers)
	}
}
