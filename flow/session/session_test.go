package session_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

func TestSignUpToSignOut(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine)
		s.Client().Get("/get-session").WantBody(200, "null")
		ada := s.SignUp("ada@example.com")
		ada.Get("/get-session").Want(200, `"email":"ada@example.com"`)
		ada.Post("/sign-out", nil).WantBody(200, `{"success":true}`)
		ada.Get("/get-session").WantBody(200, "null")
		s.SignIn("ADA@example.com").Get("/get-session").Want(200, `"email":"ada@example.com"`)
	})
}
