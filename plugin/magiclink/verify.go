package magiclink

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/weburl"
)

// Verify is GET /magic-link/verify.
const Verify core.Ref[VerifyInput, VerifyOutput] = "magicLinkVerify"

// VerifyInput is the query of a link.
type VerifyInput struct {
	Token string `json:"token"`
	// CallbackURL is where the browser is sent; where absent, the answer is
	// JSON.
	CallbackURL        input.Opt[string] `json:"callbackURL,omitzero"`
	ErrorCallbackURL   input.Opt[string] `json:"errorCallbackURL,omitzero"`
	NewUserCallbackURL input.Opt[string] `json:"newUserCallbackURL,omitzero"`
}

// Bind reads the query.
func (in *VerifyInput) Bind(b *input.Binder) {
	query := b.Query()
	query.Text("token", &in.Token).Describe("The token of the mail")
	query.OptText("callbackURL", &in.CallbackURL).Describe("Where the browser is sent")
	query.OptText("errorCallbackURL", &in.ErrorCallbackURL).Describe("Where the browser is sent when the link does not work")
	query.OptText("newUserCallbackURL", &in.NewUserCallbackURL).Describe("Where the browser of a new user is sent")
}

// VerifyOutput is the new session.
type VerifyOutput struct {
	Token   string        `json:"token"`
	User    *core.User    `json:"user"`
	Session *core.Session `json:"session"`
}

// target returns the first URL that was given, on the instance's own origin
// where it is relative.
func target(c *core.Context, given ...input.Opt[string]) string {
	for _, url := range given {
		if url.Value != "" {
			return weburl.Resolve(c.Origin(), url.Value)
		}
	}
	return weburl.Resolve(c.Origin(), "/")
}

// refuse sends the browser to the page that explains what is wrong.
func (in *VerifyInput) refuse(c *core.Context, code, description string) (*VerifyOutput, error) {
	url := weburl.SetQuery(c.Origin(), target(c, in.ErrorCallbackURL, in.CallbackURL), "error", code)
	if description != "" {
		url = weburl.SetQuery(c.Origin(), url, "error_description", description)
	}
	return nil, core.Redirect(url)
}

func (p *Plugin) verify(c *core.Context, in *VerifyInput) (*VerifyOutput, error) {
	taken, err := c.Verifications().Take(p.identifier(in.Token))
	if errors.Is(err, db.ErrNotFound) {
		return in.refuse(c, "INVALID_TOKEN", "")
	}
	if err != nil {
		return nil, err
	}
	r, ok := parseRecord(taken.Value)
	if !ok {
		return in.refuse(c, "INVALID_TOKEN", "")
	}
	u, err := c.Users().ByEmail(r.Email)
	created := errors.Is(err, db.ErrNotFound)
	switch {
	case created && p.o.DisableSignUp:
		return in.refuse(c, "new_user_signup_disabled", "")
	case created:
		u = &core.User{Email: r.Email, Name: r.Name, EmailVerified: true}
		if err = c.ValidateUser(u, core.UserSource{Method: "magic-link", Action: "create-user"}); err == nil {
			err = c.Users().Create(u)
		}
		var refusal *core.Error
		if errors.As(err, &refusal) && refusal.Code != "" {
			return in.refuse(c, string(refusal.Code), refusal.Message)
		}
	case err == nil:
		u, err = c.Users().Reclaim(u)
		if errors.Is(err, db.ErrNotFound) {
			return in.refuse(c, "user_not_found", "")
		}
	}
	if err != nil {
		return nil, err
	}
	return in.signIn(c, u, created)
}

func (in *VerifyInput) signIn(c *core.Context, u *core.User, created bool) (*VerifyOutput, error) {
	session, err := c.Sessions().Create(u, core.NewSession{})
	if err != nil {
		return nil, err
	}
	c.ReplaceSession(&core.Current{Session: session, User: u})
	switch {
	case in.CallbackURL.Value == "":
		return &VerifyOutput{Token: session.Token, User: u, Session: session}, nil
	case created:
		return nil, core.Redirect(target(c, in.NewUserCallbackURL, in.CallbackURL))
	default:
		return nil, core.Redirect(target(c, in.CallbackURL))
	}
}
