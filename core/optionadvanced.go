package core

import (
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/ratelimit"
)

// RateLimit bounds how often one address may call.
type RateLimit struct {
	Enabled *bool           // nil: in production only
	Window  time.Duration   // 0 means ten seconds
	Max     int             // 0 means 100
	Storage ratelimit.Store // nil: secondary storage where configured, else memory
	// CustomRules are keyed by path or pattern with *. A rule may be a function of
	// the request; Off switches limiting off.
	CustomRules []ratelimit.CustomRule
}

// Advanced holds what few deployments need.
type Advanced struct {
	UseSecureCookies        *bool  // nil: as the base URL's scheme says
	CookiePrefix            string // "better-auth" where empty
	CrossSubDomainCookies   *CrossSubDomainCookies
	DefaultCookieAttributes cookie.Attributes
	Cookies                 map[string]CookieOverride // keyed by suffix, such as "session_token"
	DisableCSRFCheck        *bool
	DisableOriginCheck      bool
	DisableOriginCheckPaths []string
	SkipTrailingSlashes     bool
	TrustedProxyHeaders     bool // forwarded host and scheme make the base URL
	IPAddressHeaders        []string
	DisableIPTracking       bool
	IPv6Subnet              int // bits; 0 means 64
	GenerateID              IDGenerator
	MaxBodyBytes            int64 // 0 means 1 MiB
	// OutboundMinResponseTime is the least time an answer takes that sends a
	// message only for some inputs. 0 means none.
	OutboundMinResponseTime time.Duration
	BackgroundWorkers       int // 0 means 4
	// CleanupInterval is how often expired sessions and verifications are
	// deleted from the database, from [Kernel.Start] on. 0 means never.
	CleanupInterval time.Duration
}

// CrossSubDomainCookies shares cookies below one domain.
type CrossSubDomainCookies struct{ Domain string } // empty: the base URL's host

// CookieOverride changes one cookie.
type CookieOverride struct {
	Name       string // replaces prefix and suffix
	Attributes cookie.Attributes
}

// IDGenerator says who makes keys. The zero value makes the reference's 32
// letters and digits.
type IDGenerator struct {
	Type db.IDType
	Func func(model string) string // wins over Type
}

// OnAPIError configures what happens on failures.
type OnAPIError struct {
	ErrorURL string // where the error page and failed redirects go
	OnError  func(c *Context, err *Error)
	// CustomizeDefaultErrorPage shows the built-in page in production too.
	CustomizeDefaultErrorPage bool
}

// CORS lets trusted origins call with credentials from a browser.
type CORS struct {
	Enabled bool
	MaxAge  time.Duration // of preflight answers; 0 means ten minutes
}
