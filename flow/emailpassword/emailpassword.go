// Package emailpassword signs people up and in with an address and a password.
//
//	k, err := core.New(options, emailpassword.Flow{})
//
// Both routes answer so that nobody learns from them who has an account:
// sign-in always, sign-up where the options require a verified address or do
// not sign in at once. Answers that must not be told apart do the same work.
package emailpassword

import "github.com/watchword-auth/watchword/core"

// Flow brings POST /sign-up/email and POST /sign-in/email. The routes are
// there even where Options.EmailAndPassword is not enabled, and then refuse.
type Flow struct{}

// ID names the flow.
func (Flow) ID() string { return "email-password" }

// Register adds the routes.
func (f Flow) Register(r *core.Registrar) error {
	core.Post(r, SignUp, "/sign-up/email", f.signUp, core.Op{
		Summary: "Sign up with an address and a password", Form: true, Credentials: true})
	core.Post(r, SignIn, "/sign-in/email", f.signIn, core.Op{
		Summary: "Sign in with an address and a password", Form: true, Credentials: true})
	return nil
}
