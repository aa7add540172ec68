package verification

import (
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Send is POST /send-verification-email.
const Send core.Ref[SendInput, core.Status] = "sendVerificationEmail"

// SendInput says which address is to be proven.
type SendInput struct {
	Email string `json:"email"`
	// CallbackURL is where the link leads, "/" where absent.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
}

// Bind reads the body.
func (in *SendInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Email().Describe("The address to send the mail to")
	body.OptText("callbackURL", &in.CallbackURL).Describe("Where the link leads")
}

// anonymousFloor is the least time the answer takes for callers without a
// session, as in the reference.
const anonymousFloor = 500 * time.Millisecond

func (Flow) send(c *core.Context, in *SendInput) (*core.Status, error) {
	if !c.CanVerifyEmail() {
		return nil, core.ErrVerificationMailNotEnabled
	}
	current, err := c.Session()
	if err != nil {
		return nil, err
	}
	if current == nil {
		return sendToAnyone(c, in)
	}
	switch {
	case core.NormalEmail(current.User.Email) != core.NormalEmail(in.Email):
		return nil, core.ErrEmailMismatch
	case current.User.EmailVerified:
		return nil, core.ErrEmailAlreadyVerified
	}
	if err := c.SendVerificationEmail(current.User, in.CallbackURL.Value); err != nil {
		return nil, err
	}
	return &core.Status{Status: true}, nil
}

// sendToAnyone answers alike whoever is named. A token is signed even where it
// goes nowhere.
func sendToAnyone(c *core.Context, in *SendInput) (*core.Status, error) {
	c.AnswerAfter(max(anonymousFloor, c.Options().Advanced.OutboundMinResponseTime))
	u, err := c.Users().ByEmail(in.Email)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	if u == nil || u.EmailVerified {
		c.SignEmailToken(core.EmailToken{Email: in.Email})
		return &core.Status{Status: true}, nil
	}
	if err := c.SendVerificationEmail(u, in.CallbackURL.Value); err != nil {
		return nil, err
	}
	return &core.Status{Status: true}, nil
}
