package deviceauthorization

import (
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Token is POST /device/token.
const Token core.Ref[TokenInput, TokenOutput] = "deviceToken"

// GrantType is what devices ask with.
const GrantType = "urn:ietf:params:oauth:grant-type:device_code"

// TokenInput is a device that asks whether it is signed in.
type TokenInput struct {
	GrantType  string `json:"grant_type"` // [GrantType]
	DeviceCode string `json:"device_code"`
	ClientID   string `json:"client_id"`
}

// Bind reads the body.
func (in *TokenInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("grant_type", &in.GrantType).Only(GrantType)
	body.Text("device_code", &in.DeviceCode).Describe("The code the device was given")
	body.Text("client_id", &in.ClientID).Describe("The client that asked for it")
}

// TokenOutput is a new session.
type TokenOutput struct {
	AccessToken string `json:"access_token"` // the session's token
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in"` // seconds
	Scope       string `json:"scope"`      // as it was asked for
}

func (d *devices) token(c *core.Context, in *TokenInput) (*TokenOutput, error) {
	c.ResponseHeader().Set("Pragma", "no-cache")
	if err := d.admit(c, in.ClientID); err != nil {
		return nil, err
	}
	r, err := d.byDeviceCode(c, in.DeviceCode)
	if err != nil {
		return nil, err
	}
	now := c.Now()
	switch {
	case text(r.ClientID) != in.ClientID:
		return nil, errOtherClient
	case r.LastPolledAt != nil && now.Sub(*r.LastPolledAt) < r.interval():
		return nil, errSlowDown
	case r.ExpiresAt.Before(now):
		return nil, d.drop(c, r, errDeviceExpired)
	case r.Status == pending:
		return nil, d.wait(c, r)
	case r.Status == denied:
		return nil, d.drop(c, r, errDenied)
	case r.Status != approved || r.claimant() == "":
		return nil, errInvalidStatus
	}
	session, err := d.redeem(c, r)
	if err != nil {
		return nil, err
	}
	return &TokenOutput{AccessToken: session.Token, TokenType: "Bearer",
		ExpiresIn: int64(session.ExpiresAt.Sub(now) / time.Second), Scope: text(r.Scope)}, nil
}

// wait notes a poll. Of racing ones, one is not too early.
func (d *devices) wait(c *core.Context, r *row) error {
	now, last := c.Now(), d.table.lastPolledAt
	n, err := db.Update(c, c.DB(), d.table.Table, []db.Assign[row]{last.To(now)}, d.table.id.Eq(r.ID),
		db.Or(last.IsNull(), last.Lte(now.Add(-r.interval()))))
	switch {
	case err != nil:
		return err
	case n == 0:
		return errSlowDown
	}
	return errPending
}

// redeem gives the device its session. The request goes in the transaction
// that makes the session: what fails leaves it as it was. Where it is refused,
// such as for a banned user, the next poll would be too, and it goes all the
// same.
func (d *devices) redeem(c *core.Context, r *row) (*core.Session, error) {
	var session *core.Session
	err := c.Transaction(func(c *core.Context) error {
		t := d.table
		taken, err := db.Take(c, c.DB(), t.Table, t.id.Eq(r.ID), t.status.Eq(approved), t.userID.Eq(*r.UserID))
		if err == nil && len(taken) == 0 {
			err = errInvalidDevice
		}
		if err != nil {
			return err
		}
		u, err := c.Users().ByID(*r.UserID)
		if errors.Is(err, db.ErrNotFound) {
			return errInvalidDevice
		}
		if err != nil {
			return err
		}
		session, err = c.Sessions().Create(u, core.NewSession{})
		return err
	})
	if _, refused := errors.AsType[*core.Error](err); refused {
		err = d.drop(c, r, err)
	}
	return session, err
}
