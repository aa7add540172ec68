package social

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

const callbackRef core.Ref[callbackInput, callbackOutput] = "callbackOAuth"

// answer is what a provider says through the browser.
type answer struct {
	Code        input.Opt[string] `json:"code,omitzero"`
	Error       input.Opt[string] `json:"error,omitzero"`
	DeviceID    input.Opt[string] `json:"device_id,omitzero"`
	Description input.Opt[string] `json:"error_description,omitzero"`
	State       input.Opt[string] `json:"state,omitzero"`
	User        input.Opt[string] `json:"user,omitzero"`
	Issuer      input.Opt[string] `json:"iss,omitzero"`
}

// members lists the answer's members by name, in the reference's order.
func (a *answer) members() []struct {
	name string
	to   *input.Opt[string]
} {
	return []struct {
		name string
		to   *input.Opt[string]
	}{
		{"code", &a.Code}, {"error", &a.Error}, {"device_id", &a.DeviceID}, {"error_description", &a.Description},
		{"state", &a.State}, {"user", &a.User}, {"iss", &a.Issuer},
	}
}

type callbackInput struct{ body, query answer }

// Bind reads the answer from the body and from the query.
func (in *callbackInput) Bind(b *input.Binder) {
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
	p, err := oauth.Find(c, c.Param("id"))
	if err != nil && !errors.Is(err, core.ErrProviderNotFound) {
		return nil, err
	}
	if !a.State.Set && a.Code.Value != "" && p != nil && p.AllowIDPInitiated {
		return nil, f.restart(c, p)
	}
	return nil, f.states.Arrive(c, p, &oauth.Answer{
		Code: a.Code.Value, State: a.State.Value, Error: a.Error.Value, Description: a.Description.Value,
		Issuer: a.Issuer.Value, DeviceID: a.DeviceID.Value, User: a.User.Value,
	})
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
	target, err := f.states.Depart(c, &oauth.Departure{Provider: p, State: &oauth.State{}})
	if err != nil {
		return err
	}
	return core.Redirect(target)
}
