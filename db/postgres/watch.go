package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/ddl"
)

const (
	// WatchBound is for how long at most a watch takes the tables to be
	// unchanged without having heard from the server: it bounds how late the
	// changes of other processes are seen while the network is cut without
	// either side noticing. Otherwise they are seen as soon as the server has
	// told, commonly within a millisecond.
	WatchBound = time.Second

	beat      = WatchBound / 4
	reconnect = 5 * time.Second // at most between two attempts
)

// watch listens for what the triggers of the migration tell. It is valid for
// WatchBound from the moment it asked the server something that the server has
// answered: a backend delivers the notifications of transactions that were
// committed before, ahead of its answer.
type watch struct {
	adapter *Adapter
	pool    *pgxpool.Pool
	tables  []string
	report  func(error)
	start   time.Time
	until   atomic.Int64 // nanoseconds after start; 0: not known
	stop    context.CancelFunc
	stopped chan struct{}
}

// Watch implements [db.Watcher] with LISTEN, on a connection of its own that
// it takes from the pool, and triggers, which [Adapter.Apply] makes for tables
// that are [db.Def.Watched]: so every writer is heard, other programs too.
// Changes of this adapter are seen at once, those of others as [WatchBound]
// says. It needs a direct connection to a primary server: PgBouncer does not
// pass notifications on. An adapter of [NewSQL] answers with an error.
func (a *Adapter) Watch(tables []*db.Def, report func(error)) (db.Watch, error) {
	if a.pool == nil {
		return nil, errors.New("postgres: only a pool of pgx can be watched")
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &watch{adapter: a, pool: a.pool, report: report, start: time.Now(), stop: cancel, stopped: make(chan struct{})}
	for _, def := range tables {
		w.tables = append(w.tables, def.Physical)
	}
	go w.run(ctx)
	return w, nil
}

// Version implements [db.Watch].
func (w *watch) Version(context.Context) (uint64, bool) {
	known := int64(time.Since(w.start)) < w.until.Load()
	return w.adapter.changes.Load(), known
}

// Close implements [db.Watch].
func (w *watch) Close() error {
	w.stop()
	<-w.stopped
	return nil
}

func (w *watch) run(ctx context.Context) {
	defer close(w.stopped)
	wait, silent := beat, false // silent: it was reported that nothing is known
	for ; ; wait = min(2*wait, reconnect) {
		err := w.listen(ctx)
		known := w.forget()
		if ctx.Err() != nil {
			return
		}
		if known {
			wait = beat
		}
		if known || !silent {
			w.report(translate(err, nil))
			silent = true
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// forget makes nothing known, and what was known before worth nothing. It
// tells whether anything was.
func (w *watch) forget() bool {
	known := w.until.Swap(0) != 0
	w.adapter.changes.Add(1)
	return known
}

// listen follows notifications until something fails.
func (w *watch) listen(ctx context.Context) error {
	conn, schema, err := w.connect(ctx)
	if err != nil {
		return err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), WatchBound)
		defer cancel()
		_ = conn.Close(ctx)
	}()
	for {
		began := time.Now()
		if err := w.ask(ctx, conn, schema); err != nil {
			return err
		}
		if err := w.drain(ctx, conn, schema, 0); err != nil {
			return err
		}
		if w.until.Swap(int64(began.Add(WatchBound).Sub(w.start))) == 0 {
			w.report(nil)
		}
		if err := w.drain(ctx, conn, schema, beat); err != nil {
			return err
		}
	}
}

// connect takes a connection out of the pool and makes it listen. What a
// pooler stands in front of has another process than it said, and would lose
// what it listens to.
func (w *watch) connect(ctx context.Context) (conn *pgx.Conn, schema string, err error) {
	ctx, cancel := context.WithTimeout(ctx, reconnect)
	defer cancel()
	pooled, err := w.pool.Acquire(ctx)
	if err != nil {
		return nil, "", err
	}
	conn = pooled.Hijack()
	owned := conn // conn is nil by then where an error is returned
	defer func() {
		if err != nil {
			_ = owned.Close(ctx)
		}
	}()
	var process uint32
	if _, err = conn.Exec(ctx, "LISTEN "+ddl.ChangesChannel); err != nil {
		return nil, "", err
	}
	row := conn.QueryRow(ctx, "SELECT pg_backend_pid(), current_schema()::text")
	if err = row.Scan(&process, &schema); err != nil {
		return nil, "", err
	}
	if process != conn.PgConn().PID() {
		return nil, "", errors.New("postgres: a pooler stands between; notifications need a direct connection")
	}
	return conn, schema, nil
}

const triggersText = `SELECT count(*) FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = ANY ($2) AND g.tgname = '` + ddl.ChangesChannel + `' AND g.tgenabled = 'A'`

// ask makes sure that the server is there and the triggers are in force.
func (w *watch) ask(ctx context.Context, conn *pgx.Conn, schema string) error {
	ctx, cancel := context.WithTimeout(ctx, WatchBound)
	defer cancel()
	var n int
	if err := conn.QueryRow(ctx, triggersText, schema, w.tables).Scan(&n); err != nil {
		return err
	}
	if n != len(w.tables) {
		return fmt.Errorf("postgres: %d of %d tables announce their changes: run the migration", n, len(w.tables))
	}
	return nil
}

// drain takes in notifications for a while; with no time, those that are here.
func (w *watch) drain(ctx context.Context, conn *pgx.Conn, schema string, d time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for {
		n, err := conn.WaitForNotification(limited)
		switch {
		case err == nil:
			if n.Channel == ddl.ChangesChannel && n.Payload == schema {
				w.adapter.changes.Add(1)
			}
		case ctx.Err() == nil && limited.Err() != nil && !conn.IsClosed():
			return nil
		default:
			return err
		}
	}
}
