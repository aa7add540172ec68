package apikey_test

import (
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/apikey"
	"github.com/watchword-auth/watchword/secret"
)

func TestLife(t *testing.T) {
	everywhere(t, apikey.Config{EnableMetadata: true}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		k := makeKey(t, c, j{"name": "ci", "prefix": "ci_", "metadata": j{"team": "a"}, "expiresIn": 90000})
		if len(k.Key) != 67 || !strings.HasPrefix(k.Key, "ci_") || k.Start != k.Key[:6] || string(k.Metadata) != `{"team":"a"}` {
			t.Fatalf("made %+v", k)
		}
		if code := verify(t, s, k.Key); code != "" {
			t.Fatalf("a new key is refused: %s", code)
		}
		got := c.Get("/api-key/get?id="+k.ID).Want(200, `"name":"ci"`, `"metadata":{"team":"a"}`, `"requestCount":1`, `"permissions":null`)
		for _, hidden := range []string{k.Key, secret.Hash(k.Key), `"key"`} {
			if strings.Contains(got.Body, hidden) {
				t.Errorf("get shows %s", hidden)
			}
		}
		c.Post("/api-key/update", j{"keyId": k.ID, "name": "cd", "metadata": j{"team": "b"}, "expiresIn": nil}).
			Want(200, `"name":"cd"`, `"metadata":{"team":"b"}`, `"expiresAt":null`)
		c.Post("/api-key/update", j{"keyId": k.ID, "enabled": false}).Want(200, `"enabled":false`)
		if code := verify(t, s, k.Key); code != "KEY_DISABLED" {
			t.Errorf("a disabled key: %q", code)
		}
		c.Post("/api-key/update", j{"keyId": k.ID, "enabled": true}).Want(200)
		makeKey(t, c, j{"name": "b"})
		c.Get("/api-key/list").Want(200, `"total":2`, `"name":"cd"`, `"name":"b"`)
		c.Get("/api-key/list?limit=1&offset=1&sortBy=name").Want(200, `"total":2`, `"limit":1`, `"offset":1`, `"name":"cd"`)
		c.Get("/api-key/list?sortBy=key").WantCode(400, "VALIDATION_ERROR")
		c.Post("/api-key/delete", j{"keyId": k.ID}).WantBody(200, `{"success":true}`)
		if code := verify(t, s, k.Key); code != "INVALID_API_KEY" {
			t.Errorf("a deleted key: %q", code)
		}
		c.Get("/api-key/get?id="+k.ID).WantCode(404, "KEY_NOT_FOUND")
		c.Get("/api-key/list").Want(200, `"total":1`)
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) { o.Plugins = append(o.Plugins, apikey.New(apikey.Config{})) })
	c := s.SignUp(email)
	for name, test := range map[string]struct {
		body j
		code string
	}{
		"metadata":       {j{"metadata": j{"a": 1}}, "METADATA_DISABLED"},
		"prefix":         {j{"prefix": strings.Repeat("x", 33)}, "INVALID_PREFIX_LENGTH"},
		"odd prefix":     {j{"prefix": "a b"}, "VALIDATION_ERROR"},
		"name":           {j{"name": strings.Repeat("x", 33)}, "INVALID_NAME_LENGTH"},
		"short life":     {j{"expiresIn": 60}, "EXPIRES_IN_IS_TOO_SMALL"},
		"long life":      {j{"expiresIn": 366 * 86400}, "EXPIRES_IN_IS_TOO_LARGE"},
		"negative life":  {j{"expiresIn": -1}, "VALIDATION_ERROR"},
		"permissions":    {j{"permissions": j{"a": []string{"b"}}}, "SERVER_ONLY_PROPERTY"},
		"no permissions": {j{"permissions": j{"a": "b"}}, "VALIDATION_ERROR"},
	} {
		if got := c.Post("/api-key/create", test.body); got.Text("code") != test.code {
			t.Errorf("%s: %d %s, want %s", name, got.Status, got.Body, test.code)
		}
	}
	k := makeKey(t, c, j{})
	c.Post("/api-key/update", j{"keyId": k.ID}).WantCode(400, "NO_VALUES_TO_UPDATE")
	c.Post("/api-key/update", j{"keyId": k.ID, "name": ""}).WantCode(400, "INVALID_NAME_LENGTH")
	c.Post("/api-key/update", j{"keyId": "nothing", "name": "x"}).WantCode(404, "KEY_NOT_FOUND")
	s.Client().Get("/api-key/list").Want(401)
	c.Get("/api-key/list?limit=x").WantCode(400, "VALIDATION_ERROR")
	c.Get("/api-key/list?organizationId=x").WantCode(500, "ORGANIZATION_PLUGIN_REQUIRED")
}

func TestExpiry(t *testing.T) {
	everywhere(t, apikey.Config{}, func(t *testing.T, s *server) {
		c := s.SignUp(email)
		k := makeKey(t, c, j{"expiresIn": 86400})
		s.Clock.Advance(24 * time.Hour)
		if code := verify(t, s, k.Key); code != "" {
			t.Errorf("at its last moment: %s", code)
		}
		s.Clock.Advance(time.Millisecond)
		if code := verify(t, s, k.Key); code != "KEY_EXPIRED" && code != "INVALID_API_KEY" {
			t.Errorf("after its last moment: %q", code)
		}
		if code := verify(t, s, k.Key); code != "INVALID_API_KEY" {
			t.Errorf("an expired key is not deleted: %q", code)
		}
	})
}

func TestRefill(t *testing.T) {
	everywhere(t, apikey.Config{RateLimit: apikey.RateLimit{Disable: true}}, func(t *testing.T, s *server) {
		s.SignUp(email)
		in := &apikey.CreateInput{}
		in.Remaining, in.RefillAmount, in.RefillInterval = input.Some(1.0), input.Some(2.0), input.Some(1000.0)
		k := issue(t, s, in)
		for i, want := range []string{"", "USAGE_EXCEEDED", "USAGE_EXCEEDED"} {
			if got := verify(t, s, k.Plain); got != want {
				t.Errorf("use %d: %q, want %q", i, got, want)
			}
		}
		s.Clock.Advance(1001 * time.Millisecond)
		for i, want := range []string{"", "", "USAGE_EXCEEDED"} {
			if got := verify(t, s, k.Plain); got != want {
				t.Errorf("use %d after a refill: %q, want %q", i, got, want)
			}
		}
		s.Clock.Advance(1001 * time.Millisecond)
		if won := race(64, func(int) bool { return verify(t, s, k.Plain) == "" }); won != 2 {
			t.Errorf("%d racing uses of a refill of 2", won)
		}
	})
}

func TestRateLimit(t *testing.T) {
	everywhere(t, apikey.Config{RateLimit: apikey.RateLimit{MaxRequests: 3, TimeWindow: time.Minute}}, func(t *testing.T, s *server) {
		k := makeKey(t, s.SignUp(email), j{})
		for range 3 {
			if code := verify(t, s, k.Key); code != "" {
				t.Fatal(code)
			}
		}
		out, err := core.Invoke(t.Context(), s.Kernel, apikey.Verify, &apikey.VerifyInput{Key: k.Key}, core.Call{})
		if err != nil || out.Valid || out.Error.Code != "RATE_LIMITED" || out.Error.Details.TryAgainIn != 60000 {
			t.Errorf("the fourth request: %+v, %v", out.Error, err)
		}
		s.Clock.Advance(time.Minute + time.Millisecond)
		if code := verify(t, s, k.Key); code != "" {
			t.Errorf("in the next window: %s", code)
		}
	})
}

func TestPermissions(t *testing.T) {
	everywhere(t, apikey.Config{}, func(t *testing.T, s *server) {
		s.SignUp(email)
		in := &apikey.CreateInput{}
		in.Permissions = input.Some(apikey.Permissions{"files": {"read", "write"}})
		k := issue(t, s, in)
		bare := issue(t, s, &apikey.CreateInput{})
		for name, test := range map[string]struct {
			key  string
			want apikey.Permissions
			code string
		}{
			"one":      {k.Plain, apikey.Permissions{"files": {"read"}}, ""},
			"both":     {k.Plain, apikey.Permissions{"files": {"write", "read"}}, ""},
			"more":     {k.Plain, apikey.Permissions{"files": {"read", "delete"}}, "KEY_NOT_FOUND"},
			"other":    {k.Plain, apikey.Permissions{"users": {"read"}}, "KEY_NOT_FOUND"},
			"part":     {k.Plain, apikey.Permissions{"files": {"read"}, "users": {"read"}}, "KEY_NOT_FOUND"},
			"none":     {k.Plain, apikey.Permissions{}, "KEY_NOT_FOUND"},
			"bare key": {bare.Plain, apikey.Permissions{"files": {"read"}}, "KEY_NOT_FOUND"},
		} {
			got := verify(t, s, test.key, func(in *apikey.VerifyInput) { in.Permissions = input.Some(test.want) })
			if got != test.code {
				t.Errorf("%s: %q, want %q", name, got, test.code)
			}
		}
	})
}

func TestSession(t *testing.T) {
	everywhere(t, apikey.Config{Sessions: true}, func(t *testing.T, s *server) {
		k := makeKey(t, s.SignUp(email), j{})
		program := s.Client()
		program.Headers.Set("X-Api-Key", k.Key)
		program.Get("/get-session").Want(200, email, `"token":"`+k.Key, `"id":"`+k.ID)
		program.Get("/api-key/list").Want(200, k.ID)
		program.Post("/update-user", j{"name": "Program"}).Want(200)
		if name := s.User(email).Name; name != "Program" {
			t.Errorf("name %q", name)
		}
		for key, want := range map[string]struct {
			status int
			code   string
		}{"short": {403, "INVALID_API_KEY"}, strings.Repeat("x", 64): {401, "INVALID_API_KEY"}} {
			program.Headers.Set("X-Api-Key", key)
			program.Get("/get-session").WantCode(want.status, want.code)
		}
	})
}

func TestDeleteAllExpired(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) { o.Plugins = append(o.Plugins, apikey.New()) })
	c := s.SignUp(email)
	makeKey(t, c, j{"expiresIn": 86400})
	kept := makeKey(t, c, j{})
	s.Clock.Advance(25 * time.Hour)
	out, err := core.Invoke(t.Context(), s.Kernel, apikey.DeleteAllExpired, nil, core.Call{})
	if err != nil || !out.Success {
		t.Fatalf("%+v, %v", out, err)
	}
	c.Get("/api-key/list").Want(200, `"total":1`, kept.ID)
}

func TestOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, configs := range map[string][]apikey.Config{
		"no ID":      {{ID: "a"}, {}},
		"same ID":    {{ID: "a"}, {ID: "a"}},
		"guessable":  {{KeyLength: 4}},
		"no storage": {{Storage: apikey.SecondaryStorage}},
	} {
		_, err := core.New(core.Options{Secret: authtest.Secret, Database: memory.New(), Plugins: []core.Plugin{apikey.New(configs...)}})
		if err == nil || !strings.Contains(err.Error(), "apikey: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
