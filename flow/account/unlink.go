package account

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Unlink is POST /unlink-account.
const Unlink core.Ref[UnlinkInput, core.Status] = "unlinkAccount"

// UnlinkInput names an account by its key.
type UnlinkInput struct {
	AccountID string `json:"accountId"`
}

// Bind reads the body.
func (in *UnlinkInput) Bind(b *input.Binder) { b.Body().Text("accountId", &in.AccountID) }

func (Flow) unlink(c *core.Context, in *UnlinkInput) (*core.Status, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	return &core.Status{Status: true}, c.Transaction(func(c *core.Context) error {
		accounts, err := lockAccounts(c, current.User.ID)
		if err != nil {
			return err
		}
		if len(accounts) == 1 && !c.Options().Account.Linking.AllowUnlinkingAll {
			return core.ErrUnlinkLastAccount
		}
		for _, a := range accounts {
			if a.ID == in.AccountID {
				return c.Accounts().Delete(a)
			}
		}
		return core.ErrAccountNotFound
	})
}

// lockAccounts reads a user's accounts so that they stay as they are: two
// calls at once must not each leave the other's account as the last one.
func lockAccounts(c *core.Context, userID string) ([]*core.Account, error) {
	t := c.Tables().Accounts
	return db.All(c, c.DB(), t.Table, db.Query[core.Account]{
		Where: []db.Where[core.Account]{t.UserID.Eq(userID)}, Lock: true})
}
