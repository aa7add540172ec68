//go:build unix

package integration_test

import (
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/internal/testenv"
	"github.com/watchword-auth/watchword/kv/redis"
)

const sessionCookie = "better-auth.session_token"

// beside returns a browser of another instance with the session of this one's.
func beside(c *authtest.Client, s *authtest.Server) *authtest.Client {
	other := s.Client()
	other.SetCookie(sessionCookie, c.Cookie(sessionCookie))
	return other
}

// twoInstances returns instances over one PostgreSQL and one Redis, whose
// caches would last for ever.
func twoInstances(t *testing.T, redisURL string) (a, b *authtest.Server) {
	t.Helper()
	open := openPostgres(t)
	start := func() *authtest.Server {
		return authtest.New(t, func(o *core.Options) {
			o.Database, o.SecondaryStorage = open(), openRedis(t, redis.Options{URL: redisURL, Prefix: "p:", CacheTTL: time.Hour})
		})
	}
	return start(), start()
}

var getCalls = regexp.MustCompile(`cmdstat_get:calls=(\d+)`)

// gets returns how often values were read from a Redis.
func gets(t *testing.T, client rueidis.Client) int {
	t.Helper()
	text, err := client.Do(t.Context(), client.B().Info().Section("commandstats").Build()).ToString()
	if err != nil {
		t.Fatal(err)
	}
	found := getCalls.FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// TestCachedSessions reads sessions again and again in two instances, which
// costs Redis nothing, and revokes them in one, which the other sees at once.
func TestCachedSessions(t *testing.T) {
	t.Parallel()
	server := testenv.OwnRedis(t)
	first, second := twoInstances(t, server.URL)
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{server.Address}, DisableCache: true})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	const email = "ada@example.com"
	laptop := first.SignUp(email)
	phone := first.SignIn(email)
	read := func() {
		for _, c := range []*authtest.Client{laptop, phone} {
			c.Clone().Get("/get-session").Want(200, email)
			beside(c, second).Get("/get-session").Want(200, email)
		}
	}
	read()
	before := gets(t, client)
	for range 100 {
		read()
	}
	if n := gets(t, client) - before; n != 0 {
		t.Errorf("400 repeated calls read %d values from Redis", n)
	}
	phone.Clone().Post("/sign-out", authtest.JSON{}).Want(200)
	seen(t, "a sign-out", beside(phone, second))
	beside(laptop, second).Get("/get-session").Want(200, email)
	laptop.Clone().Post("/revoke-sessions", authtest.JSON{}).Want(200)
	seen(t, "a revocation", beside(laptop, second))
}

// seen checks that an instance knows of a revocation as soon as Redis has told
// it, which is sent with the answer to whoever revoked.
func seen(t *testing.T, what string, c *authtest.Client) {
	t.Helper()
	for began := time.Now(); signedIn(c); {
		if time.Since(began) > time.Second {
			t.Fatalf("%s is not seen by another instance", what)
		}
	}
}
