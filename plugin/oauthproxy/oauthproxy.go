// Package oauthproxy lets previews and development servers sign users in at
// providers that send browsers back to the production server only.
//
//	p, err := oauthproxy.New(oauthproxy.Options{ProductionURL: "https://app.example.com", Secret: shared})
//	o.Plugins = append(o.Plugins, p)
//
// Both servers have the plugin and the secret. The preview sends the browser to
// the provider with the production server's callback, and its own state sealed
// in the state parameter. The production server redeems the code, creates
// nobody and nothing, and passes what it learned on to the preview, sealed. The
// preview signs the user in.
//
// What is passed on is sealed for this purpose and no other, is good for a
// minute, and is redeemed once, by the browser that began.
package oauthproxy

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/weburl"
)

// Options configure the plugin.
type Options struct {
	// CurrentURL is where this server is reached; empty: where the request
	// came to, if that origin is trusted, else the base URL.
	CurrentURL string
	// ProductionURL is the server that providers send browsers back to;
	// empty: the base URL.
	ProductionURL string
	MaxAge        time.Duration // of what production passes on; 0 means a minute
	Secret        string        // both servers'; empty: the instance's own
}

// Plugin is the oauth-proxy plugin.
type Plugin struct{ o Options }

// New makes the plugin. It returns an error for URLs that are none.
func New(o Options) (*Plugin, error) {
	for _, text := range []string{o.CurrentURL, o.ProductionURL} {
		if u, err := url.Parse(text); text != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
			return nil, fmt.Errorf("oauthproxy: %q is not a URL", text)
		}
	}
	o.MaxAge = cmp.Or(o.MaxAge, time.Minute)
	return &Plugin{o}, nil
}

// ID names the plugin.
func (*Plugin) ID() string { return "oauth-proxy" }

// proxy is the plugin in one instance.
type proxy struct {
	o      Options
	states *oauth.States

	// Rings of one purpose each, so that nothing sealed for one use opens as
	// another.
	packages, inner, profiles *secret.Ring
}

// Register adds the routes that previews are come back to, and the hooks of
// departures and of callbacks.
func (p *Plugin) Register(r *core.Registrar) error {
	x := &proxy{o: p.o, states: oauth.NewStates(r)}
	r.Ready(func(k *core.Kernel) error {
		ring := k.Secrets()
		if p.o.Secret != "" {
			var err error
			if ring, err = secret.New(p.o.Secret); err != nil {
				return fmt.Errorf("oauthproxy: Options.Secret: %w", err)
			}
		}
		x.packages, x.inner, x.profiles = ring.Purpose("oauth-proxy-package"), ring.Purpose("oauth-proxy-state"), ring.Purpose("oauth-proxy-profile")
		return nil
	})
	r.Before(core.OnPath("/sign-in/social", "/link-social"), x.depart)
	r.Before(core.OnPath("/callback/{id}"), x.passOn)
	op := core.Op{CheckURLs: []string{"callbackURL"}, Summary: "Where a production server sends browsers on to"}
	core.Get(r, Complete, "/callback/{id}/oauth-proxy", x.complete, op)
	core.Get(r, CompleteOld, "/oauth-proxy-callback", x.complete, op)
	return nil
}

func originOf(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// here returns the origin this server is reached at. What the request says is
// believed only of trusted origins: browsers are sent there with a profile.
func (x *proxy) here(c *core.Context) string {
	if x.o.CurrentURL != "" {
		return originOf(x.o.CurrentURL)
	}
	if r := c.Request(); r != nil && r.Host != "" {
		scheme := "http"
		if r.TLS != nil || strings.HasPrefix(c.Origin(), "https:") {
			scheme = "https"
		}
		if origin := originOf(scheme + "://" + r.Host); origin != "" && c.TrustsOrigin(origin) {
			return origin
		}
	}
	return c.Origin()
}

// depart makes a departure lead through the production server.
func (x *proxy) depart(c *core.Context) (*core.Response, error) {
	here, production := x.here(c), cmp.Or(strings.TrimRight(x.o.ProductionURL, "/"), c.Origin())
	provider, _ := c.Input().Text("provider")
	if c.Header("x-skip-oauth-proxy") != "" || originOf(production) == here || provider == "" {
		return nil, nil
	}
	target, _ := c.Input().Text("callbackURL")
	if raw, given := c.Input().Get("callbackURL"); given && target == "" && string(raw) != `""` {
		return nil, nil // it is refused where input is validated
	}
	back := here + c.Options().BasePath + "/callback/" + url.PathEscape(provider) + "/oauth-proxy?callbackURL=" +
		weburl.EscapeComponent(cmp.Or(target, c.BaseURL()))
	if err := c.Input().Set("callbackURL", back); err != nil {
		return nil, err
	}
	oauth.SetDetour(c, &oauth.Detour{BaseURL: production + c.Options().BasePath, Wrap: func(state *oauth.State) (string, error) {
		return x.wrap(c, state)
	}})
	return nil, nil
}

// passOn answers, on the production server, for a browser that began at
// another one.
func (x *proxy) passOn(c *core.Context) (*core.Response, error) {
	if r := c.Request(); r == nil || r.Method != http.MethodGet {
		return nil, nil // a posted form becomes a GET first
	}
	q := func(name string) string { text, _ := c.Query().Text(name); return text }
	state, id, ok := x.unwrap(c, q("state"))
	if !ok {
		return nil, nil
	}
	h := c.ResponseHeader()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the URL carries the code
	p, err := oauth.Find(c, c.Param("id"))
	if err != nil && !errors.Is(err, core.ErrProviderNotFound) {
		return nil, err
	}
	target := originOf(state.CallbackURL)
	switch {
	case state.ID != "" && state.ID != id, p != nil && state.Provider != "" && state.Provider != p.Name, target == "",
		state.ExpiresAt.Before(c.Now()):
		return nil, oauth.FailureRedirect(c, state.ErrorURL, &oauth.Denial{Code: "state_mismatch"})
	default:
		target, err = x.prove(c, p, state, id, &oauth.Answer{Code: q("code"), Error: q("error"), Issuer: q("iss"),
			DeviceID: q("device_id"), User: q("user")})
	}
	if err != nil {
		return nil, oauth.FailureRedirect(c, state.ErrorURL, err)
	}
	return nil, core.Redirect(target)
}

// prove redeems the code and returns the preview's URL with the profile.
func (x *proxy) prove(c *core.Context, p *oauth.Provider, state *oauth.State, id string, answer *oauth.Answer) (string, error) {
	arrival, err := oauth.Prove(c, p, answer, state)
	if err != nil {
		return "", err
	}
	if arrival.Identity.Email == "" {
		return "", &oauth.Denial{Code: "email_not_found"}
	}
	sealed, err := x.profiles.Seal(newPayload(c, arrival, id).encode(), c.Random())
	if err != nil {
		return "", err
	}
	return weburl.SetQuery(originOf(state.CallbackURL), state.CallbackURL, "profile", sealed), nil
}
