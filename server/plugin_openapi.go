package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/openapi"
)

func newOpenAPI(in pluginInput) (core.Plugin, error) {
	var o struct {
		Path                    string `key:"path"`
		DisableDefaultReference bool   `key:"disableDefaultReference"`
		Theme                   string `key:"theme"`
		Nonce                   string `key:"nonce"`
	}
	err := in.Decode(&o)
	return openapi.New(openapi.Options{Path: o.Path, DisableReference: o.DisableDefaultReference, Theme: o.Theme, Nonce: o.Nonce}), err
}
