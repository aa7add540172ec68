package server

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
)

func TestRolesOfAFile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, text, refused string }{
		{"of one's own", `{"ac": {"project": ["create", "share"]}, "roles": {"manager": {"project": ["share"], "member": ["create"]}}}`, ""},
		{"built-in actions alone", `{"roles": {"manager": {"project": ["share"]}}}`, `roles.manager: project:share is no action; name your own in "ac"`},
		{"no list", `{"roles": {"manager": {"member": "create"}}}`, `expected a list, found a text`},
		{"no object", `{"roles": ["manager"]}`, `expected an object, found a list`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, plugin := range []string{"organization", "admin"} {
				f, err := parse("test.json", []byte(plain+`, "plugins": {"`+plugin+`": `+strings.ReplaceAll(tt.text, "member", memberOf(plugin))+`}}`), nil)
				if err == nil {
					err = f.addPlugins(&core.Options{})
				}
				if (err == nil) != (tt.refused == "") || err != nil && !strings.Contains(err.Error(), tt.refused) {
					t.Errorf("%s: got %v, want %q", plugin, err, tt.refused)
				}
			}
		})
	}
}

// memberOf is a built-in resource that has the action create.
func memberOf(plugin string) string {
	if plugin == "admin" {
		return "user"
	}
	return "member"
}

func TestRolesStandBesideTheBuiltInOnes(t *testing.T) {
	t.Parallel()
	builtIn := access.Roles{"member": access.NewRole(nil), "admin": access.NewRole(access.Statements{"member": {"create"}})}
	control, roles, err := rolesFile{Statements: access.Statements{"project": {"share"}}}.read(access.Statements{"member": {"create"}}, builtIn)
	if err != nil {
		t.Fatal(err)
	}
	want := access.Statements{"project": {"share"}, "member": {"create"}}
	if diff := cmp.Diff(want, control.Statements()); diff != "" || len(roles) != 2 {
		t.Error(diff, roles)
	}
	if control, roles, err := (rolesFile{}).read(want, builtIn); control != nil || roles != nil || err != nil {
		t.Error("a file that says nothing replaced the built-in roles")
	}
}
