package admin

import (
	"errors"
	"slices"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// admin is the plugin within one instance.
type admin struct {
	Options
	checksRoles bool // Options.Roles was given

	role           db.Field[core.User, string]
	banned         db.Field[core.User, bool]
	banReason      db.Field[core.User, string]
	banExpires     db.Field[core.User, time.Time]
	impersonatedBy db.Field[core.Session, string]
	cookie         *cookie.Def
	stale          *stale
}

func (a *admin) addFields(r *core.Registrar) {
	t := r.Tables()
	role := func() any { return a.DefaultRole }
	no := func() any { return false }
	a.role = core.AddField[string](r, t.Users.Table, "role", db.Input(db.InputRule{Default: role, Refuse: true}))
	a.banned = core.AddField[bool](r, t.Users.Table, "banned", db.Input(db.InputRule{Default: no}))
	a.banReason = core.AddField[string](r, t.Users.Table, "banReason")
	a.banExpires = core.AddField[time.Time](r, t.Users.Table, "banExpires")
	a.impersonatedBy = core.AddField[string](r, t.Sessions.Table, "impersonatedBy")
}

func (a *admin) roleOf(u *core.User) string { role, _ := a.role.Get(u); return role }

func (a *admin) isBanned(u *core.User, now time.Time) bool {
	banned, _ := a.banned.Get(u)
	expires, ends := a.banExpires.Get(u)
	return banned && (!ends || !expires.Before(now))
}

// refuseBanned keeps banned users from getting a session, and lifts a ban that
// has expired.
func (a *admin) refuseBanned(c *core.Context, s *core.Session) error {
	u, err := c.Users().ByID(s.UserID)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if a.isBanned(u, c.Now()) {
		return a.bannedError(c, u)
	}
	if banned, _ := a.banned.Get(u); !banned {
		return nil
	}
	// A ban that was renewed in the meantime stays.
	_, err = c.Users().UpdateWhere(u.ID, []db.Where[core.User]{a.banned.Eq(true), a.banExpires.Lt(c.Now())},
		a.banned.To(false), a.banReason.ToNull(), a.banExpires.ToNull())
	if errors.Is(err, db.ErrNotFound) {
		return a.bannedError(c, u)
	}
	return err
}

func (a *admin) bannedError(c *core.Context, u *core.User) error {
	message := a.BannedUserMessage
	if word := a.BannedUserMessageFunc; word != nil {
		var err error
		if message, err = word(c, u); err != nil {
			return err
		}
	}
	return ErrBannedUser.Say(message)
}

// vet ends sessions of banned users, and those that impersonate once the
// administrator behind them may not.
func (a *admin) vet(c *core.Context, current *core.Current, cached bool) (bool, error) {
	by, impersonated := a.impersonatedBy.Get(current.Session)
	if a.isBanned(current.User, c.Now()) {
		return false, nil
	}
	if cached {
		return !a.stale.has(current.User.ID, c.Now()) && (!impersonated || !a.stale.has(by, c.Now())), nil
	}
	if !impersonated || by == "" {
		return true, nil
	}
	u, err := c.Users().ByID(by)
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return !a.isBanned(u, c.Now()) && a.can(u, "user", "impersonate"), nil
}

// hideImpersonation keeps from users that somebody acts in their name.
func (a *admin) hideImpersonation(_ *core.Context, r *core.Result) error {
	if list, ok := r.Out.(*core.SessionList); ok && list != nil {
		*list = slices.DeleteFunc(*list, a.impersonates)
	}
	return nil
}

func (a *admin) impersonates(s *core.Session) bool {
	by, _ := a.impersonatedBy.Get(s)
	return by != ""
}
