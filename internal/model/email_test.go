package model_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

// addresses is what should become of users' addresses and of the links about
// them.
type addresses struct {
	s               *authtest.Server
	confirm, atOnce bool
	people          []*person
	links           []*emailLink
}

type person struct {
	*authtest.Client

	email    string
	verified bool
}

// emailLink is a link in a mail. Kind is "proof" of the address it was made at,
// or a step of a change of it: the consent of the "old" address, or the "new"
// address's own.
type emailLink struct {
	kind, token, from, to string
	of                    *person
	sent                  time.Time
}

var pool = []string{ada, bob, eve, "grace@example.com"}

// owner returns who has an address, or nil.
func (m *addresses) owner(email string) *person {
	for _, p := range m.people {
		if p.email == email {
			return p
		}
	}
	return nil
}

// mailed takes a mail that must have been sent.
func (m *addresses) mailed(kind, message, to string, l emailLink) {
	l.kind, l.sent = kind, m.s.Clock.Now()
	l.token = m.s.Message(message, to).Token
	m.links = append(m.links, &l)
}

func (m *addresses) change(t *rapid.T) {
	p, to := pick(t, "person", m.people), pick(t, "to", pool)
	a := p.Post("/change-email", body{"newEmail": to})
	if to == p.email {
		want(t, a, 400, "")
		return
	}
	want(t, a, 200, "")
	switch l := (emailLink{of: p, from: p.email, to: to}); {
	case m.owner(to) != nil: // nothing is sent, as the end of the run sees
	case m.atOnce && !p.verified:
		p.email = to
		m.mailed("proof", core.MessageVerification, to, emailLink{of: p, from: to})
	case m.confirm && p.verified:
		m.mailed("old", core.MessageChangeEmail, p.email, l)
	default:
		m.mailed("new", core.MessageVerification, to, l)
	}
}

func (m *addresses) prove(t *rapid.T) {
	p := pick(t, "person", m.people)
	a := p.Post("/send-verification-email", body{"email": p.email})
	if p.verified {
		want(t, a, 400, "EMAIL_ALREADY_VERIFIED")
		return
	}
	want(t, a, 200, "")
	m.mailed("proof", core.MessageVerification, p.email, emailLink{of: p, from: p.email})
}

// open opens a link, in the browser of anybody or in none of theirs.
func (m *addresses) open(t *rapid.T) {
	l := pick(t, "link", m.links)
	who := pick(t, "who", append([]*person{{Client: m.s.Client()}}, m.people...))
	a := who.Get("/verify-email?token=" + l.token)
	status, code := 401, m.refusal(l, who)
	if code == "" {
		status = 200
		m.take(l)
	}
	want(t, a, status, code)
}

// refusal returns the code that a link is to be refused with, or "".
func (m *addresses) refusal(l *emailLink, who *person) string {
	owner := m.owner(l.from)
	switch {
	case m.s.Clock.Now().Sub(l.sent) >= time.Hour:
		return "TOKEN_EXPIRED"
	case l.kind == "proof" && owner == nil:
		return "USER_NOT_FOUND"
	case owner != l.of:
		return "INVALID_TOKEN"
	case l.kind != "proof" && who.email != "" && who != l.of:
		return "INVALID_USER"
	case l.kind == "new" && m.owner(l.to) != nil:
		return "USER_ALREADY_EXISTS"
	}
	return ""
}

// take is what a link that holds does.
func (m *addresses) take(l *emailLink) {
	switch l.kind {
	case "proof":
		l.of.verified = true
	case "old":
		m.mailed("new", core.MessageVerification, l.to, emailLink{of: l.of, from: l.from, to: l.to})
	case "new":
		l.of.email = l.to
	}
}

// check compares every address: whose it is, whether it is proven, and who
// signs in with it.
func (m *addresses) check(t *rapid.T) {
	for _, p := range m.people {
		a := p.Get("/get-session?disableCookieCache=true")
		var got struct {
			User struct {
				Email         string
				EmailVerified bool
			}
		}
		a.Decode(&got)
		if got.User.Email != p.email || got.User.EmailVerified != p.verified {
			t.Fatalf("%s, want %s, verified %t", a.Body, p.email, p.verified)
		}
	}
	for _, email := range pool {
		a := m.s.Client().Post("/sign-in/email", body{"email": email, "password": authtest.Password})
		if signsIn, owned := a.Status == 200, m.owner(email) != nil; signsIn != owned {
			t.Fatalf("%s signs in: %t, is somebody's: %t", email, signsIn, owned)
		}
	}
}

func TestEmailChanges(t *testing.T) {
	play(t, func(t *rapid.T, begin beginning) {
		m := &addresses{confirm: flip(t, "confirm"), atOnce: flip(t, "at once")}
		m.s = begin(func(o *core.Options) {
			o.User.ChangeEmail = core.ChangeEmail{Enabled: true, Confirm: m.confirm, UpdateEmailWithoutVerification: m.atOnce}
			o.Session.ExpiresIn = 400 * day
		})
		for _, email := range []string{ada, bob} {
			m.people = append(m.people, &person{Client: m.s.SignUp(email), email: email})
		}
		t.Repeat(map[string]func(*rapid.T){
			"":       m.check,
			"change": m.change,
			"prove":  m.prove,
			"open":   m.open,
			"later":  passing(m.s, time.Second, 25*time.Minute, 70*time.Minute),
		})
		m.s.NoMessage()
	})
}
