package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"github.com/watchword-auth/watchword/db"
)

// watch asks SQLite for its data_version, on a connection that does nothing
// else: the number changes with every commit of any other connection, in this
// process or another, before that commit's caller has its answer. What it does
// not tell is which table changed, so all writes to the file count. While the
// header of the WAL index stays the same, nothing was committed, and SQLite
// need not be asked; the open connection keeps the index from being replaced.
type watch struct {
	driver       driver.Driver
	path, source string
	report       func(error)

	mu      sync.Mutex
	index   *walIndex // of the first connection; nil: none
	indexed bool
	conn    driver.Conn // nil: to be opened
	query   driver.StmtQueryContext
	row     [1]driver.Value
	last    int64  // data_version of conn
	version uint64 // counts its changes
	failed  bool
	closed  bool
}

var errUnwatched = errors.New("sqlite: only a file that this package opened can be watched")

// Watch implements [db.Watcher] with PRAGMA data_version. Writes by any process
// are seen at once. It answers with an error for an adapter of [New], and for
// ":memory:".
func (a *Adapter) Watch(_ []*db.Def, report func(error)) (db.Watch, error) {
	if a.source == "" {
		return nil, errUnwatched
	}
	return &watch{driver: a.reader.Driver(), path: a.path, source: a.source, report: report, failed: true}, nil
}

// Version implements [db.Watch].
func (w *watch) Version(context.Context) (uint64, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return 0, false
	}
	if w.index.same() {
		return w.version, true
	}
	now, err := w.read()
	if err != nil {
		w.drop()
		if !w.failed {
			w.failed = true
			w.report(translate(err, nil))
		}
		return 0, false
	}
	if w.failed {
		w.failed = false
		w.report(nil)
	}
	if now != w.last {
		w.last = now
		w.version++
	}
	w.index.note()
	return w.version, true
}

// read returns the data_version. Numbers of two connections have nothing to
// do with each other, so a new connection is a new version.
func (w *watch) read() (int64, error) {
	if w.conn == nil {
		if err := w.open(); err != nil {
			return 0, err
		}
		w.version++
		defer w.openIndex()
	}
	rows, err := w.query.QueryContext(context.Background(), nil)
	if err != nil {
		return 0, err
	}
	err = rows.Next(w.row[:])
	if closing := rows.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return 0, err
	}
	n, ok := w.row[0].(int64)
	if !ok {
		return 0, fmt.Errorf("sqlite: data_version is %T", w.row[0])
	}
	return n, nil
}

func (w *watch) open() error {
	conn, err := w.driver.Open(w.source)
	if err != nil {
		return err
	}
	stmt, err := conn.Prepare("PRAGMA data_version")
	if err == nil {
		var ok bool
		if w.query, ok = stmt.(driver.StmtQueryContext); ok {
			w.conn = conn
			return nil
		}
		err = errUnwatched
	}
	_ = conn.Close()
	return err
}

// openIndex opens the WAL index once, when the first connection has read. Its
// first header is noted at the next call, after the database was asked.
func (w *watch) openIndex() {
	if !w.indexed {
		w.indexed = true
		w.index = openWALIndex(w.path)
	}
}

func (w *watch) drop() {
	if w.conn != nil {
		_ = w.query.(driver.Stmt).Close()
		_ = w.conn.Close()
		w.conn, w.query, w.index = nil, nil, nil // without it nothing holds the index in its place
	}
}

// Close implements [db.Watch].
func (w *watch) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.drop()
	return nil
}
