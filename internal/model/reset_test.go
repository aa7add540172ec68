package model_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

// resets is what should become of passwords and of the links that reset them.
type resets struct {
	s         *authtest.Server
	revoking  bool
	passwords map[string][]string // by address, the current one last
	changed   map[string]time.Time
	links     []*resetLink
	devices   []*device
}

type resetLink struct {
	token, user string
	asked       time.Time
	spent       bool
	tried       bool // redeemed in vain: storage may have given it up
}

// device is a browser that signed in.
type device struct {
	*authtest.Client

	user string
	out  bool
}

func (m *resets) now() time.Time { return m.s.Clock.Now() }

func (m *resets) current(user string) string {
	known := m.passwords[user]
	return known[len(known)-1]
}

// set is a change of the password.
func (m *resets) set(user, password string) {
	m.passwords[user], m.changed[user] = append(m.passwords[user], password), m.now()
}

// end ends the sessions of a user, but for one browser's.
func (m *resets) end(user string, but *device) {
	for _, d := range m.devices {
		d.out = d.out || d.user == user && d != but
	}
}

func (m *resets) expired(l *resetLink) bool { return l.asked.Add(time.Hour).Before(m.now()) }

func (m *resets) ask(t *rapid.T) {
	email := pick(t, "user", []string{ada, bob, "nobody@example.com"})
	want(t, m.s.Client().Post("/request-password-reset", body{"email": email}), 200, "")
	if m.passwords[email] != nil {
		link := m.s.Message(core.MessageResetPassword, email)
		m.links = append(m.links, &resetLink{token: link.Token, user: email, asked: m.now()})
	}
}

// follow opens a link, which does not spend it.
func (m *resets) follow(t *rapid.T) {
	l := pick(t, "link", m.links)
	a := m.s.Client().Get("/reset-password/" + l.token + "?callbackURL=/new")
	leads := a.Header.Get("Location")
	good := strings.HasSuffix(leads, "/new?token="+l.token)
	if a.Status != 302 || !good && !strings.HasSuffix(leads, "/new?error=INVALID_TOKEN") {
		t.Fatalf("%d to %s", a.Status, leads)
	}
	if gone := l.spent || m.expired(l); good == gone && !l.tried {
		t.Fatalf("a link that is gone: %t, leads to %s", gone, leads)
	}
}

func (m *resets) redeem(t *rapid.T) {
	l, password := pick(t, "link", m.links), pick(t, "password", []string{"short", "a new password", "another password"})
	a := m.s.Client().Post("/reset-password", body{"token": l.token, "newPassword": password})
	switch {
	case password == "short":
		want(t, a, 400, "PASSWORD_TOO_SHORT")
	case l.spent || m.expired(l) || l.asked.Before(m.changed[l.user]):
		want(t, a, 400, "INVALID_TOKEN")
		l.tried = true
	default:
		want(t, a, 200, "")
		l.spent = true
		m.set(l.user, password)
		if m.revoking {
			m.end(l.user, nil)
		}
	}
}

// change is a change by the user, beside the links.
func (m *resets) change(t *rapid.T) {
	d, revoke := pick(t, "device", m.devices), flip(t, "revoke")
	password := pick(t, "password", []string{"my own password", "my other password"})
	a := d.Post("/change-password", body{"currentPassword": m.current(d.user), "newPassword": password, "revokeOtherSessions": revoke})
	if d.out {
		want(t, a, 401, "UNAUTHORIZED")
		return
	}
	want(t, a, 200, "")
	m.set(d.user, password)
	if revoke {
		m.end(d.user, d)
	}
}

// signIn tries a password that is, was or never was the user's.
func (m *resets) signIn(t *rapid.T) {
	user := pick(t, "user", []string{ada, bob})
	password := pick(t, "password", append([]string{"never was one"}, m.passwords[user]...))
	d := &device{Client: m.s.Client(), user: user}
	a := d.Post("/sign-in/email", body{"email": user, "password": password})
	if password != m.current(user) {
		want(t, a, 401, "INVALID_EMAIL_OR_PASSWORD")
		return
	}
	want(t, a, 200, "")
	m.devices = append(m.devices, d)
}

func (m *resets) check(t *rapid.T) {
	for i, d := range m.devices {
		if in := d.Get("/get-session").Body != "null"; in == d.out {
			t.Fatalf("device %d of %s is signed in: %t", i, d.user, in)
		}
	}
}

func TestPasswordResets(t *testing.T) {
	play(t, func(t *rapid.T, begin beginning) {
		m := &resets{passwords: map[string][]string{}, changed: map[string]time.Time{}, revoking: flip(t, "revoking")}
		m.s = begin(kept(t), func(o *core.Options) {
			o.EmailAndPassword.RevokeSessionsOnReset = m.revoking
			o.Session.ExpiresIn = 400 * day // this machine is about passwords
		})
		for _, user := range []string{ada, bob} {
			m.devices = append(m.devices, &device{Client: m.s.SignUp(user), user: user})
			m.set(user, authtest.Password)
		}
		t.Repeat(map[string]func(*rapid.T){
			"":        m.check,
			"ask":     m.ask,
			"follow":  m.follow,
			"redeem":  m.redeem,
			"change":  m.change,
			"sign in": m.signIn,
			"later":   passing(m.s, time.Second, 25*time.Minute, 61*time.Minute),
		})
	})
}
