package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/db/mysql"
	"github.com/watchword-auth/watchword/db/postgres"
	"github.com/watchword-auth/watchword/db/sqlite"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/kv/redis"
)

var errDatabase = errors.New("expected sqlite:PATH, postgres://…, mysql://… or memory: as the database")

// databaseDialect tells from a database's URL which engine it is for.
func databaseDialect(source string) (db.Dialect, error) {
	scheme, _, _ := strings.Cut(source, ":")
	switch scheme {
	case "sqlite":
		return db.SQLite, nil
	case "memory":
		return db.Memory, nil
	case "postgres", "postgresql":
		return db.Postgres, nil
	case "mysql", "mariadb":
		return db.MySQL, nil
	}
	return "", errDatabase
}

// sqlitePath returns the path of sqlite:PATH and sqlite://PATH, and after
// ?mmap= how many bytes are to be mapped.
func sqlitePath(source string) (path string, mapped int64, err error) {
	path = strings.TrimPrefix(strings.TrimPrefix(source, "sqlite:"), "//")
	path, size, given := strings.Cut(path, "?mmap=")
	if given {
		mapped, err = strconv.ParseInt(size, 10, 64)
	}
	switch {
	case path == "":
		err = errors.New("sqlite: the path is missing, as in sqlite:auth.db")
	case err != nil || mapped < 0:
		err = fmt.Errorf("sqlite: mmap=%s is not a number of bytes, as in sqlite:auth.db?mmap=1073741824", size)
	}
	return path, mapped, err
}

// openDatabase opens what a URL names. Errors do not show the URL, which may
// hold a password.
func openDatabase(ctx context.Context, source string) (db.Adapter, error) {
	dialect, err := databaseDialect(source)
	if err != nil {
		return nil, err
	}
	switch dialect {
	case db.SQLite:
		path, mapped, err := sqlitePath(source)
		if err != nil {
			return nil, err
		}
		a, err := openSQLite(path, sqlite.Options{Map: mapped})
		if err != nil {
			return nil, fmt.Errorf("the file cannot be opened: %w", err)
		}
		return a, nil
	case db.Postgres:
		return adapter(postgres.Open(ctx, source, postgres.Options{}))
	case db.MySQL:
		return adapter(mysql.Open(ctx, source, mysql.Options{}))
	default:
		return memory.New(), nil
	}
}

// openSQLite opens a file and, where it makes one, makes it for nobody else to
// read: it will hold password hashes and live sessions.
func openSQLite(path string, o sqlite.Options) (db.Adapter, error) {
	if path != ":memory:" {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the operator names the file
		if err == nil {
			err = f.Close()
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	return adapter(sqlite.Open(path, o))
}

// adapter keeps a nil pointer from becoming an adapter.
func adapter[A db.Adapter](a A, err error) (db.Adapter, error) {
	if err != nil {
		return nil, err
	}
	return a, nil
}

var errSecondary = errors.New("expected memory or redis://…")

// openSecondary opens secondary storage; the empty name is none.
func openSecondary(source string) (store kv.Store, closing func(), err error) {
	nothing := func() {}
	switch scheme, _, _ := strings.Cut(source, ":"); {
	case source == "":
		return nil, nothing, nil
	case source == "memory" || source == "memory:":
		return kv.NewMemory(kv.MemoryOptions{}), nothing, nil
	case scheme == "redis" || scheme == "rediss" || scheme == "unix":
		prefix := "better-auth:"
		if u, err := url.Parse(source); err == nil && u.Query().Has("prefix") {
			q := u.Query()
			prefix = q.Get("prefix")
			q.Del("prefix")
			u.RawQuery = q.Encode()
			source = u.String()
		}
		s, err := redis.New(redis.Options{URL: source, Prefix: prefix})
		if err != nil {
			return nil, nothing, err
		}
		return s, s.Close, nil
	}
	return nil, nothing, errSecondary
}
