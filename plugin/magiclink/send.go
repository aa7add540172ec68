package magiclink

import (
	"encoding/json"
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/weburl"
)

// SignIn is POST /sign-in/magic-link.
const SignIn core.Ref[SignInInput, core.Status] = "signInMagicLink"

// SignInInput says who is to be sent a link.
type SignInInput struct {
	Email string            `json:"email"`
	Name  input.Opt[string] `json:"name,omitzero"` // of a new user
	// CallbackURL is where the link leads, "/" where absent.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
	// NewUserCallbackURL is where it leads a new user, CallbackURL where absent.
	NewUserCallbackURL input.Opt[string] `json:"newUserCallbackURL,omitzero"`
	// ErrorCallbackURL is where a link leads that does not work, CallbackURL
	// where absent.
	ErrorCallbackURL input.Opt[string] `json:"errorCallbackURL,omitzero"`
	// Metadata is passed on to whoever sends the mail.
	Metadata map[string]json.RawMessage `json:"metadata,omitempty"`
}

// Bind reads the body.
func (in *SignInInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Email().Describe("The address to send the link to")
	body.OptText("name", &in.Name).Describe("The name of a new user")
	body.OptText("callbackURL", &in.CallbackURL).Describe("Where the link leads")
	body.OptText("newUserCallbackURL", &in.NewUserCallbackURL).Describe("Where the link leads a new user")
	body.OptText("errorCallbackURL", &in.ErrorCallbackURL).Describe("Where a link leads that does not work")
	body.OptMembers("metadata", &in.Metadata)
}

// send leaves all work to the background, so that the time of the answer does
// not tell whether there is a user.
func (p *Plugin) send(c *core.Context, in *SignInInput) (*core.Status, error) {
	c.AnswerAfter(c.Options().Advanced.OutboundMinResponseTime)
	c.DeliverMade(Message, func(c *core.Context) (*core.Message, error) { return p.compose(c, in) })
	return &core.Status{Status: true}, nil
}

// compose stores a token and makes the mail that carries it, or none where the
// link could not sign anybody in.
func (p *Plugin) compose(c *core.Context, in *SignInInput) (*core.Message, error) {
	u, err := c.Users().ByEmail(in.Email)
	if errors.Is(err, db.ErrNotFound) {
		if u, err = nil, nil; p.o.DisableSignUp {
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	token, err := p.o.GenerateToken(c, in.Email)
	if err != nil {
		return nil, err
	}
	value, err := json.Marshal(record{Type: recordType, Email: in.Email, Name: in.Name.Value, named: in.Name.Set})
	if err != nil {
		return nil, err
	}
	if _, err := c.Verifications().Create(p.identifier(token), string(value), p.o.ExpiresIn); err != nil {
		return nil, err
	}
	m := &core.Message{Type: Message, To: core.NormalEmail(in.Email), Token: token, URL: link(c, token, in), User: u}
	if in.Metadata != nil {
		m.Data, err = json.Marshal(map[string]any{"metadata": in.Metadata})
	}
	return m, err
}

func link(c *core.Context, token string, in *SignInInput) string {
	callback := in.CallbackURL.Value
	if callback == "" {
		callback = "/"
	}
	url := weburl.AppendQuery(c.BaseURL()+"/magic-link/verify", "token", token)
	url = weburl.AppendQuery(url, "callbackURL", callback)
	if target := in.NewUserCallbackURL.Value; target != "" {
		url = weburl.AppendQuery(url, "newUserCallbackURL", target)
	}
	if target := in.ErrorCallbackURL.Value; target != "" {
		url = weburl.AppendQuery(url, "errorCallbackURL", target)
	}
	return url
}
