// Package jwt gives users JSON Web Tokens (RFC 7519) that other services
// verify with public keys, without asking this one.
//
//	o.Plugins = append(o.Plugins, jwt.New(jwt.Options{}))
//
// A signed-in client gets its token from /token, or from the header
// set-auth-jwt of /get-session; services find the keys at /jwks, and in Go
// verify with package verify. Private keys lie in the database, sealed under
// the deployment's secret. The first key is made when it is needed; with
// rotation a new one takes its place when it expires, and the old one can be
// verified for a period of grace.
//
// A token holds until it expires, whatever becomes of the session: keep it
// short, and ask this server where that matters.
package jwt

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/token"
)

// TokenHeader is the header of /get-session that carries a token.
const TokenHeader = "set-auth-jwt"

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	Algorithm        token.Algorithm   // of new keys; EdDSA where empty
	ExtraAlgorithms  []token.Algorithm // that SignInput may ask for
	RSABits          int               // of new RSA keys; 0 means 2048
	PlainPrivateKeys bool              // do not seal private keys
	RotationInterval time.Duration     // how long a new key signs; 0: for ever
	GracePeriod      time.Duration     // how long an expired key verifies; 0 means 30 days
	JWKSPath         string            // "/jwks" where empty
	// RemoteURL says that keys are published elsewhere: /jwks then is 404.
	RemoteURL string
	// Sign signs the claims, a JSON object, in place of the plugin's own keys.
	// RemoteURL must be given.
	Sign func(c *core.Context, claims []byte) (string, error)

	Issuer    string        // the base URL's origin where empty
	Audience  []string      // the base URL's origin where nil
	ExpiresIn time.Duration // of tokens; 0 means 15 minutes
	// DefinePayload returns the claims of a user's token as encoding/json
	// writes an object; nil means the user as clients see it.
	DefinePayload func(c *core.Context, current *core.Current) (any, error)
	// Subject returns the claim sub; nil means the user's id.
	Subject func(c *core.Context, current *core.Current) (string, error)

	DisableHeader bool // no TokenHeader
	// SignSessionCache signs the cookie cache with the published keys, so
	// that other services can read it. Its strategy must be core.CacheJWT.
	SignSessionCache bool

	Mapping core.Mapping // names of the table jwks and its columns
}

// Plugin is the jwt plugin.
type Plugin struct{ o Options }

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin {
	if o.RemoteURL == "" {
		o.Algorithm = cmp.Or(o.Algorithm, token.EdDSA)
	}
	o.GracePeriod, o.ExpiresIn = cmp.Or(o.GracePeriod, 30*24*time.Hour), cmp.Or(o.ExpiresIn, 15*time.Minute)
	o.JWKSPath = cmp.Or(o.JWKSPath, "/jwks")
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "jwt" }

// Register adds the table, the routes and the header.
func (p *Plugin) Register(r *core.Registrar) error {
	if err := p.check(); err != nil {
		return fmt.Errorf("jwt: %w", err)
	}
	k := &keys{Options: p.o, table: newTable()}
	core.ExtendTable(r, k.table.Table, nil, p.o.Mapping)
	r.Table(k.table.Def)
	if !p.o.DisableHeader {
		r.After(core.OnPath("/get-session"), k.addHeader)
	}
	if p.o.SignSessionCache {
		r.SignSessionCache(core.CacheSigner{Sign: k.signCache, Open: k.openCache})
	}
	core.Get(r, GetJWKS, p.o.JWKSPath, k.getJWKS, core.Op{Summary: "The public keys (RFC 7517)"})
	core.Get(r, GetToken, "/token", k.getToken, core.Op{Summary: "A token of the caller", Session: core.SessionRequired})
	core.ServerOnly(r, Sign, k.signJWT, core.Op{Summary: "Sign claims"})
	core.ServerOnly(r, Verify, k.verifyJWT, core.Op{Summary: "Verify a token"})
	return nil
}

func (p *Plugin) check() error {
	makes := []token.Algorithm{token.EdDSA, token.ES256, token.ES512, token.RS256, token.PS256}
	for _, a := range append([]token.Algorithm{p.o.Algorithm}, p.o.ExtraAlgorithms...) {
		if a != "" && !slices.Contains(makes, a) {
			return fmt.Errorf("there are no keys for algorithm %q", a)
		}
	}
	switch path := p.o.JWKSPath; {
	case p.o.Sign != nil && p.o.RemoteURL == "":
		return errors.New("option Sign needs RemoteURL, where others find the keys")
	case p.o.Sign != nil && p.o.SignSessionCache:
		return errors.New("SignSessionCache needs the plugin's own keys, not Sign")
	case p.o.RemoteURL != "" && p.o.Algorithm == "":
		return errors.New("RemoteURL needs Algorithm, that of the keys there")
	case !strings.HasPrefix(path, "/") || strings.Contains(path, ".."):
		return fmt.Errorf("JWKSPath %q does not start with a slash, or holds two dots", path)
	case p.o.RSABits != 0 && (p.o.RSABits < 2048 || p.o.RSABits > 8192):
		return fmt.Errorf("RSABits %d is not between 2048 and 8192", p.o.RSABits)
	case p.o.RotationInterval < 0 || p.o.GracePeriod < 0 || p.o.ExpiresIn < 0:
		return errors.New("a duration is negative")
	}
	return nil
}
