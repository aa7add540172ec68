package sessioncache_test

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/sessioncache"
)

type row struct{ ID, Text string }

// store is a table in memory, read through a cache.
type store struct {
	*memory.Adapter
	table    *db.Table[row]
	id, text db.Field[row, string]
	cache    *sessioncache.Cache[*row]
	reads    int
}

func newStore(t testing.TB, l sessioncache.Limits[*row]) *store {
	t.Helper()
	s := &store{Adapter: memory.New(),
		id:   db.ID("id", func(r *row) *string { return &r.ID }).PrimaryKey(),
		text: db.Text("text", func(r *row) *string { return &r.Text })}
	s.table = db.NewTable("row", nil, s.id, s.text)
	schema := &db.Schema{Tables: []*db.Def{s.table.Def}}
	if _, err := s.Apply(t.Context(), func(live *db.Live) (*db.Plan, error) { return db.MakePlan(schema, live, db.Memory), nil }); err != nil {
		t.Fatal(err)
	}
	l.Size = func(r *row) int { return len(r.Text) }
	s.cache = sessioncache.New(sessioncache.Options[*row]{Limits: l,
		Watch: func() (db.Watch, error) { return s.Watch(schema.Tables, func(error) {}) }})
	t.Cleanup(func() { _ = s.cache.Close() })
	return s
}

func (s *store) read(t testing.TB, key string) (*row, error) {
	t.Helper()
	return s.cache.Read(t.Context(), key, func() (*row, error) {
		s.reads++
		return db.One(t.Context(), s.Adapter, s.table, s.id.Eq(key))
	})
}

func (s *store) create(t testing.TB, key, text string) {
	t.Helper()
	if err := db.Create(t.Context(), s.Adapter, s.table, &row{key, text}); err != nil {
		t.Fatal(err)
	}
}

// costs returns how many of the keys had to be read from the database.
func (s *store) costs(t testing.TB, keys ...string) int {
	t.Helper()
	before := s.reads
	for _, key := range keys {
		if r, err := s.read(t, key); err != nil || r.ID != key {
			t.Fatalf("%s: %v, %v", key, r, err)
		}
	}
	return s.reads - before
}

func TestValuesStayUntilSomethingIsWritten(t *testing.T) {
	t.Parallel()
	s := newStore(t, sessioncache.Limits[*row]{})
	s.create(t, "a", "text")
	if n := s.costs(t, "a", "a", "a"); n != 1 {
		t.Errorf("%d reads", n)
	}
	if _, err := db.Update(t.Context(), s.Adapter, s.table, []db.Assign[row]{s.text.To("new")}, s.id.Eq("a")); err != nil {
		t.Fatal(err)
	}
	if r, err := s.read(t, "a"); err != nil || r.Text != "new" {
		t.Errorf("%v, %v", r, err)
	}
}

// A key that is not there is asked for each time: who tries random ones must
// not push out those in use.
func TestAbsenceIsNotKept(t *testing.T) {
	t.Parallel()
	s := newStore(t, sessioncache.Limits[*row]{})
	for range 3 {
		if _, err := s.read(t, "a"); !errors.Is(err, db.ErrNotFound) {
			t.Fatal(err)
		}
	}
	if s.reads != 3 {
		t.Errorf("%d reads", s.reads)
	}
}

// A value that was read before a write must not be kept after it, whoever is
// slow.
func TestValueOfAnEarlierState(t *testing.T) {
	t.Parallel()
	s := newStore(t, sessioncache.Limits[*row]{})
	s.create(t, "a", "old")
	_, err := s.cache.Read(t.Context(), "a", func() (*row, error) {
		old, err := db.One(t.Context(), s.Adapter, s.table, s.id.Eq("a"))
		if _, err := db.Update(t.Context(), s.Adapter, s.table, []db.Assign[row]{s.text.To("new")}, s.id.Eq("a")); err != nil {
			return nil, err
		}
		if r, err := s.read(t, "a"); err != nil || r.Text != "new" { // another reader is first
			t.Errorf("%v, %v", r, err)
		}
		return old, err
	})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := s.read(t, "a"); err != nil || r.Text != "new" {
		t.Errorf("%v, %v", r, err)
	}
}

func TestEntriesAreBounded(t *testing.T) {
	t.Parallel()
	s := newStore(t, sessioncache.Limits[*row]{Entries: 10})
	var keys []string
	for i := range 100 {
		keys = append(keys, strconv.Itoa(i))
		s.create(t, keys[i], "text")
	}
	s.costs(t, keys...)
	kept := 0
	for _, key := range slices.Backward(keys) {
		if s.costs(t, key) != 0 {
			break
		}
		kept++
	}
	if kept < 5 || kept > 10 {
		t.Errorf("%d of the last are kept", kept)
	}
}

func TestBytesAreBounded(t *testing.T) {
	t.Parallel()
	s := newStore(t, sessioncache.Limits[*row]{Bytes: 1000})
	s.create(t, "large", string(make([]byte, 600)))
	s.create(t, "small", string(make([]byte, 100)))
	if n := s.costs(t, "large", "large", "small", "small"); n != 3 {
		t.Errorf("%d reads: what takes more than half of the room is not kept, the rest is", n)
	}
}

// What is used stays, whatever else passes through.
func TestWhatIsUsedStays(t *testing.T) {
	t.Parallel()
	s := newStore(t, sessioncache.Limits[*row]{Entries: 10})
	for i := range 200 {
		s.create(t, strconv.Itoa(i), "text")
	}
	s.costs(t, "0")
	for i := 1; i < 200; i++ {
		s.costs(t, strconv.Itoa(i))
		if s.costs(t, "0") != 0 {
			t.Fatalf("read again after %d others", i)
		}
	}
}

func TestClosedCacheReadsThrough(t *testing.T) {
	t.Parallel()
	s := newStore(t, sessioncache.Limits[*row]{})
	s.create(t, "a", "text")
	s.costs(t, "a")
	if err := s.cache.Close(); err != nil {
		t.Fatal(err)
	}
	if n := s.costs(t, "a", "a"); n != 2 {
		t.Errorf("%d reads", n)
	}
	if err := newStore(t, sessioncache.Limits[*row]{}).cache.Close(); err != nil {
		t.Errorf("closed before it was used: %v", err)
	}
}

func TestMemoGoesByKeyAndText(t *testing.T) {
	t.Parallel()
	made := 0
	m := sessioncache.NewMemo(sessioncache.Limits[string]{Size: func(s string) int { return len(s) }})
	of := func(key, text string) string {
		v, ok := m.Of(key, text, func(text string) (string, bool) {
			made++
			return "made of " + text, text != ""
		})
		if ok != (text != "") {
			t.Errorf("%q: %v", text, ok)
		}
		return v
	}
	for range 2 {
		if of("a", "one") != "made of one" || of("b", "one") != "made of one" {
			t.Error("wrong value")
		}
	}
	of("a", "two")
	of("a", "")
	of("a", "")
	if made != 5 {
		t.Errorf("made %d times", made)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t, sessioncache.Limits[*row]{Entries: 8})
	for i := range 20 {
		s.create(t, strconv.Itoa(i), "text")
	}
	var all sync.WaitGroup
	for g := range 4 {
		all.Go(func() {
			for i := range 500 {
				key := strconv.Itoa((i*7 + g) % 20)
				r, err := s.cache.Read(t.Context(), key, func() (*row, error) { return db.One(t.Context(), s.Adapter, s.table, s.id.Eq(key)) })
				if err != nil || r.ID != key {
					t.Errorf("%s: %v, %v", key, r, err)
				}
				if i%50 == 0 {
					_, _ = db.Update(t.Context(), s.Adapter, s.table, []db.Assign[row]{s.text.To(key)}, s.id.Eq(key))
				}
			}
		})
	}
	all.Wait()
}
