package oauth

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/watchword-auth/watchword/core"
)

// Answer is what a provider says through the browser (RFC 6749, section
// 4.1.2). Members are empty where it did not.
type Answer struct {
	Code, State        string
	Error, Description string
	Issuer             string // iss (RFC 9207)
	DeviceID           string // VK's
	User               string // Apple's, JSON
}

// Denial is a failure that the browser is told about in a redirect.
type Denial struct {
	Code        string
	Description string // for people; may be empty
}

// Error returns the code.
func (d *Denial) Error() string { return d.Code }

// Arrival is an identity that a provider's answer has proven.
type Arrival struct {
	Provider *Provider
	Identity *Identity
	Tokens   *Tokens
	State    *State
	// DisableSignUp refuses identities that are not known, besides the
	// provider's own rules.
	DisableSignUp bool
}

// Prove turns a provider's answer into an identity. A refusal is a [*Denial].
// A nil provider is one that is not configured.
func Prove(c *core.Context, p *Provider, a *Answer, state *State) (*Arrival, error) {
	switch {
	case a.Error != "":
		return nil, &Denial{a.Error, a.Description}
	case a.Code == "":
		return nil, &Denial{Code: "no_code"}
	case p == nil:
		return nil, &Denial{Code: "oauth_provider_not_found"}
	case a.Issuer != "" && p.Issuer != "" && a.Issuer != p.Issuer:
		return nil, &Denial{Code: "issuer_mismatch"}
	case p.RequireIssuer && a.Issuer == "":
		return nil, &Denial{Code: "issuer_missing"}
	case p.BindNonce && state.Nonce == "":
		return nil, &Denial{Code: "nonce_binding_missing"}
	}
	tokens, err := p.Exchange(c, &ExchangeRequest{Code: a.Code, CodeVerifier: state.CodeVerifier,
		RedirectURI: redirectURI(c, p), DeviceID: a.DeviceID, Nonce: state.Nonce})
	if err != nil {
		c.Log().WarnContext(c, "a code was not redeemed", "provider", p.Name, "error", err)
		if errors.Is(err, ErrIDToken) {
			return nil, &Denial{Code: "unable_to_get_user_info"}
		}
		return nil, &Denial{Code: "invalid_code"}
	}
	tokens.FirstName, tokens.LastName = submittedName(a.User)
	id, err := p.UserInfo(c, tokens)
	if err != nil || id == nil || id.Subject == "" {
		c.Log().WarnContext(c, "a provider did not tell the user", "provider", p.Name, "error", err)
		return nil, &Denial{Code: "unable_to_get_user_info"}
	}
	return &Arrival{Provider: p, Identity: id, Tokens: tokens, State: state}, nil
}

// submittedName reads the name that the browser brings from Apple. It is
// nobody's word and becomes no more than a name.
func submittedName(raw string) (first, last string) {
	var user struct {
		Name struct {
			First string `json:"firstName"`
			Last  string `json:"lastName"`
		} `json:"name"`
	}
	if json.Unmarshal([]byte(raw), &user) != nil {
		return "", ""
	}
	return user.Name.First, user.Name.Last
}

// Admit signs the identity's user in, or links the identity where its state
// says so, and returns where the browser goes. For refusals see [SignIn] and
// [Link]; another one is a [*Denial].
func (s *States) Admit(c *core.Context, a *Arrival) (string, error) {
	p, state := a.Provider, a.State
	if state.CallbackURL == "" {
		return "", &Denial{Code: "no_callback_url"}
	}
	scope := strings.Join(a.Tokens.Scopes, ",")
	if state.Link != nil {
		return state.CallbackURL, s.link(c, &Linking{Provider: p, Identity: a.Identity, Tokens: a.Tokens, Scope: &scope,
			UserID: state.Link.UserID, Email: state.Link.Email}, state.Link)
	}
	if a.Identity.Email == "" {
		return "", &Denial{Code: "email_not_found"}
	}
	asked := state.RequestSignUp != nil && *state.RequestSignUp
	outcome, err := SignIn(c, &Attempt{
		Provider: p, Identity: a.Identity, Tokens: a.Tokens, Scope: &scope, CallbackURL: state.CallbackURL,
		DisableSignUp:    a.DisableSignUp || p.DisableSignUp || p.DisableImplicitSignUp && !asked,
		OverrideUserInfo: p.OverrideUserInfoOnSignIn,
	})
	if err != nil {
		return "", err
	}
	if outcome.Created && state.NewUserURL != "" {
		return state.NewUserURL, nil
	}
	return state.CallbackURL, nil
}

func (s *States) link(c *core.Context, l *Linking, target *LinkTarget) error {
	lives, err := s.SessionLives(c, target)
	if err != nil {
		return err
	}
	if !lives {
		return RefusedLink
	}
	return Link(c, l)
}

// Arrive redeems the state of a provider's answer and takes the answer to its
// end. What it returns is always an error: the redirect that is the answer,
// or what nobody expected.
func (s *States) Arrive(c *core.Context, p *Provider, a *Answer) error {
	if a.State == "" {
		return DenialRedirect(c, "", &Denial{Code: "state_not_found"})
	}
	state, err := s.Redeem(c, a.State, p)
	if err != nil {
		return stateRedirect(c, err)
	}
	arrival, err := Prove(c, p, a, state)
	var target string
	if err == nil {
		target, err = s.Admit(c, arrival)
	}
	if err != nil {
		return FailureRedirect(c, state.ErrorURL, err)
	}
	return core.Redirect(target)
}
