package core

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sort"
	"strconv"
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
	e := s.entity()
	if s.c.k.options.SecondaryStorage == nil {
		return v, e.create(v)
	}
	if err := e.beforeCreate(v); err != nil {
		return v, err
	}
	if s.c.k.verificationsInDatabase() {
		if err := db.Create(s.c, s.c.x, e.table, v); err != nil {
			return v, err
		}
	}
	v.ID = or(v.ID, secret.ID(s.c.k.random))
	if err := s.keep(v); err != nil {
		return v, err
	}
	e.created(v)
	return v, nil
}

// Reserve stores a value under an identifier unless there is one, and reports
// whether it did: of racing callers one wins. It is for values that must not
// be used twice, such as the identifier of an assertion.
func (s Verifications) Reserve(identifier, value string, ttl time.Duration) (bool, error) {
	now, t := s.c.Now(), s.c.k.tables.Verifications
	ttl = max(ttl, time.Second) // in secondary storage, none is for ever
	v := &Verification{ID: s.reservedID(identifier), Identifier: s.stored(identifier), Value: value,
		ExpiresAt: now.Add(ttl), CreatedAt: now, UpdatedAt: now}
	kv := s.c.k.options.SecondaryStorage
	if kv != nil && !s.c.k.verificationsInDatabase() {
		data := t.AppendStoredJSON(nil, v)
		return kv.SetIfAbsent(s.c, verificationKey(v.Identifier), string(data), ttl)
	}
	// Where both hold values the row decides, as it does in [Verifications.Take].
	if _, err := db.Delete(s.c, s.c.x, t.Table, t.ID.Eq(v.ID), t.ExpiresAt.Lt(now)); err != nil {
		return false, err
	}
	reserved, err := db.CreateIfAbsent(s.c, s.c.x, t.Table, v, t.ID)
	if err != nil || !reserved || kv == nil {
		return reserved, err
	}
	return true, s.keep(v)
}

// reservedID derives a row's key from the identifier, so that the key's unique
// rule decides races. Where the database counts its keys, they are negative
// numbers: two identifiers of one key (one in two thousand million) make a
// reservation fail that was free, never one succeed that was not.
func (s Verifications) reservedID(identifier string) string {
	sum := sha256.Sum256([]byte("reserve:" + identifier))
	switch s.c.k.options.Advanced.GenerateID.Type {
	case db.IDUUID:
		sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
		return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
	case db.IDSerial:
		return strconv.Itoa(-1 - int(binary.BigEndian.Uint32(sum[:4])>>1))
	default:
		return secret.Hash("reserve:" + identifier)
	}
}

// Find returns the newest value of an identifier that has not expired, or
// [db.ErrNotFound]. It leaves the value in place: use it only for what may be
// read more than once.
func (s Verifications) Find(identifier string) (*Verification, error) {
	s.sweep()
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
	kv := s.c.k.options.SecondaryStorage
	if kv != nil && !s.c.k.verificationsInDatabase() {
		data, ok, err := kv.Take(s.c, verificationKey(stored))
		if err == nil && !ok {
			err = db.ErrNotFound
		}
		return s.parse(data, err)
	}
	// Where both hold the value, one of them must decide who receives it.
	v, err := s.takeRow(stored)
	if kv == nil || err != nil && !errors.Is(err, db.ErrNotFound) {
		return v, err
	}
	return v, errors.Join(err, kv.Delete(s.c, verificationKey(stored)))
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
	where := []db.Where[Verification]{t.ID.Eq(v.ID), t.Value.Eq(v.Value)}
	if s.c.k.options.SecondaryStorage != nil {
		swapped, there, err := s.replaceKept(v, value)
		switch {
		case err != nil || !s.c.k.verificationsInDatabase() || there && !swapped:
			return swapped, err
		case there:
			where = where[:1] // the swap has decided; after a failure, the row may lag behind
		}
	}
	n, err := db.Update(s.c, s.c.x, t.Table, []db.Assign[Verification]{t.Value.To(value), t.UpdatedAt.To(s.c.Now())}, where...)
	return n > 0, err
}

// sweepInterval is how often reading makes room.
const sweepInterval = time.Minute

// sweep deletes what has expired, in the background and now and then.
func (s Verifications) sweep() {
	k := s.c.k
	if k.options.Verification.DisableCleanup || !k.verificationsInDatabase() {
		return
	}
	now, last := k.now().UnixMilli(), k.swept.Load()
	if now-last < sweepInterval.Milliseconds() || !k.swept.CompareAndSwap(last, now) {
		return
	}
	outer := s.c.outer()
	s.c.AfterCommit(func() {
		outer.Background("delete expired verifications", func(ctx context.Context) error {
			_, err := k.cleanVerifications(ctx, k.adapter)
			return err
		})
	})
}
