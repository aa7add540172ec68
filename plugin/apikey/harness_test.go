package apikey_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/plugin/apikey"
)

type (
	j      = authtest.JSON
	server = authtest.Server
	client = authtest.Client
)

const email = "ada@example.com"

// places are where keys can be kept.
var places = map[string]apikey.Storage{"database": apikey.Database, "kv": apikey.SecondaryStorage, "fallback": apikey.Fallback}

// everywhere runs a test on an instance with one configuration, over each
// engine and each storage.
func everywhere(t *testing.T, f apikey.Config, test func(t *testing.T, s *server), change ...func(*core.Options)) {
	t.Helper()
	t.Parallel()
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
				f := f
				f.Storage = place
				with := func(o *core.Options) {
					if place != apikey.Database {
						o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now})
					}
					o.Plugins = append(o.Plugins, apikey.New(f))
				}
				test(t, authtest.New(t, append([]func(*core.Options){engine, with}, change...)...))
			})
		})
	}
}

type made struct {
	ID, Key, Start, ReferenceID, ConfigID string
	Prefix                                *string
	Metadata, Permissions                 json.RawMessage
	Remaining                             *int64
}

// make creates a key as the browser.
func makeKey(t *testing.T, c *client, body j) made {
	t.Helper()
	var k made
	c.Post("/api-key/create", body).Want(200).Decode(&k)
	return k
}

// issue creates a key as the program.
func issue(t *testing.T, s *server, in *apikey.CreateInput) *apikey.Created {
	t.Helper()
	if !in.UserID.Set {
		in.UserID = input.Some(s.User(email).ID)
	}
	out, err := core.Invoke(t.Context(), s.Kernel, apikey.Create, in, core.Call{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// verify uses a key and returns the code of its refusal, or "".
func verify(t *testing.T, s *server, key string, change ...func(*apikey.VerifyInput)) string {
	t.Helper()
	in := &apikey.VerifyInput{Key: key}
	for _, f := range change {
		f(in)
	}
	out, err := core.Invoke(t.Context(), s.Kernel, apikey.Verify, in, core.Call{})
	if err != nil {
		t.Fatal(err)
	}
	if out.Valid != (out.Error == nil) || out.Valid != (out.Key != nil) {
		t.Fatalf("contradiction: %+v", out)
	}
	if out.Valid {
		return ""
	}
	return string(out.Error.Code)
}

// race runs f in n goroutines at once and returns how many reported true.
func race(n int, f func(i int) bool) int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	start, won := make(chan struct{}), 0
	for i := range n {
		wg.Go(func() {
			<-start
			if f(i) {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	close(start)
	wg.Wait()
	return won
}
