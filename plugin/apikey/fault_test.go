package apikey_test

import (
	"context"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/apikey"
)

func TestFaults(t *testing.T) {
	listed := func(c *client) int {
		var out struct{ Total int }
		c.WithContext(context.Background()).Get("/api-key/list").Want(200).Decode(&out)
		return out.Total
	}
	create := func(s *server) *fault.Attempt {
		ada := s.SignUp(email)
		return &fault.Attempt{
			Client: ada,
			Do:     func(c *client) *authtest.Answer { return c.Post("/api-key/create", j{"name": "laptop"}) },
			Done:   func() bool { return listed(ada.Clone()) > 0 },
		}
	}
	remove := func(s *server) *fault.Attempt {
		ada := s.SignUp(email)
		k := makeKey(t, ada, j{})
		return &fault.Attempt{
			Client: ada,
			Do:     func(c *client) *authtest.Answer { return c.Post("/api-key/delete", j{"keyId": k.ID}) },
			Done:   func() bool { return verify(t, s, k.Key) == "INVALID_API_KEY" },
			Once:   true, Says: []string{"KEY_NOT_FOUND"},
		}
	}
	// use counts once at most: a lost answer costs a use, and never gives one.
	use := func(s *server) *fault.Attempt {
		s.SignUp(email)
		k := issue(t, s, &apikey.CreateInput{UserID: input.Some(s.User(email).ID)})
		return &fault.Attempt{
			Do: func(*client) *authtest.Answer {
				_, err := core.Invoke(t.Context(), s.Kernel, apikey.Verify, &apikey.VerifyInput{Key: k.Plain}, core.Call{})
				return s.Answered(err)
			},
			Done: func() bool { return verify(t, s, k.Plain) == "" },
		}
	}
	with := func(place apikey.Storage, more ...func(*core.Options)) []func(*core.Options) {
		return append(more, func(o *core.Options) { o.Plugins = append(o.Plugins, apikey.New(apikey.Config{Storage: place})) })
	}
	for name, begin := range map[string]func(s *server) *fault.Attempt{"create": create, "delete": remove, "use": use} {
		fault.Run(t,
			fault.Flow{Name: name, Begin: begin, Options: with(apikey.Database)},
			fault.Flow{Name: name + ", secondary", Begin: begin, Options: with(apikey.SecondaryStorage, fault.Secondary)},
		)
	}
}
