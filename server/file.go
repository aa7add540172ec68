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

type emailAndPassword struct {
	Enabled                     bool            `key:"enabled"`
	DisableSignUp               bool            `key:"disableSignUp"`
	RequireEmailVerification    bool            `key:"requireEmailVerification"`
	AutoSignIn                  *bool           `key:"autoSignIn"`
	MinPasswordLength           int             `key:"minPasswordLength"`
	MaxPasswordLength           int             `key:"maxPasswordLength"`
	PasswordReset               *bool           `key:"passwordReset"`
	ResetPasswordTokenExpiresIn *config.Seconds `key:"resetPasswordTokenExpiresIn"`
	RevokeSessionsOnReset       bool            `key:"revokeSessionsOnPasswordReset"`
}

type emailVerification struct {
	Enabled      *bool           `key:"enabled"`
	SendOnSignUp *bool           `key:"sendOnSignUp"`
	SendOnSignIn bool            `key:"sendOnSignIn"`
	AutoSignIn   bool            `key:"autoSignInAfterVerification"`
	ExpiresIn    *config.Seconds `key:"expiresIn"`
}

// model is what all tables share.
type model struct {
	ModelName string            `key:"modelName"`
	Fields    map[string]string `key:"fields"`
}

type user struct {
	model
	AdditionalFields *config.Node `key:"additionalFields"`
	ChangeEmail      struct {
		Enabled                        bool `key:"enabled"`
		Confirm                        bool `key:"confirm"`
		UpdateEmailWithoutVerification bool `key:"updateEmailWithoutVerification"`
	} `key:"changeEmail"`
	DeleteUser struct {
		Enabled              bool            `key:"enabled"`
		Verify               bool            `key:"verify"`
		DeleteTokenExpiresIn *config.Seconds `key:"deleteTokenExpiresIn"`
	} `key:"deleteUser"`
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

type account struct {
	model
	AdditionalFields      *config.Node `key:"additionalFields"`
	UpdateAccountOnSignIn *bool        `key:"updateAccountOnSignIn"`
	EncryptOAuthTokens    bool         `key:"encryptOAuthTokens"`
	StoreAccountCookie    bool         `key:"storeAccountCookie"`
	StoreStateStrategy    string       `key:"storeStateStrategy"`
	SkipStateCookieCheck  bool         `key:"skipStateCookieCheck"`
	Issuer                bool         `key:"issuer"`
	Linking               struct {
		Enabled                   *bool    `key:"enabled"`
		DisableImplicitLinking    bool     `key:"disableImplicitLinking"`
		RequireLocalEmailVerified *bool    `key:"requireLocalEmailVerified"`
		TrustedProviders          []string `key:"trustedProviders"`
		AllowDifferentEmails      bool     `key:"allowDifferentEmails"`
		AllowUnlinkingAll         bool     `key:"allowUnlinkingAll"`
		UpdateUserInfoOnLink      bool     `key:"updateUserInfoOnLink"`
	} `key:"accountLinking"`
}

type verification struct {
	model
	DisableCleanup  bool            `key:"disableCleanup"`
	StoreIdentifier storeIdentifier `key:"storeIdentifier"`
	StoreInDatabase bool            `key:"storeInDatabase"`
}

type storeIdentifier struct {
	Default   string            `key:"default"`
	Overrides map[string]string `key:"overrides"`
}

// DecodeConfig takes "plain" or "hashed", or an object with overrides.
func (s *storeIdentifier) DecodeConfig(n *config.Node) error {
	if !n.IsObject() {
		return config.Decode(n, &s.Default)
	}
	type plain storeIdentifier
	return config.Decode(n, (*plain)(s))
}

type rateLimit struct {
	model
	Enabled     *bool           `key:"enabled"`
	Window      *config.Seconds `key:"window"`
	Max         int             `key:"max"`
	Storage     string          `key:"storage"`
	CustomRules *config.Node    `key:"customRules"`
}

type cookieAttributes struct {
	Domain      string          `key:"domain"`
	Path        string          `key:"path"`
	SameSite    string          `key:"sameSite"`
	Secure      *bool           `key:"secure"`
	HTTPOnly    *bool           `key:"httpOnly"`
	Partitioned *bool           `key:"partitioned"`
	MaxAge      *config.Seconds `key:"maxAge"`
}

type advanced struct {
	UseSecureCookies      *bool  `key:"useSecureCookies"`
	CookiePrefix          string `key:"cookiePrefix"`
	CrossSubDomainCookies struct {
		Enabled bool   `key:"enabled"`
		Domain  string `key:"domain"`

		AdditionalCookies *config.Node `key:"additionalCookies"`
	} `key:"crossSubDomainCookies"`
	DefaultCookieAttributes cookieAttributes `key:"defaultCookieAttributes"`
	Cookies                 map[string]struct {
		Name       string           `key:"name"`
		Attributes cookieAttributes `key:"attributes"`
	} `key:"cookies"`
	DisableCSRFCheck    *bool       `key:"disableCSRFCheck"`
	DisableOriginCheck  originCheck `key:"disableOriginCheck"`
	SkipTrailingSlashes bool        `key:"skipTrailingSlashes"`
	TrustedProxyHeaders bool        `key:"trustedProxyHeaders"`
	IPAddress           struct {
		Headers        []string `key:"ipAddressHeaders"`
		Disable        bool     `key:"disableIpTracking"`
		IPv6Subnet     int      `key:"ipv6Subnet"`
		TrustedProxies []string `key:"trustedProxies"`
	} `key:"ipAddress"`
	Database struct {
		GenerateID idType `key:"generateId"`

		Joins                *config.Node `key:"joins"`
		DefaultFindManyLimit *config.Node `key:"defaultFindManyLimit"`
	} `key:"database"`
	MaxBodyBytes            int64           `key:"maxBodyBytes"`
	OutboundMinResponseTime *config.Seconds `key:"outboundMinResponseTime"`
	BackgroundWorkers       int             `key:"backgroundWorkers"`
	CleanupInterval         *config.Seconds `key:"cleanupInterval"`
}

// originCheck is true, or the paths without a check.
type originCheck struct {
	off   bool
	paths []string
}

// DecodeConfig takes true, false or a list of paths.
func (o *originCheck) DecodeConfig(n *config.Node) error {
	if n.IsList() {
		return config.Decode(n, &o.paths)
	}
	return config.Decode(n, &o.off)
}

// idType is "", "serial", "uuid", or "database" for false.
type idType string

// DecodeConfig takes "serial", "uuid" or false.
func (t *idType) DecodeConfig(n *config.Node) error {
	if on, isSwitch := n.Bool(); isSwitch && !on {
		*t = "database"
		return nil
	}
	var name string
	if n.IsText() {
		_ = config.Decode(n, &name)
	}
	if name != "serial" && name != "uuid" {
		return n.Errorf(`expected "serial", "uuid", or false where the database makes keys; leave it out for random letters and digits`)
	}
	*t = idType(name)
	return nil
}

type onAPIError struct {
	ErrorURL                  string    `key:"errorURL"`
	CustomizeDefaultErrorPage errorPage `key:"customizeDefaultErrorPage"`

	Throw *config.Node `key:"throw"`
}

// errorPage says that the built-in page is shown in production too. The
// reference's colours and fonts are not those of this page.
type errorPage bool

// DecodeConfig takes true, false, or the reference's object, which means true.
func (p *errorPage) DecodeConfig(n *config.Node) error {
	if n.IsObject() {
		*p = true
		return nil
	}
	return config.Decode(n, (*bool)(p))
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
