package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/secret"
)

const (
	benchSecret   = "bench-secret-0123456789-abcdefghijklmnop"
	benchPassword = "correct horse battery staple"
	benchEmail    = "u0@bench.test"
)

// seeded is a database that every server gets a copy of.
type seeded struct {
	path    string
	cookies []string // Cookie header values, one a session
}

func fillSQLite(ctx context.Context, path string, users int) (*seeded, error) {
	adapter, err := sqlite.Open(path, sqlite.Options{Relaxed: true})
	if err != nil {
		return nil, err
	}
	defer adapter.Close()
	cookies, err := fill(ctx, adapter, users)
	return &seeded{path, cookies}, err
}

// fill makes users with a password and three sessions each, as the reference
// would have made them, and returns the sessions' Cookie headers.
func fill(ctx context.Context, adapter db.Adapter, users int) (cookies []string, err error) {
	auth, hash, err := install(ctx, adapter)
	if err != nil {
		return nil, err
	}
	defer auth.Close(ctx)
	k := auth.Kernel()
	for from := 0; from < users; from += 1000 {
		err := adapter.Transaction(ctx, func(x db.Executor) error {
			for i := from; i < min(users, from+1000); i++ {
				own, err := person(ctx, x, k, i, hash)
				if err != nil {
					return err
				}
				cookies = append(cookies, own...)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return cookies, nil
}

// install makes the tables, and returns the instance and the hash of
// everybody's password.
func install(ctx context.Context, adapter db.Adapter) (auth *watchword.Auth, hash string, err error) {
	auth, err = watchword.New(watchword.Options{Secret: benchSecret, Database: adapter, BaseURL: "http://127.0.0.1"})
	if err != nil {
		return nil, "", err
	}
	if _, err = auth.Migrate(ctx); err == nil {
		var c *core.Context
		if c, err = auth.Kernel().NewContext(ctx, nil); err == nil {
			hash, err = c.HashPassword(benchPassword)
		}
	}
	if err != nil {
		err = errors.Join(err, auth.Close(ctx))
	}
	return auth, hash, err
}

func person(ctx context.Context, x db.Executor, k *core.Kernel, i int, hash string) (cookies []string, err error) {
	t, now := k.Tables(), time.Now().UTC().Truncate(time.Millisecond)
	u := &core.User{ID: secret.ID(nil), Name: fmt.Sprintf("User %d", i), Email: fmt.Sprintf("u%d@bench.test", i), CreatedAt: now, UpdatedAt: now}
	if err := db.Create(ctx, x, t.Users.Table, u); err != nil {
		return nil, err
	}
	account := &core.Account{ID: secret.ID(nil), AccountID: u.ID, ProviderID: core.CredentialProvider, UserID: u.ID,
		Password: &hash, CreatedAt: now, UpdatedAt: now}
	if err := db.Create(ctx, x, t.Accounts.Table, account); err != nil {
		return nil, err
	}
	for range 3 {
		ip, agent := "127.0.0.1", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
		session := &core.Session{ID: secret.ID(nil), Token: secret.ID(nil), UserID: u.ID, IPAddress: &ip, UserAgent: &agent,
			ExpiresAt: now.Add(7 * 24 * time.Hour), CreatedAt: now, UpdatedAt: now}
		if err := db.Create(ctx, x, t.Sessions.Table, session); err != nil {
			return nil, err
		}
		cookies = append(cookies, "better-auth.session_token="+url.QueryEscape(k.Secrets().Sign(session.Token)))
	}
	return cookies, nil
}

// copyTo puts a copy of the database into a directory.
func (s *seeded) copyTo(dir string) (string, error) {
	data, err := os.ReadFile(s.path)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "auth.db")
	return path, os.WriteFile(path, data, 0o600)
}
