package oauth

import "github.com/watchword-auth/watchword/core"

// Departure is a browser about to be sent to a provider.
type Departure struct {
	Provider *Provider
	// State is what is to be remembered meanwhile. Its Provider and Nonce are
	// set here; a CallbackURL that is empty becomes the instance's origin.
	State      *State
	Scopes     []string // besides the configured ones
	LoginHint  string
	Additional *Params // further parameters of the caller's; nil: none
}

// Depart keeps the state, bound to the browser, and returns the URL the
// browser is to be sent to.
func (s *States) Depart(c *core.Context, d *Departure) (string, error) {
	p, state := d.Provider, d.State
	state.Provider, state.Nonce = p.Name, newNonce(c, p)
	if state.CallbackURL == "" {
		state.CallbackURL = c.Origin()
	}
	if err := s.Begin(c, state); err != nil {
		return "", err
	}
	sent := state.ID
	if d := detourOf(c); d != nil && d.Wrap != nil {
		var err error
		if sent, err = d.Wrap(state); err != nil {
			return "", err
		}
	}
	return p.Authorize(c, &AuthorizationRequest{
		State: sent, CodeVerifier: state.CodeVerifier, Nonce: state.Nonce, RedirectURI: redirectURI(c, p),
		Scopes: d.Scopes, LoginHint: d.LoginHint, Additional: d.Additional,
	})
}

// redirectURI is where the provider sends browsers back to. Requests for
// codes and for tokens must name the same (RFC 6749, section 4.1.3).
func redirectURI(c *core.Context, p *Provider) string {
	base := c.BaseURL()
	if d := detourOf(c); d != nil {
		base = d.BaseURL
	}
	return base + p.RedirectPath()
}

// Detour makes the departure of a call come back through another server.
type Detour struct {
	BaseURL string // of that server, with its base path
	// Wrap returns what is sent in place of the state's id; nil: the id.
	Wrap func(state *State) (string, error)
}

type detourKey struct{}

// SetDetour sets the detour of a call's departure.
func SetDetour(c *core.Context, d *Detour) { c.SetValue(detourKey{}, d) }

func detourOf(c *core.Context) *Detour {
	d, _ := c.Value(detourKey{}).(*Detour)
	return d
}
