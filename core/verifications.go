package core

import (
	"errors"
	"sort"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

// Verifications keeps values that wait to be redeemed, in the database or in
// secondary storage. What works once is redeemed with Take, never with Find
// and Delete.
type Verifications struct{ c *Context }

// Verifications returns the store of verifications.
func (c *Context) Verifications() Verifications { return Verifications{c} }

func (s Verifications) entity() entity[Verification] {
	return entity[Verification]{s.c, s.c.k.tables.Verifications.Table, s.c.k.verificationHooks}
}

// Create stores a value under an identifier until ttl has passed.
func (s Verifications) Create(identifier, value string, ttl time.Duration) (*Verification, error) {
	now := s.c.Now()
	v := &Verification{ID: s.c.NewID("verification"), Identifier: s.stored(identifier), Value: value,
		ExpiresAt: now.Add(ttl), CreatedAt: now, UpdatedAt: now}
	if s.c.k.options.SecondaryStorage != nil {
		if err := s.keep(v); err != nil || !s.c.k.verificationsInDatabase() {
			return v, err
		}
	}
	return v, s.entity().create(v)
}

// Reserve stores a value under an identifier unless there is one, and reports
// whether it did: of racing callers one wins. It is for values that must not
// be used twice, such as the identifier of an assertion.
func (s Verifications) Reserve(identifier, value string, ttl time.Duration) (bool, error) {
	now, t := s.c.Now(), s.c.k.tables.Verifications
	v := &Verification{ID: secret.Hash("reserve:" + identifier), Identifier: s.stored(identifier), Value: value,
		ExpiresAt: now.Add(ttl), CreatedAt: now, UpdatedAt: now}
	if kv := s.c.k.options.SecondaryStorage; kv != nil {
		data := t.AppendStoredJSON(nil, v)
		return kv.SetIfAbsent(s.c, verificationKey(v.Identifier), string(data), ttl)
	}
	if s.c.k.options.Advanced.GenerateID.Type != db.IDText {
		v.ID = s.c.NewID("verification")
		return s.reserveLocked(v)
	}
	if _, err := db.Delete(s.c, s.c.x, t.Table, t.ID.Eq(v.ID), t.ExpiresAt.Lt(now)); err != nil {
		return false, err
	}
	return db.CreateIfAbsent(s.c, s.c.x, t.Table, v, t.ID)
}

// reserveLocked reserves where keys cannot be derived from identifiers.
func (s Verifications) reserveLocked(v *Verification) (reserved bool, err error) {
	err = s.c.Transaction(func(c *Context) error {
		t := c.k.tables.Verifications
		rows, err := db.All(c, c.x, t.Table, db.Query[Verification]{
			Where: []db.Where[Verification]{t.Identifier.Eq(v.Identifier), t.ExpiresAt.Gte(c.Now())}, Lock: true})
		if err != nil || len(rows) > 0 {
			return err
		}
		reserved = true
		return db.Create(c, c.x, t.Table, v)
	})
	return reserved && err == nil, err
}

// Find returns the newest value of an identifier that has not expired, or
// [db.ErrNotFound]. It leaves the value in place: use it only for what may be
// read more than once.
func (s Verifications) Find(identifier string) (*Verification, error) {
	for _, stored := range s.candidates(identifier) {
		v, err := s.find(stored)
		if !errors.Is(err, db.ErrNotFound) {
			return v, err
		}
	}
	return nil, db.ErrNotFound
}

func (s Verifications) find(stored string) (*Verification, error) {
	if kv := s.c.k.options.SecondaryStorage; kv != nil {
		data, ok, err := kv.Get(s.c, verificationKey(stored))
		if err != nil || ok {
			return s.parse(data, err)
		}
		if !s.c.k.verificationsInDatabase() {
			return nil, db.ErrNotFound
		}
	}
	t := s.c.k.tables.Verifications
	return db.First(s.c, s.c.x, t.Table, db.Query[Verification]{
		Where: []db.Where[Verification]{t.Identifier.Eq(stored), t.ExpiresAt.Gte(s.c.Now())},
		Order: []db.Order[Verification]{t.CreatedAt.Desc()}})
}

// Take removes every value of an identifier and returns the newest one, or
// [db.ErrNotFound] where there is none or it has expired. Of racing callers
// one receives it.
func (s Verifications) Take(identifier string) (*Verification, error) {
	for _, stored := range s.candidates(identifier) {
		v, err := s.take(stored)
		if !errors.Is(err, db.ErrNotFound) {
			return v, err
		}
	}
	return nil, db.ErrNotFound
}

func (s Verifications) take(stored string) (*Verification, error) {
	if kv := s.c.k.options.SecondaryStorage; kv != nil {
		data, ok, err := kv.Take(s.c, verificationKey(stored))
		if err != nil || ok {
			if s.c.k.verificationsInDatabase() && err == nil {
				_, err = s.takeRow(stored)
				if errors.Is(err, db.ErrNotFound) {
					err = nil
				}
			}
			return s.parse(data, err)
		}
		if !s.c.k.verificationsInDatabase() {
			return nil, db.ErrNotFound
		}
	}
	return s.takeRow(stored)
}

func (s Verifications) takeRow(stored string) (*Verification, error) {
	t := s.c.k.tables.Verifications
	rows, err := db.Take(s.c, s.c.x, t.Table, t.Identifier.Eq(stored))
	if err != nil {
		return nil, err
	}
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].CreatedAt.After(rows[j].CreatedAt) })
	if len(rows) == 0 || rows[0].ExpiresAt.Before(s.c.Now()) {
		return nil, db.ErrNotFound
	}
	return rows[0], nil
}

// Delete removes every value of an identifier.
func (s Verifications) Delete(identifier string) error {
	for _, stored := range s.candidates(identifier) {
		if kv := s.c.k.options.SecondaryStorage; kv != nil {
			if err := kv.Delete(s.c, verificationKey(stored)); err != nil {
				return err
			}
			if !s.c.k.verificationsInDatabase() {
				continue
			}
		}
		t := s.c.k.tables.Verifications
		if _, err := db.Delete(s.c, s.c.x, t.Table, t.Identifier.Eq(stored)); err != nil {
			return err
		}
	}
	return nil
}

// Replace changes the value of a verification that still holds the old one,
// and reports whether it did: counters of attempts are kept this way, so that
// racing guesses count each. The expiry stays.
func (s Verifications) Replace(v *Verification, value string) (bool, error) {
	t := s.c.k.tables.Verifications
	next := *v
	next.Value, next.UpdatedAt = value, s.c.Now()
	if kv := s.c.k.options.SecondaryStorage; kv != nil {
		old, data := string(t.AppendStoredJSON(nil, v)), string(t.AppendStoredJSON(nil, &next))
		swapped, err := kv.CompareAndSwap(s.c, verificationKey(v.Identifier), old, data, v.ExpiresAt.Sub(s.c.Now()))
		if err != nil || !s.c.k.verificationsInDatabase() {
			return swapped, err
		}
	}
	n, err := db.Update(s.c, s.c.x, t.Table, []db.Assign[Verification]{t.Value.To(value), t.UpdatedAt.To(next.UpdatedAt)},
		t.ID.Eq(v.ID), t.Value.Eq(v.Value))
	return n > 0, err
}

// keep writes a verification to secondary storage.
func (s Verifications) keep(v *Verification) error {
	ttl := v.ExpiresAt.Sub(s.c.Now()).Truncate(time.Second)
	if ttl <= 0 {
		return nil
	}
	data := s.c.k.tables.Verifications.AppendStoredJSON(nil, v)
	return s.c.k.options.SecondaryStorage.Set(s.c, verificationKey(v.Identifier), string(data), ttl)
}

func (s Verifications) parse(data string, err error) (*Verification, error) {
	v := &Verification{}
	if err == nil {
		err = s.c.k.tables.Verifications.ParseJSON([]byte(data), v)
	}
	switch {
	case err != nil:
		return nil, err
	case v.ExpiresAt.Before(s.c.Now()):
		return nil, db.ErrNotFound
	}
	return v, nil
}

func verificationKey(stored string) string { return "verification:" + stored }

// stored returns the form in which an identifier is written.
func (s Verifications) stored(identifier string) string {
	if s.form(identifier) == "hashed" {
		return secret.Hash(identifier)
	}
	return identifier
}

// candidates lists the forms an identifier may have been written in, so that
// the option can be changed while values wait.
func (s Verifications) candidates(identifier string) []string {
	if s.form(identifier) == "hashed" {
		return []string{secret.Hash(identifier), identifier}
	}
	return []string{identifier}
}

func (s Verifications) form(identifier string) string {
	o := &s.c.k.options.Verification
	for prefix, form := range o.Overrides {
		if strings.HasPrefix(identifier, prefix) {
			return form
		}
	}
	return o.StoreIdentifier
}

// Cleanup deletes verifications that have expired and returns how many.
func (s Verifications) Cleanup() (int64, error) {
	t := s.c.k.tables.Verifications
	return db.Delete(s.c, s.c.x, t.Table, t.ExpiresAt.Lt(s.c.Now()))
}
