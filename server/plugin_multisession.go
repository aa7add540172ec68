package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/multisession"
)

func newMultiSession(in pluginInput) (core.Plugin, error) {
	var o struct {
		MaximumSessions int `key:"maximumSessions"`
	}
	err := in.Decode(&o)
	if err == nil && o.MaximumSessions < 0 {
		err = in.Errorf("maximumSessions", "a browser cannot keep fewer sessions than none")
	}
	return multisession.New(multisession.Options{MaximumSessions: o.MaximumSessions}), err
}
