package social

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// Link is POST /link-social: it makes an identity at a provider the user's
// who is signed in.
const Link core.Ref[LinkInput, LinkOutput] = "linkSocialAccount"

// LinkInput is what a linking asks for.
type LinkInput struct{ Request }

// Bind reads the body.
func (in *LinkInput) Bind(b *input.Binder) { in.bind(b.Body(), false, nil) }

// LinkOutput is where the browser is to go, or that an ID token was enough.
type LinkOutput struct {
	URL      string `json:"url"`
	Status   bool   `json:"status,omitempty"` // an ID token was enough
	Redirect bool   `json:"redirect"`
}

// AppendJSON writes the output.
func (out *LinkOutput) AppendJSON(b []byte) []byte {
	if out.Status {
		return append(b, `{"url":"","status":true,"redirect":false}`...)
	}
	return appendTarget(b, out.URL, out.Redirect)
}

func (f *flow) link(c *core.Context, in *LinkInput) (*LinkOutput, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	p, err := oauth.Find(c, in.Provider)
	if err != nil {
		return nil, err
	}
	if in.IDToken != nil {
		return f.linkByIDToken(c, p, in, current)
	}
	state := in.state()
	state.Link = &oauth.LinkTarget{UserID: current.User.ID, Email: current.User.Email}
	if state.Link.SealedSession, err = f.states.SealSession(c, current.Session); err != nil {
		return nil, err
	}
	url, err := f.depart(c, p, state, &in.Request)
	if err != nil {
		return nil, err
	}
	return &LinkOutput{URL: url, Redirect: !in.DisableRedirect.Value}, nil
}

func (f *flow) linkByIDToken(c *core.Context, p *oauth.Provider, in *LinkInput, current *core.Current) (*LinkOutput, error) {
	id, err := prove(c, p, in.IDToken)
	if err != nil {
		return nil, err
	}
	account, err := c.Accounts().ByProvider(p.Name, id.Subject)
	switch {
	case errors.Is(err, db.ErrNotFound):
		if !oauth.MayLink(c, p, id) {
			return nil, errLinkingNotAllowed
		}
		if !oauth.SameEmail(c, id, current.User.Email) {
			return nil, errDifferentEmails
		}
	case err != nil:
		return nil, errLinkingFailed.Wrap(err)
	case account.UserID != current.User.ID:
		return nil, core.ErrSocialAlreadyLinked
	default:
		// Tokens of an identity that is the user's already are taken whatever
		// its address is by now.
		return f.renewLink(c, account, in.IDToken)
	}
	err = oauth.Link(c, &oauth.Linking{Provider: p, Identity: id, Tokens: in.IDToken.tokens(),
		UserID: current.User.ID, Email: current.User.Email})
	var refusal oauth.Refusal
	switch {
	case err == nil:
		return &LinkOutput{Status: true}, nil
	case errors.Is(err, oauth.RefusedOtherUser):
		return nil, core.ErrSocialAlreadyLinked
	case errors.As(err, &refusal):
		return nil, errLinkingFailed.Wrap(err)
	}
	return nil, err
}

func (f *flow) renewLink(c *core.Context, account *core.Account, t *IDToken) (*LinkOutput, error) {
	set, err := oauth.TokenChanges(c, t.tokens())
	if err == nil {
		_, err = c.Accounts().Update(account.ID, set...)
	}
	if err != nil {
		return nil, errLinkingFailed.Wrap(err)
	}
	return &LinkOutput{Status: true}, nil
}
