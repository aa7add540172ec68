package apikey

import "github.com/watchword-auth/watchword/core"

// maxTurns bounds how often a use is planned again because the key changed.
// In a database only the edges of windows and refills make that, and changes by
// the owner; in secondary storage every other use does.
const maxTurns = 256

// claim uses a key: by is its name, and check what must hold of it.
func (a *apiKey) claim(c *core.Context, s store, hash string, check func(*Key) (*Config, error)) (*Key, *Config, error) {
	for range maxTurns {
		k, err := s.byHash(c, hash)
		if err != nil {
			return nil, nil, err
		}
		f, err := check(k)
		if err != nil {
			return nil, nil, err
		}
		now := c.Now()
		switch {
		case k.disabled():
			return nil, nil, ErrKeyDisabled
		case k.expired(now):
			return nil, nil, worn(s.wear(c, k), ErrKeyExpired)
		case k.Remaining != nil && *k.Remaining <= 0 && k.RefillAmount == nil:
			return nil, nil, worn(s.wear(c, k), ErrUsageExceeded)
		}
		u, err := f.plan(k, now)
		if err != nil {
			return nil, nil, err
		}
		if used, err := s.use(c, k, u); used || err != nil {
			return u.apply(k), f, err
		}
	}
	return nil, nil, ErrFailedToUpdate
}

// worn prefers the failure to delete a key that is used up over the refusal.
func worn(err, refusal error) error {
	if err != nil {
		return err
	}
	return refusal
}
