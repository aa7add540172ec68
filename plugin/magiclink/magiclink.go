// Package magiclink signs users in by a link in a mail, and signs them up
// where there is no user of that address yet.
//
//	o.Plugins = append(o.Plugins, magiclink.New(magiclink.Options{}))
//
// A link works once, whoever opens it first, and for a few minutes. It proves
// the address: whoever signed up with it before without proving it loses every
// way in. The mail goes to the address as it is stored, and the answer to a
// request for one does not tell whether there is a user.
package magiclink

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/secret"
)

// Message is the type of the mail that carries a link.
const Message = "magic-link"

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	ExpiresIn     time.Duration // of a link; 0 means five minutes
	DisableSignUp bool          // unknown addresses get no mail
	HashToken     bool          // store SHA-256 of the token, not the token
	// Hash replaces SHA-256. It must give the same for the same token.
	Hash func(token string) string
	// GenerateToken makes the token of a link; nil makes 32 letters. What it
	// makes must not be guessable, and is escaped in the link.
	GenerateToken func(c *core.Context, email string) (string, error)
	RateLimit     ratelimit.Rule // of both endpoints; zero members mean a minute and 5
}

// Plugin is the magic-link plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin {
	o.ExpiresIn = cmp.Or(o.ExpiresIn, 5*time.Minute)
	o.RateLimit.Window, o.RateLimit.Max = cmp.Or(o.RateLimit.Window, time.Minute), cmp.Or(o.RateLimit.Max, 5)
	if o.Hash == nil && o.HashToken {
		o.Hash = secret.Hash
	}
	if o.Hash == nil {
		o.Hash = func(token string) string { return token }
	}
	if o.GenerateToken == nil {
		o.GenerateToken = func(c *core.Context, _ string) (string, error) {
			return secret.Text(c.Random(), secret.Letters, 32), nil
		}
	}
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "magic-link" }

// Register adds the routes and their limit.
func (p *Plugin) Register(r *core.Registrar) error {
	if r.Options().Deliver == nil {
		return errors.New("magiclink: Options.Deliver is missing: there is no way to send a link")
	}
	r.RateLimit(func(path string) bool {
		return strings.HasPrefix(path, "/sign-in/magic-link") || strings.HasPrefix(path, "/magic-link/verify")
	}, p.o.RateLimit)
	core.Post(r, SignIn, "/sign-in/magic-link", p.send, core.Op{
		Summary: "Send a link that signs in", Credentials: true})
	core.Get(r, Verify, "/magic-link/verify", p.verify, core.Op{
		Summary: "Sign in by a link", CheckURLs: []string{"callbackURL", "newUserCallbackURL", "errorCallbackURL"}})
	return nil
}

// identifier keeps the tokens of links apart from all other values that wait
// to be redeemed.
func (p *Plugin) identifier(token string) string { return "magic-link:" + p.o.Hash(token) }
