package securitytest_test

import (
	"net/http"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func oneTimeTokensWorkOnce(t *testing.T, s *harness.Site) {
	const verify = "/one-time-token/verify"
	v := s.SignUp(s.Address("traveller"))
	user := v.User()
	token := func() string { return v.Get("/one-time-token/generate").Text("token") }
	for range rounds() {
		r := s.Client().Request("POST", verify, body{"token": token()})
		answers := s.Together(harness.Repeat(r, 20)...)
		once(t, "racing redemptions", answers)
	}
	c := s.Client()
	c.Post(verify, body{"token": token()}).Want(http.StatusOK)
	if c.User() != user {
		t.Error("a token brings no session")
	}
	s.Watch(user).Refused(s.Client().Get("/one-time-token/generate"), http.StatusUnauthorized, "")
	left := token()
	v.Post("/sign-out", nil).Want(http.StatusOK)
	thief := s.Client()
	thief.Post(verify, body{"token": left}).Want(http.StatusBadRequest, "Session not found")
	thief.Stranger("a token of a session that was ended")
	closed := s.With(body{"plugins": body{"oneTimeToken": body{"disableClientRequest": true}}})
	closed.SignUp(closed.Address("traveller")).Get("/one-time-token/generate").Want(http.StatusBadRequest, "Client requests are disabled")
}
