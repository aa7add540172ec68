package jwt_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/fault"
	"github.com/watchword-auth/watchword/plugin/jwt"
)

// stored counts the keys behind the instance's back: to ask for them may make
// one.
func stored(t *testing.T, s *authtest.Server) int64 {
	t.Helper()
	for _, def := range s.Schema().Tables {
		if def.Name == "jwks" {
			n, err := s.Adapter().Count(context.Background(), &db.Selection{Table: def})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("there is no table of keys")
	return 0
}

func TestFaults(t *testing.T) {
	// signing asks for a token, which makes the n-th key; never more are made,
	// and what older ones signed verifies.
	signing := func(n int64, before func(s *authtest.Server, ada *authtest.Client) []string) func(s *authtest.Server) *fault.Attempt {
		return func(s *authtest.Server) *fault.Attempt {
			ada := s.SignUp(email)
			issued := before(s, ada)
			var mu sync.Mutex
			return &fault.Attempt{
				Client: ada,
				Do: func(c *authtest.Client) *authtest.Answer {
					a := c.Get("/token")
					if a.Status == 200 {
						mu.Lock()
						defer mu.Unlock()
						issued = append(issued, a.Text("token"))
					}
					return a
				},
				Done: func() bool { return stored(t, s) == n },
				Sound: func() string {
					if made := stored(t, s); made > n {
						return fmt.Sprintf("there are %d keys, want %d", made, n)
					}
					for _, text := range issued {
						claimsOf(t, s, text)
					}
					return ""
				},
			}
		}
	}
	first := signing(1, func(*authtest.Server, *authtest.Client) []string { return nil })
	rotated := signing(2, func(s *authtest.Server, ada *authtest.Client) []string {
		old := ada.Get("/token").Want(200).Text("token")
		s.Clock.Advance(5 * time.Minute)
		return []string{old}
	})
	fault.Run(t,
		fault.Flow{Name: "first key", Begin: first, Options: []func(*core.Options){with(jwt.Options{})}},
		fault.Flow{Name: "rotation", Begin: rotated, Options: []func(*core.Options){with(jwt.Options{RotationInterval: time.Minute})}},
	)
}
