package server

import (
	"github.com/watchword-auth/watchword/server/config"
)

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
