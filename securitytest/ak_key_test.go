package securitytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// withKey is a request's line that carries a key.
func withKey(key string) harness.Field { return harness.Field{"x-api-key", key} }

func makeKey(c *harness.Client, members body) (id, key string) {
	a := c.Post("/api-key/create", members)
	a.Want(http.StatusOK)
	return a.Text("id"), a.Text("key")
}

func keysAreForOneself(_ *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	victim := v.User()
	id, _ := makeKey(v, body{"name": "theirs"})
	a := s.SignUp(s.Address("attacker"))
	w := s.Watch(victim, id)
	for _, c := range []*harness.Client{s.Client(), a} {
		w.Refused(c.Post("/api-key/create", body{"userId": victim}), http.StatusUnauthorized, "UNAUTHORIZED_SESSION")
		w.Refused(c.Post("/api-key/update", body{"keyId": id, "userId": victim, "name": "mine"}), http.StatusUnauthorized, "UNAUTHORIZED_SESSION")
	}
	for name, value := range map[string]any{"remaining": 5, "rateLimitMax": 1000, "rateLimitTimeWindow": 1, "rateLimitEnabled": false,
		"permissions": body{"files": []string{"read"}}, "refillAmount": 5, "refillInterval": 5} {
		w.Refused(a.Post("/api-key/create", body{name: value}), http.StatusBadRequest, "SERVER_ONLY_PROPERTY")
	}
	makeKey(a, body{"name": "mine"})
}

func keysOfOthers(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	id, key := makeKey(v, body{})
	a := s.SignUp(s.Address("attacker"))
	w := s.Watch(v.User(), id)
	w.Refused(a.Get("/api-key/get?id="+id), http.StatusNotFound, "KEY_NOT_FOUND")
	w.Refused(a.Post("/api-key/update", body{"keyId": id, "enabled": false}), http.StatusNotFound, "KEY_NOT_FOUND")
	w.Refused(a.Post("/api-key/delete", body{"keyId": id}), http.StatusNotFound, "KEY_NOT_FOUND")
	a.Get("/api-key/list").WantBody(http.StatusOK, `{"apiKeys":[],"total":0}`)
	for _, path := range []string{"/api-key/list", "/api-key/get?id=" + id} {
		if answer := v.Get(path); answer.Status != http.StatusOK || strings.Contains(answer.Body, key) || strings.Contains(answer.Body, `"key"`) {
			t.Errorf("%s shows the key: %s", path, answer.Body)
		}
	}
	v.Post("/api-key/delete", body{"keyId": id}).Want(http.StatusOK)
}

func revokedSessionsMakeNoKeys(_ *testing.T, s *harness.Site) {
	c := s.SignUp(s.Address("user"))
	id, _ := makeKey(c, body{})
	stolen, user := c.Clone(), c.User()
	c.Post("/sign-out", body{}).Want(http.StatusOK)
	w := s.Watch(user, id)
	w.Refused(stolen.Post("/api-key/create", body{}), http.StatusUnauthorized, "UNAUTHORIZED_SESSION")
	w.Refused(stolen.Post("/api-key/update", body{"keyId": id, "name": "x"}), http.StatusUnauthorized, "UNAUTHORIZED_SESSION")
	w.Refused(stolen.Post("/api-key/delete", body{"keyId": id}), http.StatusUnauthorized, "")
}

func usesUndoNothing(t *testing.T, s *harness.Site) {
	c := s.SignUp(s.Address("user"))
	for round := range 8 {
		id, key := makeKey(c, body{})
		use := s.Client().Request(http.MethodGet, "/get-session", nil, withKey(key))
		change := c.Request(http.MethodPost, "/api-key/update", body{"keyId": id, "enabled": false})
		if round%2 == 0 {
			change = c.Request(http.MethodPost, "/api-key/delete", body{"keyId": id})
		}
		answers := s.Together(append(harness.Repeat(use, 8), change)...)
		answers[8].Want(http.StatusOK)
		if a := s.Client().Get("/get-session", withKey(key)); a.Status == http.StatusOK && a.Body != "null" {
			t.Errorf("round %d: the key is back: %s", round, a.Body)
		}
	}
}

func rateOfAKey(t *testing.T, s *harness.Site) {
	_, key := makeKey(s.SignUp(s.Address("user")), body{})
	good := 0
	for _, a := range s.Together(harness.Repeat(s.Client().Request(http.MethodGet, "/get-session", nil, withKey(key)), 20)...) {
		if a.Status == http.StatusOK && strings.Contains(a.Body, `"session"`) {
			good++
		} else if a.Status >= 500 {
			t.Errorf("%d %s", a.Status, a.Body)
		}
	}
	if good != 3 {
		t.Errorf("%d uses at once, want 3", good)
	}
}

func kindsOfKeys(_ *testing.T, s *harness.Site) {
	c := s.SignUp(s.Address("user"))
	_, web := makeKey(c, body{"configId": "web"})
	id, job := makeKey(c, body{"configId": "job"})
	w := s.Watch(id)
	w.Refused(s.Client().Get("/get-session", withKey(job)), http.StatusUnauthorized, "INVALID_API_KEY")
	w.Refused(c.Post("/api-key/update", body{"keyId": id, "configId": "web", "name": "x"}), http.StatusNotFound, "KEY_NOT_FOUND")
	s.Client().Stranger("no key")
	s.Client(harness.Field{"x-job-key", web}).Stranger("a key of the web in the header of jobs")
	s.Client().Get("/get-session", withKey(web)).Want(http.StatusOK, `"session"`)
}

func ownersOfKeys(t *testing.T, s *harness.Site) {
	boss := administrator(t, s)
	for _, end := range []struct {
		path string
		body func(user string) body
	}{
		{"/admin/ban-user", func(user string) body { return body{"userId": user} }},
		{"/admin/remove-user", func(user string) body { return body{"userId": user} }},
	} {
		c := s.SignUp(s.Address("owner"))
		_, key := makeKey(c, body{})
		s.Client().Get("/get-session", withKey(key)).Want(http.StatusOK, `"session"`)
		boss.Post(end.path, end.body(c.User())).Want(http.StatusOK)
		s.Client(withKey(key)).Stranger("the key of an owner after " + end.path)
	}
}

func keysStaySmall(_ *testing.T, s *harness.Site) {
	email := s.Address("user")
	c := s.SignUp(email)
	id, key := makeKey(c, body{})
	w := s.Watch(email)
	program := s.Client(withKey(key))
	for path, members := range map[string]body{
		"/api-key/create":                   {"name": "wider"},
		"/api-key/delete":                   {"keyId": id},
		"/change-password":                  {"currentPassword": harness.Password, "newPassword": "another password of mine"},
		"/change-email":                     {"newEmail": s.Address("other")},
		"/delete-user":                      {"password": harness.Password},
		"/two-factor/enable":                {"password": harness.Password},
		"/two-factor/disable":               {"password": harness.Password},
		"/passkey/verify-registration":      {"response": body{}},
		"/revoke-sessions":                  {},
		"/revoke-other-sessions":            {},
		"/link-social":                      {"provider": harness.ProviderIDs[0], "callbackURL": "/"},
		"/unlink-account":                   {"providerId": "credential"},
		"/admin/set-user-password":          {"userId": c.User(), "newPassword": "another password of mine"},
		"/two-factor/generate-backup-codes": {"password": harness.Password},
		"/passkey/delete-passkey":           {"id": "x"},
		"/organization/../api-key/create":   {"name": "wider"},
	} {
		w.Refused(program.Post(path, members), 0, "")
	}
	w.Refused(program.Get("/passkey/generate-register-options"), 0, "")
	program.Get("/get-session").Want(http.StatusOK, email)
	c.Post("/change-password", body{"currentPassword": harness.Password, "newPassword": "another password of mine"}).Want(http.StatusOK)
}
