package core_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/outbox"
)

// receiver notes what it is sent, and refuses as often as it is told to.
type receiver struct {
	mu       sync.Mutex
	refuses  int
	messages []core.Message
	at       []time.Time
}

var errRefused = errors.New("the receiver refuses")

func (r *receiver) deliver(_ context.Context, m *core.Message) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages, r.at = append(r.messages, *m), append(r.at, time.Now())
	if r.refuses > 0 {
		r.refuses--
		return errRefused
	}
	return nil
}

func (r *receiver) ids() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	ids := make([]string, len(r.messages))
	for i, m := range r.messages {
		ids[i] = m.ID
	}
	return ids
}

// keeping makes an instance with an outbox over an engine.
func keeping(t *testing.T, engine db.Adapter, r *receiver) *site {
	t.Helper()
	return newSite(t, nil, func(o *core.Options) {
		o.Now, o.Database, o.Deliver, o.Outbox.Enabled = nil, engine, r.deliver, true
	})
}

func waiting(t *testing.T, s *site) int64 {
	t.Helper()
	n, err := s.Adapter().Count(t.Context(), &db.Selection{Table: s.Schema().Table("outbox")})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func hello(id string) *core.Message {
	return &core.Message{Type: "hello", To: "ada@example.com", Token: "t0k3n", ID: id, Data: json.RawMessage(`{"a":1}`)}
}

var errUndone = errors.New("undone")

func TestOutboxFollowsTheTransaction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		s := keeping(t, memory.New(), r)
		send := func(id string, result error) error {
			return newContext(t, s).Transaction(func(c *core.Context) error {
				c.Deliver(hello(id))
				return result
			})
		}
		if err := send("undone", errUndone); !errors.Is(err, errUndone) {
			t.Error(err)
		}
		if err := send("done", nil); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if diff := cmp.Diff([]string{"done"}, r.ids()); diff != "" {
			t.Error(diff)
		}
		if n := waiting(t, s); n != 0 {
			t.Errorf("%d messages are left in the outbox", n)
		}
	})
}

// failing refuses to keep messages.
type failing struct{ db.Adapter }

func (a failing) Transaction(ctx context.Context, fn func(db.Executor) error) error {
	return a.Adapter.Transaction(ctx, func(x db.Executor) error { return fn(failingTx{x}) })
}

func (a failing) Insert(ctx context.Context, s *db.Insertion) (string, bool, error) {
	return failingTx{a.Adapter}.Insert(ctx, s)
}

type failingTx struct{ db.Executor }

func (x failingTx) Insert(ctx context.Context, s *db.Insertion) (string, bool, error) {
	if s.Table.Name == "outbox" {
		return "", false, db.ErrUnavailable
	}
	return x.Executor.Insert(ctx, s)
}

// A change is not committed where its message cannot be kept; outside of
// transactions a message that cannot be kept is sent all the same.
func TestOutboxThatCannotKeep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		s := keeping(t, failing{memory.New()}, r)
		err := newContext(t, s).Transaction(func(c *core.Context) error {
			c.Deliver(hello("a"))
			return c.Users().Create(&core.User{Email: "ada@example.com", Name: "Ada"})
		})
		if !errors.Is(err, db.ErrUnavailable) {
			t.Errorf("the transaction ended with %v", err)
		}
		if _, err := newContext(t, s).Users().ByEmail("ada@example.com"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("the user is there: %v", err)
		}
		newContext(t, s).Deliver(hello("b"))
		synctest.Wait()
		if diff := cmp.Diff([]string{"b"}, r.ids()); diff != "" {
			t.Error(diff)
		}
	})
}

// An instance that dies after its commit leaves the message to others, with
// all that it holds.
func TestOutboxSurvivesACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		engine, dead, r := memory.New(), &receiver{}, &receiver{}
		first := keeping(t, engine, dead)
		c := newContext(t, first)
		u := &core.User{Email: "ada@example.com", Name: "Ada"}
		if err := c.Users().Create(u); err != nil {
			t.Fatal(err)
		}
		if err := first.Close(t.Context()); err != nil { // nothing is sent from here on
			t.Fatal(err)
		}
		m := hello("m1")
		m.User = u
		if err := c.Transaction(func(c *core.Context) error { c.Deliver(m); return nil }); err != nil {
			t.Fatal(err)
		}
		second := keeping(t, engine, r)
		second.Start()
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if len(dead.ids()) != 0 || !slices.Equal(r.ids(), []string{"m1"}) {
			t.Fatalf("sent %q before and %q after the crash", dead.ids(), r.ids())
		}
		got := r.messages[0]
		if got.User == nil || got.User.Email != u.Email {
			t.Errorf("the message is for %v", got.User)
		}
		got.User, m.User = nil, nil
		if diff := cmp.Diff(*m, got); diff != "" {
			t.Error(diff)
		}
		if n := waiting(t, second); n != 0 {
			t.Errorf("%d messages are left in the outbox", n)
		}
	})
}

// An instance that dies while it sends holds the message for as long as its
// lease, no longer.
func TestOutboxLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		engine, r := memory.New(), &receiver{}
		first := keeping(t, engine, &receiver{})
		if err := first.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := newContext(t, first).Transaction(func(c *core.Context) error { c.Deliver(hello("m1")); return nil }); err != nil {
			t.Fatal(err)
		}
		table := outbox.NewTable()
		entries, err := table.Due(t.Context(), engine, time.Now(), 10)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%d entries: %v", len(entries), err)
		}
		if strings.Contains(entries[0].Payload, "t0k3n") {
			t.Error("the token can be read in the database")
		}
		late := *entries[0]
		for _, c := range []struct {
			e    *outbox.Entry
			want bool
		}{{entries[0], true}, {&late, false}} {
			if mine, err := table.Claim(t.Context(), engine, c.e, time.Now().Add(time.Minute)); mine != c.want || err != nil {
				t.Fatalf("claimed: %v, %v; want %v", mine, err, c.want)
			}
		}
		second := keeping(t, engine, r)
		second.Start()
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if len(r.ids()) != 0 {
			t.Error("a message was sent that another instance had claimed")
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if diff := cmp.Diff([]string{"m1"}, r.ids()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestOutboxTriesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{refuses: 3}
		s := keeping(t, memory.New(), r)
		s.Start()
		newContext(t, s).Deliver(hello("m1"))
		time.Sleep(3 * time.Minute)
		synctest.Wait()
		if diff := cmp.Diff([]string{"m1", "m1", "m1", "m1"}, r.ids()); diff != "" {
			t.Fatal(diff)
		}
		for i, wait := range []time.Duration{5, 10, 20} {
			wait *= time.Second
			if took := r.at[i+1].Sub(r.at[i]); took < wait || took > wait+6*time.Second {
				t.Errorf("pause %d was %v, want about %v", i, took, wait)
			}
		}
		if n := waiting(t, s); n != 0 {
			t.Errorf("%d messages are left in the outbox", n)
		}
		r.refuses = 1 << 30
		newContext(t, s).Deliver(hello("m2"))
		time.Sleep(25 * time.Hour)
		synctest.Wait()
		if n := waiting(t, s); n != 0 || !strings.Contains(s.log.String(), "message m2 was given up") {
			t.Errorf("%d messages are left after a day", n)
		}
	})
}

// What a message needs in storage, and the message, are there or not
// together.
func TestOutboxOfMadeMessages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		s := keeping(t, failing{memory.New()}, r)
		newContext(t, s).DeliverMade("hello", func(c *core.Context) (*core.Message, error) {
			_, err := c.Verifications().Create("token", "x", time.Hour)
			return hello(""), err
		})
		synctest.Wait()
		if _, err := newContext(t, s).Verifications().Find("token"); !errors.Is(err, db.ErrNotFound) || len(r.ids()) != 0 {
			t.Errorf("the token of a message that was not kept: %v; sent %q", err, r.ids())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{}
		s := keeping(t, memory.New(), r)
		newContext(t, s).DeliverMade("hello", func(c *core.Context) (*core.Message, error) {
			_, err := c.Verifications().Create("token", "x", time.Hour)
			return hello(""), err
		})
		synctest.Wait()
		if ids := r.ids(); len(ids) != 1 || ids[0] == "" {
			t.Errorf("sent %q", ids)
		}
	})
}
