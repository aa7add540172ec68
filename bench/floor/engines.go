package main

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/rueidis"
	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

const query = `SELECT s."id", s."expiresAt", s."token", s."createdAt", s."updatedAt", s."ipAddress", s."userAgent", s."userId",
	u."id", u."name", u."email", u."emailVerified", u."image", u."createdAt", u."updatedAt"
	FROM "session" s JOIN "user" u ON s."userId" = u."id" WHERE s."token" = `

func openSQLite(file string) (func(context.Context, string, ...any) error, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)")
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(8)
	db.SetMaxOpenConns(8)
	read, err := db.Prepare(query + "?")
	return func(ctx context.Context, token string, places ...any) error {
		return read.QueryRowContext(ctx, token).Scan(places...)
	}, err
}

// openPostgres leaves it to pgx to prepare the statement, once per connection.
func openPostgres(url string) (func(context.Context, string, ...any) error, error) {
	pool, err := pgxpool.New(context.Background(), url)
	return func(ctx context.Context, token string, places ...any) error {
		return pool.QueryRow(ctx, query+"$1", token).Scan(places...)
	}, err
}

func openRedis(address, prefix string) (func(context.Context, string) (string, error), error) {
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{address}, DisableCache: true})
	return func(ctx context.Context, token string) (string, error) {
		return client.Do(ctx, client.B().Get().Key(prefix+token).Build()).ToString()
	}, err
}
