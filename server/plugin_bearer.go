package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/bearer"
)

func newBearer(in pluginInput) (core.Plugin, error) {
	var o struct {
		RequireSignature bool `key:"requireSignature"`
	}
	err := in.Decode(&o)
	return bearer.New(bearer.Options{RequireSignature: o.RequireSignature}), err
}
