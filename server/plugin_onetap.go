package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/plugin/onetap"
)

func newOneTap(in pluginInput) (core.Plugin, error) {
	var o struct {
		ClientID      provider.ClientIDs `key:"clientId"`
		DisableSignUp bool               `key:"disableSignup"`
	}
	err := in.Decode(&o)
	return onetap.New(onetap.Options{ClientID: o.ClientID, DisableSignUp: o.DisableSignUp, Client: in.client}), err
}
