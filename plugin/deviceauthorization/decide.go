package deviceauthorization

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints of the page where codes are typed.
const (
	Verify  core.Ref[VerifyInput, VerifyOutput] = "deviceVerify"
	Approve core.Ref[DecideInput, Success]      = "deviceApprove"
	Deny    core.Ref[DecideInput, Success]      = "deviceDeny"
)

// VerifyInput is a code that somebody typed.
type VerifyInput struct {
	UserCode string `json:"user_code"`
}

// Bind reads the query.
func (in *VerifyInput) Bind(b *input.Binder) {
	b.Query().Text("user_code", &in.UserCode).Describe("The code the device shows")
}

// VerifyOutput is the request behind a code. What is asked for, only the user
// is shown whose request it is.
type VerifyOutput struct {
	UserCode string            `json:"user_code"` // as it was typed
	Status   string            `json:"status"`    // pending, approved or denied
	ClientID input.Opt[string] `json:"client_id,omitzero"`
	Scope    input.Opt[string] `json:"scope,omitzero"` // null where none was asked for
}

// Success is the output {"success":true}.
type Success struct {
	Success bool `json:"success"`
}

// verify shows a request, and gives one that nobody has to the user who looks:
// of racing users one gets it.
func (d *devices) verify(c *core.Context, in *VerifyInput) (*VerifyOutput, error) {
	r, err := d.byUserCode(c, in.UserCode)
	if err != nil {
		return nil, err
	}
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	if current != nil && r.claimant() == "" && r.Status == pending {
		if r, err = d.claim(c, r, current.User.ID); err != nil {
			return nil, err
		}
	}
	out := &VerifyOutput{UserCode: in.UserCode, Status: r.Status}
	if current != nil && r.claimant() == current.User.ID {
		out.ClientID, out.Scope = nullable(r.ClientID), nullable(r.Scope)
	}
	return out, nil
}

func nullable(s *string) input.Opt[string] {
	return input.Opt[string]{Value: text(s), Set: true, Null: s == nil}
}

// claim returns the request as it is then, whoever has got it.
func (d *devices) claim(c *core.Context, r *row, userID string) (*row, error) {
	t := d.table
	_, err := db.Update(c, c.DB(), t.Table, []db.Assign[row]{t.userID.To(userID)},
		t.id.Eq(r.ID), t.status.Eq(pending), t.userID.IsNull())
	if err != nil {
		return nil, err
	}
	r, err = db.One(c, c.DB(), t.Table, t.id.Eq(r.ID))
	if errors.Is(err, db.ErrNotFound) {
		err = errInvalidUser
	}
	return r, err
}

// DecideInput is the code of a request that its user looked at.
type DecideInput struct {
	UserCode string `json:"userCode"`
}

// Bind reads the body.
func (in *DecideInput) Bind(b *input.Binder) {
	b.Body().Text("userCode", &in.UserCode).Describe("The code the device shows")
}

func (d *devices) approve(c *core.Context, in *DecideInput) (*Success, error) {
	return d.decide(c, in.UserCode, approved, errNotToApprove)
}

func (d *devices) deny(c *core.Context, in *DecideInput) (*Success, error) {
	return d.decide(c, in.UserCode, denied, errNotToDeny)
}

// decide settles a request once, by the user whose it is: the conditions stand
// in the statement again, as others may be about to settle it too.
func (d *devices) decide(c *core.Context, code, as string, notTheirs error) (*Success, error) {
	current, err := c.StoredSession()
	if err == nil && current == nil {
		err = errUnauthorized
	}
	if err != nil {
		return nil, err
	}
	r, err := d.byUserCode(c, code)
	if err != nil {
		return nil, err
	}
	switch {
	case r.Status != pending:
		return nil, errProcessed
	case r.claimant() == "":
		return nil, errNotClaimed
	case r.claimant() != current.User.ID:
		return nil, notTheirs
	}
	t := d.table
	n, err := db.Update(c, c.DB(), t.Table, []db.Assign[row]{t.status.To(as)},
		t.id.Eq(r.ID), t.status.Eq(pending), t.userID.Eq(current.User.ID))
	if err == nil && n == 0 {
		err = errProcessed
	}
	return &Success{true}, err
}
