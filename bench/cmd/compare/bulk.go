package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/db/sqlite"
)

// perUser is how many sessions a user has.
const perUser = 3

// bulk is a database that is filled without the library's writes: users without
// accounts, but for one who can sign in, and sessions whose tokens are known.
type bulk struct {
	sessions int
	hash     string // of the password of the one
	sign     func(token string) string
	now      time.Time
}

var (
	userColumns    = []string{"id", "name", "email", "emailVerified", "createdAt", "updatedAt"}
	sessionColumns = []string{"id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId"}
	accountColumns = []string{"id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt"}
)

// prepareBulk makes the tables, and what a bulk needs.
func prepareBulk(ctx context.Context, adapter db.Adapter, sessions int) (*bulk, error) {
	auth, hash, err := install(ctx, adapter)
	if err != nil {
		return nil, err
	}
	b := &bulk{sessions, hash, auth.Kernel().Secrets().Sign, time.Now().UTC().Truncate(time.Millisecond)}
	return b, auth.Close(ctx)
}

// text is the n-th id or token of a kind. Like those of the reference they have
// 32 characters in no order, which is what indexes have to cope with.
func (b *bulk) text(kind string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, n))
	return hex.EncodeToString(sum[:16])
}

func (b *bulk) users() int { return max(1, b.sessions/perUser) }

func (b *bulk) user(n int) []any {
	return []any{b.text("user", n), fmt.Sprintf("User %d", n), fmt.Sprintf("u%d@bench.test", n), false, b.now, b.now}
}

func (b *bulk) session(n int) []any {
	return []any{b.text("session", n), b.now.Add(7 * 24 * time.Hour), b.text("token", n), b.now, b.now, "127.0.0.1", agent,
		b.text("user", n%b.users())}
}

func (b *bulk) account() []any {
	id := b.text("user", 0)
	return []any{b.text("account", 0), id, "credential", id, b.hash, b.now, b.now}
}

// cookies are those of some sessions, spread over all.
func (b *bulk) cookies() []string {
	const most = 50_000
	cookies := make([]string, min(most, b.sessions))
	for i := range cookies {
		n := i * (b.sessions / len(cookies))
		cookies[i] = "better-auth.session_token=" + url.QueryEscape(b.sign(b.text("token", n)))
	}
	return cookies
}

// bulkPostgres fills an empty database, and brings what is known of it up to
// date as autovacuum would in time.
func bulkPostgres(ctx context.Context, source string, sessions int) (cookies []string, err error) {
	pool, err := pgxpool.New(ctx, source)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	b, err := prepareBulk(ctx, postgres.New(pool), sessions)
	if err != nil {
		return nil, err
	}
	for _, table := range []struct {
		name    string
		columns []string
		n       int
		row     func(int) []any
	}{
		{"user", userColumns, b.users(), b.user},
		{"account", accountColumns, 1, func(int) []any { return b.account() }},
		{"session", sessionColumns, sessions, b.session},
	} {
		rows := pgx.CopyFromSlice(table.n, func(n int) ([]any, error) { return table.row(n), nil })
		if _, err := pool.CopyFrom(ctx, pgx.Identifier{table.name}, table.columns, rows); err != nil {
			return nil, err
		}
	}
	_, err = pool.Exec(ctx, "VACUUM ANALYZE")
	return b.cookies(), err
}

// bulkSQLite fills a new file.
func bulkSQLite(ctx context.Context, path string, sessions int) (cookies []string, err error) {
	adapter, err := sqlite.Open(path, sqlite.Options{Relaxed: true})
	if err != nil {
		return nil, err
	}
	b, err := prepareBulk(ctx, adapter, sessions)
	if err = errors.Join(err, adapter.Close()); err != nil {
		return nil, err
	}
	handle, err := sql.Open("sqlite", path)
	if err != nil {
		return nil, err
	}
	defer handle.Close()
	tx, err := handle.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	if err := insertSQLite(ctx, tx, "user", userColumns, b.users(), b.user); err != nil {
		return nil, err
	}
	if err := insertSQLite(ctx, tx, "account", accountColumns, 1, func(int) []any { return b.account() }); err != nil {
		return nil, err
	}
	if err := insertSQLite(ctx, tx, "session", sessionColumns, sessions, b.session); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	_, err = handle.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return b.cookies(), err
}

func insertSQLite(ctx context.Context, tx *sql.Tx, table string, columns []string, n int, row func(int) []any) error {
	names, places := "", ""
	for i, c := range columns {
		if i > 0 {
			names, places = names+", ", places+", "
		}
		names, places = names+`"`+c+`"`, places+"?"
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO "`+table+`" (`+names+`) VALUES (`+places+`)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i := range n {
		values := row(i)
		for j, v := range values {
			if at, ok := v.(time.Time); ok { // as the reference writes times there
				values[j] = at.Format("2006-01-02T15:04:05.000Z")
			}
		}
		if _, err := insert.ExecContext(ctx, values...); err != nil {
			return err
		}
	}
	return nil
}
