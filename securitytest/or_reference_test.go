package securitytest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func referencesAreOnesOwn(t *testing.T, s *harness.Site) {
	o, other := found(s, "company"), found(s, "other")
	member := o.join("member", "member")
	a := o.owner.Post("/api-key/create", body{"name": "ours", "organizationId": o.id})
	a.Want(http.StatusOK)
	id := a.Text("id")
	w := s.Watch(o.id, id)
	for name, c := range map[string]*harness.Client{"a stranger": s.SignUp(s.Address("stranger")), "another's owner": other.owner, "a member": member, "nobody": s.Client()} {
		for _, members := range []body{{"organizationId": o.id}, {"organizationId": o.id, "userId": o.owner.User()}, {"organizationId": []string{o.id}}, {"referenceId": o.id, "organizationId": o.id}} {
			members["name"] = "mine"
			w.Refused(c.Post("/api-key/create", members), 0, "")
		}
		w.Refused(c.Post("/api-key/update", body{"keyId": id, "name": "mine"}), 0, "")
		w.Refused(c.Post("/api-key/delete", body{"keyId": id}), 0, "")
		for _, path := range []string{"/api-key/get?id=" + id, "/api-key/list?organizationId=" + o.id} {
			if a := c.Get(path); a.Status < 400 || strings.Contains(a.Body, id) {
				t.Errorf("%s reads %s: %d %s", name, path, a.Status, a.Body)
			}
		}
	}
	// A member of one organization names no other's key through their own.
	w.Refused(other.owner.Post("/api-key/update", body{"keyId": id, "organizationId": other.id, "name": "mine"}), 0, "")
	o.owner.Get("/api-key/list?organizationId="+o.id).Want(http.StatusOK, id)
	o.owner.Post("/api-key/update", body{"keyId": id, "name": "renamed"}).Want(http.StatusOK)
	o.owner.Post("/api-key/delete", body{"keyId": id}).Want(http.StatusOK)
}
