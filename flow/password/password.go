// Package password changes, checks and resets passwords.
//
//	k, err := core.New(options, password.Flow{})
//
// A reset link works once, for the user it was made for, and dies when the
// password changes by any way. Asking for one tells nobody whether the address
// is known: what is done for a known address is done behind the answer.
package password

import "github.com/watchword-auth/watchword/core"

// Flow brings POST /request-password-reset, GET /reset-password/{token},
// POST /reset-password, POST /verify-password, POST /change-password, and
// setPassword without a route. It holds nothing and serves any number of
// instances.
type Flow struct{}

// ID names the flow.
func (Flow) ID() string { return "password" }

// Register adds the endpoints.
func (f Flow) Register(r *core.Registrar) error {
	core.Post(r, RequestReset, "/request-password-reset", f.requestReset,
		core.Op{Summary: "Send a mail to reset the password", Messages: true})
	core.Get(r, ResetLink, "/reset-password/{token}", f.resetLink,
		core.Op{Summary: "Follow the link of such a mail", CheckURLs: []string{"callbackURL"}})
	core.Post(r, Reset, "/reset-password", f.reset, core.Op{Summary: "Reset the password"})
	core.Post(r, Verify, "/verify-password", f.verify,
		core.Op{Summary: "Check the current password", Session: core.SessionStored})
	core.Post(r, Change, "/change-password", f.change,
		core.Op{Summary: "Change the password", Session: core.SessionStored})
	core.ServerOnly(r, Set, f.set,
		core.Op{Summary: "Give a password to a user who has none", Session: core.SessionStored})
	return nil
}
