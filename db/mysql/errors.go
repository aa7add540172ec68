package mysql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	mysql "github.com/go-sql-driver/mysql"

	"github.com/watchword-auth/watchword/db"
)

// Numbers of the servers' error messages.
const (
	codeDuplicate  = 1062
	codeChanged    = 1020 // MariaDB: the row has changed since the snapshot
	codeLockWait   = 1205
	codeDeadlock   = 1213
	codeReadOnly   = 1290
	codeManyUsers  = 1203
	codeManyConns  = 1040
	codeShutdown   = 1053
	codeDiskFull   = 1021
	codeTableFull  = 1114
	codeNoMemory   = 1037
	codeTimeout    = 3024
	codeMaxTime    = 1969 // MariaDB's max_statement_time
	codeConnKilled = 1927
	codeStopped    = 1317 // of a statement, when the server stops
	codeInactive   = 4031 // MySQL: the connection was idle for too long
	codeTooLong    = 1406
	codeOutOfRange = 1264
	codeNoSuchText = 1366
)

func codeOf(err error) uint16 {
	if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
		return e.Number
	}
	return 0
}

func lostConflict(err error) bool {
	code := codeOf(err)
	return code == codeDeadlock || code == codeChanged
}

func isDuplicate(err error) bool { return codeOf(err) == codeDuplicate }

// translate makes an error of the driver one of package db's, but for
// conflicts. Errors of a context and those it does not know stay as they are.
func translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, db.ErrUnavailable) {
		return err
	}
	switch codeOf(err) {
	case 0:
		var network net.Error
		if !errors.As(err, &network) && !errors.Is(err, driver.ErrBadConn) && !errors.Is(err, mysql.ErrInvalidConn) && !errors.Is(err, sql.ErrConnDone) {
			return err
		}
	case codeChanged, codeLockWait, codeDeadlock, codeReadOnly, codeManyUsers, codeManyConns, codeShutdown, codeDiskFull,
		codeTableFull, codeNoMemory, codeTimeout, codeMaxTime, codeConnKilled, codeStopped, codeInactive:
	case codeTooLong, codeOutOfRange, codeNoSuchText:
		return fmt.Errorf("%w: %w", db.ErrUnstorable, err)
	default:
		return err
	}
	return fmt.Errorf("%w: %w", db.ErrUnavailable, err)
}

// conflict makes a duplicate's error name the rule: "Duplicate entry '…' for
// key 'code'", where MySQL puts the table before the key. The value in it may
// hold anything, so the key is looked for from the end.
func (e *executor) conflict(ctx context.Context, err error, def *db.Def) error {
	if !isDuplicate(err) {
		return err
	}
	c := &db.ConflictError{Table: def.Name, Err: err}
	text := strings.TrimSuffix(err.Error(), "'")
	key := text[strings.LastIndexByte(text, '\'')+1:]
	key = key[strings.LastIndexByte(key, '.')+1:]
	physical := firstColumn(def, key)
	if physical == "" {
		physical = e.lookUp(ctx, def, key)
	}
	for _, column := range def.Columns {
		if strings.EqualFold(column.Physical, physical) {
			c.Column = column.Name
		}
	}
	return c
}

// firstColumn finds a rule's first column by the names that the server and the
// planner give.
func firstColumn(def *db.Def, key string) string {
	for _, c := range def.Columns {
		if c.PrimaryKey && key == "PRIMARY" || c.Unique && (key == c.Physical || key == def.Physical+"_"+c.Physical+"_uidx") {
			return c.Physical
		}
	}
	for _, columns := range def.Uniques {
		names := []string{def.Physical}
		for _, c := range columns {
			names = append(names, c.Physical)
		}
		if key == strings.Join(slices.Concat(names, []string{"uidx"}), "_") {
			return columns[0].Physical
		}
	}
	return ""
}

// lookUp asks the server about a rule that goes by another name. A failure
// only leaves the column unknown.
func (e *executor) lookUp(ctx context.Context, def *db.Def, key string) (physical string) {
	const text = "SELECT column_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ? AND seq_in_index = 1"
	on := interface {
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}(e.handle)
	if e.tx != nil {
		on = e.tx
	}
	if err := on.QueryRowContext(ctx, text, def.Physical, key).Scan(&physical); err != nil {
		return ""
	}
	return physical
}
