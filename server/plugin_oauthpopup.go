package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/oauthpopup"
)

func newOAuthPopup(in pluginInput) (core.Plugin, error) {
	return oauthpopup.New(), in.Decode(&struct{}{})
}
