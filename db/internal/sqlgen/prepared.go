package sqlgen

import (
	"context"
	"database/sql"
	"sync"
)

// Prepared keeps what database/sql prepared for one statement on one handle.
// Adapters that do not use database/sql leave it alone. The zero value is
// ready for use.
type Prepared struct {
	mu     sync.Mutex
	stmt   *sql.Stmt
	users  int
	closed bool
}

// Acquire returns the prepared statement, which stays open until Release is
// called, and prepares it on handle if it is not yet. It returns nil once the
// statement was closed: the caller then has to run the text itself, and must
// not call Release. All calls for one Prepared must give the same handle.
func (p *Prepared) Acquire(ctx context.Context, handle *sql.DB, text string) (*sql.Stmt, error) {
	if stmt, known := p.acquire(); known {
		return stmt, nil
	}
	// Outside of the lock: preparing may wait for a connection.
	stmt, err := handle.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	if p.stmt == nil && !p.closed {
		p.stmt = stmt
		stmt = nil
	}
	p.mu.Unlock()
	if stmt != nil {
		_ = stmt.Close() // another caller was first
	}
	stmt, _ = p.acquire()
	return stmt, nil
}

func (p *Prepared) acquire() (stmt *sql.Stmt, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, true
	}
	if p.stmt == nil {
		return nil, false
	}
	p.users++
	return p.stmt, true
}

// Release ends a use that Acquire began. Rows that were opened meanwhile stay
// usable.
func (p *Prepared) Release() {
	p.mu.Lock()
	p.users--
	p.closeUnused()
	p.mu.Unlock()
}

// Close releases the statement as soon as nobody uses it.
func (p *Prepared) Close() {
	p.mu.Lock()
	p.closed = true
	p.closeUnused()
	p.mu.Unlock()
}

func (p *Prepared) closeUnused() {
	if p.closed && p.users == 0 && p.stmt != nil {
		_ = p.stmt.Close() // the driver's error has nobody to act on it
		p.stmt = nil
	}
}

// Current is [Prepared.Acquire] without preparing: it returns nil also where
// nothing is prepared yet.
func (p *Prepared) Current() *sql.Stmt {
	stmt, _ := p.acquire()
	return stmt
}
