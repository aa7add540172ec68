package admin

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// ListUsers is GET /admin/list-users.
const ListUsers core.Ref[ListUsersInput, ListUsersOutput] = "listUsers"

// ListUsersInput is what to look for. Search and filter must both match.
type ListUsersInput struct {
	SearchValue    input.Opt[string] `json:"searchValue,omitzero"`
	SearchField    input.Opt[string] `json:"searchField,omitzero"`    // email or name
	SearchOperator input.Opt[string] `json:"searchOperator,omitzero"` // contains, starts_with or ends_with
	input.Listing
}

// Bind reads the query.
func (in *ListUsersInput) Bind(b *input.Binder) {
	query := b.Query()
	query.OptText("searchValue", &in.SearchValue)
	query.OptText("searchField", &in.SearchField).OneOf("email", "name")
	query.OptText("searchOperator", &in.SearchOperator).OneOf("contains", "starts_with", "ends_with")
	in.Listing.Bind(query)
}

// ListUsersOutput is one page of users. Limit and offset are repeated where
// they were given.
type ListUsersOutput struct {
	Users  []*core.User `json:"users"`
	Total  int64        `json:"total"`
	Limit  float64      `json:"limit,omitempty"`
	Offset float64      `json:"offset,omitempty"`
}

func (a *admin) listUsers(c *core.Context, in *ListUsersInput) (*ListUsersOutput, error) {
	if _, err := a.allow(c, "user", "list", ErrListUsers); err != nil {
		return nil, err
	}
	t := c.Tables().Users
	q, err := input.Listed(&in.Listing, t.Table, "email")
	if err != nil { // a list by a column that is not there is empty
		return &ListUsersOutput{Users: []*core.User{}}, nil
	}
	if in.SearchValue.Or("") != "" {
		q.Where = append(q.Where, in.search(t))
	}
	out := &ListUsersOutput{}
	out.Limit, out.Offset = in.Page()
	if out.Users, err = db.All(c, c.DB(), t.Table, q); err != nil {
		return nil, err
	}
	if out.Users == nil {
		out.Users = []*core.User{}
	}
	out.Total, err = db.Count(c, c.DB(), t.Table, q.Where...)
	return out, err
}

func (in *ListUsersInput) search(t *core.UserTable) db.Where[core.User] {
	field, value := t.Email, in.SearchValue.Value
	if in.SearchField.Or("email") == "name" {
		field = t.Name
	}
	switch in.SearchOperator.Or("contains") {
	case "starts_with":
		return db.Fold(db.StartsWith(field, value))
	case "ends_with":
		return db.Fold(db.EndsWith(field, value))
	}
	return db.Fold(db.Contains(field, value))
}
