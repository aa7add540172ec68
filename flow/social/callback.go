package social

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
)

const callbackRef core.Ref[callbackInput, callbackOutput] = "callbackOAuth"

// answer is what a provider says through the browser.
type answer struct {
	Code        core.Opt[string] `json:"code,omitzero"`
	Error       core.Opt[string] `json:"error,omitzero"`
	DeviceID    core.Opt[string] `json:"device_id,omitzero"`
	Description core.Opt[string] `json:"error_description,omitzero"`
	State       core.Opt[string] `json:"state,omitzero"`
	User        core.Opt[string] `json:"user,omitzero"`
	Issuer      core.Opt[string] `json:"iss,omitzero"`
}

// members lists the answer's members by name, in the reference's order.
func (a *answer) members() []struct {
	name string
	to   *core.Opt[string]
} {
	return []struct {
		name string
		to   *core.Opt[string]
	}{
		{"code", &a.Code}, {"error", &a.Error}, {"device_id", &a.DeviceID}, {"error_description", &a.Description},
		{"state", &a.State}, {"user", &a.User}, {"iss", &a.Issuer},
	}
}

type callbackInput struct{ body, query answer }

// Bind reads the answer from the body and from the query.
func (in *callbackInput) Bind(b *core.Binder) {
	body := b.OptBody()
	for _, m := range in.body.members() {
		body.OptText(m.name, m.to)
	}
	query := b.Query()
	for _, m := range in.query.members() {
		query.OptText(m.name, m.to)
	}
}

// callbackOutput never comes to be: every answer is a redirect.
type callbackOutput struct{}

func (f *flow) callback(c *core.Context, in *callbackInput) (*callbackOutput, error) {
	h := c.ResponseHeader()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the URL carries the code
	if r := c.Request(); r != nil && r.Method == http.MethodPost {
		return nil, again(c, in)
	}
	a := &in.query
	p := f.providers[c.Param("id")]
	if !a.State.Set && a.Code.Value != "" && p != nil && p.AllowIDPInitiated {
		return nil, f.restart(c, p)
	}
	if a.State.Value == "" {
		return nil, failure(c, "", "state_not_found", "")
	}
	state, err := f.states.Redeem(c, a.State.Value, p)
	if err != nil {
		return nil, stateFailure(c, err)
	}
	target, err := f.finish(c, p, a, state)
	if err != nil {
		return nil, redirectFailure(c, state, err)
	}
	return nil, core.Redirect(target)
}

// again turns a form that a provider posted into a GET: the browser sends no
// cookies with what another site posts, and they bind the state.
func again(c *core.Context, in *callbackInput) error {
	params := &oauth.Params{}
	query := in.query.members()
	for i, m := range in.body.members() {
		if query[i].to.Given() {
			m = query[i]
		}
		if m.to.Given() {
			params.Set(m.name, m.to.Value)
		}
	}
	return core.Redirect(c.BaseURL() + "/callback/" + url.PathEscape(c.Param("id")) + "?" + params.Encode())
}

// restart begins a sign-in that the provider began, with a state of our own.
func (f *flow) restart(c *core.Context, p *oauth.Provider) error {
	in := &Request{Provider: p.Name}
	in.DisableRedirect = core.Some(true) // the redirect is the answer itself
	target, err := f.depart(c, p, f.state(c, p, in), in)
	if err != nil {
		return err
	}
	return core.Redirect(target)
}

// denial is a failure that the browser is told about in a redirect.
type denial struct{ code, description string }

// Error returns the code.
func (d *denial) Error() string { return d.code }

// finish takes a provider's answer to the end, and returns where the browser
// goes.
func (f *flow) finish(c *core.Context, p *oauth.Provider, a *answer, state *oauth.State) (string, error) {
	switch {
	case a.Error.Value != "":
		return "", &denial{a.Error.Value, a.Description.Value}
	case a.Code.Value == "":
		return "", &denial{code: "no_code"}
	case p == nil:
		return "", &denial{code: "oauth_provider_not_found"}
	}
	id, tokens, err := f.redeem(c, p, a, state)
	if err != nil {
		return "", err
	}
	if state.CallbackURL == "" {
		return "", &denial{code: "no_callback_url"}
	}
	scope := strings.Join(tokens.Scopes, ",")
	if state.Link != nil {
		return state.CallbackURL, f.finishLink(c, state, &oauth.Linking{Provider: p, Identity: id, Tokens: tokens, Scope: &scope,
			UserID: state.Link.UserID, Email: state.Link.Email})
	}
	if id.Email == "" {
		return "", &denial{code: "email_not_found"}
	}
	asked := state.RequestSignUp != nil && *state.RequestSignUp
	outcome, err := oauth.SignIn(c, &oauth.Attempt{
		Provider: p, Identity: id, Tokens: tokens, Scope: &scope, CallbackURL: state.CallbackURL,
		DisableSignUp: p.DisableSignUp || p.DisableImplicitSignUp && !asked, OverrideUserInfo: p.OverrideUserInfoOnSignIn,
	})
	if err != nil {
		return "", err
	}
	if outcome.Created && state.NewUserURL != "" {
		return state.NewUserURL, nil
	}
	return state.CallbackURL, nil
}

// redeem turns the provider's answer into an identity.
func (f *flow) redeem(c *core.Context, p *oauth.Provider, a *answer, state *oauth.State) (*oauth.Identity, *oauth.Tokens, error) {
	switch {
	case a.Issuer.Value != "" && p.Issuer != "" && a.Issuer.Value != p.Issuer:
		return nil, nil, &denial{code: "issuer_mismatch"}
	case p.RequireIssuer && a.Issuer.Value == "":
		return nil, nil, &denial{code: "issuer_missing"}
	case p.BindNonce && state.Nonce == "":
		return nil, nil, &denial{code: "nonce_binding_missing"}
	}
	tokens, err := p.Exchange(c, &oauth.ExchangeRequest{Code: a.Code.Value, CodeVerifier: state.CodeVerifier,
		RedirectURI: redirectURI(c, p), DeviceID: a.DeviceID.Value, Nonce: state.Nonce})
	if err != nil {
		c.Log().WarnContext(c, "a code was not redeemed", "provider", p.Name, "error", err)
		return nil, nil, &denial{code: "invalid_code"}
	}
	tokens.FirstName, tokens.LastName = submittedName(a.User.Value)
	id, err := p.UserInfo(c, tokens)
	if err != nil || id.Subject == "" {
		c.Log().WarnContext(c, "a provider did not tell the user", "provider", p.Name, "error", err)
		return nil, nil, &denial{code: "unable_to_get_user_info"}
	}
	return id, tokens, nil
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

func (f *flow) finishLink(c *core.Context, state *oauth.State, l *oauth.Linking) error {
	lives, err := f.states.SessionLives(c, state.Link)
	if err != nil {
		return err
	}
	if !lives {
		return oauth.RefusedLink
	}
	return oauth.Link(c, l)
}

// failure is the redirect that tells the browser of a failure.
func failure(c *core.Context, target, code, description string) error {
	if target == "" {
		if target = c.Options().OnAPIError.ErrorURL; target == "" {
			target = c.BaseURL() + "/error"
		}
	}
	params := &oauth.Params{}
	params.Set("error", code)
	params.SetSome("error_description", description)
	return core.Redirect(oauth.AppendQuery(target, params))
}

func stateFailure(c *core.Context, err error) error {
	var e *oauth.StateError
	if !errors.As(err, &e) {
		c.Log().ErrorContext(c, "a state could not be read", "error", err)
		return failure(c, "", "internal_server_error", "")
	}
	c.Log().WarnContext(c, "a state was refused", "error", err)
	return failure(c, e.ErrorURL, e.Code, "")
}

// redirectFailure words a failure for the browser: refusals of hooks with
// their own code and message. What nobody expected stays an error.
func redirectFailure(c *core.Context, state *oauth.State, err error) error {
	var d *denial
	var refusal oauth.Refusal
	var known *core.Error
	switch {
	case errors.As(err, &d):
		return failure(c, state.ErrorURL, d.code, d.description)
	case errors.As(err, &refusal):
		c.Log().WarnContext(c, "an identity was refused", "reason", string(refusal))
		return failure(c, state.ErrorURL, refusal.Code(), "")
	case errors.As(err, &known) && known.Code != "" && known.Status < http.StatusInternalServerError:
		return failure(c, state.ErrorURL, string(known.Code), known.Message)
	}
	return err
}
