package twofactor

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/secret"
)

// BackupCodeOptions configure backup codes.
type BackupCodeOptions struct {
	Amount            int    // 0 means 10; at most 100
	Length            int    // characters of a code; 0 means 10
	Store             Store  // [Encrypted] where empty
	Cipher            Cipher // wins over Store
	Generate          func(c *core.Context) ([]string, error)
	AllowPasswordless *bool // nil means Options.AllowPasswordless
}

func (o *BackupCodeOptions) setDefaults() {
	o.Amount, o.Length, o.Store = or(o.Amount, 10), or(o.Length, 10), or(o.Store, Encrypted)
}

func (o *BackupCodeOptions) check() error {
	switch {
	case o.Store != Plain && o.Store != Encrypted:
		return fmt.Errorf("%w: BackupCodes: %q", errStore, o.Store)
	case o.Amount < 1 || o.Amount > 100 || o.Length < 6 || o.Length > 128:
		return errors.New("twofactor: BackupCodes: Amount must be 1 to 100, Length 6 to 128")
	}
	return nil
}

// The endpoints of backup codes. ViewBackupCodes has no route.
const (
	VerifyBackupCode    core.Ref[BackupCodeInput, VerifiedOutput]         = "verifyBackupCode"
	GenerateBackupCodes core.Ref[PasswordInput, BackupCodesOutput]        = "generateBackupCodes"
	ViewBackupCodes     core.Ref[ViewBackupCodesInput, BackupCodesOutput] = "viewBackupCodes"
)

// BackupCodeInput is a backup code.
type BackupCodeInput struct {
	Code           string          `json:"code"`
	DisableSession input.Opt[bool] `json:"disableSession,omitzero"` // prove the code without signing in
	TrustDevice    input.Opt[bool] `json:"trustDevice,omitzero"`
}

// Bind reads the body.
func (in *BackupCodeInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("code", &in.Code).Describe("A backup code")
	body.OptBool("disableSession", &in.DisableSession)
	body.OptBool("trustDevice", &in.TrustDevice)
}

// BackupCodesOutput are all codes that have not been used.
type BackupCodesOutput struct {
	Status      bool     `json:"status"`
	BackupCodes []string `json:"backupCodes"`
}

func (t *twoFactor) newBackupCodes(c *core.Context) (codes []string, sealed string, err error) {
	o := &t.BackupCodes
	if o.Generate != nil {
		if codes, err = o.Generate(c); err != nil {
			return nil, "", err
		}
	} else {
		for range o.Amount {
			text := secret.Text(c.Random(), secret.Alphanumeric, o.Length)
			codes = append(codes, text[:5]+"-"+text[5:])
		}
	}
	sealed, err = t.sealBackupCodes(c, codes)
	return codes, sealed, err
}

func (t *twoFactor) sealBackupCodes(c *core.Context, codes []string) (string, error) {
	list, err := json.Marshal(codes)
	if err != nil {
		return "", err
	}
	return seal(c, t.BackupCodes.Store, t.BackupCodes.Cipher, string(list))
}

func (t *twoFactor) openBackupCodes(c *core.Context, sealed string) (codes []string, err error) {
	list, err := open(c, t.BackupCodes.Store, t.BackupCodes.Cipher, sealed)
	if err != nil {
		return nil, err
	}
	return codes, json.Unmarshal([]byte(list), &codes)
}

func (t *twoFactor) verifyBackupCode(c *core.Context, in *BackupCodeInput) (*VerifiedOutput, error) {
	who, err := t.caller(c)
	if err != nil {
		return nil, err
	}
	r, err := t.row(c, who.user.ID)
	if err != nil {
		return nil, err
	}
	if r == nil || r.BackupCodes == "" {
		return nil, ErrBackupCodesNotEnabled
	}
	if err := t.locked(c, r); err != nil {
		return nil, err
	}
	if err := t.attempt(c, who); err != nil {
		return nil, err
	}
	if err := t.spend(c, r); err != nil {
		return nil, err
	}
	var out *VerifiedOutput
	err = c.Transaction(func(c *core.Context) (err error) {
		if err = t.redeemBackupCode(c, r, in.Code); err != nil {
			return err
		}
		if err = t.forgive(c, r); err != nil {
			return err
		}
		out, err = t.backedUp(c, who, in)
		return err
	})
	return out, err
}

// backedUp answers a right code, which is spent in the same transaction: a
// code that is gone has signed somebody in.
func (t *twoFactor) backedUp(c *core.Context, who *caller, in *BackupCodeInput) (*VerifiedOutput, error) {
	if !in.DisableSession.Or(false) {
		return t.finish(c, who, in.TrustDevice.Or(false))
	}
	out := &VerifiedOutput{User: who.user}
	if who.session != nil {
		out.Token = who.session.Token
		return out, nil
	}
	return out, t.end(c, who)
}

// redeemBackupCode removes the code from the list that is stored. Who loses a
// race looks again: the code may be another one's, or still there.
func (t *twoFactor) redeemBackupCode(c *core.Context, r *row, code string) error {
	for range t.BackupCodes.Amount + 1 {
		codes, err := t.openBackupCodes(c, r.BackupCodes)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(codes, func(known string) bool { return same(known, code) })
		if i < 0 {
			return ErrInvalidBackupCode
		}
		rest, err := t.sealBackupCodes(c, slices.Delete(codes, i, i+1))
		if err != nil {
			return err
		}
		n, err := db.Update(c, c.DB(), t.table.Table, []db.Assign[row]{t.table.backupCodes.To(rest)},
			t.table.id.Eq(r.ID), t.table.backupCodes.Eq(r.BackupCodes))
		if n > 0 || err != nil {
			return err
		}
		if r, err = t.row(c, r.UserID); err != nil {
			return err
		}
		if r == nil {
			return ErrInvalidBackupCode
		}
	}
	return errBackupRaced
}
