package server

import (
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/apikey"
	"github.com/watchword-auth/watchword/plugin/organization"
	"github.com/watchword-auth/watchword/server/config"
)

// apiKeyOptions is one configuration of the plugin.
type apiKeyOptions struct {
	ConfigID            string   `key:"configId"`
	APIKeyHeaders       nameList `key:"apiKeyHeaders"`
	DefaultKeyLength    int      `key:"defaultKeyLength"`
	DefaultPrefix       string   `key:"defaultPrefix"`
	MinimumPrefixLength int      `key:"minimumPrefixLength"`
	MaximumPrefixLength int      `key:"maximumPrefixLength"`
	RequireName         bool     `key:"requireName"`
	MinimumNameLength   int      `key:"minimumNameLength"`
	MaximumNameLength   int      `key:"maximumNameLength"`
	EnableMetadata      bool     `key:"enableMetadata"`
	DisableKeyHashing   bool     `key:"disableKeyHashing"`
	KeyExpiration       struct {
		DefaultExpiresIn         *config.Seconds `key:"defaultExpiresIn"`
		DisableCustomExpiresTime bool            `key:"disableCustomExpiresTime"`
		MinExpiresIn             int             `key:"minExpiresIn"` // days
		MaxExpiresIn             int             `key:"maxExpiresIn"` // days
	} `key:"keyExpiration"`
	RateLimit struct {
		Enabled     *bool `key:"enabled"`
		TimeWindow  int   `key:"timeWindow"` // milliseconds
		MaxRequests int   `key:"maxRequests"`
	} `key:"rateLimit"`
	StartingCharactersConfig struct {
		ShouldStore      *bool `key:"shouldStore"`
		CharactersLength int   `key:"charactersLength"`
	} `key:"startingCharactersConfig"`
	EnableSessionForAPIKeys bool `key:"enableSessionForAPIKeys"`
	Permissions             struct {
		DefaultPermissions apikey.Permissions `key:"defaultPermissions"`
	} `key:"permissions"`
	Storage            string       `key:"storage"`
	FallbackToDatabase bool         `key:"fallbackToDatabase"`
	DeferUpdates       *config.Node `key:"deferUpdates"` // a use is counted before it is allowed
	References         string       `key:"references"`
	Schema             struct {
		APIKey model `key:"apikey"`
	} `key:"schema"`
}

func (o *apiKeyOptions) config(n *config.Node) (apikey.Config, error) {
	const day = 24 * time.Hour
	off := func(on *bool) bool { return on != nil && !*on }
	f := apikey.Config{
		ID: o.ConfigID, Headers: o.APIKeyHeaders, KeyLength: o.DefaultKeyLength, Prefix: o.DefaultPrefix,
		MinPrefixLength: o.MinimumPrefixLength, MaxPrefixLength: o.MaximumPrefixLength, RequireName: o.RequireName,
		MinNameLength: o.MinimumNameLength, MaxNameLength: o.MaximumNameLength, EnableMetadata: o.EnableMetadata,
		DisableKeyHashing: o.DisableKeyHashing, Sessions: o.EnableSessionForAPIKeys,
		Expiration: apikey.Expiration{DefaultExpiresIn: o.KeyExpiration.DefaultExpiresIn.Duration(),
			DisableCustom: o.KeyExpiration.DisableCustomExpiresTime,
			MinExpiresIn:  time.Duration(o.KeyExpiration.MinExpiresIn) * day,
			MaxExpiresIn:  time.Duration(o.KeyExpiration.MaxExpiresIn) * day},
		RateLimit: apikey.RateLimit{Disable: off(o.RateLimit.Enabled), MaxRequests: o.RateLimit.MaxRequests,
			TimeWindow: time.Duration(o.RateLimit.TimeWindow) * time.Millisecond},
		Start:   apikey.Start{Disable: off(o.StartingCharactersConfig.ShouldStore), Length: o.StartingCharactersConfig.CharactersLength},
		Mapping: o.Schema.APIKey.mapping(),
	}
	switch o.References {
	case "", "user":
	case "organization":
		f.ForOrganizations = true
	default:
		return f, n.At("references").Errorf("expected user or organization")
	}
	if given := o.Permissions.DefaultPermissions; given != nil {
		f.DefaultPermissions = func(*core.Context, string) (apikey.Permissions, error) { return given, nil }
	}
	switch {
	case o.Storage == "" || o.Storage == "database":
	case o.Storage != "secondary-storage":
		return f, n.At("storage").Errorf("expected database or secondary-storage")
	case o.FallbackToDatabase:
		f.Storage = apikey.Fallback
	default:
		f.Storage = apikey.SecondaryStorage
	}
	return f, nil
}

// apiKeyList is one configuration, or a list of them.
type apiKeyList []apikey.Config

// DecodeConfig reads either form.
func (l *apiKeyList) DecodeConfig(n *config.Node) error {
	var several []apiKeyOptions
	if n.IsObject() {
		several = make([]apiKeyOptions, 1)
		if err := config.Decode(n, &several[0]); err != nil {
			return err
		}
	} else if err := config.Decode(n, &several); err != nil {
		return err
	}
	for i := range several {
		f, err := several[i].config(n)
		if err != nil {
			return err
		}
		*l = append(*l, f)
	}
	return nil
}

func newAPIKey(in pluginInput) (core.Plugin, error) {
	var configs apiKeyList
	if err := in.Decode(&configs); err != nil {
		return nil, err
	}
	p, err := in.other("organization")
	if err != nil {
		return nil, err
	}
	owners, there := p.(*organization.Plugin)
	for i := range configs {
		if f := &configs[i]; f.ForOrganizations && there {
			f.Organizations = owners
		}
	}
	return apikey.New(configs...), nil
}
