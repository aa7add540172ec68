package user

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Update is POST /update-user.
const Update core.Ref[UpdateInput, core.Status] = "updateUser"

// UpdateInput is what is to change. The address changes by other ways.
type UpdateInput struct {
	Name  input.Opt[string] `json:"name,omitzero"`
	Image input.Opt[string] `json:"image,omitzero"` // null removes it
	// Fields holds values of added columns, and whatever else was sent, which
	// is ignored.
	Fields map[string]json.RawMessage `json:"-"`
}

// Bind reads the body.
func (in *UpdateInput) Bind(b *input.Binder) {
	body := b.Record()
	body.OptScalar("name", false, &in.Name).Describe("The name of the user")
	body.OptScalar("image", true, &in.Image).Describe("The picture of the user")
	in.Fields = body.All()
}

// MarshalJSON writes the input as a client would send it.
func (in *UpdateInput) MarshalJSON() ([]byte, error) {
	type members UpdateInput
	return input.MarshalFields((*members)(in), in.Fields)
}

var errNothingToUpdate = core.NewError(http.StatusBadRequest, "", "No fields to update")

func (Flow) update(c *core.Context, in *UpdateInput) (*core.Status, error) {
	current, err := c.RequireConfirmedSession()
	if err != nil {
		return nil, err
	}
	if isTruthy(in.Fields["email"]) {
		return nil, core.ErrEmailCannotBeUpdated
	}
	users := c.Tables().Users
	in.readScalars(users.Dialect)
	set, err := input.UpdateFields(users.Table, in.Fields)
	if err != nil {
		return nil, err
	}
	if !in.Name.Set && !in.Image.Set && !setsColumn(users.Columns, in.Fields) {
		return nil, errNothingToUpdate
	}
	if in.Name.Set {
		set = append(set, users.Name.To(in.Name.Value))
	}
	if in.Image.Given() {
		set = append(set, users.Image.To(in.Image.Value))
	} else if in.Image.Set {
		set = append(set, users.Image.ToNull())
	}
	u, err := c.Users().Update(current.User.ID, set...)
	if errors.Is(err, db.ErrNotFound) && !c.Kernel().Stateful() {
		// The process that had the row is gone; the cookie has what it held.
		changed := *current.User
		changed.Extra = changed.Clone()
		u, err = &changed, core.Apply(users.Table, &changed, set)
	}
	if errors.Is(err, db.ErrConflict) {
		return nil, core.ErrFailedToUpdateUser.WithStatus(http.StatusUnprocessableEntity).Wrap(err)
	}
	if err != nil {
		return nil, err
	}
	c.RefreshSessionCookies(&core.Current{Session: current.Session, User: u})
	return &core.Status{Status: true}, nil
}

// readScalars takes numbers and truth values for the texts that a column keeps
// of them.
func (in *UpdateInput) readScalars(d db.Dialect) {
	if text, ok := input.ScalarText(d, in.Fields["name"]); ok && !in.Name.Set {
		in.Name = input.Some(text)
	}
	if text, ok := input.ScalarText(d, in.Fields["image"]); ok && !in.Image.Set {
		in.Image = input.Some(text)
	}
}

// setsColumn reports whether a value was sent for a column that clients may
// set. Columns that change with every update do not count.
func setsColumn(columns []*db.Column, sent map[string]json.RawMessage) bool {
	for _, column := range columns {
		if _, ok := sent[column.Name]; ok && column.Added() && column.Input.Accept {
			return true
		}
	}
	return false
}

// isTruthy is JavaScript's idea of it, by which the reference looks for an
// address.
func isTruthy(raw json.RawMessage) bool {
	switch string(raw) {
	case "", "null", "false", "0", "-0", `""`:
		return false
	}
	return true
}
