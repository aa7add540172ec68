//go:build unix

package soak_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	oldPassword, newPassword = "correct horse battery", "a brand new password"
	burst, allowed           = 20, 5
)

func newAddress() string { return strings.ToLower(rand.Text()) + "@example.com" }

// life is what one user does, from sign-up to the reset of the password.
func life(s *site, l *tally) {
	email := newAddress()
	laptop, phone, tablet := s.device(l), s.device(l), s.device(l)
	status, repeated := laptop.post("/sign-up/email", map[string]any{"name": "Ada", "email": email, "password": oldPassword})
	if status == http.StatusUnprocessableEntity && repeated { // it was carried out, and the answer lost
		status = laptop.signIn(email, oldPassword)
	}
	if status != http.StatusOK {
		l.violate("sign-up: %d", status)
		return
	}
	add(l, &l.users, email)
	if !laptop.alive() {
		l.violate("a session is lost after sign-up")
	}
	for _, d := range []*device{phone, tablet} {
		if status := d.signIn(email, oldPassword); status != http.StatusOK {
			l.violate("sign-in: %d", status)
			return
		}
	}
	if status, _ := tablet.post("/sign-out", map[string]any{}); status != http.StatusOK {
		l.violate("sign-out: %d", status)
	}
	tablet.dead("sign-out")
	if status, _ := laptop.post("/revoke-other-sessions", map[string]any{}); status == http.StatusOK {
		phone.dead("revoke-other-sessions")
	} else {
		l.violate("revoke-other-sessions: %d", status)
	}
	reset(s, l, email, laptop)
}

func (d *device) signIn(email, password string) int {
	status, _ := d.post("/sign-in/email", map[string]any{"email": email, "password": password})
	return status
}

// mailed asks for a message and returns its token, or "".
func (s *site) mailed(l *tally, email, kind, path string) string {
	for attempt := range 3 {
		if attempt > 0 {
			l.note("mails that did not come within 15 seconds, and were asked for again")
		}
		s.device(l).post(path, map[string]any{"email": email})
		if token := s.mail.wait(email, kind, 15*time.Second); token != "" {
			return token
		}
	}
	l.violate("no mail of kind %s came in three attempts", kind)
	return ""
}

// redeem has a token redeemed several times at once, and reports whether
// somebody was told that it worked, and whether all answers are known.
func redeem(l *tally, kind string, send func() int) (worked, known bool) {
	statuses := atOnce(4, send)
	known = true
	for status := range statuses {
		known = known && status != 0 && status < 500
	}
	switch n := statuses[http.StatusOK]; {
	case n > 1:
		l.violate("a token of kind %s was redeemed %d times", kind, n)
	case n == 0 && known:
		l.violate("a token of kind %s was redeemed by nobody", kind)
	case n == 1:
		add(l, &l.redeemed, spent{kind, send})
	}
	return statuses[http.StatusOK] > 0, known
}

func reset(s *site, l *tally, email string, laptop *device) {
	token := s.mailed(l, email, "reset-password", "/request-password-reset")
	if token == "" {
		return
	}
	worked, _ := redeem(l, "reset-password", func() int {
		status, _ := s.device(l).call(http.MethodPost, "/reset-password", map[string]any{"token": token, "newPassword": newPassword}, address())
		return status
	})
	if !worked {
		l.note("resets whose outcome is not known")
		return
	}
	laptop.dead("a reset")
	last := s.device(l)
	if status := last.signIn(email, newPassword); status != http.StatusOK {
		l.violate("sign-in after the reset: %d", status)
		return
	}
	if status := s.device(l).signIn(email, oldPassword); status != http.StatusUnauthorized {
		l.violate("sign-in with the old password: %d", status)
	}
	add(l, &l.signedIn, last)
}

// link signs a new user up by a link that was mailed.
func link(s *site, l *tally) {
	email := newAddress()
	token := s.mailed(l, email, "magic-link", "/sign-in/magic-link")
	if token == "" {
		return
	}
	worked, known := redeem(l, "magic-link", func() int {
		status, _ := s.device(l).call(http.MethodGet, "/magic-link/verify?token="+url.QueryEscape(token), nil, address())
		return status
	})
	if worked {
		add(l, &l.linked, email)
	} else if !known {
		l.note("links whose outcome is not known")
	}
}

// limits sends more from one address than it may. A Redis that loses its
// counters begins anew.
func limits(s *site, l *tally, losses func() int64) {
	from, before := address(), losses()
	statuses := atOnce(burst, func() int {
		status, _ := s.device(l).call(http.MethodGet, "/ok", nil, from)
		return status
	})
	l.note("bursts against a limit")
	lost := int(losses() - before)
	if lost > 0 {
		l.note("bursts while Redis lost its counters")
	}
	if passed := statuses[http.StatusOK]; passed > allowed*(lost+1) {
		l.violate("%d requests passed a limit of %d", passed, allowed)
	}
}
