// Package onetimetoken brings a session to another browser or domain by a token
// that works once.
//
//	o.Plugins = append(o.Plugins, onetimetoken.New(onetimetoken.Options{}))
//
// A token stands for the session it was made in, for a few minutes and not
// longer than the session lives. Of racing callers one redeems it.
package onetimetoken

import (
	"cmp"
	"net/http"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/secret"
)

// TokenHeader is the header of answers that carries a token where
// [Options.SetHeaderOnNewSession] asks for it.
const TokenHeader = "set-ott"

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	ExpiresIn time.Duration // of a token; 0 means three minutes
	// DisableClientRequest makes tokens in process only, with [core.Invoke].
	DisableClientRequest bool
	// DisableSetSessionCookie answers with the session and sets no cookie.
	DisableSetSessionCookie bool
	// SetHeaderOnNewSession puts a token into the header [TokenHeader] of every
	// answer that signs somebody in.
	SetHeaderOnNewSession bool
	HashToken             bool // store SHA-256 of the token, not the token
	// Hash replaces SHA-256. It must give the same for the same token.
	Hash func(token string) string
	// GenerateToken makes a token for a session; nil makes 32 characters. What it
	// makes must not be guessable.
	GenerateToken func(c *core.Context, session *core.Current) (string, error)
}

// Plugin is the one-time-token plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin {
	o.ExpiresIn = cmp.Or(o.ExpiresIn, 3*time.Minute)
	if o.Hash == nil && o.HashToken {
		o.Hash = secret.Hash
	}
	if o.Hash == nil {
		o.Hash = func(token string) string { return token }
	}
	if o.GenerateToken == nil {
		o.GenerateToken = func(c *core.Context, _ *core.Current) (string, error) {
			return secret.Text(c.Random(), secret.URLSafe, 32), nil
		}
	}
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "one-time-token" }

// The plugin's refusals have no codes.
var (
	errDisabled = core.NewError(http.StatusBadRequest, "", "Client requests are disabled")
	errToken    = core.NewError(http.StatusBadRequest, "", "Invalid token")
	errSession  = core.NewError(http.StatusBadRequest, "", "Session not found")
	errExpired  = core.NewError(http.StatusBadRequest, "", "Session expired")
)

// Register adds the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	core.Get(r, Generate, "/one-time-token/generate", p.generate, core.Op{Session: core.SessionRequired, Summary: "A token that stands for the session, once"})
	core.Post(r, Verify, "/one-time-token/verify", p.verify, core.Op{Summary: "Redeem a token for its session"})
	if p.o.SetHeaderOnNewSession {
		r.After(core.EveryPath, p.show)
	}
	return nil
}
