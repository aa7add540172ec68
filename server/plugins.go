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
	client  *oauth.Client
	options *core.Options
	// other makes another plugin that the file names, or returns nil.
	other func(name string) (core.Plugin, error)
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

// hashes reports whether an option that says how tokens are stored is "hashed",
// and not "plain" or missing.
func (in pluginInput) hashes(key, value string) (bool, error) {
	if value != "" && value != "plain" && value != "hashed" {
		return false, in.Errorf(key, "%q is neither plain nor hashed", value)
	}
	return value == "hashed", nil
}

// rename gives columns of the core's tables, a plugin's among them, the names
// that the plugin's schema wants.
func (pluginInput) rename(m *core.Mapping, wanted model) {
	if wanted.ModelName != "" {
		m.ModelName = wanted.ModelName
	}
	if len(wanted.Fields) > 0 {
		fields := maps.Clone(m.Fields)
		if fields == nil {
			fields = map[string]string{}
		}
		maps.Copy(fields, wanted.Fields)
		m.Fields = fields
	}
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
		"admin":               newAdmin,
		"anonymous":           newAnonymous,
		"apiKey":              newAPIKey,
		"bearer":              newBearer,
		"captcha":             newCaptcha,
		"deviceAuthorization": newDeviceAuthorization,
		"emailOTP":            newEmailOTP,
		"genericOAuth":        newGenericOAuth,
		"haveIBeenPwned":      newHaveIBeenPwned,
		"jwt":                 newJWT,
		"lastLoginMethod":     newLastLoginMethod,
		"magicLink":           newMagicLink,
		"multiSession":        newMultiSession,
		"oauthPopup":          newOAuthPopup,
		"oauthProxy":          newOAuthProxy,
		"oneTap":              newOneTap,
		"oneTimeToken":        newOneTimeToken,
		"openAPI":             newOpenAPI,
		"organization":        newOrganization,
		"passkey":             newPasskey,
		"phoneNumber":         newPhoneNumber,
		"twoFactor":           newTwoFactor,
		"username":            newUsername,
	}
}

// spelled are names that the reference writes in two ways.
var spelled = map[string]string{"oAuthPopup": "oauthPopup", "oAuthProxy": "oauthProxy"}

// addPlugins makes the plugins the file names, in its order.
func (f *file) addPlugins(o *core.Options) error {
	if f.RateLimit.Storage == "database" {
		o.Plugins = append(o.Plugins, watchword.DatabaseRateLimit{Mapping: f.RateLimit.mapping()})
	}
	if f.Plugins == nil {
		return nil
	}
	w := &workshop{known: plugins(), made: map[string]core.Plugin{}, nodes: map[string]*config.Node{},
		delivers: f.Delivery.Any(), client: f.providerClient(), options: o}
	var names []string
	var faults []error
	err := f.Plugins.Members(func(key, value *config.Node) error {
		name := key.Name()
		if usual, ok := spelled[name]; ok {
			name = usual
		}
		if w.known[name] == nil {
			faults = append(faults, key.Unknown(slices.Sorted(maps.Keys(w.known))))
			return nil
		}
		if on, isSwitch := value.Bool(); isSwitch && !on {
			return nil
		} else if !isSwitch && !value.IsObject() && !value.IsList() {
			faults = append(faults, value.Errorf("expected the plugin's options, or true"))
			return nil
		}
		names, w.nodes[name] = append(names, name), value
		return nil
	})
	for _, name := range names {
		p, fault := w.plugin(name)
		if p != nil {
			o.Plugins = append(o.Plugins, p)
		}
		faults = append(faults, fault)
	}
	return errors.Join(append(faults, err)...)
}

// workshop makes plugins by their names, each once: one may need another that
// stands further down in the file.
type workshop struct {
	known    map[string]constructor
	nodes    map[string]*config.Node
	made     map[string]core.Plugin
	delivers bool
	client   *oauth.Client
	options  *core.Options
}

// plugin returns nil where the file does not name the plugin, and where its
// fault was told before.
func (w *workshop) plugin(name string) (core.Plugin, error) {
	if p, ok := w.made[name]; ok || w.nodes[name] == nil {
		return p, nil
	}
	p, err := w.known[name](pluginInput{w.nodes[name], w.delivers, w.client, w.options, w.plugin})
	if err != nil {
		p = nil
	}
	w.made[name] = p
	return p, err
}

// pluginNames returns the names the file gives, in its order.
func (f *file) pluginNames() []string {
	var names []string
	if f.Plugins != nil {
		_ = f.Plugins.Members(func(key, _ *config.Node) error { names = append(names, key.Name()); return nil })
	}
	return names
}
