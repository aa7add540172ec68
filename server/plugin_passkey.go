package server

import (
	"encoding/json"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/passkey"
	"github.com/watchword-auth/watchword/server/config"
)

func newPasskey(in pluginInput) (core.Plugin, error) {
	var o struct {
		RPID      string   `key:"rpID"`
		RPName    string   `key:"rpName"`
		Origin    textList `key:"origin"`
		Selection struct {
			AuthenticatorAttachment string `key:"authenticatorAttachment"`
			ResidentKey             string `key:"residentKey"`
			RequireResidentKey      bool   `key:"requireResidentKey"` // follows from residentKey, whatever is given
			UserVerification        string `key:"userVerification"`
		} `key:"authenticatorSelection"`
		Advanced struct {
			ChallengeCookie string `key:"webAuthnChallengeCookie"`
		} `key:"advanced"`
		Registration struct {
			RequireSession *bool                      `key:"requireSession"`
			Extensions     map[string]json.RawMessage `key:"extensions"`
		} `key:"registration"`
		Authentication struct {
			Extensions map[string]json.RawMessage `key:"extensions"`
		} `key:"authentication"`
		Schema struct {
			Passkey model `key:"passkey"`
		} `key:"schema"`
	}
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	s := &o.Selection
	return passkey.New(passkey.Options{
		RPID: o.RPID, RPName: o.RPName, Origins: o.Origin, ChallengeCookie: o.Advanced.ChallengeCookie,
		Selection: passkey.Selection{AuthenticatorAttachment: s.AuthenticatorAttachment,
			ResidentKey: s.ResidentKey, UserVerification: s.UserVerification},
		Registration: passkey.Registration{WithoutSession: !isTrue(o.Registration.RequireSession, true),
			Extensions: fixedExtensions(o.Registration.Extensions)},
		Authentication: passkey.Authentication{Extensions: fixedExtensions(o.Authentication.Extensions)},
		Mapping:        o.Schema.Passkey.mapping(),
	}), nil
}

func fixedExtensions(given map[string]json.RawMessage) passkey.Extensions {
	if given == nil {
		return nil
	}
	return func(*core.Context) (map[string]json.RawMessage, error) { return given, nil }
}

// textList is a text, or a list of them.
type textList []string

// DecodeConfig reads either form.
func (l *textList) DecodeConfig(n *config.Node) error {
	if n.IsText() {
		*l = make(textList, 1)
		return config.Decode(n, &(*l)[0])
	}
	return config.Decode(n, (*[]string)(l))
}
