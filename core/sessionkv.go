package core

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// This file keeps sessions in secondary storage, laid out as the reference
// lays them out: the session and its user under the token, and the instant
// before which all of a user's sessions are void. The sorted list of a user's
// tokens is in sessionlist.go.

func revokedKey(userID string) string { return "revoked-sessions-before-" + userID }

// keep writes session and user under the token.
func (s Sessions) keep(current *Current) error {
	ttl := s.life(current.Session)
	if ttl <= 0 {
		return nil
	}
	return s.c.k.options.SecondaryStorage.Set(s.c, current.Session.Token, s.encode(current), ttl)
}

func (s Sessions) life(session *Session) time.Duration {
	return session.ExpiresAt.Sub(s.c.Now()).Truncate(time.Second)
}

func (s Sessions) encode(current *Current) string { return s.c.k.encode(current) }

func (k *Kernel) encode(current *Current) string {
	t := k.tables
	b := append(make([]byte, 0, 1024), `{"session":`...)
	b = t.Sessions.AppendStoredJSON(b, current.Session)
	b = append(b, `,"user":`...)
	return string(append(t.Users.AppendStoredJSON(b, current.User), '}'))
}

// kept reads what keep wrote, and returns its raw form too.
func (s Sessions) kept(token string) (*Current, string, error) {
	data, ok, err := s.c.k.options.SecondaryStorage.Get(s.c, token)
	if err != nil {
		return nil, "", err
	}
	current := s.decode(token, data)
	if !ok || current == nil || current.Session.Token != token {
		return nil, "", db.ErrNotFound
	}
	revoked, err := s.revokedBefore(current.Session.UserID)
	if err != nil {
		return nil, "", err
	}
	if current.Session.CreatedAt.Before(revoked) {
		return nil, "", db.ErrNotFound
	}
	return current, data, nil
}

// decode is parse, or a copy of what it made of the same text before.
func (s Sessions) decode(token, data string) *Current {
	memo := s.c.k.reads.decoded
	if memo == nil {
		return s.parse(data)
	}
	current, ok := memo.Of(token, data, func(text string) (*Current, bool) {
		current := s.parse(text)
		return current, current != nil
	})
	if !ok {
		return nil
	}
	return current.clone()
}

// parse returns nil for what is no session: other things live in the same
// storage, and a client may name any key for its token.
func (s Sessions) parse(data string) *Current {
	kept, err := db.Check([]byte(data))
	if err != nil {
		return nil
	}
	current, _, err := s.c.k.tables.parseCurrent(kept)
	if err != nil {
		return nil
	}
	return current
}

// changeKept applies a change to what is kept under a token, or answers
// [db.ErrNotFound]. What was revoked in the meantime does not come back, and
// what others change at the same time is not lost.
func (s Sessions) changeKept(token string, change func(*Current) error) (*Current, error) {
	for s.c.Err() == nil {
		current, old, err := s.kept(token)
		if err != nil {
			return nil, err
		}
		if err := change(current); err != nil {
			return nil, err
		}
		ttl := s.life(current.Session)
		if ttl <= 0 {
			return current, s.c.k.options.SecondaryStorage.Delete(s.c, token)
		}
		swapped, err := s.c.k.options.SecondaryStorage.CompareAndSwap(s.c, token, old, s.encode(current), ttl)
		if err != nil || swapped {
			return current, err
		}
	}
	return nil, s.c.Err()
}

// keepAgain puts a session into secondary storage that only the database had
// any more. A revocation removes the row before the key, so that one of the
// two sees the other.
func (s Sessions) keepAgain(token string) (*Current, error) {
	t := s.c.k.tables
	read := func() (*Current, error) {
		session, user, err := db.OneJoined(s.c, s.c.x, t.sessionUser, t.Sessions.Token.Eq(token))
		if err == nil && session.ExpiresAt.Before(s.c.Now()) {
			err = db.ErrNotFound
		}
		return &Current{session, user}, err
	}
	current, err := read()
	if err != nil {
		return nil, err
	}
	store := s.c.k.options.SecondaryStorage
	if ttl := s.life(current.Session); ttl > 0 {
		if _, err := store.SetIfAbsent(s.c, token, s.encode(current), ttl); err != nil {
			return nil, err
		}
	}
	if _, err := read(); err != nil {
		return nil, errors.Join(err, store.Delete(s.c, token))
	}
	return current, nil
}

func (s Sessions) revokedBefore(userID string) (time.Time, error) {
	text, ok, err := s.c.k.options.SecondaryStorage.Get(s.c, revokedKey(userID))
	if err != nil {
		return time.Time{}, err
	}
	ms, parseErr := strconv.ParseInt(text, 10, 64)
	if !ok || parseErr != nil {
		return time.Time{}, nil
	}
	return time.UnixMilli(ms), nil
}

// markRevoked voids every session of the user that was created before now,
// also those a racing list change hides.
func (s Sessions) markRevoked(userID string) error {
	if s.c.k.options.SecondaryStorage == nil {
		return nil
	}
	life := max(s.c.k.options.Session.ExpiresIn, rememberless)
	now := strconv.FormatInt(s.c.Now().UnixMilli(), 10)
	return s.c.k.options.SecondaryStorage.Set(s.c, revokedKey(userID), now, life)
}

// forget removes a session from secondary storage.
func (s Sessions) forget(session *Session) error {
	if s.c.k.options.SecondaryStorage == nil {
		return nil
	}
	if err := s.c.k.options.SecondaryStorage.Delete(s.c, session.Token); err != nil {
		return err
	}
	return s.changeList(session.UserID, func(list []listedSession) []listedSession {
		return slices.DeleteFunc(list, func(l listedSession) bool { return l.Token == session.Token })
	})
}

func (s Sessions) updateKept(changes *Changes[Session]) (*Session, error) {
	e, t := s.entity(), s.c.k.tables.Sessions
	current, err := s.Find(changes.Key)
	if err != nil {
		return nil, err
	}
	changes.Row = current.Session
	if err := e.beforeUpdate(changes); err != nil {
		return nil, err
	}
	if s.c.k.sessionsInDatabase() {
		if _, err := db.Update(s.c, s.c.x, t.Table, changes.Set, t.Token.Eq(changes.Key)); err != nil {
			return nil, err
		}
	}
	current, err = s.changeKept(changes.Key, func(current *Current) error {
		return Apply(t.Table, current.Session, changes.Set)
	})
	if errors.Is(err, db.ErrNotFound) && s.c.k.sessionsInDatabase() {
		current, err = s.keepAgain(changes.Key)
	}
	if err != nil {
		return nil, err
	}
	if err := s.enlist(current.Session); err != nil {
		return nil, err
	}
	s.c.sessionChanged(current.Session)
	e.updated(current.Session)
	return current.Session, nil
}

// refreshUser rewrites the user in every session that secondary storage keeps.
func (s Sessions) refreshUser(u *User) error {
	if s.c.k.options.SecondaryStorage == nil {
		return nil
	}
	sessions, err := s.listKept(u.ID)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		_, err := s.changeKept(session.Token, func(current *Current) error { current.User = u; return nil })
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
	}
	return nil
}
