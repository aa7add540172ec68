package server

import (
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/oauthproxy"
	"github.com/watchword-auth/watchword/server/config"
)

func newOAuthProxy(in pluginInput) (core.Plugin, error) {
	var o struct {
		CurrentURL    string          `key:"currentURL"`
		ProductionURL string          `key:"productionURL"`
		MaxAge        *config.Seconds `key:"maxAge"`
		Secret        string          `key:"secret"`
	}
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	p, err := oauthproxy.New(oauthproxy.Options{CurrentURL: o.CurrentURL, ProductionURL: o.ProductionURL, MaxAge: o.MaxAge.Duration(), Secret: o.Secret})
	if err != nil {
		return nil, in.Errorf("", "%s", strings.TrimPrefix(err.Error(), "oauthproxy: "))
	}
	return p, nil
}
