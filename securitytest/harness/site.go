package harness

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
)

// Lab starts instances for tests that share them: one for each profile and
// configuration, when it is first asked for. They end with the test the lab
// was made for.
type Lab struct {
	keep   testing.TB
	binary string

	mu    sync.Mutex
	slots map[string]*slot
}

type slot struct {
	mu       sync.Mutex
	instance *Instance
}

// NewLab returns a lab without instances. The binary is a path.
func NewLab(keep testing.TB, binary string) *Lab {
	return &Lab{keep: keep, binary: binary, slots: map[string]*slot{}}
}

// Site is an instance as one test sees it: what fails fails that test.
type Site struct {
	*Instance
	t       testing.TB
	lab     *Lab
	changes JSON
}

// Site returns an instance of the profile with all features on but for the
// changes, for one test. The test is skipped where the profile's server is
// missing.
func (l *Lab) Site(t testing.TB, p Profile, changes JSON) *Site {
	t.Helper()
	key, err := json.Marshal(changes) // of maps: in order
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	name := p.Name + string(key)
	if l.slots[name] == nil {
		l.slots[name] = &slot{}
	}
	at := l.slots[name]
	l.mu.Unlock()
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.instance == nil {
		p.probe(t)
		if at.instance, err = start(l.keep, l.binary, p, changes); err != nil {
			at.instance = nil
			t.Fatal(err)
		}
	}
	return &Site{at.instance, t, l, changes}
}

// With returns the site of the same profile with these changes besides its
// own.
func (s *Site) With(changes JSON) *Site {
	s.t.Helper()
	all := JSON{}
	merge(all, s.changes)
	merge(all, changes)
	return s.lab.Site(s.t, s.Profile, all)
}

// Own returns the same site on an instance that no other test uses, for what
// the whole instance is to be seen by: limits, first requests, logs.
func (s *Site) Own(changes JSON) *Site {
	s.t.Helper()
	s.Profile.probe(s.t)
	all := JSON{}
	merge(all, s.changes)
	merge(all, changes)
	instance, err := start(s.t, s.lab.binary, s.Profile, all)
	if err != nil {
		s.t.Fatal(err)
	}
	return &Site{instance, s.t, s.lab, all}
}

// Again ends an instance of one's own and starts another on what it has
// stored, with these changes besides its own.
func (s *Site) Again(changes JSON) *Site {
	s.t.Helper()
	s.stop()
	again := *s
	storage, store := s.storage, s.Store
	again.Instance = &Instance{Profile: Profile{s.Profile.Name, func(testing.TB) (JSON, *Store) { return storage, store }}}
	return again.Own(changes)
}

// SignUp signs up a user named after the address, with [Password], and
// returns the browser that did it.
func (s *Site) SignUp(email string) *Client {
	s.t.Helper()
	c := s.Client()
	c.Post("/sign-up/email", JSON{"name": email, "email": email, "password": Password}).Want(http.StatusOK)
	return c
}

// SignIn signs a user in whom [Site.SignUp] made, and returns the browser.
func (s *Site) SignIn(email string) *Client {
	s.t.Helper()
	c := s.Client()
	c.Post("/sign-in/email", JSON{"email": email, "password": Password}).Want(http.StatusOK)
	return c
}

// Sub returns the site for a subtest.
func (s *Site) Sub(t testing.TB) *Site {
	return &Site{s.Instance, t, s.lab, s.changes}
}
