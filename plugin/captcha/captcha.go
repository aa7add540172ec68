// Package captcha asks for a solved CAPTCHA before an endpoint does anything.
//
//	o.Plugins = append(o.Plugins, captcha.New(captcha.Options{
//		Provider: captcha.Turnstile, SecretKey: os.Getenv("TURNSTILE_SECRET"),
//	}))
//
// The page sends what its widget gave it in the header x-captcha-response. The
// provider is asked whether it is good after the request's origin and limits
// were checked, and for the endpoint that the request was routed to, so that no
// spelling of a path goes around it. Where the provider cannot be asked nobody
// passes. Calls by the program itself are not asked.
package captcha

import (
	"cmp"
	"fmt"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/glob"
	"github.com/watchword-auth/watchword/oauth"
)

// Options configure the plugin. Provider and SecretKey are needed.
type Options struct {
	Provider  Provider
	SecretKey string // that the provider gave for the site
	// Endpoints are the paths that ask; "*" stands for what is between two
	// slashes and "**" for anything. Nil: /sign-up/email, /sign-in/email and
	// /request-password-reset. One that no endpoint has fails the assembly.
	Endpoints []string
	SiteKey   string // of HCaptcha and CaptchaFox: what must have been solved is the site's own; empty: any of the account's
	// ExpectedAction, of Turnstile and Recaptcha, is the action that must have
	// been solved for; empty: any.
	ExpectedAction string
	// AllowedHostnames, of Turnstile and Recaptcha, are the hosts of pages that
	// it may have been solved on; nil: any.
	AllowedHostnames []string
	// MinScore, of Recaptcha's version 3, is the least score that passes; 0: 0.5.
	// Below 0 every score does.
	MinScore float64
	// VerifyURL is asked in place of the provider's own address; empty: that.
	VerifyURL string
	// Client asks the provider; nil: one that reaches public addresses only.
	Client *oauth.Client
}

// Plugin is the captcha plugin.
type Plugin struct {
	o        Options
	verifier verifier
}

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin {
	o.MinScore = cmp.Or(o.MinScore, 0.5)
	if o.Endpoints == nil {
		o.Endpoints = []string{"/sign-up/email", "/sign-in/email", "/request-password-reset"}
	}
	if o.Client == nil {
		o.Client = oauth.NewClient(oauth.ClientOptions{})
	}
	return &Plugin{o: o, verifier: o.Provider.verifier()}
}

// ID names the plugin.
func (*Plugin) ID() string { return "captcha" }

// The plugin's refusals.
var (
	ErrVerificationFailed = core.NewError(http.StatusForbidden, "VERIFICATION_FAILED", "Captcha verification failed")
	ErrMissingResponse    = core.NewError(http.StatusBadRequest, "MISSING_RESPONSE", "Missing CAPTCHA response")
	ErrUnknown            = core.NewError(http.StatusInternalServerError, "UNKNOWN_ERROR", "Something went wrong")
)

// Register adds the question to the endpoints.
func (p *Plugin) Register(r *core.Registrar) error {
	if err := p.check(); err != nil {
		return fmt.Errorf("captcha: %w", err)
	}
	r.Codes(ErrVerificationFailed, ErrMissingResponse, ErrUnknown)
	for _, endpoint := range p.o.Endpoints {
		pattern, found := glob.Compile(endpoint), false
		r.Before(func(t core.Target) bool {
			here := pattern.Match(t.Path)
			found = found || here
			return here
		}, p.ask)
		r.Ready(func(*core.Kernel) error {
			if !found {
				return fmt.Errorf("captcha: Options.Endpoints: no endpoint has the path %q", endpoint)
			}
			return nil
		})
	}
	return nil
}

// asked marks a call that was asked: several patterns may match its endpoint,
// and what was solved is good for one question.
type asked struct{}

func (p *Plugin) ask(c *core.Context) (*core.Response, error) {
	if c.Request() == nil || c.Value(asked{}) != nil {
		return nil, nil
	}
	c.SetValue(asked{}, true)
	solved := c.Header("x-captcha-response")
	if solved == "" {
		return nil, ErrMissingResponse
	}
	v, err := p.verify(c, solved)
	if err != nil {
		return nil, ErrUnknown.Wrap(err)
	}
	if why := p.wrong(v); why != "" {
		c.Log().WarnContext(c, "a captcha was refused", "provider", p.verifier.name, "why", why, "codes", v.Codes)
		return nil, ErrVerificationFailed
	}
	return nil, nil
}
