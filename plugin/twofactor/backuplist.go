package twofactor

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

func (t *twoFactor) generateBackupCodes(c *core.Context, in *PasswordInput) (*BackupCodesOutput, error) {
	current, err := c.RequireConfirmedSession()
	if err != nil {
		return nil, err
	}
	if enabled, _ := t.enabled.Get(current.User); !enabled {
		return nil, ErrNotEnabled
	}
	if err := confirm(c, current, in.Password, *t.BackupCodes.AllowPasswordless); err != nil {
		return nil, err
	}
	r, err := t.row(c, current.User.ID)
	if err != nil {
		return nil, err
	}
	if r == nil || r.Secret == "" {
		return nil, ErrNotEnabled
	}
	codes, sealed, err := t.newBackupCodes(c)
	if err != nil {
		return nil, err
	}
	n, err := db.Update(c, c.DB(), t.table.Table, []db.Assign[row]{t.table.backupCodes.To(sealed)},
		t.table.id.Eq(r.ID), t.table.userID.Eq(current.User.ID))
	if err == nil && n == 0 {
		err = ErrNotEnabled
	}
	if err != nil {
		return nil, err
	}
	return &BackupCodesOutput{true, codes}, nil
}

// ViewBackupCodesInput names a user.
type ViewBackupCodesInput struct {
	UserID string `json:"userId"`
}

// Bind reads the body.
func (in *ViewBackupCodesInput) Bind(b *input.Binder) { b.Body().Coerced("userId", &in.UserID) }

func (t *twoFactor) viewBackupCodes(c *core.Context, in *ViewBackupCodesInput) (*BackupCodesOutput, error) {
	r, err := t.row(c, in.UserID)
	if err != nil {
		return nil, err
	}
	if r == nil || r.BackupCodes == "" {
		return nil, ErrBackupCodesNotEnabled
	}
	codes, err := t.openBackupCodes(c, r.BackupCodes)
	if err != nil {
		return nil, err
	}
	return &BackupCodesOutput{true, codes}, nil
}
