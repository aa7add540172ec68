package server

import (
	"errors"
	"maps"
	"slices"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/server/config"
)

// pluginInput is what a plugin's constructor is given.
type pluginInput struct {
	node *config.Node
	// delivers reports whether messages can be sent.
	delivers bool
	// client makes the requests to providers; nil: one that reaches public
	// addresses only.
	client *oauth.Client
}

// Decode reads the plugin's options into a struct with `key` tags. An unknown
// key is an error.
func (in pluginInput) Decode(into any) error {
	if _, on := in.node.Bool(); on {
		return nil
	}
	return config.Decode(in.node, into)
}

// Errorf returns an error at an option's place.
func (in pluginInput) Errorf(key, format string, args ...any) error {
	return in.node.At(key).Errorf(format, args...)
}

// constructor makes a plugin from its options in the file.
type constructor func(in pluginInput) (core.Plugin, error)

// plugins maps the names in the file to constructors. It is the only place
// that knows plugins by name.
//
//	"username": func(in pluginInput) (core.Plugin, error) {
//		var o struct {
//			MinUsernameLength int `key:"minUsernameLength"`
//		}
//		err := in.Decode(&o)
//		return username.New(username.Options{MinLength: o.MinUsernameLength}), err
//	},
func plugins() map[string]constructor {
	return map[string]constructor{
		"admin":        newAdmin,
		"apiKey":       newAPIKey,
		"bearer":       newBearer,
		"emailOTP":     newEmailOTP,
		"genericOAuth": newGenericOAuth,
		"jwt":          newJWT,
		"magicLink":    newMagicLink,
		"oauthProxy":   newOAuthProxy,
		"oneTap":       newOneTap,
		"oauthPopup":   newOAuthPopup,
		"organization": newOrganization,
		"passkey":      newPasskey,
		"twoFactor":    newTwoFactor,
		"username":     newUsername,
	}
}

// plugins makes the plugins the file names, in its order.
func (f *file) plugins() ([]core.Plugin, error) {
	var list []core.Plugin
	if f.RateLimit.Storage == "database" {
		list = append(list, watchword.DatabaseRateLimit{Mapping: f.RateLimit.mapping()})
	}
	if f.Plugins == nil {
		return list, nil
	}
	known := plugins()
	client := f.providerClient()
	var faults []error
	err := f.Plugins.Members(func(key, value *config.Node) error {
		construct, ok := known[key.Name()]
		if !ok {
			faults = append(faults, key.Unknown(slices.Sorted(maps.Keys(known))))
			return nil
		}
		if on, isSwitch := value.Bool(); isSwitch && !on {
			return nil
		} else if !isSwitch && !value.IsObject() && !value.IsList() {
			faults = append(faults, value.Errorf("expected the plugin's options, or true"))
			return nil
		}
		p, err := construct(pluginInput{value, f.Delivery.Any(), client})
		faults = append(faults, err)
		if err == nil {
			list = append(list, p)
		}
		return nil
	})
	return list, errors.Join(append(faults, err)...)
}

// pluginNames returns the names the file gives, in its order.
func (f *file) pluginNames() []string {
	var names []string
	if f.Plugins != nil {
		_ = f.Plugins.Members(func(key, _ *config.Node) error { names = append(names, key.Name()); return nil })
	}
	return names
}
