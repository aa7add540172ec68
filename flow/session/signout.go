package session

import (
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// SignOut is POST /sign-out.
const SignOut core.Ref[SignOutInput, SignOutOutput] = "signOut"

// SignOutInput is for providers that end their own session too.
type SignOutInput struct {
	CallbackURL     input.Opt[string] `json:"callbackURL,omitzero"`     // where the provider leads afterwards
	DisableRedirect input.Opt[bool]   `json:"disableRedirect,omitzero"` // return the URL, do not ask to go there
	State           input.Opt[string] `json:"state,omitzero"`           // passed through the provider
}

// Bind reads the body, which may be missing.
func (in *SignOutInput) Bind(b *input.Binder) {
	body := b.OptBody()
	body.OptText("callbackURL", &in.CallbackURL)
	body.OptBool("disableRedirect", &in.DisableRedirect)
	body.OptText("state", &in.State)
}

// SignOutOutput says that the session is over. URL is where the provider of
// the user's account ends its own session; empty where there is none.
type SignOutOutput struct {
	Success  bool   `json:"success"`
	URL      string `json:"url,omitempty"`
	Redirect bool   `json:"redirect,omitzero"` // whether the client should go to URL
}

// AppendJSON writes the output.
func (out *SignOutOutput) AppendJSON(b []byte) []byte {
	b = strconv.AppendBool(append(b, `{"success":`...), out.Success)
	if out.URL != "" {
		b = db.AppendJSONString(append(b, `,"url":`...), out.URL)
		b = strconv.AppendBool(append(b, `,"redirect":`...), out.Redirect)
	}
	return append(b, '}')
}

// signOut succeeds without a session too, but not where the session may still
// be alive: whoever leaves a shared computer must learn of that. The cookies
// go in any case.
func (Flow) signOut(c *core.Context, in *SignOutInput) (*SignOutOutput, error) {
	out := &SignOutOutput{Success: true}
	token, ok := c.Cookies().GetSigned(c.SessionCookieDef())
	c.ClearSession()
	if !ok || token == "" {
		return out, nil
	}
	out.URL = c.EndSessionElsewhere(token, in.CallbackURL.Value, in.State.Value)
	if err := c.Sessions().Delete(token); err != nil {
		return nil, err
	}
	if out.URL != "" && !in.DisableRedirect.Value {
		out.Redirect = true
		c.ResponseHeader().Set("Location", out.URL)
	}
	return out, nil
}
