package core

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// What [Verifications.Guess] and [Verifications.Redeem] refuse with. Plugins
// word them with codes of their own.
var (
	ErrGuessUnknown   = errors.New("core: there is no code to guess")
	ErrGuessExpired   = errors.New("core: the code has expired")
	ErrGuessExhausted = errors.New("core: the code was guessed too often")
	ErrGuessWrong     = errors.New("core: the code is another one")
)

// A code that people type is kept as the reference keeps it: what is stored of
// it, a colon, and how often it was guessed wrong.

// CreateCode stores a code in place of any other of the identifier.
func (s Verifications) CreateCode(identifier, stored string, ttl time.Duration) error {
	if err := s.Delete(identifier); err != nil {
		return err
	}
	_, err := s.Create(identifier, stored+":0", ttl)
	return err
}

// Code returns what is stored of a code and how often it was guessed wrong.
func (v *Verification) Code() (stored string, guesses int) {
	stored = v.Value
	if i := strings.LastIndexByte(v.Value, ':'); i >= 0 {
		stored = v.Value[:i]
		guesses, _ = strconv.Atoi(v.Value[i+1:])
	}
	return stored, max(guesses, 0)
}

// Guess compares a code that somebody typed with the newest one of an
// identifier, by means of fits, at most as often as allowed, and leaves it in
// place. A guess is counted before it is looked at, so that racing guesses are
// no more than the allowed ones, and a right one is uncounted. After one guess
// too many the code is worth nothing. An error of fits is returned as it is, and
// the guess stays counted.
func (s Verifications) Guess(identifier string, allowed int, fits func(stored string) (bool, error)) (*Verification, error) {
	v, err := s.guess(identifier, allowed, fits)
	if err == nil {
		err = s.uncount(identifier, v)
	}
	return v, err
}

// Redeem is [Verifications.Guess] that removes the code: of racing callers who
// all know it one succeeds.
func (s Verifications) Redeem(identifier string, allowed int, fits func(stored string) (bool, error)) error {
	v, err := s.guess(identifier, allowed, fits)
	if err != nil {
		return err
	}
	return s.TakeGuessed(identifier, v)
}

// TakeGuessed removes the code that [Verifications.Guess] found right, or
// refuses with [ErrGuessWrong] where it is gone: for transactions.
func (s Verifications) TakeGuessed(identifier string, guessed *Verification) error {
	v, err := s.Take(identifier)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return ErrGuessWrong
	case err == nil && v.ID != guessed.ID:
		return ErrGuessWrong
	}
	return err
}

// guessTurns bounds how often a count is tried again. Each turn is another
// guess that was counted, unless storage failed between two copies of a code.
const guessTurns = 256

func (s Verifications) guess(identifier string, allowed int, fits func(stored string) (bool, error)) (*Verification, error) {
	for range guessTurns {
		v, err := s.newest(identifier)
		if errors.Is(err, db.ErrNotFound) {
			return nil, ErrGuessUnknown
		}
		if err != nil {
			return nil, err
		}
		stored, guesses := v.Code()
		switch {
		case v.ExpiresAt.Before(s.c.Now()):
			return nil, errors.Join(ErrGuessExpired, s.Delete(identifier))
		case guesses > allowed:
			return nil, ErrGuessUnknown // spent: left to expire, as a right guess may still be on its way
		}
		counted, err := s.Replace(v, stored+":"+strconv.Itoa(guesses+1))
		if err != nil {
			return nil, err
		}
		if !counted {
			continue // another guess was counted: this one is the next
		}
		if guesses == allowed {
			return nil, ErrGuessExhausted
		}
		right, err := fits(stored)
		if err != nil {
			return nil, err
		}
		if !right {
			return nil, ErrGuessWrong
		}
		return v, nil
	}
	return nil, ErrGuessUnknown
}

// uncount takes one counted guess back, whatever else was counted meanwhile.
func (s Verifications) uncount(identifier string, guessed *Verification) error {
	for range guessTurns {
		v, err := s.newest(identifier)
		if errors.Is(err, db.ErrNotFound) || err == nil && v.ID != guessed.ID {
			return nil
		}
		if err != nil {
			return err
		}
		stored, guesses := v.Code()
		if done, err := s.Replace(v, stored+":"+strconv.Itoa(max(0, guesses-1))); done || err != nil {
			return err
		}
	}
	return nil // it stays counted
}

// newest is [Verifications.Find] that also finds what has expired but is still
// there.
func (s Verifications) newest(identifier string) (*Verification, error) {
	for _, stored := range s.candidates(identifier) {
		if s.c.k.options.SecondaryStorage != nil {
			v, err := s.find(stored)
			if !errors.Is(err, db.ErrNotFound) {
				return v, err
			}
			continue
		}
		t := s.c.k.tables.Verifications
		v, err := db.First(s.c, s.c.x, t.Table, db.Query[Verification]{
			Where: []db.Where[Verification]{t.Identifier.Eq(stored)}, Order: []db.Order[Verification]{t.CreatedAt.Desc()}})
		if !errors.Is(err, db.ErrNotFound) {
			return v, err
		}
	}
	return nil, db.ErrNotFound
}

// Prolong lets a verification that is still there live until ttl has passed,
// and reports whether it was there.
func (s Verifications) Prolong(v *Verification, ttl time.Duration) (bool, error) {
	now, t := s.c.Now(), s.c.k.tables.Verifications
	if kv := s.c.k.options.SecondaryStorage; kv != nil {
		longer := *v
		longer.ExpiresAt, longer.UpdatedAt = now.Add(ttl), now
		old := string(t.AppendStoredJSON(nil, v))
		swapped, err := kv.CompareAndSwap(s.c, verificationKey(v.Identifier), old, string(t.AppendStoredJSON(nil, &longer)), ttl)
		if err != nil || !swapped || !s.c.k.verificationsInDatabase() {
			return swapped, err
		}
	}
	n, err := db.Update(s.c, s.c.x, t.Table, []db.Assign[Verification]{t.ExpiresAt.To(now.Add(ttl)), t.UpdatedAt.To(now)}, t.ID.Eq(v.ID))
	return n > 0, err
}
