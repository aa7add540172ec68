package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/password"
)

// Code is the stable name of a refusal, as clients compare it.
type Code string

// Error is an answer that refuses. Status, Code, Message and the members
// added by [Error.With] go to the client; Err goes to the log and nowhere
// else. Any other error becomes a 500 that reveals nothing.
//
// Package-level errors are shared: their methods return changed copies.
type Error struct {
	Status   int    // HTTP status
	Code     Code   // empty: the answer has no code
	Message  string // empty: the answer has no body
	Location string // where a redirect goes
	Err      error  // the cause, for the log

	members []member
}

type member struct {
	name  string
	value any
}

// NewError declares a refusal.
func NewError(status int, code Code, message string) *Error {
	return &Error{Status: status, Code: code, Message: message}
}

// Redirect answers 302 with a Location. It is returned as an error, so that
// hooks see it and no output is encoded.
func Redirect(location string) *Error {
	return &Error{Status: http.StatusFound, Location: location}
}

// Error describes the refusal and its cause, for logs.
func (e *Error) Error() string {
	text := fmt.Sprintf("%d %s %s", e.Status, e.Code, e.Message)
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.Err
}

// Is compares codes, so that errors.Is(err, ErrUserNotFound) holds whatever
// status and cause err has. Errors without a code are equal only to themselves.
// A nil Error, such as the Err of a [Result] that succeeded, is none.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && e != nil && t != nil && (e == t || e.Code != "" && e.Code == t.Code)
}

// Wrap returns a copy that keeps its cause for the log.
func (e *Error) Wrap(err error) *Error { c := *e; c.Err = err; return &c }

// WithStatus returns a copy with another status.
func (e *Error) WithStatus(status int) *Error { c := *e; c.Status = status; return &c }

// Say returns a copy with another message.
func (e *Error) Say(message string) *Error { c := *e; c.Message = message; return &c }

// With returns a copy whose body has one more member.
func (e *Error) With(name string, value any) *Error {
	c := *e
	c.members = append(slices.Clip(c.members), member{name, value})
	return &c
}

// body returns the JSON form, message before code as the reference orders it,
// or nil where there is nothing to say.
func (e *Error) body() []byte {
	if e.Message == "" && e.Code == "" && len(e.members) == 0 {
		return nil
	}
	b := []byte{'{'}
	if e.Message != "" {
		b = appendMember(b, "message", e.Message)
	}
	if e.Code != "" {
		b = appendMember(b, "code", string(e.Code))
	}
	for _, m := range e.members {
		b = appendMember(b, m.name, m.value)
	}
	return append(b, '}')
}

// refusedInput words what package input refuses.
func refusedInput(e *input.Error) *Error {
	refusal := ErrValidation
	switch e.Reason {
	case input.Invalid, input.Unfit:
	case input.Malformed:
		refusal = errInvalidJSON
	case input.TooLarge:
		refusal = errBodyTooLarge
	case input.Unsupported:
		refusal = errUnsupportedType
	case input.NotAllowed:
		refusal = ErrFieldNotAllowed
	case input.Missing:
		refusal = ErrMissingField
	}
	if e.Message != "" {
		refusal = refusal.Say(e.Message)
	}
	return refusal.Wrap(e.Err)
}

func appendMember(b []byte, name string, value any) []byte {
	if len(b) > 1 {
		b = append(b, ',')
	}
	b = db.AppendJSONString(b, name)
	b = append(b, ':')
	if text, ok := value.(string); ok {
		return db.AppendJSONString(b, text)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		raw = []byte("null")
	}
	return append(b, raw...)
}

// Unavailable reports whether an error means that storage or the hashing pool
// could not be had in time. The kernel answers it with 503 and asks clients to
// come back; flows that word other failures must leave it alone.
func Unavailable(err error) bool {
	return errors.Is(err, password.ErrBusy) || errors.Is(err, db.ErrUnavailable) || errors.Is(err, kv.ErrUnavailable) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// known words failures of the lower floors.
func known(err error) *Error {
	if declared, ok := errors.AsType[*Error](err); ok {
		return declared
	}
	if refused, ok := errors.AsType[*input.Error](err); ok {
		return refusedInput(refused)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return errBodyTooLarge.Wrap(err)
	case errors.Is(err, db.ErrUnstorable):
		return errUnstorable.Wrap(err)
	case Unavailable(err):
		return errUnavailable.Wrap(err)
	}
	return &Error{Status: http.StatusInternalServerError, Err: err}
}
