package main

import (
	"context"
	"encoding/json"
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

// fill makes users with a password and three sessions each, as the reference
// would have made them.
func fill(ctx context.Context, path string, users int) (*seeded, error) {
	adapter, err := sqlite.Open(path, sqlite.Options{Relaxed: true})
	if err != nil {
		return nil, err
	}
	defer adapter.Close()
	auth, err := watchword.New(watchword.Options{Secret: benchSecret, Database: adapter, BaseURL: "http://127.0.0.1"})
	if err != nil {
		return nil, err
	}
	defer auth.Close(ctx)
	if _, err := auth.Migrate(ctx); err != nil {
		return nil, err
	}
	k := auth.Kernel()
	c, err := k.NewContext(ctx, nil)
	if err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(benchPassword)
	if err != nil {
		return nil, err
	}
	s := &seeded{path: path}
	for from := 0; from < users; from += 1000 {
		err := adapter.Transaction(ctx, func(x db.Executor) error {
			for i := from; i < min(users, from+1000); i++ {
				if err := s.person(ctx, x, k, i, hash); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *seeded) person(ctx context.Context, x db.Executor, k *core.Kernel, i int, hash string) error {
	t, now := k.Tables(), time.Now().UTC().Truncate(time.Millisecond)
	u := &core.User{ID: secret.ID(nil), Name: fmt.Sprintf("User %d", i), Email: fmt.Sprintf("u%d@bench.test", i), CreatedAt: now, UpdatedAt: now}
	if err := db.Create(ctx, x, t.Users.Table, u); err != nil {
		return err
	}
	account := &core.Account{ID: secret.ID(nil), AccountID: u.ID, ProviderID: core.CredentialProvider, UserID: u.ID,
		Password: &hash, CreatedAt: now, UpdatedAt: now}
	if err := db.Create(ctx, x, t.Accounts.Table, account); err != nil {
		return err
	}
	for range 3 {
		ip, agent := "127.0.0.1", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"
		session := &core.Session{ID: secret.ID(nil), Token: secret.ID(nil), UserID: u.ID, IPAddress: &ip, UserAgent: &agent,
			ExpiresAt: now.Add(7 * 24 * time.Hour), CreatedAt: now, UpdatedAt: now}
		if err := db.Create(ctx, x, t.Sessions.Table, session); err != nil {
			return err
		}
		s.cookies = append(s.cookies, "better-auth.session_token="+url.QueryEscape(k.Secrets().Sign(session.Token)))
	}
	return nil
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

// settings is the configuration file that Watchword and the reference share.
func settings(dir, database, listen string, cache bool) (string, error) {
	c := map[string]any{
		"listen": listen, "baseURL": "http://" + listen, "secret": benchSecret, "database": "sqlite:" + database,
		"emailAndPassword": map[string]any{"enabled": true}, "rateLimit": map[string]any{"enabled": false},
		"delivery": map[string]any{},
	}
	if cache {
		c["session"] = map[string]any{"cookieCache": map[string]any{"enabled": true, "maxAge": 3600}}
	}
	data, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "config.json")
	return path, os.WriteFile(path, data, 0o600)
}
