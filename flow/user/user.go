// Package user changes and deletes the user who is signed in.
//
//	k, err := core.New(options, user.Flow{})
//
// A deletion asks for a proof: the password, a session that was begun lately,
// or a mailed link, as the options say. A link works once, in a session of the
// user it was made for.
package user

import "github.com/watchword-auth/watchword/core"

// Flow brings POST /update-user, POST /delete-user and
// GET /delete-user/callback. It holds nothing and serves any number of
// instances.
type Flow struct{}

// ID names the flow.
func (Flow) ID() string { return "user" }

// Register adds the routes.
func (f Flow) Register(r *core.Registrar) error {
	// The reference is content with the cookie cache here, and writes it anew:
	// a session that was revoked could live on in its cookie.
	core.Post(r, Update, "/update-user", f.update, core.Op{Summary: "Change the user", Session: core.SessionConfirmed})
	core.Post(r, Delete, "/delete-user", f.delete, core.Op{Summary: "Delete the user", Session: core.SessionStored})
	core.Get(r, DeleteLink, "/delete-user/callback", f.deleteLink,
		core.Op{Summary: "Delete the user by a mailed link", CheckURLs: []string{"callbackURL"}})
	return nil
}
