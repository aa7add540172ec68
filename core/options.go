package core

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/password"
	"github.com/watchword-auth/watchword/secret"
)

// Options configure an instance. Names and meanings follow Better Auth; the
// zero value of every field is the reference's default, except that Secret
// and Database must be given, unless it is Stateless.
type Options struct {
	AppName string // "Better Auth" where empty
	// BaseURL is where clients reach the server: scheme, host and perhaps a
	// path, which then replaces BasePath. Empty: taken from each request.
	BaseURL        string
	DynamicBaseURL *DynamicBaseURL // several hosts; excludes BaseURL
	BasePath       string          // "/api/auth" where empty

	Secret  string       // signs and seals; with Secrets it only opens old values
	Secrets []secret.Key // versioned secrets, the current one first

	Database         db.Adapter
	Stateless        bool     // there is no Database: users end with the process, and sessions live in cookies
	SecondaryStorage kv.Store // nil: none

	TrustedOrigins     []string // origins and patterns, besides that of BaseURL
	TrustedOriginsFunc func(*http.Request) []string
	TrustedProxies     []string // addresses and CIDRs whose forwarding headers count; nil: loopback and private ranges
	DisabledPaths      []string // paths below BasePath that answer 404

	EmailAndPassword  EmailAndPassword
	EmailVerification EmailVerification
	User              UserOptions
	Session           SessionOptions
	Account           AccountOptions
	Verification      VerificationOptions
	RateLimit         RateLimit
	Advanced          Advanced
	OnAPIError        OnAPIError
	CORS              CORS

	SocialProviders []SocialProvider // where users can sign in

	Plugins       []Plugin
	Hooks         Hooks         // run before those of plugins
	DatabaseHooks DatabaseHooks // run before those of plugins

	// Deliver sends mail and text messages. Without it, what needs a message
	// is refused as not enabled.
	Deliver func(ctx context.Context, m *Message) error
	Outbox  Outbox

	Production bool         // refuse guesses; rate limits are on by default
	Logger     *slog.Logger // nil: slog.Default()
	Now        func() time.Time
	Random     io.Reader // nil: crypto/rand
}

// DynamicBaseURL takes the base URL's host from each request, if it is on the
// list.
type DynamicBaseURL struct {
	AllowedHosts []string // with * and ?
	Protocol     string   // "http", "https", or "auto" and empty: as the request came
	Fallback     string   // base URL for other hosts; empty: they are refused
}

// EmailAndPassword configures sign-up and sign-in by password.
type EmailAndPassword struct {
	Enabled                     bool
	DisableSignUp               bool
	RequireEmailVerification    bool
	DisableAutoSignIn           bool // the reference's autoSignIn: false
	MinPasswordLength           int  // UTF-16 units; 0 means 8
	MaxPasswordLength           int  // UTF-16 units; 0 means 128
	DisablePasswordReset        bool
	ResetPasswordTokenExpiresIn time.Duration // 0 means an hour
	RevokeSessionsOnReset       bool
	Hasher                      password.Hasher // nil: the reference's scrypt on a bounded pool
	OnPasswordReset             func(c *Context, u *User) error
	OnExistingUserSignUp        func(c *Context, u *User) error
	// SyntheticUser shapes the answer that hides an existing address; nil
	// fills added columns with their defaults.
	SyntheticUser func(c *Context, u *User) error
}

// EmailVerification configures the proof that an address is the user's.
type EmailVerification struct {
	Disabled                    bool
	SendOnSignUp                *bool // nil: as RequireEmailVerification
	SendOnSignIn                bool
	AutoSignInAfterVerification bool
	ExpiresIn                   time.Duration // 0 means an hour
	BeforeVerification          func(c *Context, u *User) error
	AfterVerification           func(c *Context, u *User) error
}

// Mapping renames a table and its columns in the database. Keys of Fields are
// logical column names.
type Mapping struct {
	ModelName string
	Fields    map[string]string
}

// AdditionalField declares a column of the application's own on a table.
type AdditionalField struct {
	Name      string
	Type      db.Kind // KindText where zero
	FieldName string  // name in the database; Name where empty
	Required  bool
	NoInput   bool // clients may not set it
	Hidden    bool // clients never see it (the reference's returned: false)
	Unique    bool
	Index     bool
	Sortable  bool
	Options   []string   // allowed texts
	Default   func() any // nil: none
	OnUpdate  func() any
	Validate  func(value any) error
	Transform func(value any) (any, error)
	Reference *db.Reference
}

// SessionOptions configure sessions.
type SessionOptions struct {
	Mapping
	AdditionalFields          []AdditionalField
	ExpiresIn                 time.Duration  // 0 means seven days
	UpdateAge                 *time.Duration // nil means a day; zero refreshes at every read
	FreshAge                  *time.Duration // nil means a day; zero: every session is fresh
	DisableSessionRefresh     bool
	DeferSessionRefresh       bool
	StoreSessionInDatabase    bool // besides secondary storage
	PreserveSessionInDatabase bool
	CookieCache               CookieCache
	ReadCache                 ReadCache
}

// The ways to write the cookie cache.
const (
	CacheCompact = "compact"
	CacheJWT     = "jwt"
	CacheJWE     = "jwe"
)

// CookieCache keeps the session in a second cookie, so that most requests
// need no storage.
type CookieCache struct {
	Enabled  bool
	MaxAge   time.Duration // 0 means five minutes
	Strategy string        // CacheCompact where empty
	Version  string        // "1" where empty; another version drops all caches
	// RefreshCache writes the cache anew before it ends, for instances that are
	// Stateless and have no secondary storage: nil means yes for those. For all
	// others it does nothing.
	RefreshCache     *bool
	RefreshUpdateAge *time.Duration // how long before its end; nil means a fifth of MaxAge
	// VersionFunc replaces Version with a value made from the session.
	VersionFunc func(*Session, *User) string
}

// Where a sign-in at a provider is kept while the browser is away.
const (
	StateInDatabase = "database"
	StateInCookie   = "cookie"
)
