package core

import (
	"errors"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/secret"
)

// Sessions reads and changes sessions, in the database, in secondary storage
// or in both as the options say.
type Sessions struct{ c *Context }

// Sessions returns the store of sessions.
func (c *Context) Sessions() Sessions { return Sessions{c} }

func (s Sessions) entity() entity[Session] {
	return entity[Session]{s.c, s.c.k.tables.Sessions.Table, s.c.k.sessionHooks}
}

// rememberless is how long a session lives that ends with the browser.
const rememberless = 24 * time.Hour

// NewSession shapes a session that is being created.
type NewSession struct {
	DontRemember bool           // end with the browser
	Shape        func(*Session) // changes the row before it is stored; nil leaves it
}

// Create stores a new session of a user and returns it. It sets no cookie:
// [Context.SignIn] does both.
func (s Sessions) Create(u *User, options NewSession) (*Session, error) {
	c, now := s.c, s.c.Now()
	life := c.k.options.Session.ExpiresIn
	if options.DontRemember {
		life = rememberless
	}
	// A header may hold any bytes; databases hold UTF-8.
	ip, agent := c.ClientIP(), strings.ToValidUTF8(c.Header("User-Agent"), "\ufffd")
	session := &Session{
		ID: c.NewID("session"), Token: secret.ID(c.k.random), UserID: u.ID,
		ExpiresAt: now.Add(life), CreatedAt: now, UpdatedAt: now,
		IPAddress: &ip, UserAgent: &agent,
	}
	input.FillDefaults(c.k.tables.Sessions.Table, session)
	if options.Shape != nil {
		options.Shape(session)
	}
	return session, s.store(&Current{session, u})
}

func (s Sessions) store(current *Current) error {
	e := s.entity()
	if s.c.k.options.SecondaryStorage == nil {
		return e.create(current.Session)
	}
	if err := e.beforeCreate(current.Session); err != nil {
		return err
	}
	if current.Session.ID == "" {
		current.Session.ID = secret.ID(s.c.k.random)
	}
	kept := &Current{current.Session, current.User}
	if s.c.k.sessionsInDatabase() {
		if err := db.Create(s.c, s.c.x, e.table, current.Session); err != nil {
			return err
		}
		kept = kept.clone()
	}
	e.table.OmitEmpty(kept.Session)
	if err := s.keep(kept); err != nil {
		return err
	}
	if err := s.enlist(current.Session); err != nil {
		return err
	}
	e.created(current.Session)
	return nil
}

// Find returns the session of a token and its user, whether it has expired or
// not, or [db.ErrNotFound]. It is one statement. Where the database has the
// sessions too, it answers for secondary storage that has lost them or cannot
// be reached: what is revoked leaves the database first.
func (s Sessions) Find(token string) (*Current, error) {
	if s.c.k.options.SecondaryStorage != nil {
		current, _, err := s.kept(token)
		missing := errors.Is(err, db.ErrNotFound) || errors.Is(err, kv.ErrUnavailable) && s.c.Err() == nil
		if !missing || !s.c.k.sessionsInDatabase() {
			return current, err
		}
	}
	t := s.c.k.tables
	session, user, err := db.OneJoined(s.c, s.c.x, t.sessionUser, t.Sessions.Token.Eq(token))
	if err != nil {
		return nil, err
	}
	return &Current{session, user}, nil
}

// List returns the user's sessions that have not expired, newest last; from
// secondary storage alone, the one that ends last comes last. Where the
// database has the sessions too it answers, for it loses none.
func (s Sessions) List(userID string) ([]*Session, error) {
	if s.c.k.options.SecondaryStorage != nil && !s.mirrored() {
		return s.listKept(userID)
	}
	t := s.c.k.tables.Sessions
	return db.All(s.c, s.c.x, t.Table, db.Query[Session]{
		Where: []db.Where[Session]{t.UserID.Eq(userID), t.ExpiresAt.Gt(s.c.Now())},
		Order: []db.Order[Session]{t.CreatedAt.Asc()}})
}

// Update changes the session of a token and returns it as it is then, or
// [db.ErrNotFound].
func (s Sessions) Update(token string, set ...db.Assign[Session]) (*Session, error) {
	return s.update(&Changes[Session]{Key: token, Set: set})
}

func (s Sessions) update(changes *Changes[Session]) (*Session, error) {
	t := s.c.k.tables.Sessions
	changes.Add(t.UpdatedAt.To(s.c.Now()))
	if s.c.k.options.SecondaryStorage != nil {
		return s.updateKept(changes)
	}
	session, err := s.entity().update(t.Token, changes)
	if err == nil {
		s.c.sessionChanged(session)
	}
	return session, err
}

// sessionChanged keeps the call's own session in step.
func (c *Context) sessionChanged(session *Session) {
	if cur := c.call.current; cur != nil && cur.Session.Token == session.Token {
		c.call.current = &Current{session, cur.User}
	}
}

// mirrored reports whether live sessions are in secondary storage and in the
// database alike.
func (s Sessions) mirrored() bool {
	return s.c.k.options.SecondaryStorage != nil && s.c.k.sessionsInDatabase() && !s.preserved()
}

// preserved reports whether rows outlive their sessions.
func (s Sessions) preserved() bool {
	return s.c.k.options.Session.PreserveSessionInDatabase && s.c.k.options.SecondaryStorage != nil
}
