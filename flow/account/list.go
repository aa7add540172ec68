package account

import (
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// List is GET /list-accounts.
const List core.Ref[ListInput, ListOutput] = "listUserAccounts"

// ListInput is empty.
type ListInput struct{}

// Bind reads nothing.
func (*ListInput) Bind(*input.Binder) {}

// ListOutput is the accounts of a user, oldest first. Their tokens and
// password hashes are in the rows but not in the JSON form.
type ListOutput []*core.Account

// AppendJSON writes the output.
func (out *ListOutput) AppendJSON(b []byte) []byte {
	b = append(b, '[')
	for i, a := range *out {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendAccount(b, a)
	}
	return append(b, ']')
}

// appendAccount writes the row with its scopes as a list.
func appendAccount(b []byte, a *core.Account) []byte {
	b, _ = a.AppendJSON(b, a) // a row that was read always belongs to a table
	b = append(b[:len(b)-1], `,"scopes":[`...)
	for i, s := range scopes(a) {
		if i > 0 {
			b = append(b, ',')
		}
		b = db.AppendJSONString(b, s)
	}
	return append(b, "]}"...)
}

func scopes(a *core.Account) []string {
	if a.Scope == nil {
		return nil
	}
	return strings.FieldsFunc(*a.Scope, func(r rune) bool { return r == ',' || r == ' ' })
}

func (Flow) list(c *core.Context, _ *ListInput) (*ListOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	accounts, err := c.Accounts().ByUser(current.User.ID)
	return (*ListOutput)(&accounts), err
}
