package admin

import (
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints of bans.
const (
	BanUser   core.Ref[BanUserInput, UserOutput] = "banUser"
	UnbanUser core.Ref[UserInput, UserOutput]    = "unbanUser"
)

// BanUserInput bans a user for good, or for a while.
type BanUserInput struct {
	UserID       string             `json:"userId"`
	BanReason    input.Opt[string]  `json:"banReason,omitzero"`
	BanExpiresIn input.Opt[float64] `json:"banExpiresIn,omitzero"` // seconds; 0 is the default's
}

// Bind reads the body.
func (in *BanUserInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Coerced("userId", &in.UserID)
	body.OptText("banReason", &in.BanReason)
	body.OptNumber("banExpiresIn", &in.BanExpiresIn)
}

func (a *admin) ban(c *core.Context, in *BanUserInput) (*UserOutput, error) {
	caller, err := a.allow(c, "user", "ban", ErrBanUsers)
	if err != nil {
		return nil, err
	}
	target, err := find(c, in.UserID)
	switch {
	case err != nil:
		return nil, err
	case target.ID == caller.ID:
		return nil, ErrBanYourself
	case !a.mayActOn(caller, target):
		return nil, ErrBanUsers
	}
	reason := in.BanReason.Or("")
	if reason == "" {
		reason = a.DefaultBanReason
	}
	u, err := a.change(c, target.ID, []db.Assign[core.User]{
		a.banned.To(true), a.banReason.To(reason), a.expiry(in.BanExpiresIn.Or(0), c.Now())})
	if err != nil {
		return nil, err
	}
	return &UserOutput{u}, nil
}

// farthest is as long as a ban lasts that expires at all, in seconds.
const farthest = 1000 * 365 * 24 * 3600

// expiry ends a ban after so many seconds. A ban for good takes the place of
// any earlier expiry.
func (a *admin) expiry(seconds float64, now time.Time) db.Assign[core.User] {
	if seconds == 0 {
		seconds = a.DefaultBanExpiresIn.Seconds()
	}
	if seconds == 0 {
		return a.banExpires.ToNull()
	}
	ms := int64(min(max(seconds, -farthest), farthest) * 1000)
	return a.banExpires.To(time.UnixMilli(now.UnixMilli() + ms).UTC())
}

func (a *admin) unban(c *core.Context, in *UserInput) (*UserOutput, error) {
	caller, err := a.allow(c, "user", "ban", ErrBanUsers)
	if err != nil {
		return nil, err
	}
	if _, err := a.user(c, caller, in.UserID, ErrBanUsers); err != nil {
		return nil, err
	}
	u, err := a.change(c, in.UserID, []db.Assign[core.User]{
		a.banned.To(false), a.banExpires.ToNull(), a.banReason.ToNull()})
	if err != nil {
		return nil, err
	}
	return &UserOutput{u}, nil
}
