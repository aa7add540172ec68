package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/username"
)

func newUsername(in pluginInput) (core.Plugin, error) {
	var o struct {
		MinUsernameLength     int   `key:"minUsernameLength"`
		MaxUsernameLength     int   `key:"maxUsernameLength"`
		UsernameNormalization *bool `key:"usernameNormalization"`
		DisplayUsername       *bool `key:"displayUsername"`
		ImmutableUsername     bool  `key:"immutableUsername"`
		ValidationOrder       struct {
			Username        string `key:"username"`
			DisplayUsername string `key:"displayUsername"`
		} `key:"validationOrder"`
		DisplayUsernameNormalization *bool `key:"displayUsernameNormalization"` // there is none that a file can name
		Schema                       struct {
			User model `key:"user"`
		} `key:"schema"`
	}
	err := in.Decode(&o)
	in.rename(&in.options.User.Mapping, o.Schema.User)
	for _, order := range []string{o.ValidationOrder.Username, o.ValidationOrder.DisplayUsername} {
		if err == nil && order != "" && order != "pre-normalization" && order != "post-normalization" {
			err = in.Errorf("validationOrder", "%q is neither pre-normalization nor post-normalization", order)
		}
	}
	off := func(b *bool) bool { return b != nil && !*b }
	return username.New(username.Options{
		MinLength: o.MinUsernameLength, MaxLength: o.MaxUsernameLength, Immutable: o.ImmutableUsername,
		DisableNormalization: off(o.UsernameNormalization), DisableDisplayName: off(o.DisplayUsername),
		ValidateNormalized:    o.ValidationOrder.Username == "post-normalization",
		ValidateDisplayNormal: o.ValidationOrder.DisplayUsername == "post-normalization",
	}), err
}
