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
	asked, err := c.Verifications().Find(p.identifier(in.Token))
	if errors.Is(err, db.ErrNotFound) {
		return in.refuse(c, "INVALID_TOKEN", "")
	}
	if err != nil {
		return nil, err
	}
	r, ok := parseRecord(asked.Value)
	if !ok {
		return p.spend(c, in, "INVALID_TOKEN", "")
	}
	u, err := c.Users().ByEmail(r.Email)
	created := errors.Is(err, db.ErrNotFound)
	switch {
	case created && p.o.DisableSignUp:
		return p.spend(c, in, "new_user_signup_disabled", "")
	case created:
		u = &core.User{Email: r.Email, Name: r.Name, EmailVerified: true}
		err = c.ValidateUser(u, core.UserSource{Method: "magic-link", Action: "create-user"})
		if refusal, ok := errors.AsType[*core.Error](err); ok && refusal.Code != "" {
			return p.spend(c, in, string(refusal.Code), refusal.Message)
		}
	}
	if err != nil {
		return nil, err
	}
	var current *core.Current
	err = c.Transaction(func(c *core.Context) (err error) {
		current, err = p.redeem(c, in.Token, asked, u, created)
		return err
	})
	switch refusal, ok := errors.AsType[*core.Error](err); {
	case errors.Is(err, errSpent):
		return in.refuse(c, "INVALID_TOKEN", "")
	case errors.Is(err, db.ErrNotFound):
		return p.spend(c, in, "user_not_found", "")
	case created && ok && refusal.Code != "":
		return in.refuse(c, string(refusal.Code), refusal.Message)
	case err != nil:
		return nil, err
	}
	return in.signIn(c, current, created)
}

var errSpent = errors.New("magiclink: another call has spent the token")

// redeem spends the token, makes or proves the user and makes the session, in
// the transaction in hand: whatever fails leaves the link as it was. It
// answers [db.ErrNotFound] where the user is gone.
func (p *Plugin) redeem(c *core.Context, token string, asked *core.Verification, u *core.User, create bool) (*core.Current, error) {
	taken, err := c.Verifications().Take(p.identifier(token))
	if errors.Is(err, db.ErrNotFound) || err == nil && taken.Value != asked.Value {
		return nil, errSpent
	}
	if err != nil {
		return nil, err
	}
	if create {
		made := *u // a transaction may be run again
		u, err = &made, c.Users().Create(&made)
	} else {
		u, err = c.Users().Reclaim(u)
	}
	if err != nil {
		return nil, err
	}
	session, err := c.Sessions().Create(u, core.NewSession{})
	return &core.Current{Session: session, User: u}, err
}

// spend refuses, and leaves a link that cannot work for anybody to nobody.
func (p *Plugin) spend(c *core.Context, in *VerifyInput, code, description string) (*VerifyOutput, error) {
	if err := c.Verifications().Delete(p.identifier(in.Token)); err != nil {
		return nil, err
	}
	return in.refuse(c, code, description)
}

// signIn gives the browser its session and leads it on.
func (in *VerifyInput) signIn(c *core.Context, current *core.Current, created bool) (*VerifyOutput, error) {
	c.ReplaceSession(current)
	switch {
	case in.CallbackURL.Value == "":
		return &VerifyOutput{Token: current.Session.Token, User: current.User, Session: current.Session}, nil
	case created:
		return nil, core.Redirect(target(c, in.NewUserCallbackURL, in.CallbackURL))
	default:
		return nil, core.Redirect(target(c, in.CallbackURL))
	}
}
