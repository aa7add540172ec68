package core

// SessionVet reports whether a session that was found still holds. It is asked
// for every session a call is made in, so it should cost nothing in the common
// case. Cached copies that are refused are read again from storage; a stored
// session that is refused is deleted.
type SessionVet func(c *Context, current *Current, cached bool) (bool, error)

// VetSession adds a condition that every session must meet, such as that its
// user is not banned.
func (r *Registrar) VetSession(vet SessionVet) { r.k.sessionVets = append(r.k.sessionVets, vet) }

// FixSession keeps the sessions that are picked from being prolonged: they end
// when they were made to.
func (r *Registrar) FixSession(pick func(*Session) bool) {
	r.k.fixedSessions = append(r.k.fixedSessions, pick)
}

func (k *Kernel) prolongs(s *Session) bool {
	for _, fixed := range k.fixedSessions {
		if fixed(s) {
			return false
		}
	}
	return true
}

// Holds reports whether a session that was read from storage by other means
// than its cookie has not expired and meets every condition of the plugins.
func (c *Context) Holds(current *Current) (bool, error) {
	if current.Session.ExpiresAt.Before(c.Now()) {
		return false, nil
	}
	return c.vet(current, false)
}

func (c *Context) vet(current *Current, cached bool) (bool, error) {
	for _, vet := range c.k.sessionVets {
		if holds, err := vet(c, current, cached); !holds || err != nil {
			return false, err
		}
	}
	return true, nil
}
