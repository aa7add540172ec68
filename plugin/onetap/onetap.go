// Package onetap signs users in with the ID token that Google's One Tap and
// its button hand to a page.
//
//	o.Plugins = append(o.Plugins, onetap.New(onetap.Options{}))
//
// The token is believed if Google signed it within the last hour for one of
// the client ids, and is of the hosted domain that the google provider asks
// for. Users are found, linked and created as by sign-in at Google.
package onetap

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/token"
)

// Options configure the plugin. The zero value uses the google provider of the
// instance.
type Options struct {
	ClientID      provider.ClientIDs // those tokens are for; empty: the google provider's
	DisableSignUp bool               // sign in known users only
	// Client fetches Google's keys where there is no google provider; nil: one
	// that reaches public addresses only.
	Client *oauth.Client
}

// Plugin is the one-tap plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin {
	if o.Client == nil {
		o.Client = oauth.NewClient(oauth.ClientOptions{})
	}
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "one-tap" }

// Register adds the route.
func (p *Plugin) Register(r *core.Registrar) error {
	t := &oneTap{o: p.o, keys: oauth.NewKeySet(p.o.Client, "https://www.googleapis.com/oauth2/v3/certs")}
	core.Post(r, Callback, "/one-tap/callback", t.callback, core.Op{Summary: "Sign in with a token of Google One Tap"})
	return nil
}

// Callback is POST /one-tap/callback.
const Callback core.Ref[Input, Output] = "oneTapCallback"

// Input is the token of One Tap.
type Input struct {
	IDToken string `json:"idToken"`
	// CallbackURL is where the page goes afterwards, by itself. It is checked
	// here, so that the page can trust it.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
}

// Bind reads the body.
func (in *Input) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("idToken", &in.IDToken).Describe("The token that One Tap gave")
	body.OptText("callbackURL", &in.CallbackURL).Describe("Where the page goes afterwards")
}

// Output is the new session.
type Output struct {
	Token string     `json:"token"`
	User  *core.User `json:"user"`
}

// AppendJSON writes the output.
func (out *Output) AppendJSON(b []byte) []byte {
	b = db.AppendJSONString(append(b, `{"token":`...), out.Token)
	return append(out.User.AppendJSON(append(b, `,"user":`...)), '}')
}

var (
	errToken = core.NewError(http.StatusBadRequest, "", "invalid id token")
	errEmail = core.NewError(http.StatusBadRequest, "", "Email not available in token")
	errSetUp = core.NewError(http.StatusBadRequest, "",
		"Google client ID is required for One Tap. Set it on the oneTap plugin (clientId) or on socialProviders.google.")
)

// oneTap is the plugin in one instance.
type oneTap struct {
	o    Options
	keys *oauth.KeySet
}

// google returns the instance's google provider, or what stands for it, and
// which tokens are believed; nil where no client id is known.
func (t *oneTap) google(c *core.Context) (*oauth.Provider, *oauth.IDTokenRule) {
	p, err := oauth.Find(c, "google")
	if err == nil && p.IDTokens != nil {
		rule := *p.IDTokens
		if len(t.o.ClientID) > 0 {
			rule.Audience = t.o.ClientID
		}
		return p, &rule
	}
	if err != nil {
		p = &oauth.Provider{Name: "google", UserInfo: profile}
	}
	if len(t.o.ClientID) == 0 {
		return p, nil
	}
	return p, &oauth.IDTokenRule{Keys: t.keys, Algorithms: []token.Algorithm{token.RS256}, Audience: t.o.ClientID,
		Issuers: []string{"https://accounts.google.com", "accounts.google.com"}, MaxAge: time.Hour}
}

// profile is the ID token's.
func profile(_ context.Context, t *oauth.Tokens) (*oauth.Identity, error) {
	payload, err := oauth.IDTokenPayload(t.IDToken)
	if err != nil {
		return nil, err
	}
	claims, err := oauth.ParseClaims(payload)
	if err != nil {
		return nil, err
	}
	return &oauth.Identity{Subject: claims.Text("sub"), Name: claims.Text("name"), Email: claims.Text("email"),
		EmailVerified: claims.True("email_verified"), Image: claims.Text("picture"), Profile: payload}, nil
}

func (t *oneTap) callback(c *core.Context, in *Input) (*Output, error) {
	p, rule := t.google(c)
	if rule == nil {
		return nil, errSetUp
	}
	// Pages may have given a nonce to One Tap that the server does not know.
	claims, err := rule.Verify(c, c.Now(), in.IDToken, oauth.IDTokenUse{})
	if err != nil {
		return nil, errToken.Wrap(err)
	}
	id, err := p.UserInfo(c, &oauth.Tokens{IDToken: in.IDToken})
	if err != nil || id == nil {
		return nil, errToken.Wrap(err)
	}
	if id.Email == "" {
		return nil, errEmail
	}
	if id.Subject = claims.Text("sub"); id.Subject == "" {
		return nil, errToken
	}
	scope := "openid,profile,email"
	outcome, err := oauth.SignIn(c, &oauth.Attempt{
		Provider: p, Identity: id, Tokens: &oauth.Tokens{IDToken: in.IDToken}, Scope: &scope,
		DisableSignUp: t.o.DisableSignUp || p.DisableSignUp, OverrideUserInfo: p.OverrideUserInfoOnSignIn,
	})
	var refusal oauth.Refusal
	switch {
	case errors.As(err, &refusal) && refusal == oauth.RefusedEmailVerified:
		return nil, core.ErrEmailNotVerified
	case errors.As(err, &refusal):
		return nil, core.NewError(http.StatusUnauthorized, "", refusal.Error())
	case err != nil:
		return nil, err
	}
	return &Output{Token: outcome.Current.Session.Token, User: outcome.Current.User}, nil
}
