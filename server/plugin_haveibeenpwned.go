package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/haveibeenpwned"
)

func newHaveIBeenPwned(in pluginInput) (core.Plugin, error) {
	var o struct {
		Enabled *bool    `key:"enabled"`
		Paths   []string `key:"paths"`
		Message string   `key:"customPasswordCompromisedMessage"`
	}
	err := in.Decode(&o)
	if o.Enabled != nil && !*o.Enabled {
		return nil, err
	}
	return haveibeenpwned.New(haveibeenpwned.Options{Paths: o.Paths, Message: o.Message, Client: in.client}), err
}
