package server

import (
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/server/config"
)

// nameList is a list of names, which the reference also takes as one text with
// commas.
type nameList []string

// DecodeConfig reads either form.
func (l *nameList) DecodeConfig(n *config.Node) error {
	var one string
	if n.IsText() {
		err := config.Decode(n, &one)
		*l = strings.Split(one, ",")
		return err
	}
	return config.Decode(n, (*[]string)(l))
}

func newAdmin(in pluginInput) (core.Plugin, error) {
	var o struct {
		rolesFile
		DefaultRole                  string          `key:"defaultRole"`
		AdminRoles                   nameList        `key:"adminRoles"`
		AdminUserIDs                 []string        `key:"adminUserIds"`
		DefaultBanReason             string          `key:"defaultBanReason"`
		DefaultBanExpiresIn          *config.Seconds `key:"defaultBanExpiresIn"`
		BannedUserMessage            string          `key:"bannedUserMessage"`
		ImpersonationSessionDuration *config.Seconds `key:"impersonationSessionDuration"`
		AllowImpersonatingAdmins     bool            `key:"allowImpersonatingAdmins"`
		Schema                       struct {
			User    model `key:"user"`
			Session model `key:"session"`
		} `key:"schema"`
	}
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	in.rename(&in.options.User.Mapping, o.Schema.User)
	in.rename(&in.options.Session.Mapping, o.Schema.Session)
	_, roles, err := o.read(admin.Statements(), admin.DefaultRoles())
	return admin.New(admin.Options{
		Roles: roles, DefaultRole: o.DefaultRole, AdminRoles: o.AdminRoles, AdminUserIDs: o.AdminUserIDs,
		DefaultBanReason: o.DefaultBanReason, DefaultBanExpiresIn: o.DefaultBanExpiresIn.Duration(),
		BannedUserMessage:            o.BannedUserMessage,
		ImpersonationSessionDuration: o.ImpersonationSessionDuration.Duration(),
		AllowImpersonatingAdmins:     o.AllowImpersonatingAdmins,
	}), err
}
