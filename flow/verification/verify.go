package verification

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/weburl"
)

// Verify is GET /verify-email.
const Verify core.Ref[VerifyInput, VerifyOutput] = "verifyEmail"

// VerifyInput is the query of a link.
type VerifyInput struct {
	Token string `json:"token"`
	// CallbackURL is where the browser is sent; where absent, the answer is
	// JSON.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
}

// Bind reads the query.
func (in *VerifyInput) Bind(b *input.Binder) {
	query := b.Query()
	query.Text("token", &in.Token).Describe("The token of the mail")
	query.OptText("callbackURL", &in.CallbackURL).Describe("Where the browser is sent")
}

// VerifyOutput says that the link did its work. User is null, except after a
// change of the address; it is absent where one more mail has to be answered.
type VerifyOutput struct {
	Status bool                  `json:"status"`
	User   input.Opt[*core.User] `json:"user,omitzero"`
}

// proven is the answer to a link that proved the address the user has.
var proven = VerifyOutput{Status: true, User: input.Opt[*core.User]{Set: true, Null: true}}

// done answers, or sends the browser where the link leads.
func (in *VerifyInput) done(out VerifyOutput) (*VerifyOutput, error) {
	if target := in.CallbackURL.Value; target != "" {
		return nil, core.Redirect(target)
	}
	return &out, nil
}

// refuse refuses, or tells the page the link leads to.
func (in *VerifyInput) refuse(e *core.Error) (*VerifyOutput, error) {
	if target := in.CallbackURL.Value; target != "" {
		return nil, core.Redirect(weburl.AppendQuery(target, "error", string(e.Code)))
	}
	return nil, e.WithStatus(http.StatusUnauthorized)
}

func (Flow) verify(c *core.Context, in *VerifyInput) (*VerifyOutput, error) {
	t, err := c.ParseEmailToken(in.Token)
	if err != nil {
		if refusal, ok := errors.AsType[*core.Error](err); ok {
			return in.refuse(refusal)
		}
		return nil, err
	}
	if t.UpdateTo != "" {
		return redeemChange(c, in, t)
	}
	return redeemProof(c, in, t)
}

// redeemProof marks the address as proven, and signs in with the same
// transaction where that is wanted: the link would not do it later. Of racing
// callers with one link one does it, and only that one is signed in.
func redeemProof(c *core.Context, in *VerifyInput, t *core.EmailToken) (*VerifyOutput, error) {
	u, err := c.Users().ByEmail(t.Email)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return in.refuse(core.ErrUserNotFound)
	case err != nil:
		return nil, err
	case t.UserID != "" && t.UserID != u.ID:
		return in.refuse(core.ErrInvalidToken)
	case u.EmailVerified:
		return in.done(proven)
	}
	o, users := &c.Options().EmailVerification, c.Tables().Users
	if o.BeforeVerification != nil {
		if err := o.BeforeVerification(c, u); err != nil {
			return nil, err
		}
	}
	guard := []db.Where[core.User]{users.Email.Eq(u.Email), users.EmailVerified.Eq(false)}
	id, enter := u.ID, func(*core.Context) {}
	err = c.Transaction(func(c *core.Context) (err error) {
		u, err = c.Users().UpdateWhere(id, guard, users.EmailVerified.To(true))
		if err == nil && o.AutoSignInAfterVerification {
			enter, err = signIn(c, u)
		}
		return err
	})
	if errors.Is(err, db.ErrNotFound) {
		return judgeAgain(c, in, t)
	}
	if err != nil {
		return nil, err
	}
	if o.AfterVerification != nil {
		if err := o.AfterVerification(c, u); err != nil {
			return nil, err
		}
	}
	enter(c)
	return in.done(proven)
}

// judgeAgain answers a caller who lost against another: the address has been
// proven meanwhile, or is somebody else's.
func judgeAgain(c *core.Context, in *VerifyInput, t *core.EmailToken) (*VerifyOutput, error) {
	u, err := c.Users().ByEmail(t.Email)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	if u == nil || !u.EmailVerified || t.UserID != "" && t.UserID != u.ID {
		return in.refuse(core.ErrInvalidToken)
	}
	return in.done(proven)
}

// signIn makes a session for whoever opened the link, unless the browser has
// one, which is to be shown what changed. It is read from storage: a revoked
// one must not come back to life in a cookie. Enter sets the cookies, once
// nothing can fail any more.
func signIn(c *core.Context, u *core.User) (enter func(*core.Context), err error) {
	own, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if own != nil && own.User.ID == u.ID {
		return func(c *core.Context) { c.RefreshSessionCookies(&core.Current{Session: own.Session, User: u}) }, nil
	}
	session, err := c.Sessions().Create(u, core.NewSession{})
	return func(c *core.Context) { c.ReplaceSession(&core.Current{Session: session, User: u}) }, err
}
