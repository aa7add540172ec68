// Package session shows, prolongs, changes and ends sessions.
//
//	k, err := core.New(options, session.Flow{})
//
// GET /get-session is what every page of an application calls: it reads one
// row, or none where the cookie cache holds, and encodes it without
// reflection. A test bounds what it allocates.
package session

import "github.com/watchword-auth/watchword/core"

// Flow brings /get-session, /sign-out, /list-sessions, /revoke-session,
// /revoke-sessions, /revoke-other-sessions and /update-session.
type Flow struct{}

// ID names the flow.
func (Flow) ID() string { return "session" }

// Register adds the routes.
func (f Flow) Register(r *core.Registrar) error {
	core.Handle(r, "GET,POST", Get, "/get-session", f.get, core.Op{
		Summary: "The session of the caller and its user, or null", AnyBody: true})
	core.Post(r, SignOut, "/sign-out", f.signOut, core.Op{
		Summary: "End the caller's session"})
	core.Get(r, List, "/list-sessions", f.list, core.Op{
		Summary: "The live sessions of the caller's user", Session: core.SessionFresh})
	core.Post(r, Revoke, "/revoke-session", f.revoke, core.Op{
		Summary: "End one session of the caller's user", Session: core.SessionStored})
	core.Post(r, RevokeAll, "/revoke-sessions", f.revokeAll, core.Op{
		Summary: "End all sessions of the caller's user", Session: core.SessionStored})
	core.Post(r, RevokeOthers, "/revoke-other-sessions", f.revokeOthers, core.Op{
		Summary: "End all sessions of the caller's user but this one", Session: core.SessionStored})
	core.Post(r, Update, "/update-session", f.update, core.Op{
		Summary: "Change added columns of the caller's session", Session: core.SessionRequired})
	return nil
}
