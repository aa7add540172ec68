package server

import (
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/onetimetoken"
)

func newOneTimeToken(in pluginInput) (core.Plugin, error) {
	var o struct {
		ExpiresIn                float64 `key:"expiresIn"` // minutes
		DisableClientRequest     bool    `key:"disableClientRequest"`
		DisableSetSessionCookie  bool    `key:"disableSetSessionCookie"`
		StoreToken               string  `key:"storeToken"`
		SetOttHeaderOnNewSession bool    `key:"setOttHeaderOnNewSession"`
	}
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	hashed, err := in.hashes("storeToken", o.StoreToken)
	return onetimetoken.New(onetimetoken.Options{
		ExpiresIn: time.Duration(o.ExpiresIn * float64(time.Minute)), DisableClientRequest: o.DisableClientRequest,
		DisableSetSessionCookie: o.DisableSetSessionCookie, HashToken: hashed, SetHeaderOnNewSession: o.SetOttHeaderOnNewSession,
	}), err
}
