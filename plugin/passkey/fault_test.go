package passkey_test

import (
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/passkey"
)

func TestFaults(t *testing.T) {
	passkeys := func(ada *client) int {
		var list []struct{}
		ada.Clone().Get("/passkey/list-user-passkeys").Want(200).Decode(&list)
		return len(list)
	}
	// A challenge is given up by the first answer, whatever comes of it.
	spent := []string{"CHALLENGE_NOT_FOUND"}
	register := func(s *authtest.Server) *fault.Attempt {
		ada, k := s.SignUp(adaMail), newKey(t, -8)
		answer := k.Create(k.options(ada, ""))
		return &fault.Attempt{
			Client: ada,
			Do: func(c *client) *authtest.Answer {
				return c.Post("/passkey/verify-registration", j{"response": answer, "name": "laptop"})
			},
			Done: func() bool { return passkeys(ada) == 1 },
			Once: true, Spends: spent,
		}
	}
	enter := func(s *authtest.Server) *fault.Attempt {
		ada, phone, k := s.SignUp(adaMail), s.Client(), newKey(t, -8) // it counts nothing, which would tell of replays
		k.register(ada).Want(200)
		answer := k.Get(challenge(phone))
		var browser *client
		return &fault.Attempt{
			Client: phone,
			Do: func(c *client) *authtest.Answer {
				browser = c
				return c.Post("/passkey/verify-authentication", j{"response": answer})
			},
			Done: func() bool { return fault.SignedIn(browser) },
			Once: true, Spends: spent,
		}
	}
	remove := func(s *authtest.Server) *fault.Attempt {
		ada, k := s.SignUp(adaMail), newKey(t, -8)
		id := k.register(ada).Want(200).Text("id")
		return &fault.Attempt{
			Client: ada,
			Do:     func(c *client) *authtest.Answer { return c.Post("/passkey/delete-passkey", j{"id": id}) },
			Done:   func() bool { return passkeys(ada) == 0 },
			Once:   true, Says: []string{"PASSKEY_NOT_FOUND"},
		}
	}
	options := []func(*core.Options){with(passkey.Options{})}
	secondary := []func(*core.Options){with(passkey.Options{}), fault.Secondary}
	fault.Run(t,
		fault.Flow{Name: "register", Begin: register, Options: options},
		fault.Flow{Name: "register, secondary", Begin: register, Options: secondary},
		fault.Flow{Name: "sign in", Begin: enter, Options: options},
		fault.Flow{Name: "sign in, secondary", Begin: enter, Options: secondary},
		fault.Flow{Name: "delete", Begin: remove, Options: options},
	)
}
