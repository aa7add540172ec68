// Package account shows and removes the ways a user signs in.
//
//	k, err := core.New(options, account.Flow{})
package account

import "github.com/watchword-auth/watchword/core"

// Flow brings GET /list-accounts and POST /unlink-account.
type Flow struct{}

// ID names the flow.
func (Flow) ID() string { return "account" }

// Register adds the routes.
func (f Flow) Register(r *core.Registrar) error {
	core.Get(r, List, "/list-accounts", f.list, core.Op{
		Summary: "The accounts of the caller's user", Session: core.SessionRequired})
	core.Post(r, Unlink, "/unlink-account", f.unlink, core.Op{
		Summary: "Remove an account of the caller's user", Session: core.SessionFresh})
	return nil
}
