package server

import (
	"github.com/watchword-auth/watchword/server/config"
	"github.com/watchword-auth/watchword/server/delivery"
)

// file is the configuration as it is written. Pointers tell what was given
// from what was not.
type file struct {
	Listen   string  `key:"listen"`
	AppName  string  `key:"appName"`
	BasePath string  `key:"basePath"`
	BaseURL  baseURL `key:"baseURL"`

	Secret  string      `key:"secret"`
	Secrets []secretKey `key:"secrets"`

	Database         string `key:"database"`
	Stateless        bool   `key:"stateless"`
	SecondaryStorage string `key:"secondaryStorage"`

	TrustedOrigins []string `key:"trustedOrigins"`
	TrustedProxies []string `key:"trustedProxies"`
	DisabledPaths  []string `key:"disabledPaths"`

	// OutboundProxy is for requests to providers.
	OutboundProxy proxyURL `key:"outboundProxy"`

	EmailAndPassword  emailAndPassword  `key:"emailAndPassword"`
	EmailVerification emailVerification `key:"emailVerification"`
	User              user              `key:"user"`
	Session           session           `key:"session"`
	Account           account           `key:"account"`
	Verification      verification      `key:"verification"`
	RateLimit         rateLimit         `key:"rateLimit"`
	Advanced          advanced          `key:"advanced"`
	OnAPIError        onAPIError        `key:"onAPIError"`
	SocialProviders   *config.Node      `key:"socialProviders"`
	Plugins           *config.Node      `key:"plugins"`
	Telemetry         *config.Node      `key:"telemetry"`
	Experimental      *config.Node      `key:"experimental"`

	Delivery delivery.Options `key:"delivery"`
	Outbox   outboxOptions    `key:"outbox"`
	CORS     cors             `key:"cors"`
	Metrics  metricsOptions   `key:"metrics"`
	Logger   loggerOptions    `key:"logger"`

	root *config.Node
}

type baseURL struct {
	text    string
	dynamic *dynamicBaseURL
}

// DecodeConfig takes a text, or the object with several hosts.
func (b *baseURL) DecodeConfig(n *config.Node) error {
	if n.IsObject() {
		return config.Decode(n, &b.dynamic)
	}
	if !n.IsText() {
		return n.Errorf("expected a URL, or an object with allowedHosts")
	}
	return config.Decode(n, &b.text)
}

type dynamicBaseURL struct {
	AllowedHosts []string `key:"allowedHosts"`
	Protocol     string   `key:"protocol"`
	Fallback     string   `key:"fallback"`
}

type secretKey struct {
	Version int    `key:"version"`
	Value   string `key:"value"`
}

type session struct {
	model
	AdditionalFields          *config.Node    `key:"additionalFields"`
	ExpiresIn                 *config.Seconds `key:"expiresIn"`
	UpdateAge                 *config.Seconds `key:"updateAge"`
	FreshAge                  *config.Seconds `key:"freshAge"`
	DisableSessionRefresh     bool            `key:"disableSessionRefresh"`
	DeferSessionRefresh       bool            `key:"deferSessionRefresh"`
	StoreSessionInDatabase    bool            `key:"storeSessionInDatabase"`
	PreserveSessionInDatabase bool            `key:"preserveSessionInDatabase"`
	CookieCache               struct {
		Enabled      bool            `key:"enabled"`
		MaxAge       *config.Seconds `key:"maxAge"`
		Strategy     string          `key:"strategy"`
		Version      string          `key:"version"`
		RefreshCache refreshCache    `key:"refreshCache"`
	} `key:"cookieCache"`
	ReadCache struct {
		Enabled    bool `key:"enabled"`
		MaxEntries int  `key:"maxEntries"`
		MaxBytes   int  `key:"maxBytes"`
	} `key:"readCache"`
}

// refreshCache is a switch, or an object with an age.
type refreshCache struct {
	on        *bool
	UpdateAge *config.Seconds `key:"updateAge"`
}

// DecodeConfig takes either form.
func (r *refreshCache) DecodeConfig(n *config.Node) error {
	if on, ok := n.Bool(); ok {
		r.on = &on
		return nil
	}
	yes := true
	r.on = &yes
	type members refreshCache
	return config.Decode(n, (*members)(r))
}

type rateLimit struct {
	model
	Enabled     *bool           `key:"enabled"`
	Window      *config.Seconds `key:"window"`
	Max         int             `key:"max"`
	Storage     string          `key:"storage"`
	CustomRules *config.Node    `key:"customRules"`
}

type cors struct {
	Enabled *bool           `key:"enabled"`
	MaxAge  *config.Seconds `key:"maxAge"`
}

type outboxOptions struct {
	model
	Enabled  *bool           `key:"enabled"`
	Interval *config.Seconds `key:"interval"`
}

type metricsOptions struct {
	Listen string `key:"listen"`
}

type loggerOptions struct {
	Level  string `key:"level"`
	Format string `key:"format"`
}
