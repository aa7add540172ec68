package model_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

const (
	week     = 7 * day
	copyLife = 5 * time.Minute
)

// sessions is what should become of sessions: which there are, and what every
// browser holds.
type sessions struct {
	s        *authtest.Server
	caching  bool
	live     map[string]*session // by token
	browsers []*browser
}

type session struct {
	user    string
	expires time.Time
}

type browser struct {
	*authtest.Client

	user, token string
	remembered  bool
	cookieUntil time.Time // of the token's cookie; zero: with the browser
	copied      time.Time // when its copy of the session was made; zero: it has none
	copyUntil   time.Time
	copyExpires time.Time // what the copy says of the session
}

func (b *browser) forget() { b.token, b.copied = "", time.Time{} }

func (m *sessions) now() time.Time { return m.s.Clock.Now() }

func (m *sessions) copy(b *browser, life time.Duration) {
	if m.caching {
		b.copied, b.copyUntil, b.copyExpires = m.now(), m.now().Add(life), m.live[b.token].expires
	}
}

// stored is what reading the session from storage does, and whether there is
// one.
func (m *sessions) stored(b *browser) bool {
	if b.token == "" || !b.cookieUntil.IsZero() && !b.cookieUntil.After(m.now()) {
		b.copied = time.Time{}
		return false
	}
	s := m.live[b.token]
	if s == nil || s.expires.Before(m.now()) {
		delete(m.live, b.token)
		b.forget()
		return false
	}
	if !b.remembered {
		return true // the copy is not made again, and stays while it holds
	}
	if due := s.expires.Add(day - week); !due.After(m.now()) {
		s.expires = m.now().Add(week)
		b.cookieUntil = s.expires
	}
	m.copy(b, copyLife)
	return true
}

// copyHolds reports whether the browser's copy answers in place of storage.
func (m *sessions) copyHolds(b *browser) bool {
	inJar := b.token != "" && (b.cookieUntil.IsZero() || b.cookieUntil.After(m.now()))
	return inJar && !b.copied.IsZero() && m.now().Before(b.copyUntil) && !b.copyExpires.Before(m.now())
}

func (m *sessions) signIn(t *rapid.T) {
	b := &browser{Client: m.s.Client(), user: pick(t, "user", []string{ada, bob}), remembered: flip(t, "remember")}
	a := b.Post("/sign-in/email", body{"email": b.user, "password": authtest.Password, "rememberMe": b.remembered})
	want(t, a, 200, "")
	b.token = a.Text("token")
	life, copied := week, copyLife
	if !b.remembered {
		life, copied = day, time.Minute
	}
	m.live[b.token] = &session{b.user, m.now().Add(life)}
	if b.remembered {
		b.cookieUntil = m.now().Add(life)
	}
	m.copy(b, copied)
	m.browsers = append(m.browsers, b)
}

// steal copies the cookies of a browser into another one.
func (m *sessions) steal(t *rapid.T) {
	thief := *pick(t, "browser", m.browsers)
	thief.Client = thief.Clone()
	m.browsers = append(m.browsers, &thief)
}

func (m *sessions) read(t *rapid.T) {
	b, path := pick(t, "browser", m.browsers), "/get-session"
	strict := flip(t, "strict")
	if strict {
		path += "?disableCookieCache=true"
	}
	token, expires := b.token, b.copyExpires
	alive := !strict && m.copyHolds(b)
	if !alive {
		if alive = m.stored(b); alive {
			expires = m.live[token].expires
		}
	}
	a := b.Get(path)
	if !alive {
		if a.Body != "null" {
			t.Fatalf("a session that is over answers: %s", a.Body)
		}
		return
	}
	if got, want := a.Text("session.token"), token; got != want {
		t.Fatalf("session %q, want %q: %s", got, want, a.Body)
	}
	if got, want := a.Text("session.expiresAt"), expires.Format("2006-01-02T15:04:05.000Z"); got != want {
		t.Fatalf("expires %s, want %s", got, want)
	}
	if got := a.Text("user.email"); got != b.user {
		t.Fatalf("the session of %s answers to %s", got, b.user)
	}
}

// revoke is a call that ends sessions of the browser's user: those it picks by
// their token, the browser's own and the one that the call names.
func (m *sessions) revoke(path string, ends func(token, own, named string) bool) func(*rapid.T) {
	return func(t *rapid.T) {
		b, victim := pick(t, "browser", m.browsers), pick(t, "victim", m.browsers)
		own, named := b.token, victim.token
		a := b.Post(path, body{"token": named})
		if !m.stored(b) {
			want(t, a, 401, "UNAUTHORIZED")
			return
		}
		want(t, a, 200, "")
		for token, s := range m.live {
			if s.user == b.user && ends(token, own, named) {
				delete(m.live, token)
			}
		}
		if m.live[own] == nil {
			b.forget()
		}
	}
}

func (m *sessions) signOut(t *rapid.T) {
	b := pick(t, "browser", m.browsers)
	want(t, b.Post("/sign-out", body{}), 200, "")
	if b.cookieUntil.IsZero() || b.cookieUntil.After(m.now()) {
		delete(m.live, b.token)
	}
	b.forget()
}

func (m *sessions) close(t *rapid.T) {
	b := pick(t, "browser", m.browsers)
	b.CloseBrowser()
	if !b.remembered {
		b.forget()
	}
}

// check compares what storage lists.
func (m *sessions) check(t *rapid.T) {
	for _, email := range []string{ada, bob} {
		var got, want []string
		list, err := m.s.Context().Sessions().List(m.s.User(email).ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			got = append(got, s.Token)
		}
		for token, s := range m.live {
			if s.user == email && s.expires.After(m.now()) {
				want = append(want, token)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%s has the sessions %q, want %q", email, got, want)
		}
	}
}

func TestSessions(t *testing.T) {
	play(t, func(t *rapid.T, begin beginning) {
		m := &sessions{live: map[string]*session{}, caching: flip(t, "cookie cache")}
		m.s = begin(kept(t), func(o *core.Options) {
			o.Session.CookieCache = core.CookieCache{Enabled: m.caching, MaxAge: copyLife}
			o.EmailAndPassword.DisableAutoSignIn = true
		})
		m.s.SignUp(ada)
		m.s.SignUp(bob)
		t.Repeat(map[string]func(*rapid.T){
			"":              m.check,
			"sign in":       m.signIn,
			"steal":         m.steal,
			"read":          m.read,
			"sign out":      m.signOut,
			"close":         m.close,
			"revoke":        m.revoke("/revoke-session", func(token, _, named string) bool { return token == named }),
			"revoke others": m.revoke("/revoke-other-sessions", func(token, own, _ string) bool { return token != own }),
			"revoke all":    m.revoke("/revoke-sessions", func(_, _, _ string) bool { return true }),
			"later":         passing(m.s, time.Second, 4*time.Minute, 23*time.Hour, 25*time.Hour, 3*day, 8*day),
		})
	})
}
