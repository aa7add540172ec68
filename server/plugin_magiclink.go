package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/magiclink"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/server/config"
)

// pluginRateLimit is the limit that a plugin sets on its own paths.
type pluginRateLimit struct {
	Window *config.Seconds `key:"window"`
	Max    int             `key:"max"`
}

func (l pluginRateLimit) rule() ratelimit.Rule {
	return ratelimit.Rule{Window: l.Window.Duration(), Max: l.Max}
}

func newMagicLink(in pluginInput) (core.Plugin, error) {
	var o struct {
		ExpiresIn     *config.Seconds `key:"expiresIn"`
		DisableSignUp bool            `key:"disableSignUp"`
		StoreToken    string          `key:"storeToken"`
		RateLimit     pluginRateLimit `key:"rateLimit"`
		Attempts      *config.Node    `key:"allowedAttempts"` // a link is good for one, here and in the reference
	}
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	hashed, err := in.hashes("storeToken", o.StoreToken)
	return magiclink.New(magiclink.Options{
		ExpiresIn: o.ExpiresIn.Duration(), DisableSignUp: o.DisableSignUp,
		HashToken: hashed, RateLimit: o.RateLimit.rule(),
	}), err
}
