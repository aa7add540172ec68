package genericoauth

import (
	"encoding/json"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// SignIn is POST /sign-in/oauth2.
const SignIn core.Ref[LegacyInput, LegacyOutput] = "signInWithOAuth2"

// Link is POST /oauth2/link.
const Link core.Ref[LegacyLinkInput, LegacyOutput] = "oAuth2LinkAccount"

// LegacyInput is what a sign-in asks for, as clients of 1.6 send it.
type LegacyInput struct {
	ProviderID         string              `json:"providerId"`
	CallbackURL        input.Opt[string]   `json:"callbackURL,omitzero"`
	ErrorCallbackURL   input.Opt[string]   `json:"errorCallbackURL,omitzero"`
	NewUserCallbackURL input.Opt[string]   `json:"newUserCallbackURL,omitzero"`
	DisableRedirect    input.Opt[bool]     `json:"disableRedirect,omitzero"`
	Scopes             input.Opt[[]string] `json:"scopes,omitzero"`
	RequestSignUp      input.Opt[bool]     `json:"requestSignUp,omitzero"`
	AdditionalData     json.RawMessage     `json:"additionalData,omitempty"` // an object, passed along to hooks
}

// Bind reads the body.
func (in *LegacyInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("providerId", &in.ProviderID)
	body.OptText("callbackURL", &in.CallbackURL)
	body.OptText("errorCallbackURL", &in.ErrorCallbackURL)
	body.OptText("newUserCallbackURL", &in.NewUserCallbackURL)
	body.OptBool("disableRedirect", &in.DisableRedirect)
	body.OptTexts("scopes", &in.Scopes)
	body.OptBool("requestSignUp", &in.RequestSignUp)
	var data map[string]json.RawMessage
	body.OptMembers("additionalData", &data)
	in.AdditionalData = body.All()["additionalData"]
}

// LegacyLinkInput is what a linking asks for, as clients of 1.6 send it.
type LegacyLinkInput struct {
	ProviderID       string              `json:"providerId"`
	CallbackURL      string              `json:"callbackURL"`
	Scopes           input.Opt[[]string] `json:"scopes,omitzero"`
	ErrorCallbackURL input.Opt[string]   `json:"errorCallbackURL,omitzero"`
}

// Bind reads the body.
func (in *LegacyLinkInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("providerId", &in.ProviderID)
	body.Text("callbackURL", &in.CallbackURL)
	body.OptTexts("scopes", &in.Scopes)
	body.OptText("errorCallbackURL", &in.ErrorCallbackURL)
}

// LegacyOutput is where the browser is to go.
type LegacyOutput struct {
	URL      string `json:"url"`
	Redirect bool   `json:"redirect"`
}

// AppendJSON writes the output.
func (out *LegacyOutput) AppendJSON(b []byte) []byte {
	b = db.AppendJSONString(append(b, `{"url":`...), out.URL)
	if out.Redirect {
		return append(b, `,"redirect":true}`...)
	}
	return append(b, `,"redirect":false}`...)
}

// legacy are the routes of 1.6 in one instance.
type legacy struct {
	states *oauth.States
	own    map[string]bool // the plugin's providers
}

func (p *Plugin) registerLegacy(r *core.Registrar) {
	l := &legacy{states: oauth.NewStates(r), own: map[string]bool{}}
	for _, provider := range p.providers {
		l.own[provider.Name] = true
	}
	core.Post(r, SignIn, "/sign-in/oauth2", l.signIn, core.Op{Summary: "Sign in with a provider, for older clients"})
	core.Post(r, Link, "/oauth2/link", l.link, core.Op{Session: core.SessionStored, Summary: "Link an account at a provider, for older clients"})
	core.Raw(r, http.MethodGet, "oAuth2Callback", "/oauth2/callback/{providerId}", l.callback, core.Op{Hidden: true})
}

func (l *legacy) find(c *core.Context, id string) (*oauth.Provider, error) {
	if !l.own[id] {
		return nil, core.ErrProviderNotFound
	}
	return oauth.Find(c, id)
}

func (l *legacy) signIn(c *core.Context, in *LegacyInput) (*LegacyOutput, error) {
	p, err := l.find(c, in.ProviderID)
	if err != nil {
		return nil, core.NewError(http.StatusBadRequest, "", "No config found for provider "+in.ProviderID)
	}
	data, _ := oauth.Members(in.AdditionalData)
	state := &oauth.State{CallbackURL: in.CallbackURL.Value, ErrorURL: in.ErrorCallbackURL.Value,
		NewUserURL: in.NewUserCallbackURL.Value, Additional: data}
	if in.RequestSignUp.Given() {
		state.RequestSignUp = &in.RequestSignUp.Value
	}
	url, err := l.states.Depart(c, &oauth.Departure{Provider: p, State: state, Scopes: in.Scopes.Value})
	if err != nil {
		return nil, err
	}
	return &LegacyOutput{url, !in.DisableRedirect.Value}, nil
}

func (l *legacy) link(c *core.Context, in *LegacyLinkInput) (*LegacyOutput, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	p, err := l.find(c, in.ProviderID)
	if err != nil {
		return nil, err
	}
	target := &oauth.LinkTarget{UserID: current.User.ID, Email: current.User.Email}
	if target.SealedSession, err = l.states.SealSession(c, current.Session); err != nil {
		return nil, err
	}
	url, err := l.states.Depart(c, &oauth.Departure{Provider: p, Scopes: in.Scopes.Value,
		State: &oauth.State{CallbackURL: in.CallbackURL, ErrorURL: in.ErrorCallbackURL.Value, Link: target}})
	if err != nil {
		return nil, err
	}
	return &LegacyOutput{url, true}, nil
}

func (l *legacy) callback(c *core.Context) (*core.Response, error) {
	h := c.ResponseHeader()
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer") // the URL carries the code
	q := func(name string) string { text, _ := c.Query().Text(name); return text }
	p, err := l.find(c, c.Param("providerId"))
	if err != nil {
		p = nil
	}
	return nil, l.states.Arrive(c, p, &oauth.Answer{Code: q("code"), State: q("state"), Error: q("error"),
		Description: q("error_description"), Issuer: q("iss")})
}
