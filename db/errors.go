package db

import (
	"errors"
	"fmt"
)

// ErrNotFound reports that no row matched where one was asked for.
var ErrNotFound = errors.New("db: no row matched")

// ErrConflict reports that a row would have broken a unique rule. The error
// in hand is a [*ConflictError] where the engine says which one.
var ErrConflict = errors.New("db: a row with this value exists")

// ErrUnavailable reports that the engine could not be reached or did not
// answer in time. The statement may or may not have been carried out.
var ErrUnavailable = errors.New("db: storage is unavailable")

// ErrUnstorable reports a value that the engine cannot hold: PostgreSQL stores
// no NUL in a text, and columns of some engines have a greatest length.
var ErrUnstorable = errors.New("db: the engine cannot hold a value")

// ConflictError names the unique rule that refused a row, in logical names.
// Column is empty where the engine does not tell. It matches [ErrConflict].
type ConflictError struct {
	Table, Column string
	Err           error
}

// Error describes the conflict without the values involved.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("db: %s.%s: a row with this value exists", e.Table, e.Column)
}

// Is makes every ConflictError match [ErrConflict].
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// Unwrap returns the driver's own error.
func (e *ConflictError) Unwrap() error { return e.Err }
