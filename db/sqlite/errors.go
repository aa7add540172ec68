package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"modernc.org/sqlite"

	"github.com/watchword-auth/watchword/db"
)

// Result codes of SQLite, https://www.sqlite.org/rescode.html. The driver has
// them in a package that links its whole internals.
const (
	codeBusy       = 5
	codeLocked     = 6
	codeNoMemory   = 7
	codeReadOnly   = 8
	codeIO         = 10
	codeFull       = 13
	codeCantOpen   = 14
	codeProtocol   = 15
	codePrimaryKey = 1555
	codeUnique     = 2067
	codeRowID      = 2579
)

func isBusy(err error) bool {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff
	return code == codeBusy || code == codeLocked
}

// translate makes an error of the driver one of package db's. Errors of a
// context and those it does not know stay as they are.
func translate(err error, def *db.Def) error {
	if err == nil || errors.Is(err, db.ErrUnavailable) || errors.Is(err, db.ErrConflict) {
		return err
	}
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) {
		return fmt.Errorf("%w: %w", db.ErrUnavailable, err)
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() {
	case codeUnique, codePrimaryKey, codeRowID:
		if def == nil {
			return err // rows that are there forbid a new unique rule
		}
		return conflict(err, def)
	}
	switch e.Code() & 0xff {
	case codeBusy, codeLocked, codeNoMemory, codeReadOnly, codeIO, codeFull, codeCantOpen, codeProtocol:
		return fmt.Errorf("%w: %w", db.ErrUnavailable, err)
	}
	return err
}

// conflict reads the first column from "UNIQUE constraint failed: user.email".
func conflict(err error, def *db.Def) error {
	c := &db.ConflictError{Table: def.Name, Err: err}
	_, names, _ := strings.Cut(err.Error(), "constraint failed: "+def.Physical+".")
	for _, column := range def.Columns {
		rest, ok := strings.CutPrefix(names, column.Physical)
		if ok && (rest == "" || rest[0] == ' ' || rest[0] == ',') {
			c.Column = column.Name
		}
	}
	return c
}

// backoff spaces attempts within a time.
type backoff struct {
	end  time.Time
	next time.Duration
}

func newBackoff(limit time.Duration) backoff {
	return backoff{end: time.Now().Add(limit), next: time.Millisecond}
}

// sleep waits a little and reports whether another attempt is due. An attempt
// that waited for the engine's own timeout has used up the time.
func (b *backoff) sleep(ctx context.Context) bool {
	if !time.Now().Before(b.end) {
		return false
	}
	timer := time.NewTimer(b.next)
	defer timer.Stop()
	b.next = min(2*b.next, 50*time.Millisecond)
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
