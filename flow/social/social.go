// Package social lets users sign in at other providers, link what they have
// there to their account, and use the tokens it gave.
//
//	github, err := provider.New("github", provider.Options{ClientID: …, ClientSecret: …})
//	k, err := core.New(core.Options{SocialProviders: []core.SocialProvider{github}, …}, social.Flow{})
package social

import (
	"fmt"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
)

// Flow brings POST /sign-in/social, GET and POST /callback/{id}, POST
// /link-social, POST /get-access-token, POST /refresh-token and GET
// /account-info.
type Flow struct{}

// ID names the flow.
func (Flow) ID() string { return "social" }

// flow is a Flow in one instance.
type flow struct {
	states *oauth.States
	// logout is true where a provider may have a session to end.
	logout bool
}

// Register adds the routes. Providers that are not of package oauth, or that
// lack what every sign-in needs, fail the assembly.
func (Flow) Register(r *core.Registrar) error {
	f := &flow{states: oauth.NewStates(r)}
	r.Ready(f.ready)
	r.EndSessionElsewhere(f.endSession)
	r.AfterSessionCache(oauth.ProlongAccountCookie)
	r.Codes(errLink, errLinkingNotAllowed, errDifferentEmails, errLinkingFailed, errUserRequired, errNotConfigured,
		errNoRefreshToken, errRefreshFailed, errTokenFailed, errNoAccessToken)
	core.Post(r, SignIn, "/sign-in/social", f.signIn, core.Op{Summary: "Sign in with a social provider"})
	core.Handle(r, "GET,POST", callbackRef, "/callback/{id}", f.callback, core.Op{Form: true, Hidden: true, Summary: "Where providers send browsers back to"})
	core.Post(r, Link, "/link-social", f.link, core.Op{Session: core.SessionStored, Summary: "Link an account at a social provider"})
	core.Post(r, GetAccessToken, "/get-access-token", f.getAccessToken, core.Op{Summary: "An access token that is valid, refreshed if need be"})
	core.Post(r, RefreshToken, "/refresh-token", f.refreshToken, core.Op{Summary: "Refresh the tokens of an account"})
	core.Get(r, AccountInfo, "/account-info", f.accountInfo, core.Op{Summary: "What the provider tells of the user"})
	return nil
}

func (f *flow) ready(k *core.Kernel) error {
	seen := map[string]bool{}
	for _, s := range k.SocialProviders() {
		p, ok := s.(*oauth.Provider)
		switch {
		case !ok || p == nil:
			return fmt.Errorf("watchword: Options.SocialProviders: %T is not an *oauth.Provider", s)
		case p.Name == "" || p.Resolve == nil && (p.Authorize == nil || p.Exchange == nil || p.UserInfo == nil):
			return fmt.Errorf("watchword: Options.SocialProviders: provider %q lacks a name or a function", p.Name)
		case seen[p.Name]:
			return fmt.Errorf("watchword: Options.SocialProviders: provider %q is given twice", p.Name)
		}
		seen[p.Name] = true
		f.logout = f.logout || p.EndSession != nil || p.Resolve != nil
	}
	switch s := k.Options().Account.StoreStateStrategy; s {
	case "", core.StateInDatabase, core.StateInCookie:
		return nil
	default:
		return fmt.Errorf("watchword: Options.Account.StoreStateStrategy: %q is none of database, cookie", s)
	}
}
