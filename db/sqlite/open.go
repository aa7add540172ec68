package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/internal/sqlgen"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// Options tunes an adapter. The zero value is a sound choice.
type Options struct {
	// BusyTimeout is how long a statement waits for other processes that
	// write to the file before it fails with [db.ErrUnavailable]; 0 means
	// five seconds.
	BusyTimeout time.Duration
	// Readers is how many connections read a file at once; 0 means twice the
	// number of processors, at least four.
	Readers int
	// Relaxed lets commits return before they are on the disk. It is faster,
	// and a power failure may then undo the last ones, such as a sign-out.
	Relaxed bool
	// Map is how many bytes of a file are read where the system keeps them,
	// instead of through copies; 0 means none. It makes reading a large file
	// cheaper. The process then seems to use the memory that the system
	// caches the file in, once for each reader, and a disk that fails under
	// a read ends the process.
	Map int64
}

// Adapter is a SQLite database. Make one with [Open] or [New].
type Adapter struct {
	executor
	reader, writer          *sql.DB
	readShapes, writeShapes *sqlgen.Generator
	busy                    time.Duration
	owned                   bool
	path, source            string // of the file and of one more reading connection; empty where none can be made

	// slots has room for each reading connection of a file. It is nil where
	// reads share the writing connection or the caller's pool.
	slots chan struct{}
}

var _ db.Watcher = (*Adapter)(nil)

// Open opens a database file and creates it if it is not there. The path
// ":memory:" is a database of its own that is gone after Close. Errors other
// than of a wrong path match [db.ErrUnavailable].
func Open(path string, o Options) (*Adapter, error) {
	if path == "" || strings.ContainsRune(path, 0) {
		return nil, fmt.Errorf("sqlite: %q is not a path", path)
	}
	if o.BusyTimeout <= 0 {
		o.BusyTimeout = 5 * time.Second
	}
	if o.Readers <= 0 {
		o.Readers = max(4, 2*runtime.GOMAXPROCS(0))
	}
	writer, err := connect(path, o, false)
	if err != nil {
		return nil, err
	}
	if path == memory {
		return assemble(writer, writer, o.BusyTimeout, true), nil
	}
	reader, err := connect(path, o, true)
	if err != nil {
		_ = writer.Close()
		return nil, err
	}
	a := assemble(reader, writer, o.BusyTimeout, true)
	a.slots = make(chan struct{}, o.Readers)
	a.path, a.source = path, source(path, o, true)
	return a, nil
}

// New returns an adapter over the caller's own handle, which must be of the
// driver of modernc.org/sqlite and stays the caller's to close. Its data
// source should set foreign_keys, a busy_timeout and _txlock=immediate, as
// [Open] does; a transaction that loses a race for the file is run again.
func New(handle *sql.DB) *Adapter {
	return assemble(handle, handle, 5*time.Second, false)
}

const memory = ":memory:"

func connect(path string, o Options, readOnly bool) (*sql.DB, error) {
	handle, err := sql.Open("sqlite", source(path, o, readOnly))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	n := 1
	if readOnly {
		n = o.Readers + 1 // one for what is not counted by slots
	}
	handle.SetMaxOpenConns(n)
	handle.SetMaxIdleConns(n)
	handle.SetConnMaxIdleTime(0)
	// The change to WAL mode fails at once while another process is about it.
	ctx := context.Background()
	for wait := newBackoff(o.BusyTimeout); ; {
		if err = handle.PingContext(ctx); err == nil {
			return handle, nil
		}
		if !isBusy(err) || !wait.sleep(ctx) {
			_ = handle.Close()
			return nil, translate(err, nil)
		}
	}
}

// source is the driver's data source name. A URI carries any path.
func source(path string, o Options, readOnly bool) string {
	q := url.Values{}
	q.Set("_busy_timeout", strconv.FormatInt(o.BusyTimeout.Milliseconds(), 10))
	q.Set("_foreign_keys", "on")
	q.Set("_dqs", "0") // a mistaken name is an error, not a text
	if readOnly {
		q.Set("_query_only", "on")
		if o.Map > 0 {
			q.Set("_pragma", fmt.Sprintf("mmap_size(%d)", o.Map))
		}
	} else {
		q.Set("_txlock", "immediate")
		q.Set("_journal_mode", "WAL")
		q.Set("_synchronous", "FULL")
		if o.Relaxed {
			q.Set("_synchronous", "NORMAL")
		}
	}
	if path == memory {
		q.Del("_journal_mode")
		return memory + "?" + q.Encode()
	}
	u := url.URL{Path: path}
	return "file:" + u.EscapedPath() + "?" + q.Encode()
}

func assemble(reader, writer *sql.DB, busy time.Duration, owned bool) *Adapter {
	a := &Adapter{reader: reader, writer: writer, busy: busy, owned: owned}
	a.adapter = a
	a.writeShapes = newShapes(owned)
	a.readShapes = a.writeShapes
	if reader != writer {
		a.readShapes = newShapes(owned)
	}
	return a
}

func newShapes(owned bool) *sqlgen.Generator {
	return sqlgen.New(sqlgen.Options{Dialect: db.SQLite, Returning: true, HideTypes: owned,
		Evicted: func(st *sqlgen.Statement) { st.Prepared.Close() }})
}

// Dialect returns [db.SQLite].
func (a *Adapter) Dialect() db.Dialect { return db.SQLite }

// Close closes the prepared statements, and the connections unless they are
// the caller's. Statements that run meanwhile are completed first.
func (a *Adapter) Close() error {
	a.readShapes.Drain()
	a.writeShapes.Drain()
	if !a.owned {
		return nil
	}
	err := a.reader.Close()
	if a.writer == a.reader {
		return err
	}
	if last := a.writer.Close(); err == nil {
		err = last
	}
	return err
}
