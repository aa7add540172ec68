package twofactor

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// locked refuses while the account is locked.
func (t *twoFactor) locked(c *core.Context, r *row) error {
	if !t.Lockout.Disable && r.LockedUntil != nil && r.LockedUntil.After(c.Now()) {
		return ErrLocked
	}
	return nil
}

// spend takes one guess out of the account's budget, before the guess is
// looked at: however many race, no more than the budget are. The last one locks
// the account at once, so that there is no moment in which more pass; if it is
// right, [twoFactor.forgive] opens the lock again.
func (t *twoFactor) spend(c *core.Context, r *row) error {
	if t.Lockout.Disable {
		return nil
	}
	if err := t.locked(c, r); err != nil {
		return err
	}
	k, now, most := t.table, c.Now(), int64(t.Lockout.MaxFailedAttempts)
	own, until := k.id.Eq(r.ID), now.Add(t.Lockout.Duration)
	if r.LockedUntil != nil {
		if _, err := db.Update(c, c.DB(), k.Table, t.unlocked(), own, k.lockedUntil.Lte(now)); err != nil {
			return err
		}
	}
	// Rows of old versions count from nothing.
	if r.Failed == nil {
		if _, err := db.Update(c, c.DB(), k.Table, []db.Assign[row]{k.failed.To(0)}, own, k.failed.IsNull()); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		limit int64
		set   []db.Assign[row]
	}{{most - 1, nil}, {most, []db.Assign[row]{k.lockedUntil.To(until)}}} {
		if ok, err := db.Increment(c, c.DB(), k.Table, k.failed, 1, step.limit, step.set, own); ok || err != nil {
			return err
		}
	}
	// The budget may have been made smaller, or another program died before it
	// wrote the lock: then nothing else would ever end this.
	if _, err := db.Update(c, c.DB(), k.Table, []db.Assign[row]{k.lockedUntil.To(until)}, own, k.lockedUntil.IsNull()); err != nil {
		return err
	}
	return ErrLocked
}

// forgive returns the whole budget after a right guess.
func (t *twoFactor) forgive(c *core.Context, r *row) error {
	if t.Lockout.Disable {
		return nil
	}
	_, err := db.Update(c, c.DB(), t.table.Table, t.unlocked(), t.table.id.Eq(r.ID))
	return err
}

func (t *twoFactor) unlocked() []db.Assign[row] {
	return []db.Assign[row]{t.table.failed.To(0), t.table.lockedUntil.ToNull()}
}
