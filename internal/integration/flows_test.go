package integration_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
)

const next = "a brand new password"

func signIn(s *authtest.Server, email, password string) *authtest.Answer {
	return s.Client().Post("/sign-in/email", authtest.JSON{"email": email, "password": password})
}

func signedIn(c *authtest.Client) bool { return string(c.Clone().Get("/get-session").Body) != "null" }

func TestLifeOfAUser(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, where change) {
		s := authtest.New(t, where, func(o *core.Options) {
			o.User.DeleteUser.Enabled = true
			o.EmailAndPassword.RevokeSessionsOnReset = true
		})
		const email = "ada@example.com"
		laptop, phone, tablet := s.SignUp(email), s.SignIn(email), s.SignIn(email)
		laptop.Get("/get-session").Want(200, email)
		var list []struct{ Token string }
		laptop.Get("/list-sessions").Want(200).Decode(&list)
		if len(list) != 3 {
			t.Errorf("%d sessions are listed, want 3", len(list))
		}
		laptop.Post("/update-user", authtest.JSON{"name": "Grace"}).Want(200)
		phone.Get("/get-session").Want(200, "Grace")
		tablet.Post("/sign-out", authtest.JSON{}).Want(200)
		if signedIn(tablet) {
			t.Error("signed in after signing out")
		}
		laptop.Post("/revoke-other-sessions", authtest.JSON{}).Want(200)
		if signedIn(phone) || !signedIn(laptop) {
			t.Error("the other sessions were not revoked, or the own one was")
		}
		s.Client().Post("/request-password-reset", authtest.JSON{"email": email}).Want(200)
		token := s.Message(core.MessageResetPassword, email).Token
		statuses := race(8, func(int) *authtest.Answer {
			return s.Client().Post("/reset-password", authtest.JSON{"token": token, "newPassword": next})
		})
		if statuses[200] != 1 || statuses[400] != 7 {
			t.Errorf("a token was redeemed by racing callers: %v", statuses)
		}
		if signedIn(laptop) {
			t.Error("signed in after the reset, which revokes sessions")
		}
		signIn(s, email, authtest.Password).Want(401)
		signIn(s, email, next).Want(200)
		last := s.Client()
		last.Post("/sign-in/email", authtest.JSON{"email": email, "password": next}).Want(200)
		last.Post("/delete-user", authtest.JSON{"password": next}).Want(200)
		signIn(s, email, next).Want(401)
		if signedIn(last) {
			t.Error("signed in as a user who is gone")
		}
	})
}

func TestRacesOfFlows(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, where change) {
		s := authtest.New(t, where)
		const email = "ada@example.com"
		statuses := race(8, func(int) *authtest.Answer {
			return s.Client().Post("/sign-up/email", authtest.JSON{"name": "Ada", "email": email, "password": authtest.Password})
		})
		if statuses[200] != 1 || statuses[422] != 7 {
			t.Errorf("racing sign-ups of one address: %v", statuses)
		}
		const devices = 8
		clients := make([]*authtest.Client, devices)
		for i := range clients {
			clients[i] = s.Client()
		}
		statuses = race(devices, func(i int) *authtest.Answer {
			return clients[i].Post("/sign-in/email", authtest.JSON{"email": email, "password": authtest.Password})
		})
		if statuses[200] != devices {
			t.Errorf("racing sign-ins: %v", statuses)
		}
		var list []struct{ Token string }
		clients[0].Get("/list-sessions").Want(200).Decode(&list)
		if len(list) != devices+1 {
			t.Errorf("%d sessions are listed, want %d: an update was lost", len(list), devices+1)
		}
		// Half of the devices sign out while another revokes what it sees.
		statuses = race(devices/2+1, func(i int) *authtest.Answer {
			if i == devices/2 {
				return clients[devices-1].Post("/revoke-sessions", authtest.JSON{})
			}
			return clients[i].Post("/sign-out", authtest.JSON{})
		})
		if statuses[200] != devices/2+1 {
			t.Errorf("racing revocations: %v", statuses)
		}
		for i, c := range clients {
			if signedIn(c) {
				t.Errorf("device %d is signed in after everything was revoked", i)
			}
		}
	})
}
