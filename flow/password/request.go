package password

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/weburl"
)

// RequestReset is POST /request-password-reset.
const RequestReset core.Ref[RequestResetInput, RequestResetOutput] = "requestPasswordReset"

// RequestResetInput says whose password is to be reset.
type RequestResetInput struct {
	Email string `json:"email"`
	// RedirectTo is the page that asks for the new password.
	RedirectTo input.Opt[string] `json:"redirectTo,omitzero"`
}

// Bind reads the body.
func (in *RequestResetInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Email().Describe("The address of the user")
	body.OptText("redirectTo", &in.RedirectTo).Describe("The page that asks for the new password")
}

// RequestResetOutput is the same for every address.
type RequestResetOutput struct {
	Status  bool   `json:"status"`
	Message string `json:"message"`
}

func resetIdentifier(token string) string { return "reset-password:" + token }

// requestReset leaves all but one read to the background, so that known and
// unknown addresses take the same time.
func (Flow) requestReset(c *core.Context, in *RequestResetInput) (*RequestResetOutput, error) {
	o := &c.Options().EmailAndPassword
	if !c.CanDeliver() || o.DisablePasswordReset {
		return nil, core.ErrResetPasswordDisabled
	}
	c.AnswerAfter(c.Options().Advanced.OutboundMinResponseTime)
	token := secret.Text(c.Random(), secret.Alphanumeric, 24)
	link := c.BaseURL() + "/reset-password/" + token + "?callbackURL=" + weburl.EscapeComponent(in.RedirectTo.Value)
	u, err := c.Users().ByEmail(in.Email)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	if u != nil {
		c.DeliverMade(core.MessageResetPassword, func(c *core.Context) (*core.Message, error) {
			_, err := c.Verifications().Create(resetIdentifier(token), u.ID, o.ResetPasswordTokenExpiresIn)
			return &core.Message{Type: core.MessageResetPassword, To: u.Email, URL: link, Token: token, User: u}, err
		})
	}
	return &RequestResetOutput{Status: true,
		Message: "If this email exists in our system, check your email for the reset link"}, nil
}

// ResetLink is GET /reset-password/{token}, which always redirects.
const ResetLink core.Ref[ResetLinkInput, struct{}] = "resetPasswordCallback"

// ResetLinkInput is what a mailed link holds.
type ResetLinkInput struct {
	Token string `json:"token"`
	// CallbackURL is the page that asks for the new password.
	CallbackURL string `json:"callbackURL"`
}

// Bind reads path and query.
func (in *ResetLinkInput) Bind(b *input.Binder) {
	b.Path("token", &in.Token)
	b.Query().Text("callbackURL", &in.CallbackURL).Describe("The page that asks for the new password")
}

// resetLink brings the token to the page. It does not spend it: programs that
// look at links in mails open it too.
func (Flow) resetLink(c *core.Context, in *ResetLinkInput) (*struct{}, error) {
	if in.Token == "" || in.CallbackURL == "" {
		return nil, core.Redirect(c.BaseURL() + "/error?error=" + string(core.ErrInvalidToken.Code))
	}
	_, err := c.Verifications().Find(resetIdentifier(in.Token))
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, core.Redirect(weburl.SetQuery(c.Origin(), in.CallbackURL, "error", string(core.ErrInvalidToken.Code)))
	case err != nil:
		return nil, err
	}
	return nil, core.Redirect(weburl.SetQuery(c.Origin(), in.CallbackURL, "token", in.Token))
}
