// Package bearer lets clients without cookies send the session token in the
// Authorization header (RFC 6750, section 2.1).
//
//	o.Plugins = append(o.Plugins, bearer.New(bearer.Options{}))
//
// Whenever an answer sets the session cookie it carries the same value in the
// header set-auth-token, which the client sends back as it is. The header is
// made from what the answer really sets, after every other hook: a sign-in
// that was taken back, because a second factor is missing, shows no token.
//
// A token that is not a session's own is as good as no header. The session is
// looked up as that of a cookie is, so that revoking, banning and expiry hold.
package bearer

import (
	"net/url"
	"strings"

	"github.com/watchword-auth/watchword/core"
)

// TokenHeader is the header of answers that carries the token.
const TokenHeader = "set-auth-token"

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	// RequireSignature takes only what TokenHeader gave, and not a session's
	// bare token, such as an answer's member token.
	RequireSignature bool
}

// Plugin is the bearer plugin.
type Plugin struct{ o Options }

// New makes the plugin.
func New(o Options) *Plugin { return &Plugin{o} }

// ID names the plugin.
func (*Plugin) ID() string { return "bearer" }

// Register adds the hooks.
func (p *Plugin) Register(r *core.Registrar) error {
	r.Before(core.EveryPath, p.present)
	r.OnResponse(answer)
	return nil
}

// present lets the request carry the token as its session cookie.
func (p *Plugin) present(c *core.Context) (*core.Response, error) {
	token := bearerToken(c.Header("Authorization"))
	if token == "" {
		return nil, nil
	}
	switch {
	case strings.IndexByte(token, '.') >= 0:
		token = unescape(token)
	case p.o.RequireSignature:
		return nil, nil
	default:
		token = c.Secrets().Sign(token)
	}
	if _, ok := c.Secrets().Verify(token); ok {
		c.Cookies().Present(c.SessionCookieDef(), token)
	}
	return nil, nil
}

// bearerToken returns what stands behind the scheme, in whatever case it is
// written, or "".
func bearerToken(header string) string {
	const scheme = "bearer "
	if len(header) < len(scheme) || !strings.EqualFold(header[:len(scheme)], scheme) {
		return ""
	}
	return strings.TrimSpace(header[len(scheme):])
}

// unescape decodes tokens that were copied from a Set-Cookie line. What is no
// percent-encoding stays as it is.
func unescape(token string) string {
	if decoded, err := url.PathUnescape(token); err == nil {
		return decoded
	}
	return token
}

// answer shows the token of a session cookie that is being set.
func answer(c *core.Context, _ *core.Response) {
	if token, ok := c.Cookies().Given(c.SessionCookieDef()); ok {
		c.ExposeHeader(TokenHeader, token)
	}
}
