package harness

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"
	"github.com/redis/rueidis"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Store reads an instance's storage behind its back. One of a profile that
// keeps everything in the process reads nothing.
type Store struct {
	DB *sql.DB // nil: rows are out of reach

	postgres bool
	redis    rueidis.Client // nil: no secondary storage
	prefix   string         // of its keys
}

// Rows returns all rows and keys that hold one of the texts, in order.
// Counters of rate limits are left out: refusals count.
func (s *Store) Rows(t testing.TB, about ...string) []string {
	t.Helper()
	rows := []string{}
	for _, table := range s.tables(t) {
		if table != "rateLimit" {
			rows = append(rows, s.table(t, table)...)
		}
	}
	rows = append(rows, s.keys(t.Context())...)
	rows = slices.DeleteFunc(rows, func(row string) bool {
		return !slices.ContainsFunc(about, func(text string) bool { return strings.Contains(row, text) })
	})
	slices.Sort(rows)
	return rows
}

func (s *Store) tables(t testing.TB) []string {
	t.Helper()
	if s.DB == nil {
		return nil
	}
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	if s.postgres {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	return s.Column(t, query)
}

// Column returns the first column of a query, as text.
func (s *Store) Column(t testing.TB, query string, args ...any) []string {
	t.Helper()
	rows, err := s.DB.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var texts []string
	for rows.Next() {
		var text sql.NullString
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, text.String)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}

// Exec changes storage behind the instance's back.
func (s *Store) Exec(t testing.TB, statement string, args ...any) {
	t.Helper()
	if _, err := s.DB.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func (s *Store) table(t testing.TB, name string) []string {
	t.Helper()
	rows, err := s.DB.QueryContext(t.Context(), `SELECT * FROM "`+name+`"`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for rows.Next() {
		values, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			targets[i] = &values[i]
		}
		if err := rows.Scan(targets...); err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		text.WriteString(name + ":")
		for i, column := range columns {
			if raw, ok := values[i].([]byte); ok {
				values[i] = string(raw)
			}
			fmt.Fprintf(&text, " %s=%v", column, values[i])
		}
		texts = append(texts, text.String())
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return texts
}

func (s *Store) keys(ctx context.Context) []string {
	var texts []string
	for _, key := range s.names(ctx) {
		value, err := s.redis.Do(ctx, s.redis.B().Get().Key(key).Build()).ToString()
		// It may have expired, or hold something else than text. An empty list is as
		// good as none, and expires soon.
		if err == nil && value != "[]" {
			texts = append(texts, "key: "+strings.TrimPrefix(key, s.prefix)+" "+value)
		}
	}
	return texts
}

// names returns the keys in secondary storage; none if it does not answer.
func (s *Store) names(ctx context.Context) []string {
	if s.redis == nil {
		return nil
	}
	var names []string
	for cursor := uint64(0); ; {
		page, err := s.redis.Do(ctx, s.redis.B().Scan().Cursor(cursor).Match(s.prefix+"*").Count(1000).Build()).AsScanEntry()
		names = append(names, page.Elements...)
		if cursor = page.Cursor; cursor == 0 || err != nil {
			return names
		}
	}
}

// Age makes all sessions of a user older: what a clock that is put forward
// would do to them. Rows only.
func (s *Store) Age(t testing.TB, userID string, by time.Duration) {
	t.Helper()
	for _, column := range []string{"createdAt", "updatedAt", "expiresAt"} {
		s.shift(t, "session", column, "userId", userID, by)
	}
}

// Expire makes what was stored under a verification's identifier older.
func (s *Store) Expire(t testing.TB, identifier string, by time.Duration) {
	t.Helper()
	s.shift(t, "verification", "expiresAt", "identifier", identifier, by)
}

// shift moves an instant of rows into the past.
func (s *Store) shift(t testing.TB, table, column, key, value string, by time.Duration) {
	t.Helper()
	if s.postgres {
		s.Exec(t, fmt.Sprintf(`UPDATE %q SET %[2]q = %[2]q - make_interval(secs => $1) WHERE %[3]q = $2`, table, column, key), by.Seconds(), value)
		return
	}
	// Instants are text in the form of JavaScript's toISOString.
	s.Exec(t, fmt.Sprintf(`UPDATE %q SET %[2]q = strftime('%%Y-%%m-%%dT%%H:%%M:%%fZ', %[2]q, ?) WHERE %[3]q = ?`, table, column, key),
		fmt.Sprintf("-%.3f seconds", by.Seconds()), value)
}
