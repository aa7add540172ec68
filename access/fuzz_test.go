package access_test

import (
	"encoding/json"
	"testing"

	"github.com/watchword-auth/watchword/access"
)

// FuzzAuthorize reads statements as they arrive from databases and clients: a
// role may do what it holds and never what it lacks.
func FuzzAuthorize(f *testing.F) {
	f.Add(`{"project":["create","share"]}`, `{"project":["create"]}`)
	f.Add(`{}`, `{"project":[]}`)
	f.Add(`{"a":null}`, `{"a":["x"]}`)
	f.Add(`{"":[""]}`, `{"":["",""]}`)
	f.Fuzz(func(t *testing.T, held, wanted string) {
		var may, asked access.Statements
		if json.Unmarshal([]byte(held), &may) != nil || json.Unmarshal([]byte(wanted), &asked) != nil {
			return
		}
		role := access.NewRole(may)
		if err := role.Authorize(access.All(may), access.And); err != nil && complete(may) {
			t.Errorf("a role may not do what it holds: %v", err)
		}
		missing := access.Missing(asked, may)
		if granted := role.Authorize(access.All(asked), access.And) == nil; granted && len(missing) > 0 {
			t.Errorf("%s grants %s, and lacks %v", held, wanted, missing)
		}
	})
}

// complete reports whether statements ask for something everywhere: what asks
// for nothing is not granted.
func complete(s access.Statements) bool {
	for _, actions := range s {
		if len(actions) == 0 {
			return false
		}
	}
	return len(s) > 0
}
