// Package verification proves that an address is the user's, and changes it:
// the mail that asks, the link that answers, and POST /change-email.
//
//	k, err := core.New(options, verification.Flow{})
//
// A link carries all it proves in a signed token ([core.EmailToken]) and is
// kept nowhere. It is bound to the user and to the address the user had: it
// dies with either. Asking for a mail tells nobody whether the address is
// known: status, body and time are the same.
package verification

import "github.com/watchword-auth/watchword/core"

// Flow brings POST /send-verification-email, GET /verify-email and
// POST /change-email. It holds nothing and serves any number of instances.
type Flow struct{}

// ID names the flow.
func (Flow) ID() string { return "verification" }

// Register adds the routes.
func (f Flow) Register(r *core.Registrar) error {
	core.Post(r, Send, "/send-verification-email", f.send,
		core.Op{Summary: "Send a mail that proves the address", Messages: true})
	core.Get(r, Verify, "/verify-email", f.verify,
		core.Op{Summary: "Redeem the link of a mail", CheckURLs: []string{"callbackURL"}})
	core.Post(r, ChangeEmail, "/change-email", f.changeEmail,
		core.Op{Summary: "Change the address", Session: core.SessionStored})
	return nil
}
