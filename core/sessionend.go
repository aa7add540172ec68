package core

import (
	"errors"
	"slices"

	"github.com/watchword-auth/watchword/db"
)

// Delete ends the session of a token. A token without a session is no error.
func (s Sessions) Delete(token string) error {
	e := s.entity()
	var row *Session
	if e.watchesDeletes() || s.c.k.options.SecondaryStorage != nil {
		current, err := s.Find(token)
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		row = current.Session
		if s.preserved() && row.ExpiresAt.Before(s.c.Now()) {
			return s.forget(row) // it has ended; the row is kept as a record
		}
		if err := e.beforeDelete(row); err != nil {
			return err
		}
	}
	// The row goes first: see [Sessions.keepAgain].
	if s.c.k.sessionsInDatabase() {
		if err := s.removeRows(s.c.k.tables.Sessions.Token.Eq(token)); err != nil {
			return err
		}
	}
	if row == nil {
		return nil
	}
	err := s.forget(row)
	if err == nil {
		e.deleted(row)
	}
	return err
}

// removeRows deletes rows, or only ends them where they are to be preserved.
func (s Sessions) removeRows(where ...db.Where[Session]) (err error) {
	t := s.c.k.tables.Sessions
	if s.preserved() {
		_, err = db.Update(s.c, s.c.x, t.Table, []db.Assign[Session]{t.ExpiresAt.To(s.c.Now())}, where...)
		return err
	}
	_, err = db.Delete(s.c, s.c.x, t.Table, where...)
	return err
}

// DeleteAll ends every session of a user.
func (s Sessions) DeleteAll(userID string) error { return s.deleteAllBut(userID, "") }

// DeleteOthers ends every session of a user but the one with the token.
func (s Sessions) DeleteOthers(userID, token string) error { return s.deleteAllBut(userID, token) }

// left returns the sessions of a user that are to end: those that are listed,
// and those that only secondary storage has, where a revocation failed halfway.
func (s Sessions) left(userID string) ([]*Session, error) {
	rows, err := s.List(userID)
	if err != nil || !s.mirrored() {
		return rows, err
	}
	kept, err := s.listKept(userID)
	for _, row := range kept {
		if !slices.ContainsFunc(rows, func(listed *Session) bool { return listed.Token == row.Token }) {
			rows = append(rows, row)
		}
	}
	return rows, err
}

func (s Sessions) deleteAllBut(userID, token string) error {
	e, t := s.entity(), s.c.k.tables.Sessions
	var rows []*Session
	if e.watchesDeletes() || s.c.k.options.SecondaryStorage != nil {
		var err error
		if rows, err = s.left(userID); err != nil {
			return err
		}
	}
	rows = slices.DeleteFunc(rows, func(row *Session) bool { return row.Token == token })
	for _, row := range rows {
		if err := e.beforeDelete(row); err != nil {
			return err
		}
	}
	if s.c.k.sessionsInDatabase() {
		where := []db.Where[Session]{t.UserID.Eq(userID)}
		if token != "" {
			where = append(where, t.Token.Ne(token))
		}
		if err := s.removeRows(where...); err != nil {
			return err
		}
	}
	if token == "" {
		if err := s.markRevoked(userID); err != nil {
			return err
		}
	}
	for _, row := range rows {
		if err := s.forget(row); err != nil {
			return err
		}
		e.deleted(row)
	}
	return nil
}
