package user

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/weburl"
)

// Delete is POST /delete-user.
const Delete core.Ref[DeleteInput, DeleteOutput] = "deleteUser"

// DeleteInput is a proof that the user means it. Without password and token
// the session must be fresh, unless a link is mailed.
type DeleteInput struct {
	// CallbackURL is where the mailed link leads, "/" where absent.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
	Password    input.Opt[string] `json:"password,omitzero"`
	Token       input.Opt[string] `json:"token,omitzero"` // of a mailed link
}

// Bind reads the body.
func (in *DeleteInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptText("callbackURL", &in.CallbackURL).Describe("Where the mailed link leads")
	body.OptText("password", &in.Password).Describe("The password of the user")
	body.OptText("token", &in.Token).Describe("The token of a mailed link")
}

// DeleteOutput says what was done.
type DeleteOutput struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
}

var (
	errDisabled     = core.NewError(http.StatusNotFound, "", "")
	errLinkDisabled = core.NewError(http.StatusNotFound, "NOT_FOUND", "Not found")
)

var deleted = DeleteOutput{Success: true, Message: "User deleted"}

func deleteIdentifier(token string) string { return "delete-account-" + token }

func (Flow) delete(c *core.Context, in *DeleteInput) (*DeleteOutput, error) {
	o := &c.Options().User.DeleteUser
	if !o.Enabled {
		return nil, errDisabled
	}
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	if in.Password.Value != "" {
		if err := c.ConfirmPassword(current.User.ID, in.Password.Value); err != nil {
			return nil, err
		}
	}
	switch {
	case in.Token.Value != "":
		err = redeem(c, current.User, in.Token.Value)
	case o.Verify && c.CanDeliver():
		return sendLink(c, current.User, in.CallbackURL.Or(""))
	case in.Password.Value == "" && !c.IsFresh(current.Session):
		err = core.ErrSessionExpired
	default:
		err = remove(c, current.User, nil)
	}
	if err != nil {
		return nil, err
	}
	out := deleted
	return &out, nil
}

// sendLink mails the user a link that deletes the account.
func sendLink(c *core.Context, u *core.User, callbackURL string) (*DeleteOutput, error) {
	token := secret.Text(c.Random(), secret.LowerDigits, 32)
	_, err := c.Verifications().Create(deleteIdentifier(token), u.ID, c.Options().User.DeleteUser.DeleteTokenExpiresIn)
	if err != nil {
		return nil, err
	}
	if callbackURL == "" {
		callbackURL = "/"
	}
	c.Deliver(&core.Message{Type: core.MessageDeleteAccount, To: u.Email, Token: token, User: u,
		URL: c.BaseURL() + "/delete-user/callback?token=" + token + "&callbackURL=" + weburl.EscapeComponent(callbackURL)})
	return &DeleteOutput{Success: true, Message: "Verification email sent"}, nil
}

// DeleteLink is GET /delete-user/callback.
const DeleteLink core.Ref[DeleteLinkInput, DeleteOutput] = "deleteUserCallback"

// DeleteLinkInput is the query of a mailed link.
type DeleteLinkInput struct {
	Token string `json:"token"`
	// CallbackURL is where the browser is sent; where absent, the answer is
	// JSON.
	CallbackURL input.Opt[string] `json:"callbackURL,omitzero"`
}

// Bind reads the query.
func (in *DeleteLinkInput) Bind(b *input.Binder) {
	query := b.Query()
	query.Text("token", &in.Token).Describe("The token of the mail")
	query.OptText("callbackURL", &in.CallbackURL).Describe("Where the browser is sent")
}

func (Flow) deleteLink(c *core.Context, in *DeleteLinkInput) (*DeleteOutput, error) {
	if !c.Options().User.DeleteUser.Enabled {
		return nil, errLinkDisabled
	}
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if current == nil {
		return nil, core.ErrFailedToGetUserInfo.WithStatus(http.StatusNotFound)
	}
	if err := redeem(c, current.User, in.Token); err != nil {
		return nil, err
	}
	if target := in.CallbackURL.Value; target != "" {
		return nil, core.Redirect(target)
	}
	out := deleted
	return &out, nil
}

// redeem deletes the user the token was made for, and spends the token in the
// same transaction: what fails leaves both as they were. One that is opened in
// somebody else's session is spent all the same: it has been seen by the wrong
// person.
func redeem(c *core.Context, u *core.User, token string) error {
	take := func(c *core.Context) (*core.Verification, error) {
		return asLink(c.Verifications().Take(deleteIdentifier(token)))
	}
	asked, err := asLink(c.Verifications().Find(deleteIdentifier(token)))
	if err != nil {
		return err
	}
	if asked.Value != u.ID {
		if _, err := take(c); err != nil {
			return err
		}
		return errLink
	}
	return remove(c, u, func(c *core.Context) error {
		taken, err := take(c)
		if err == nil && taken.Value != u.ID {
			err = errLink
		}
		return err
	})
}

var errLink = core.ErrInvalidToken.WithStatus(http.StatusNotFound)

// asLink words what is not there as a link that does not hold.
func asLink(v *core.Verification, err error) (*core.Verification, error) {
	if errors.Is(err, db.ErrNotFound) {
		err = errLink
	}
	return v, err
}

// remove deletes the user with all that is the user's, in one transaction that
// begins with spend, and signs the browser out. Spend may be nil.
func remove(c *core.Context, u *core.User, spend func(c *core.Context) error) error {
	o := &c.Options().User.DeleteUser
	if o.BeforeDelete != nil {
		if err := o.BeforeDelete(c, u); err != nil {
			return err
		}
	}
	err := c.Transaction(func(c *core.Context) error {
		if spend != nil {
			if err := spend(c); err != nil {
				return err
			}
		}
		return c.Users().Delete(u)
	})
	if err != nil {
		return err
	}
	c.ClearSession()
	if o.AfterDelete != nil {
		return o.AfterDelete(c, u)
	}
	return nil
}
