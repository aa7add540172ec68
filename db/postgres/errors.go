package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/watchword-auth/watchword/db"
)

// Codes of Appendix A of the PostgreSQL manual.
const (
	codeUnique        = "23505"
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	codeCancelled     = "57014" // by statement_timeout, as a context closes the connection
	codeLockTimeout   = "55P03"
	codeAdminShutdown = "57P01"
	codeCrashShutdown = "57P02"
	codeTooLong       = "22001"
	codeOutOfRange    = "22003"
	codeNotInCharset  = "22021" // a NUL, or no UTF-8
	codeNoSuchText    = "22P05" // in a database of another encoding
)

// codeOf returns the server's code for an error, of whatever driver, or "".
func codeOf(err error) string {
	type coded interface {
		error
		SQLState() string
	}
	if coded, ok := errors.AsType[coded](err); ok {
		return coded.SQLState()
	}
	return ""
}

func lostConflict(err error) bool {
	code := codeOf(err)
	return code == codeSerialization || code == codeDeadlock
}

// translate makes an error of the driver one of package db's. Errors of a
// context and those it does not know stay as they are.
func translate(err error, def *db.Def) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	code := codeOf(err)
	if code == codeUnique {
		return conflict(err, def)
	}
	switch code {
	case codeTooLong, codeOutOfRange, codeNotInCharset, codeNoSuchText:
		return fmt.Errorf("%w: %w", db.ErrUnstorable, err)
	}
	if unavailable(code, err) {
		return fmt.Errorf("%w: %w", db.ErrUnavailable, err)
	}
	return err
}

// lostConnection tells of an error that a connection ended with, and which is
// not that of making a new one.
func lostConnection(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	switch code := codeOf(err); code {
	case codeAdminShutdown, codeCrashShutdown:
		return true
	case "":
		_, connecting := errors.AsType[*pgconn.ConnectError](err)
		return !connecting && unavailable(code, err)
	}
	return false
}

func unavailable(code string, err error) bool {
	switch code {
	case "":
		var connect *pgconn.ConnectError
		var network net.Error
		return errors.As(err, &connect) || errors.As(err, &network) || pgconn.SafeToRetry(err) ||
			errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) ||
			errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) // the server died with the statement under way
	case codeSerialization, codeDeadlock, codeCancelled, codeLockTimeout:
		return true
	}
	// Connection exception, insufficient resources, operator intervention,
	// system error.
	switch code[:2] {
	case "08", "53", "57", "58":
		return true
	}
	return false
}

// conflict finds the rule that was broken. The server tells the columns in a
// detail such as "Key (email)=(…) already exists.", whatever its language, to
// those who may read them; else the rule's name has to do.
func conflict(err error, def *db.Def) error {
	c := &db.ConflictError{Err: err}
	if def == nil {
		return c
	}
	c.Table = def.Name
	var detail, rule string
	if native, ok := errors.AsType[*pgconn.PgError](err); ok {
		detail, rule = native.Detail, native.ConstraintName
	} else {
		_, rest, _ := strings.Cut(err.Error(), `"`)
		rule, _, _ = strings.Cut(rest, `"`)
	}
	_, rest, _ := strings.Cut(detail, "(")
	list, _, _ := strings.Cut(rest, ")=(")
	for _, column := range def.Columns {
		if firstIs(list, column.Physical) {
			c.Column = column.Name
			return c
		}
	}
	c.Column = byName(def, rule)
	return c
}

// firstIs tells whether a list of columns, quoted where they need it, begins
// with the column.
func firstIs(list, physical string) bool {
	for _, name := range [...]string{physical, `"` + physical + `"`} {
		if rest, ok := strings.CutPrefix(list, name); ok && (rest == "" || rest[0] == ',') {
			return true
		}
	}
	return false
}

// byName finds a rule's first column by the names that the server and the
// planner give.
func byName(def *db.Def, rule string) string {
	for _, c := range def.Columns {
		head := def.Physical + "_" + c.Physical
		if c.PrimaryKey && rule == def.Physical+"_pkey" || c.Unique && (rule == head+"_key" || rule == head+"_uidx") {
			return c.Name
		}
	}
	for _, columns := range def.Uniques {
		names := []string{def.Physical}
		for _, c := range columns {
			names = append(names, c.Physical)
		}
		if rule == strings.Join(names, "_")+"_uidx" {
			return columns[0].Name
		}
	}
	return ""
}
