package secret

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

// Default is the secret that the reference falls back to in development. It is public, so [Weakness] refuses it and
// [NewVersioned] never takes it as the legacy secret.
const Default = "better-auth-secret-12345678901234567890"

// Ring is the set of secrets of a deployment: one current secret that signs and seals, and older ones that only open.
// Make one with [New] or [NewVersioned]; the zero Ring holds no secret, and its methods panic. A Ring is immutable and
// safe for concurrent use.
type Ring struct {
	current   *material
	keys      []*material // of a versioned ring, current first; empty for a ring of one unversioned secret
	legacy    *material   // opens sealed values without an envelope; nil when there is none
	versioned bool
}

// New returns a Ring of one unversioned secret: sealed values are bare hex, and envelopes with a version cannot be
// opened. It returns an error when value is empty.
func New(value string) (*Ring, error) {
	if value == "" {
		return nil, errors.New("secret: the secret is empty")
	}
	only := newMaterial(0, value)
	return &Ring{current: only, legacy: only}, nil
}

// NewVersioned returns a Ring of versioned secrets. The first key is current; all of them open what was sealed under
// their version. The legacy secret, when not empty, opens values sealed before versions were introduced; the public
// [Default] is ignored there. It returns an error when there is no key, or when a key is empty, or has a negative or
// a repeated version. No error text contains a secret.
func NewVersioned(keys []Key, legacy string) (*Ring, error) {
	if len(keys) == 0 {
		return nil, errors.New("secret: no versioned secret given")
	}
	ring := &Ring{versioned: true, keys: make([]*material, 0, len(keys))}
	for i, key := range keys {
		switch {
		case key.Version < 0:
			return nil, fmt.Errorf("secret: version %d at position %d is negative", key.Version, i+1)
		case key.Value == "":
			return nil, fmt.Errorf("secret: the secret of version %d is empty", key.Version)
		case ring.version(key.Version) != nil:
			return nil, fmt.Errorf("secret: version %d is given twice", key.Version)
		}
		ring.keys = append(ring.keys, newMaterial(key.Version, key.Value))
	}
	ring.current = ring.keys[0]
	if legacy != "" && legacy != Default {
		ring.legacy = newMaterial(0, legacy)
	}
	return ring, nil
}

// version returns the secret of a version, or nil. A deployment has a handful of versions: a scan beats a map.
func (r *Ring) version(version int) *material {
	for _, m := range r.keys {
		if m.version == version {
			return m
		}
	}
	return nil
}

// Purpose returns the Ring of keys derived for one purpose (such as "oauth-state-cookie"), so that a value sealed for
// one use cannot be opened as another. Versions and the legacy secret map one to one. It derives a key per secret:
// call it once and keep the Ring.
func (r *Ring) Purpose(name string) *Ring {
	if !r.versioned {
		only := r.current.derive(name)
		return &Ring{current: only, legacy: only}
	}
	derived := &Ring{versioned: true, keys: make([]*material, len(r.keys))}
	for i, m := range r.keys {
		derived.keys[i] = m.derive(name)
	}
	derived.current = derived.keys[0]
	if r.legacy != nil {
		derived.legacy = r.legacy.derive(name)
	}
	return derived
}

// SigningKey returns a copy of the raw bytes of the current secret: the key of HS256 tokens.
func (r *Ring) SigningKey() []byte { return bytes.Clone(r.current.value) }

// Secrets returns copies of the raw bytes of every distinct secret: current, then older ones in the order given, then
// legacy. It is what encrypted tokens are opened with.
func (r *Ring) Secrets() [][]byte {
	all := r.keys
	if r.legacy != nil {
		all = append(slices.Clip(all), r.legacy)
	}
	values := make([][]byte, 0, len(all))
	for i, m := range all {
		if m == r.legacy && r.holds(m.value, i) {
			continue
		}
		values = append(values, bytes.Clone(m.value))
	}
	return values
}

func (r *Ring) holds(value []byte, before int) bool {
	for _, m := range r.keys[:min(before, len(r.keys))] {
		if bytes.Equal(m.value, value) {
			return true
		}
	}
	return false
}
