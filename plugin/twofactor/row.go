package twofactor

import (
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// row is what is stored of a user's factors. Of a user who has codes by mail
// only, it counts guesses: then it holds no secret.
type row struct {
	ID          string
	Secret      string // sealed
	BackupCodes string // sealed
	UserID      string
	Verified    *bool // nil in rows of old versions, which means yes
	Failed      *int64
	LockedUntil *time.Time
}

// hasTOTP reports whether the secret may be used at sign-in.
func (r *row) hasTOTP() bool { return r.Secret != "" && (r.Verified == nil || *r.Verified) }

type table struct {
	*db.Table[row]
	id, secret, backupCodes, userID db.Field[row, string]
	verified                        db.Field[row, bool]
	failed                          db.Field[row, int64]
	lockedUntil                     db.Field[row, time.Time]
}

func newTable() *table {
	t := &table{
		id:          db.ID("id", func(r *row) *string { return &r.ID }).PrimaryKey(),
		secret:      db.Text("secret", func(r *row) *string { return &r.Secret }).Index().Hidden(),
		backupCodes: db.Text("backupCodes", func(r *row) *string { return &r.BackupCodes }).Hidden(),
		userID:      db.ID("userId", func(r *row) *string { return &r.UserID }).References("user", "id").Index().Hidden(),
		verified:    db.NullBool("verified", func(r *row) **bool { return &r.Verified }),
		failed:      db.NullInt("failedVerificationCount", func(r *row) **int64 { return &r.Failed }).Hidden(),
		lockedUntil: db.NullTime("lockedUntil", func(r *row) **time.Time { return &r.LockedUntil }).Hidden(),
	}
	t.Table = db.NewTable("twoFactor", nil, t.id, t.secret, t.backupCodes, t.userID, t.verified, t.failed, t.lockedUntil)
	return t
}

// row returns the user's row, or nil where there is none.
func (t *twoFactor) row(c *core.Context, userID string) (*row, error) {
	r, err := db.One(c, c.DB(), t.table.Table, t.table.userID.Eq(userID))
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	return r, err
}

// keep stores secret and codes of a user, unless a secret is in use. It is one
// step to racing callers: they take turns at the user's row.
func (t *twoFactor) keep(c *core.Context, userID string, set row) error {
	return c.Transaction(func(c *core.Context) error {
		old, err := t.turn(c, userID)
		if err != nil {
			return err
		}
		if old == nil {
			return t.create(c, userID, set)
		}
		if old.hasTOTP() {
			return ErrTOTPAlreadyEnabled
		}
		_, err = db.Update(c, c.DB(), t.table.Table, []db.Assign[row]{t.table.secret.To(set.Secret),
			t.table.backupCodes.To(set.BackupCodes), t.table.verified.To(*set.Verified)}, t.table.id.Eq(old.ID))
		return err
	})
}

// counted returns the user's row, and makes one that only counts guesses where
// there is none.
func (t *twoFactor) counted(c *core.Context, userID string) (r *row, err error) {
	if r, err = t.row(c, userID); err != nil || r != nil {
		return r, err
	}
	err = c.Transaction(func(c *core.Context) error {
		if r, err = t.turn(c, userID); err != nil || r != nil {
			return err
		}
		if err = t.create(c, userID, row{Verified: new(bool)}); err == nil {
			r, err = t.row(c, userID)
		}
		return err
	})
	return r, err
}

// turn waits until no other caller changes the user and returns the row.
func (t *twoFactor) turn(c *core.Context, userID string) (*row, error) {
	users := c.Tables().Users
	if _, err := db.First(c, c.DB(), users.Table, db.Query[core.User]{
		Where: []db.Where[core.User]{users.ID.Eq(userID)}, Lock: true}); err != nil {
		return nil, err
	}
	return t.row(c, userID)
}

func (t *twoFactor) create(c *core.Context, userID string, r row) error {
	r.ID, r.UserID, r.Failed = c.NewID("twoFactor"), userID, new(int64)
	return db.Create(c, c.DB(), t.table.Table, &r)
}
