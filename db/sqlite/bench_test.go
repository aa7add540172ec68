package sqlite_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// BenchmarkJoinedRead is the storage part of get-session. Bare is the same
// statement and columns, prepared and scanned by hand with the same driver.
func BenchmarkJoinedRead(b *testing.B) {
	b.Run("adapter", func(b *testing.B) {
		a, tab, _ := fresh(b)
		ctx := b.Context()
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := db.OneJoined(ctx, a, tab.link, tab.token.Eq("token-1")); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		_, _, path := fresh(b)
		read := bareRead(b, bare(b, path))
		b.ReportAllocs()
		for b.Loop() {
			read(b.Context())
		}
	})
}

func bareRead(tb testing.TB, handle *sql.DB) func(context.Context) {
	stmt, err := handle.Prepare(`SELECT s.id, s.expiresAt, s.token, s.createdAt, s.updatedAt, s.ipAddress, s.userAgent, s.userId,
		u.id, u.name, u.email, u.emailVerified, u.image, u.createdAt, u.updatedAt
		FROM session s JOIN user u ON u.id = s.userId WHERE s.token = ? LIMIT 1`)
	if err != nil {
		tb.Fatal(err)
	}
	return func(ctx context.Context) {
		var s session
		var u user
		var ip, agent, image sql.NullString
		err := stmt.QueryRowContext(ctx, "token-1").Scan(&s.ID, &s.ExpiresAt, &s.Token, &s.CreatedAt, &s.UpdatedAt, &ip, &agent, &s.UserID,
			&u.ID, &u.Name, &u.Email, &u.EmailVerified, &image, &u.CreatedAt, &u.UpdatedAt)
		if err != nil || u.CreatedAt != noon || s.ExpiresAt != noon.Add(time.Hour) {
			tb.Fatal(err, u, s)
		}
	}
}

// BenchmarkText is a bare read that leaves instants as text: the least that
// database/sql and the driver can do.
func BenchmarkText(b *testing.B) {
	_, _, path := fresh(b)
	stmt, err := bare(b, path).Prepare(`SELECT s.id, +s.expiresAt, s.token, +s.createdAt, +s.updatedAt, s.ipAddress, s.userAgent, s.userId,
		u.id, u.name, u.email, u.emailVerified, u.image, +u.createdAt, +u.updatedAt
		FROM session s JOIN user u ON u.id = s.userId WHERE s.token = ? LIMIT 1`)
	if err != nil {
		b.Fatal(err)
	}
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		var t [11]string
		var ip, agent, image sql.NullString
		var verified bool
		if err := stmt.QueryRowContext(ctx, "token-1").Scan(&t[0], &t[1], &t[2], &t[3], &t[4], &ip, &agent, &t[5],
			&t[6], &t[7], &t[8], &verified, &image, &t[9], &t[10]); err != nil {
			b.Fatal(err)
		}
	}
}
