package apikey_test

import (
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/plugin/apikey"
	"github.com/watchword-auth/watchword/secret"
)

func TestAK01(t *testing.T) {
	everywhere(t, apikey.Config{}, func(t *testing.T, s *server) {
		victim := s.SignUp("victim@example.com")
		k := makeKey(t, victim, j{})
		id := s.User("victim@example.com").ID
		for name, c := range map[string]*client{"nobody": s.Client(), "another user": s.SignUp(email)} {
			c.Post("/api-key/create", j{"userId": id}).WantCode(401, "UNAUTHORIZED_SESSION")
			c.Post("/api-key/update", j{"keyId": k.ID, "userId": id, "name": "mine"}).WantCode(401, "UNAUTHORIZED_SESSION")
			for member, value := range map[string]any{"remaining": 5, "rateLimitMax": 5, "rateLimitTimeWindow": 5,
				"permissions": j{"a": []string{"b"}}, "refillAmount": 5, "refillInterval": 5, "rateLimitEnabled": false} {
				c.Post("/api-key/create", j{member: value}).WantCode(400, "SERVER_ONLY_PROPERTY")
				want := "SERVER_ONLY_PROPERTY"
				if name == "nobody" {
					want = "UNAUTHORIZED_SESSION"
				}
				if got := c.Post("/api-key/update", j{"keyId": k.ID, member: value}).Text("code"); got != want {
					t.Errorf("%s updates %s: %s", name, member, got)
				}
			}
		}
		s.Client().Post("/api-key/create", j{}).WantCode(401, "UNAUTHORIZED_SESSION")
		victim.Get("/api-key/list").Want(200, `"total":1`, `"name":null`)
	})
}

func TestAK02(t *testing.T) {
	everywhere(t, apikey.Config{}, func(t *testing.T, s *server) {
		k := makeKey(t, s.SignUp("victim@example.com"), j{})
		c := s.SignUp(email)
		c.Get("/api-key/get?id="+k.ID).WantCode(404, "KEY_NOT_FOUND")
		c.Post("/api-key/update", j{"keyId": k.ID, "enabled": false}).WantCode(404, "KEY_NOT_FOUND")
		c.Post("/api-key/delete", j{"keyId": k.ID}).WantCode(404, "KEY_NOT_FOUND")
		c.Get("/api-key/list").WantBody(200, `{"apiKeys":[],"total":0}`)
		if code := verify(t, s, k.Key); code != "" {
			t.Errorf("the key was harmed: %s", code)
		}
	})
}

// A session that was revoked makes no keys, however long its cached copy lives.
func TestAK03(t *testing.T) {
	everywhere(t, apikey.Config{}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		k := makeKey(t, c, j{})
		stolen := c.Clone()
		c.Post("/sign-out", j{}).Want(200)
		stolen.Post("/api-key/create", j{}).WantCode(401, "UNAUTHORIZED_SESSION")
		stolen.Post("/api-key/update", j{"keyId": k.ID, "name": "x"}).WantCode(401, "UNAUTHORIZED_SESSION")
		stolen.Post("/api-key/delete", j{"keyId": k.ID}).Want(401)
	}, func(o *core.Options) { o.Session.CookieCache.Enabled = true })
}

// Uses that race with a change do not undo it.
func TestAK04(t *testing.T) {
	everywhere(t, apikey.Config{RateLimit: apikey.RateLimit{MaxRequests: 1 << 20}}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		for i := range 20 {
			k := makeKey(t, c, j{})
			act, want := func(c *client) { c.Post("/api-key/update", j{"keyId": k.ID, "enabled": false}).Want(200) }, "KEY_DISABLED"
			if i%2 == 0 {
				act, want = func(c *client) { c.Post("/api-key/delete", j{"keyId": k.ID}).Want(200) }, "INVALID_API_KEY"
			}
			owner := c.Clone()
			race(8, func(i int) bool {
				if i == 4 {
					act(owner)
					return true
				}
				for range 5 {
					verify(t, s, k.Key)
				}
				return false
			})
			if got := verify(t, s, k.Key); got != want {
				t.Fatalf("round %d: %q, want %q", i, got, want)
			}
		}
	})
}

func TestAK05(t *testing.T) {
	everywhere(t, apikey.Config{}, func(t *testing.T, s *server) {
		s.SignUp(email)
		off := &apikey.CreateInput{}
		off.Remaining, off.RateLimitEnabled = input.Some(5.0), input.Some(false)
		five := issue(t, s, off)
		if won := race(64, func(int) bool { return verify(t, s, five.Plain) == "" }); won != 5 {
			t.Errorf("%d uses of 5", won)
		}
		if code := verify(t, s, five.Plain); code != "USAGE_EXCEEDED" && code != "INVALID_API_KEY" {
			t.Errorf("a used-up key: %q", code)
		}
		in := &apikey.CreateInput{}
		in.RateLimitMax = input.Some(3.0)
		three := issue(t, s, in)
		if won := race(64, func(int) bool { return verify(t, s, three.Plain) == "" }); won != 3 {
			t.Errorf("%d requests of 3 in one window", won)
		}
		// A request that is refused for its rate costs no use.
		both := &apikey.CreateInput{}
		both.RateLimitMax, both.Remaining = input.Some(3.0), input.Some(10.0)
		k := issue(t, s, both)
		race(64, func(int) bool { return verify(t, s, k.Plain) == "" })
		c := s.SignIn(email)
		c.Get("/api-key/get?id="+k.ID).Want(200, `"remaining":7`)
	})
}

func TestAK06(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) {
		o.Plugins = append(o.Plugins, apikey.New(
			apikey.Config{ID: "x", Prefix: "x_", Sessions: true, Headers: []string{"X-Key-X"}},
			apikey.Config{ID: "y", Prefix: "y_", Sessions: true, Headers: []string{"X-Key-Y"}}))
	})
	c := s.SignUp(email)
	x, y := makeKey(t, c, j{"configId": "x"}), makeKey(t, c, j{"configId": "y"})
	if x.ConfigID != "x" || !strings.HasPrefix(y.Key, "y_") {
		t.Fatalf("%+v %+v", x, y)
	}
	under := func(id string) func(*apikey.VerifyInput) {
		return func(in *apikey.VerifyInput) { in.ConfigID = input.Some(id) }
	}
	if got := verify(t, s, x.Key, under("x")); got != "" {
		t.Errorf("x under x: %q", got)
	}
	if got := verify(t, s, x.Key, under("y")); got != "INVALID_API_KEY" {
		t.Errorf("x under y: %q", got)
	}
	program := s.Client()
	program.Headers.Set("X-Key-Y", x.Key)
	program.Get("/get-session").WantCode(401, "INVALID_API_KEY")
	program.Headers.Set("X-Key-Y", y.Key)
	program.Get("/get-session").Want(200, email)
	c.Get("/api-key/get?id="+x.ID+"&configId=y").WantCode(404, "KEY_NOT_FOUND")
	c.Post("/api-key/delete", j{"keyId": x.ID, "configId": "y"}).WantCode(404, "KEY_NOT_FOUND")
	c.Get("/api-key/list?configId=x").Want(200, `"total":1`, x.ID)
	c.Post("/api-key/create", j{}).WantCode(400, "NO_DEFAULT_API_KEY_CONFIGURATION_FOUND")
}

// A key is good for no session of a user who is banned or gone, and goes with
// its user.
func TestAK07(t *testing.T) {
	everywhere(t, apikey.Config{Sessions: true}, func(t *testing.T, s *server) {
		k := makeKey(t, s.SignUp(email), j{})
		boss := s.SignUp("boss@example.com")
		id := s.User(email).ID
		program := s.Client()
		program.Headers.Set("X-Api-Key", k.Key)
		program.Get("/get-session").Want(200)
		boss.Post("/admin/ban-user", j{"userId": id}).Want(200)
		program.Get("/get-session").WantCode(401, "UNAUTHORIZED_SESSION")
		program.Get("/api-key/list").WantCode(401, "UNAUTHORIZED_SESSION")
		boss.Post("/admin/remove-user", j{"userId": id}).Want(200)
		program.Get("/get-session").Want(401)
		if code := verify(t, s, k.Key); code != "INVALID_API_KEY" {
			t.Errorf("the key outlived its user: %q", code)
		}
	}, func(o *core.Options) { o.Plugins = append(o.Plugins, admin.New(admin.Options{DefaultRole: "admin"})) })
}

// acme lets its people read its keys, and its owners do everything.
type acme struct{}

func (acme) Allows(c *core.Context, userID, organizationID, resource, action string) (member, allowed bool, err error) {
	u, err := c.Users().ByID(userID)
	if err != nil || resource != "apiKey" || organizationID != "acme" || !strings.HasSuffix(u.Email, "@acme.example") {
		return false, false, err
	}
	return true, action == "read" || strings.HasPrefix(u.Email, "owner"), nil
}

// What belongs to an organization is for those it lets.
func TestAK07Organization(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) {
		o.Plugins = append(o.Plugins, apikey.New(apikey.Config{ID: "org", Sessions: true,
			ForOrganizations: true, Organizations: acme{}}))
	})
	owner, member, other := s.SignUp("owner@acme.example"), s.SignUp("member@acme.example"), s.SignUp(email)
	body := j{"configId": "org", "organizationId": "acme"}
	owner.Post("/api-key/create", j{"configId": "org"}).WantCode(400, "ORGANIZATION_ID_REQUIRED")
	other.Post("/api-key/create", body).WantCode(403, "USER_NOT_MEMBER_OF_ORGANIZATION")
	member.Post("/api-key/create", body).WantCode(403, "INSUFFICIENT_API_KEY_PERMISSIONS")
	s.Client().Post("/api-key/create", body).WantCode(401, "UNAUTHORIZED_SESSION")
	k := makeKey(t, owner, body)
	if k.ReferenceID != "acme" {
		t.Errorf("the key belongs to %s", k.ReferenceID)
	}
	key := j{"configId": "org", "keyId": k.ID, "name": "x"}
	member.Post("/api-key/update", key).WantCode(403, "INSUFFICIENT_API_KEY_PERMISSIONS")
	member.Post("/api-key/delete", key).WantCode(403, "INSUFFICIENT_API_KEY_PERMISSIONS")
	other.Get("/api-key/get?configId=org&id="+k.ID).WantCode(403, "USER_NOT_MEMBER_OF_ORGANIZATION")
	member.Get("/api-key/get?configId=org&id="+k.ID).Want(200, k.ID)
	member.Get("/api-key/list?organizationId=acme").Want(200, `"total":1`)
	owner.Get("/api-key/list").Want(200, `"total":0`)
	program := s.Client()
	program.Headers.Set("X-Api-Key", k.Key)
	program.Get("/get-session").WantCode(401, "INVALID_REFERENCE_ID_FROM_API_KEY")
}

func TestAK08(t *testing.T) {
	everywhere(t, apikey.Config{Sessions: true, RateLimit: apikey.RateLimit{Disable: true}}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		k := makeKey(t, c, j{})
		program := c.Clone() // a session beside the key changes nothing
		program.Headers.Set("X-Api-Key", k.Key)
		body := j{"keyId": k.ID, "name": "x", "currentPassword": authtest.Password, "newPassword": "another password",
			"newEmail": "new@example.com", "password": authtest.Password, "provider": "google", "providerId": "google", "accountId": "1"}
		for _, path := range []string{"/api-key/create", "/api-key/update", "/api-key/delete", "/change-password", "/change-email",
			"/delete-user", "/revoke-sessions", "/link-social", "/unlink-account"} {
			program.Post(path, body).Want(401)
		}
		program.Get("/list-sessions").Want(401)
		if program.Get("/get-session").Text("session.token") != k.Key {
			t.Error("the cookie won over the key")
		}
	})
}

func TestAK14(t *testing.T) {
	everywhere(t, apikey.Config{}, func(_ *testing.T, s *server) {
		c := s.SignUp(email)
		for _, path := range []string{"/api-key/verify", "/api-key/delete-all-expired-api-keys", "/verifyApiKey"} {
			c.Post(path, j{"key": "x"}).Want(404)
		}
	})
}

// What is stored opens nothing.
func TestStoredHashIsNoKey(t *testing.T) {
	everywhere(t, apikey.Config{KeyLength: 32}, func(t *testing.T, s *server) {
		s.SignUp(email)
		k := issue(t, s, &apikey.CreateInput{})
		if k.Hash == k.Plain {
			t.Fatal("the key is stored as it is")
		}
		if code := verify(t, s, k.Hash); code != "INVALID_API_KEY" {
			t.Errorf("the hash was taken for the key: %q", code)
		}
	})
}

// Keys that the reference wrote to secondary storage work.
func TestTakesOverSecondaryStorage(t *testing.T) {
	t.Parallel()
	store := kv.NewMemory(kv.MemoryOptions{})
	s := authtest.New(t, func(o *core.Options) {
		o.SecondaryStorage = store
		o.Plugins = append(o.Plugins, apikey.New(apikey.Config{Storage: apikey.SecondaryStorage, EnableMetadata: true}))
	})
	c := s.SignUp(email)
	plain, owner := strings.Repeat("k", 64), s.User(email).ID
	hash := secret.Hash(plain)
	row := `{"configId":"default","createdAt":"2026-03-01T12:00:00.000Z","updatedAt":"2026-03-01T12:00:00.000Z","name":"old",` +
		`"prefix":null,"start":"kkkkkk","key":"` + hash + `","enabled":true,"expiresAt":null,"referenceId":"` + owner + `",` +
		`"lastRefillAt":null,"lastRequest":"2026-03-02T11:59:59.000Z","metadata":{"a":1},"rateLimitMax":3,"rateLimitTimeWindow":60000,` +
		`"remaining":9,"refillAmount":null,"refillInterval":null,"rateLimitEnabled":true,"requestCount":2,"id":"k1"}`
	for name, value := range map[string]string{"api-key:" + hash: row, "api-key:by-id:k1": row, "api-key:by-ref:" + owner: `["k1"]`} {
		if err := store.Set(t.Context(), name, value, 0); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"", "RATE_LIMITED"} {
		if got := verify(t, s, plain); got != want {
			t.Errorf("use %d: %q, want %q", i, got, want)
		}
	}
	c.Get("/api-key/list").Want(200, `"total":1`, `"metadata":{"a":1}`, `"remaining":8`, `"requestCount":3`)
}
