package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Servers over PostgreSQL, alone and with sessions in Redis.
const (
	oursPostgres   = "watchword, PostgreSQL"
	keptPostgres   = "watchword, PostgreSQL, read cache"
	theirsPostgres = "reference, PostgreSQL"
	floorPostgres  = "floor: and one read, pgx"
	oursRedis      = "watchword, sessions in Redis"
	theirsRedis    = "reference, sessions in Redis"
	floorRedis     = "floor: and one GET, Redis"
)

// growth is how many sessions the databases hold whose cost is compared.
var growth = []int{1_000, 100_000, 1_000_000}

func grown(engine string, sessions int) string {
	return fmt.Sprintf("watchword, %s, %d sessions", engine, sessions)
}

// engineServers are those of engines other than the seeded SQLite file.
func (b *bench) engineServers() []*server {
	const ready = "/api/auth/ok"
	sessions := perUser * b.users
	list := []*server{
		b.onPostgres(&server{name: oursPostgres, probe: ready}, sessions, b.watchword, nil),
		b.onPostgres(&server{name: keptPostgres, probe: ready}, sessions, b.watchword, keeping),
		b.onPostgres(&server{name: theirsPostgres, probe: ready}, sessions, b.reference, nil),
		b.floorOnPostgres(&server{name: floorPostgres, probe: "/"}, sessions),
		b.onRedis(&server{name: oursRedis, probe: ready}, b.watchword),
		b.onRedis(&server{name: theirsRedis, probe: ready}, b.reference),
		b.floorOnRedis(&server{name: floorRedis, probe: "/"}),
	}
	for _, n := range growth {
		list = append(list, b.inFile(&server{name: grown("SQLite", n), probe: ready}, n, ""),
			b.inFile(&server{name: grown("SQLite mapped", n), probe: ready}, n, "?mmap=2147483648"),
			b.onPostgres(&server{name: grown("PostgreSQL", n), probe: ready}, n, b.watchword, nil))
	}
	return list
}

// inFile prepares a server on a file of its own.
func (b *bench) inFile(s *server, sessions int, how string) *server {
	s.prepare = func(ctx context.Context, dir, listen string) ([]string, error) {
		path := filepath.Join(dir, "auth.db")
		cookies, err := bulkSQLite(ctx, path, sessions)
		if err != nil {
			return nil, err
		}
		b.remember(s.name, cookies)
		file, err := configure(dir, listen, "sqlite:"+path+how, nil)
		if err != nil {
			return nil, err
		}
		return b.watchword(file)
	}
	return s
}

// engineWorkloads are those of engines other than the seeded SQLite file.
func (b *bench) engineWorkloads() []workload {
	list := []workload{
		{name: "P1", what: "get-session with a cookie, PostgreSQL", servers: []string{oursPostgres, theirsPostgres, floorPostgres},
			request: b.readingOwn(false), expect: withSession},
		{name: "P8", what: "the same, again and again, with the read cache, PostgreSQL", servers: []string{keptPostgres, theirsPostgres, floorBare},
			request: b.readingOwn(false), expect: withSession},
		{name: "P7", what: "get-session, another session each time, PostgreSQL", servers: []string{oursPostgres, theirsPostgres, floorPostgres},
			request: b.readingOwn(true), expect: withSession},
		{name: "R1", what: "get-session with a cookie, sessions in Redis", servers: []string{oursRedis, theirsRedis, floorRedis},
			setup: b.signInRedis, request: func(p *process) request { return get(p, getSession, func(int, int) string { return p.cookie }) }, expect: withSession},
	}
	for _, g := range []struct{ name, engine string }{{"Gs", "SQLite"}, {"Gm", "SQLite mapped"}, {"Gp", "PostgreSQL"}} {
		// Each session is asked for once in a while only: a short run is mostly the first touch of each.
		w := workload{name: g.name, what: "get-session, another session each time, " + g.engine, request: b.readingOwn(true), expect: withSession, times: 3}
		for _, n := range growth {
			w.servers = append(w.servers, grown(g.engine, n))
		}
		list = append(list, w)
	}
	return list
}

// remember keeps the cookies of a server's own database.
func (b *bench) remember(name string, cookies []string) {
	if b.cookies == nil {
		b.cookies = map[string][]string{}
	}
	b.cookies[name] = cookies
}

// readingOwn asks for a session of the server's own database: the first, or
// another one each time. What has no database is asked with the seed's.
func (b *bench) readingOwn(another bool) func(*process) request {
	return func(p *process) request {
		own := b.cookies[p.name]
		if own == nil {
			own = b.seed.cookies
		}
		return get(p, getSession, func(connection, n int) string {
			if another {
				return own[(connection*7919+n*104729)%len(own)]
			}
			return own[0]
		})
	}
}

// onPostgres prepares a server on a database of its own.
func (b *bench) onPostgres(s *server, sessions int, command func(string) ([]string, error), more settings) *server {
	s.prepare = func(ctx context.Context, dir, listen string) ([]string, error) {
		source, err := b.ownDatabase(ctx, s, sessions)
		if err != nil {
			return nil, err
		}
		file, err := configure(dir, listen, source, more)
		if err != nil {
			return nil, err
		}
		return command(file)
	}
	return s
}

func (b *bench) floorOnPostgres(s *server, sessions int) *server {
	s.prepare = func(ctx context.Context, dir, listen string) ([]string, error) {
		source, err := b.ownDatabase(ctx, s, sessions)
		if err != nil {
			return nil, err
		}
		return b.floor("postgres", "-database", source)(ctx, dir, listen)
	}
	return s
}

// ownDatabase makes and fills a database for a server, and has the server know
// what its sessions cost PostgreSQL.
func (b *bench) ownDatabase(ctx context.Context, s *server, sessions int) (source string, err error) {
	admin, err := pgx.Connect(ctx, b.postgres)
	if err != nil {
		return "", fmt.Errorf("%w: no PostgreSQL: %w", errMissing, err)
	}
	name := fmt.Sprintf("watchword_bench_%d_%d", time.Now().UnixNano(), len(b.closing))
	if _, err := admin.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", errors.Join(err, admin.Close(ctx))
	}
	b.closing = append(b.closing, func() {
		ctx := context.WithoutCancel(ctx)
		_, _ = admin.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		_ = admin.Close(ctx)
	})
	source = databaseOf(b.postgres, name)
	cookies, err := bulkPostgres(ctx, source, sessions)
	b.remember(s.name, cookies)
	s.database = func() (used time.Duration) {
		// Connections of a pool live longer than a measurement.
		rows, err := admin.Query(ctx, "SELECT pid FROM pg_stat_activity WHERE datname = $1", name)
		if err != nil {
			return 0
		}
		pids, _ := pgx.CollectRows(rows, pgx.RowTo[int])
		for _, pid := range pids {
			used += cpuOf(pid)
		}
		return used
	}
	return source, err
}

// databaseOf replaces the name of the database in a URL.
func databaseOf(source, name string) string {
	head, query, _ := strings.Cut(source, "?")
	return head[:strings.LastIndexByte(head, '/')+1] + name + "?" + query
}

// onRedis prepares a server on a database of its own, and a Redis of its own for
// sessions.
func (b *bench) onRedis(s *server, command func(string) ([]string, error)) *server {
	s.prepare = func(ctx context.Context, dir, listen string) ([]string, error) {
		address, usage, err := b.startRedis(ctx)
		if err != nil {
			return nil, err
		}
		source, err := b.ownDatabase(ctx, s, perUser)
		if err != nil {
			return nil, err
		}
		s.database = usage
		b.redis = append(b.redis, address)
		file, err := configure(dir, listen, source, settings{"secondaryStorage": "redis://" + address + "/0"})
		if err != nil {
			return nil, err
		}
		return command(file)
	}
	return s
}

// floorOnRedis prepares the floor over the Redis of Watchword's server, which
// comes before it.
func (b *bench) floorOnRedis(s *server) *server {
	s.prepare = func(ctx context.Context, dir, listen string) ([]string, error) {
		if len(b.redis) == 0 {
			return nil, fmt.Errorf("%w: no Redis", errMissing)
		}
		s.database = b.process(oursRedis).database
		return b.floor("redis", "-database", b.redis[0])(ctx, dir, listen)
	}
	return s
}

func (b *bench) startRedis(ctx context.Context) (address string, usage func() time.Duration, err error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return "", nil, fmt.Errorf("%w: %w", errMissing, err)
	}
	if address, err = freeAddress(); err != nil {
		return "", nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	c := exec.CommandContext(ctx, "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	if err := c.Start(); err != nil {
		return "", nil, err
	}
	b.closing = append(b.closing, func() { _ = c.Process.Kill(); _ = c.Wait() })
	for range 500 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return address, func() time.Duration { return cpuOf(c.Process.Pid) }, conn.Close()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "", nil, fmt.Errorf("redis-server does not start at %s", address)
}

// signInRedis puts a session into a server's Redis. The floor reads that of
// Watchword's.
func (b *bench) signInRedis(p *process) error {
	if p.name == floorRedis {
		p.cookie = b.process(oursRedis).cookie
		return nil
	}
	return signInOnce(p)
}
