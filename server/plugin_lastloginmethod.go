package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/lastloginmethod"
	"github.com/watchword-auth/watchword/server/config"
)

func newLastLoginMethod(in pluginInput) (core.Plugin, error) {
	var o struct {
		CookieName      string          `key:"cookieName"`
		MaxAge          *config.Seconds `key:"maxAge"`
		StoreInDatabase bool            `key:"storeInDatabase"`
		Schema          struct {
			User struct {
				LastLoginMethod string `key:"lastLoginMethod"`
			} `key:"user"`
		} `key:"schema"`
	}
	err := in.Decode(&o)
	if column := o.Schema.User.LastLoginMethod; column != "" {
		in.rename(&in.options.User.Mapping, model{Fields: map[string]string{"lastLoginMethod": column}})
	}
	return lastloginmethod.New(lastloginmethod.Options{
		CookieName: o.CookieName, MaxAge: o.MaxAge.Duration(), StoreInDatabase: o.StoreInDatabase,
	}), err
}
