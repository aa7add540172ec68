// Package oauthpopup signs users in at a provider in a popup window: for pages
// in frames of other sites, where a redirect would leave the frame.
//
//	o.Plugins = append(o.Plugins, oauthpopup.New(), bearer.New(bearer.Options{}))
//
// The page opens /oauth-popup/start in a window. When the provider has sent the
// browser back, the window posts the session's token, or the error, to the
// page, and closes. The message goes to the origin that was named at the start,
// which must be a trusted one, and to no other. With the bearer plugin the
// page uses the token as its session.
package oauthpopup

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// Plugin is the oauth-popup plugin.
type Plugin struct{}

// New makes the plugin.
func New() *Plugin { return &Plugin{} }

// ID names the plugin.
func (*Plugin) ID() string { return "oauth-popup" }

// Codes that the client of the plugin knows.
var codes = []*core.Error{
	core.NewError(http.StatusBadRequest, "POPUP_SIGN_IN_FAILED", "Popup sign-in failed"),
	core.NewError(http.StatusBadRequest, "POPUP_BLOCKED", "Sign-in popup was blocked by the browser"),
	core.NewError(http.StatusBadRequest, "POPUP_CLOSED", "Sign-in popup was closed before completing"),
	core.NewError(http.StatusBadRequest, "POPUP_TIMEOUT", "Sign-in popup timed out"),
}

// markerAge is how long a window may stay at the provider.
const markerAge = 10 * time.Minute

// popup is the plugin in one instance.
type popup struct {
	states *oauth.States
	marker *cookie.Def
}

// marker is what the cookie remembers of the page that opened the window.
type marker struct {
	Origin string `json:"popupOrigin"`
	Nonce  string `json:"popupNonce"`
}

// Register adds the route that windows are opened with, and answers the
// callbacks of those windows.
func (*Plugin) Register(r *core.Registrar) error {
	p := &popup{states: oauth.NewStates(r), marker: r.Cookie("oauth_popup", cookie.Attributes{})}
	r.Codes(codes...)
	core.Get(r, Start, "/oauth-popup/start", p.start, core.Op{Hidden: true, Summary: "Where a popup window begins a sign-in"})
	r.After(core.OnPath("/oauth-popup/start"), show)
	r.After(core.OnPrefix("/callback/", "/oauth2/callback/"), p.finish)
	return nil
}

// Start is GET /oauth-popup/start.
const Start core.Ref[StartInput, StartOutput] = "oauthPopupStart"

// StartInput is the query a window is opened with.
type StartInput struct {
	Provider           string            `json:"provider"`
	PopupOrigin        string            `json:"popupOrigin"` // of the page, which is told how it ended
	PopupNonce         input.Opt[string] `json:"popupNonce,omitzero"`
	CallbackURL        input.Opt[string] `json:"callbackURL,omitzero"`
	ErrorCallbackURL   input.Opt[string] `json:"errorCallbackURL,omitzero"`
	NewUserCallbackURL input.Opt[string] `json:"newUserCallbackURL,omitzero"`
	Scopes             input.Opt[string] `json:"scopes,omitzero"`         // joined by commas
	RequestSignUp      input.Opt[string] `json:"requestSignUp,omitzero"`  // "true" or nothing
	AdditionalData     input.Opt[string] `json:"additionalData,omitzero"` // a JSON object
}

// Bind reads the query.
func (in *StartInput) Bind(b *input.Binder) {
	query := b.Query()
	query.Text("provider", &in.Provider)
	query.Text("popupOrigin", &in.PopupOrigin)
	query.OptText("popupNonce", &in.PopupNonce)
	query.OptText("callbackURL", &in.CallbackURL)
	query.OptText("errorCallbackURL", &in.ErrorCallbackURL)
	query.OptText("newUserCallbackURL", &in.NewUserCallbackURL)
	query.OptText("scopes", &in.Scopes)
	query.OptText("requestSignUp", &in.RequestSignUp)
	query.OptText("additionalData", &in.AdditionalData)
}

// StartOutput is the page of a sign-in that cannot begin. One that does is a
// redirect.
type StartOutput struct{ page *core.Response }

// show answers with the page.
func show(_ *core.Context, r *core.Result) error {
	if out, ok := r.Out.(*StartOutput); ok {
		r.Replace(nil)
		r.Response = out.page
	}
	return nil
}

func (p *popup) start(c *core.Context, in *StartInput) (*StartOutput, error) {
	if !isOrigin(in.PopupOrigin) || !c.TrustsOrigin(in.PopupOrigin) {
		return nil, core.ErrInvalidOrigin
	}
	m := marker{in.PopupOrigin, in.PopupNonce.Value}
	for _, target := range []struct {
		url  input.Opt[string]
		code string
	}{
		{in.CallbackURL, "invalid_callback_url"}, {in.ErrorCallbackURL, "invalid_error_callback_url"},
		{in.NewUserCallbackURL, "invalid_new_user_callback_url"},
	} {
		if target.url.Value != "" && !c.TrustsRedirect(target.url.Value) {
			return m.fail(c, target.code, "Untrusted URL: "+target.url.Value), nil
		}
	}
	provider, err := oauth.Find(c, in.Provider)
	if err != nil {
		return m.fail(c, "provider_not_found", "Unknown provider: "+in.Provider), nil
	}
	url, err := p.depart(c, provider, in)
	var signed []byte
	if err == nil {
		signed, err = json.Marshal(m)
	}
	if err != nil {
		c.Log().ErrorContext(c, "a popup could not be sent to a provider", "provider", in.Provider, "error", err)
		return m.fail(c, "popup_sign_in_failed", "Failed to start the OAuth flow."), nil
	}
	c.Cookies().SetSigned(p.marker, string(signed), markerAge)
	return nil, core.Redirect(url)
}

// isOrigin reports whether text is an origin and nothing more: the browser
// compares it with the page's as it is.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme != "" && u.Host != "" && u.Opaque == "" && u.User == nil && (u.Path == "" || u.Path == "/") && u.RawQuery == "" && u.Fragment == ""
}

func (p *popup) depart(c *core.Context, provider *oauth.Provider, in *StartInput) (string, error) {
	state := &oauth.State{CallbackURL: in.CallbackURL.Value, ErrorURL: in.ErrorCallbackURL.Value, NewUserURL: in.NewUserCallbackURL.Value}
	if state.CallbackURL == "" {
		state.CallbackURL = c.BaseURL()
	}
	if yes := true; in.RequestSignUp.Value == "true" {
		state.RequestSignUp = &yes
	}
	state.Additional, _ = oauth.Members(json.RawMessage(in.AdditionalData.Value))
	var scopes []string
	if in.Scopes.Value != "" {
		scopes = strings.Split(in.Scopes.Value, ",")
	}
	return p.states.Depart(c, &oauth.Departure{Provider: provider, State: state, Scopes: scopes})
}

// finish turns the redirect of a callback into the page that tells how the
// sign-in ended, where it was begun in a window.
func (p *popup) finish(c *core.Context, r *core.Result) error {
	if r.Err == nil || r.Err.Location == "" {
		return nil
	}
	value, ok := c.Cookies().GetSigned(p.marker)
	if !ok {
		return nil
	}
	if strings.HasPrefix(r.Err.Location, c.BaseURL()+c.Path()+"?") {
		return nil // a posted form on its way to the GET, which has the cookies
	}
	c.Cookies().Expire(p.marker)
	var m marker
	if json.Unmarshal([]byte(value), &m) != nil || !isOrigin(m.Origin) {
		return nil
	}
	out := &message{Nonce: m.Nonce, TargetOrigin: m.Origin}
	if token, ok := c.Cookies().Given(c.SessionCookieDef()); ok && c.NewSession() != nil {
		out.Token, out.RedirectTo = token, r.Err.Location
	} else if out.Error = failureOf(r.Err.Location); out.Error == nil {
		return nil
	}
	location := r.Err.Location
	r.Replace(nil)
	r.Response = out.page(c)
	r.Response.Location = location // of no effect with a 200; the reference leaves it there
	return nil
}

func failureOf(location string) *failure {
	u, err := url.Parse(location)
	if err != nil || u.Query().Get("error") == "" {
		return nil
	}
	return &failure{u.Query().Get("error"), u.Query().Get("error_description")}
}
