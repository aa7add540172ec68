package oauthproxy

import (
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// Complete is GET /callback/{id}/oauth-proxy.
const Complete core.Ref[Input, Output] = "oauthProxyCompletion"

// CompleteOld is GET /oauth-proxy-callback, as it was called before.
const CompleteOld core.Ref[Input, Output] = "oauthProxyCallback"

// Input is the query that a production server sends browsers with.
type Input struct {
	CallbackURL string            `json:"callbackURL"`
	Profile     input.Opt[string] `json:"profile,omitzero"` // sealed
}

// Bind reads the query.
func (in *Input) Bind(b *input.Binder) {
	query := b.Query()
	query.Text("callbackURL", &in.CallbackURL).Describe("Where the browser is sent")
	query.OptText("profile", &in.Profile).Describe("What production learned, sealed")
}

// Output never comes to be: every answer is a redirect.
type Output struct{}

// clockTolerance is how far production's clock may be ahead.
const clockTolerance = 10 * time.Second

func (x *proxy) complete(c *core.Context, in *Input) (*Output, error) {
	deny := func(target, code string) error { return oauth.DenialRedirect(c, target, &oauth.Denial{Code: code}) }
	h := c.ResponseHeader()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the URL carries the profile
	if in.Profile.Value == "" {
		return nil, deny("", "missing_profile")
	}
	text, err := x.profiles.Open(in.Profile.Value)
	if err != nil {
		return nil, deny("", "invalid_profile")
	}
	p, err := parsePayload(text)
	if err != nil {
		return nil, deny("", "invalid_payload")
	}
	if id := c.Param("id"); id != "" && id != p.Account.ProviderID {
		return nil, deny(p.ErrorURL, "provider_mismatch")
	}
	if age := c.Now().Sub(time.UnixMilli(p.Timestamp)); age > x.o.MaxAge || age < -clockTolerance {
		return nil, deny(p.ErrorURL, "payload_expired")
	}
	provider, err := oauth.Find(c, p.Account.ProviderID)
	if err != nil {
		return nil, deny(p.ErrorURL, "oauth_provider_not_found")
	}
	state, err := x.states.Redeem(c, p.State, provider)
	if _, ok := errors.AsType[*oauth.StateError](err); ok {
		c.Log().WarnContext(c, "a state was refused", "error", err)
		return nil, deny(p.ErrorURL, "state_mismatch")
	}
	if err != nil {
		return nil, err
	}
	state.CallbackURL = wanted(state.CallbackURL)
	target, err := x.states.Admit(c, p.arrival(provider, state))
	if err != nil {
		return nil, oauth.FailureRedirect(c, state.ErrorURL, err)
	}
	return nil, core.Redirect(target)
}
