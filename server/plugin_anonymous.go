package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/plugin/anonymous"
)

func newAnonymous(in pluginInput) (core.Plugin, error) {
	var o struct {
		EmailDomainName            string `key:"emailDomainName"`
		DisableDeleteAnonymousUser bool   `key:"disableDeleteAnonymousUser"`
		Schema                     struct {
			User model `key:"user"`
		} `key:"schema"`
	}
	err := in.Decode(&o)
	in.rename(&in.options.User.Mapping, o.Schema.User)
	if err == nil && o.EmailDomainName != "" && !input.ValidEmail("temp@"+o.EmailDomainName) {
		err = in.Errorf("emailDomainName", "%q is not a domain that addresses can have", o.EmailDomainName)
	}
	return anonymous.New(anonymous.Options{EmailDomain: o.EmailDomainName, DisableDelete: o.DisableDeleteAnonymousUser}), err
}
