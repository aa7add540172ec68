package access_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/access"
)

var documents = access.New(access.Statements{"document": {"read", "share", "delete"}, "folder": {"read"}})

func TestAuthorize(t *testing.T) {
	t.Parallel()
	role := documents.Role(access.Statements{"document": {"read", "share"}, "folder": nil})
	want := func(c access.Connector, actions ...string) access.Want {
		return access.Want{Actions: actions, Connector: c}
	}
	for _, c := range []struct {
		name      string
		request   access.Request
		connector access.Connector
		denied    string
	}{
		{"all held", access.Request{"document": want(access.And, "read", "share")}, access.And, ""},
		{"one missing", access.Request{"document": want(access.And, "read", "delete")}, access.And, `unauthorized to access resource "document"`},
		{"one of them held", access.Request{"document": want(access.Or, "read", "delete")}, access.And, ""},
		{"none of them held", access.Request{"document": want(access.Or, "x", "delete")}, access.And, `unauthorized to access resource "document"`},
		{"no actions", access.Request{"document": want(access.And)}, access.And, `unauthorized to access resource "document"`},
		{"no actions, any", access.Request{"document": want(access.Or)}, access.Or, "Not authorized"},
		{"unknown resource", access.Request{"user": want(access.And, "read")}, access.And, "You are not allowed to access resource: user"},
		{"unknown resource, any", access.Request{"user": want(access.And, "read")}, access.Or, "Not authorized"},
		{"nothing", access.Request{}, access.And, "Not authorized"},
		{"nothing, any", nil, access.Or, "Not authorized"},
		{"one resource of two", access.Request{"document": want(access.And, "read"), "folder": want(access.And, "read")}, access.And, `unauthorized to access resource "folder"`},
		{"one resource of two, any", access.Request{"document": want(access.And, "read"), "folder": want(access.And, "read")}, access.Or, ""},
	} {
		err := role.Authorize(c.request, c.connector)
		if got := fmt.Sprint(err); c.denied == "" && err != nil || c.denied != "" && got != c.denied {
			t.Errorf("%s: %s, want %q", c.name, got, c.denied)
		}
	}
	if (*access.Role)(nil).Authorize(access.Request{"document": want(access.And, "read")}, access.And) == nil {
		t.Error("no role may do something")
	}
}

func TestRolesCannotBeChangedFromOutside(t *testing.T) {
	t.Parallel()
	may := access.Statements{"document": {"read"}}
	role := access.NewRole(may)
	may["document"][0] = "delete"
	role.Statements()["document"][0] = "share"
	if diff := cmp.Diff(access.Statements{"document": {"read"}}, role.Statements()); diff != "" {
		t.Error(diff)
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	roles := access.Roles{
		"reader":  access.NewRole(access.Statements{"document": {"read"}}),
		"sharer":  access.NewRole(access.Statements{"document": {"share"}}),
		"deleter": access.NewRole(access.Statements{"document": {"delete"}}),
	}
	both := access.Statements{"document": {"read", "share"}}
	if roles.Authorize([]string{"reader", "sharer"}, both) {
		t.Error("two roles were added up")
	}
	if !roles.Authorize([]string{"ghost", "reader"}, access.Statements{"document": {"read"}}) || roles.Authorize(nil, both) {
		t.Error("the wrong roles counted")
	}
	if diff := cmp.Diff(both, roles.Statements([]string{"reader", "sharer", "ghost"})); diff != "" {
		t.Error(diff)
	}
	got := access.Missing(access.Statements{"document": {"read", "delete"}, "b": {"x"}}, both)
	if diff := cmp.Diff([]string{"b:x", "document:delete"}, got); diff != "" {
		t.Error(diff)
	}
}

func Example() {
	documents := access.New(access.Statements{"document": {"read", "share"}})
	reader := documents.Role(access.Statements{"document": {"read"}})
	fmt.Println(reader.Authorize(access.All(access.Statements{"document": {"read"}}), access.And))
	fmt.Println(reader.Authorize(access.All(access.Statements{"document": {"share"}}), access.And))
	// Output:
	// <nil>
	// unauthorized to access resource "document"
}
