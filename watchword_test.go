package watchword_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/flow/emailpassword"
)

const testSecret = "a secret of this test, and of nothing else"

// build returns an instance on an engine of its own, with changed options.
func build(t *testing.T, change func(*watchword.Options)) *watchword.Auth {
	t.Helper()
	o := watchword.Options{Secret: testSecret, BaseURL: "http://localhost:3000", Database: memory.New(),
		EmailAndPassword: watchword.EmailAndPassword{Enabled: true}}
	if change != nil {
		change(&o)
	}
	auth, err := watchword.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = auth.Close(context.Background()) })
	if _, err := auth.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return auth
}

// signUp signs a user up and returns a request with the user's cookies.
func signUp(t *testing.T, in watchword.Instance, email string) *http.Request {
	t.Helper()
	var reply watchword.Reply
	_, err := watchword.Invoke(t.Context(), in, emailpassword.SignUp,
		&emailpassword.SignUpInput{Name: "Ada", Email: email, Password: "correct horse"}, watchword.Call{Reply: &reply})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/account", strings.NewReader("the application's own"))
	for _, line := range reply.Header.Values("Set-Cookie") {
		cookie, _, _ := strings.Cut(line, ";")
		r.Header.Add("Cookie", cookie)
	}
	return r
}

func TestSession(t *testing.T) {
	t.Parallel()
	auth := build(t, nil)
	r := signUp(t, auth, "ada@example.com")
	current, err := auth.Session(r)
	if err != nil || current == nil || current.User.Email != "ada@example.com" {
		t.Fatalf("got %+v, %v", current, err)
	}
	for name, cookie := range map[string]string{"none": "", "forged": "better-auth.session_token=abc.def", "unsigned": "better-auth.session_token=" + current.Session.Token} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", cookie)
		if current, err := auth.Session(r); current != nil || err != nil {
			t.Errorf("%s: got %+v, %v", name, current, err)
		}
	}
}

// TestSessionChangesNothing proves that looking does not prolong a session,
// and that RequireSession does, with its cookie.
func TestSessionChangesNothing(t *testing.T) {
	t.Parallel()
	now, always := time.Now(), time.Duration(0)
	auth := build(t, func(o *watchword.Options) {
		o.Now, o.Session.UpdateAge = func() time.Time { return now }, &always
	})
	r := signUp(t, auth, "ada@example.com")
	first, err := auth.Session(r)
	if err != nil || first == nil {
		t.Fatal(first, err)
	}
	now = now.Add(time.Hour)
	again, err := auth.Session(r)
	if err != nil || !again.Session.ExpiresAt.Equal(first.Session.ExpiresAt) {
		t.Errorf("prolonged by looking: %v", err)
	}
	w := httptest.NewRecorder()
	var seen *watchword.Current
	auth.RequireSession(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = watchword.SessionFrom(r.Context())
	})).ServeHTTP(w, r)
	if seen == nil || seen.Session.ExpiresAt.Sub(first.Session.ExpiresAt) != time.Hour {
		t.Errorf("not prolonged: %+v", seen)
	}
	if got := w.Header().Get("Set-Cookie"); !strings.Contains(got, "better-auth.session_token=") {
		t.Errorf("cookie %q", got)
	}
}

func TestRequireSessionRefuses(t *testing.T) {
	t.Parallel()
	auth := build(t, nil)
	w := httptest.NewRecorder()
	auth.RequireSession(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the handler ran")
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	want := `{"message":"Unauthorized","code":"UNAUTHORIZED"}`
	if w.Code != 401 || w.Body.String() != want || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%d %s %s", w.Code, w.Header(), w.Body)
	}
	if watchword.SessionFrom(t.Context()) != nil {
		t.Error("a session out of nothing")
	}
}

// prover is a plugin that proves sessions by a header.
type prover struct{ current *watchword.Current }

func (*prover) ID() string { return "prover" }
func (p *prover) Register(r *watchword.Registrar) error {
	r.Before(core.EveryPath, func(c *core.Context) (*core.Response, error) {
		if c.Header("X-Proof") == "good" {
			c.UseSession(p.current)
		}
		return nil, nil
	})
	return nil
}

func TestSessionAsksPlugins(t *testing.T) {
	t.Parallel()
	p := &prover{&watchword.Current{Session: &watchword.Session{}, User: &watchword.User{ID: "u1"}}}
	auth := build(t, func(o *watchword.Options) { o.Plugins = []watchword.Plugin{p} })
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if current, err := auth.Session(r); current != nil || err != nil {
		t.Errorf("without proof: %+v, %v", current, err)
	}
	r.Header.Set("X-Proof", "good")
	if current, err := auth.Session(r); err != nil || current != p.current {
		t.Errorf("with proof: %+v, %v", current, err)
	}
}

func TestNewNamesTheOption(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		o    watchword.Options
		want string
	}{
		{"no database", watchword.Options{Secret: "x"}, "Options.Database"},
		{"no secret", watchword.Options{Database: memory.New()}, "Options.Secret"},
		{"a weak secret", watchword.Options{Database: memory.New(), Secret: "x", Production: true}, "Options.Secret"},
		{"a plugin twice", watchword.Options{Database: memory.New(), Secret: "x", Plugins: []watchword.Plugin{&prover{}, &prover{}}}, `"prover"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := watchword.New(tt.o); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestSchemaNeedsNothing(t *testing.T) {
	t.Parallel()
	schema, err := watchword.Schema(watchword.Options{Production: true, Plugins: []watchword.Plugin{watchword.DatabaseRateLimit{}}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, table := range schema.Tables {
		names = append(names, table.Name)
	}
	if diff := cmp.Diff([]string{"user", "session", "account", "verification", "rateLimit"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "auth.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	auth, err := watchword.New(watchword.Options{Secret: testSecret, Database: store})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = auth.Close(context.Background()) })
	steps := func(plan *db.Plan, err error) int {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return len(plan.Steps)
	}
	before := steps(auth.Plan(t.Context()))
	done := steps(auth.Migrate(t.Context()))
	after, again := steps(auth.Plan(t.Context())), steps(auth.Migrate(t.Context()))
	if before == 0 || done != before || after != 0 || again != 0 {
		t.Errorf("%d pending, %d done, %d pending after, %d done again", before, done, after, again)
	}
}

// TestDatabaseRateLimit proves that two instances on one database share counts.
func TestDatabaseRateLimit(t *testing.T) {
	t.Parallel()
	store, on := memory.New(), true
	share := func(o *watchword.Options) {
		o.Database, o.Plugins = store, []watchword.Plugin{watchword.DatabaseRateLimit{}}
		o.RateLimit = watchword.RateLimit{Enabled: &on, Max: 2}
	}
	instances := []*watchword.Auth{build(t, share), build(t, share)}
	var got []int
	for i := range 4 {
		w := httptest.NewRecorder()
		instances[i%2].ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/auth/ok", nil))
		got = append(got, w.Code)
	}
	if diff := cmp.Diff([]int{200, 200, 429, 429}, got); diff != "" {
		t.Error(diff)
	}
}

// ledger is an application that keeps a row of its own for each user.
type ledger struct {
	auth     *watchword.Auth
	store    *sqlite.Adapter
	handle   *sql.DB
	messages chan string
	created  chan string
}

func newLedger(t *testing.T) *ledger {
	t.Helper()
	handle, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "app.db")+"?_busy_timeout=5000&_foreign_keys=on&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = handle.Close() })
	handle.SetMaxOpenConns(4)
	l := &ledger{handle: handle, store: sqlite.New(handle), messages: make(chan string, 4), created: make(chan string, 4)}
	send := true
	l.auth = build(t, func(o *watchword.Options) {
		o.Database = l.store
		o.EmailVerification.SendOnSignUp = &send
		o.Deliver = func(_ context.Context, m *watchword.Message) error { l.messages <- m.To; return nil }
		o.DatabaseHooks.User.AfterCreate = func(_ *watchword.Context, u *watchword.User) error { l.created <- u.Email; return nil }
	})
	if _, err := handle.ExecContext(t.Context(), "CREATE TABLE ledger (email TEXT)"); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *ledger) enter(ctx context.Context, t *testing.T, email string, commit bool) {
	t.Helper()
	own, err := l.handle.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = own.Rollback() }()
	tx := l.auth.WithTx(l.store.UseTx(own))
	signUp(t, tx, email)
	if _, err := own.ExecContext(ctx, "INSERT INTO ledger VALUES (?)", email); err != nil {
		t.Fatal(err)
	}
	if len(l.messages)+len(l.created) != 0 {
		t.Error("something happened before the commit")
	}
	if !commit {
		return
	}
	if err := own.Commit(); err != nil {
		t.Fatal(err)
	}
	tx.Committed()
}

func (l *ledger) counts(t *testing.T) (users, entries int) {
	t.Helper()
	row := l.handle.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM user), (SELECT count(*) FROM ledger)`)
	if err := row.Scan(&users, &entries); err != nil {
		t.Fatal(err)
	}
	return users, entries
}

// TestWithTx proves that a user and the application's row come, or do not
// come, together, and that mail and hooks wait for the commit.
func TestWithTx(t *testing.T) {
	t.Parallel()
	l := newLedger(t)
	l.enter(t.Context(), t, "undone@example.com", false)
	if users, entries := l.counts(t); users != 0 || entries != 0 {
		t.Errorf("%d users and %d entries after a rollback", users, entries)
	}
	l.enter(t.Context(), t, "kept@example.com", true)
	if users, entries := l.counts(t); users != 1 || entries != 1 {
		t.Errorf("%d users and %d entries after a commit", users, entries)
	}
	if got := <-l.created; got != "kept@example.com" {
		t.Errorf("the hook ran for %s", got)
	}
	if got := <-l.messages; got != "kept@example.com" {
		t.Errorf("mail went to %s", got)
	}
	if len(l.messages)+len(l.created) != 0 {
		t.Error("something happened for what was undone")
	}
}

func TestInvokeRefusal(t *testing.T) {
	t.Parallel()
	auth := build(t, nil)
	_, err := watchword.Invoke(t.Context(), auth, emailpassword.SignIn,
		&emailpassword.SignInInput{Email: "nobody@example.com", Password: "correct horse"}, watchword.Call{})
	if !errors.Is(err, core.ErrInvalidEmailOrPassword) {
		t.Errorf("got %v", err)
	}
}
