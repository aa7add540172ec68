package core

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/watchword-auth/watchword/db"
)

type listedSession struct {
	Token     string `json:"token"`
	ExpiresAt int64  `json:"expiresAt"` // Unix milliseconds
}

func activeKey(userID string) string { return "active-sessions-" + userID }

// enlist adds a session to its user's list.
func (s Sessions) enlist(session *Session) error {
	entry := listedSession{session.Token, session.ExpiresAt.UnixMilli()}
	return s.changeList(session.UserID, func(list []listedSession) []listedSession {
		list = slices.DeleteFunc(list, func(l listedSession) bool { return l.Token == entry.Token })
		return append(list, entry)
	})
}

// changeList applies a change to the user's list of live sessions without
// losing what others change at the same time.
func (s Sessions) changeList(userID string, change func([]listedSession) []listedSession) error {
	store, key := s.c.k.options.SecondaryStorage, activeKey(userID)
	for s.c.Err() == nil {
		old, ok, err := store.Get(s.c, key)
		if err != nil {
			return err
		}
		list := change(s.live(old))
		slices.SortFunc(list, func(a, b listedSession) int { return cmp.Compare(a.ExpiresAt, b.ExpiresAt) })
		if len(list) == 0 && !ok {
			return nil
		}
		data, err := json.Marshal(list)
		if err != nil {
			return err
		}
		ttl := time.Second
		if len(list) > 0 {
			ttl = max(ttl, time.UnixMilli(list[len(list)-1].ExpiresAt).Sub(s.c.Now()))
		}
		var done bool
		if ok {
			done, err = store.CompareAndSwap(s.c, key, old, string(data), ttl)
		} else {
			done, err = store.SetIfAbsent(s.c, key, string(data), ttl)
		}
		if done || err != nil {
			return err
		}
	}
	return s.c.Err()
}

// live parses a list and drops what has expired.
func (s Sessions) live(data string) []listedSession {
	list := []listedSession{}
	if data != "" && json.Unmarshal([]byte(data), &list) != nil {
		return []listedSession{}
	}
	now := s.c.Now().UnixMilli()
	return slices.DeleteFunc(list, func(l listedSession) bool { return l.ExpiresAt <= now })
}

func (s Sessions) listKept(userID string) ([]*Session, error) {
	data, _, err := s.c.k.options.SecondaryStorage.Get(s.c, activeKey(userID))
	if err != nil {
		return nil, err
	}
	var sessions []*Session
	for _, l := range s.live(data) {
		current, _, err := s.kept(l.Token)
		if errors.Is(err, db.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sessions = append(sessions, current.Session)
	}
	return sessions, nil
}
