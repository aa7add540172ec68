package passkey

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// List is GET /passkey/list-user-passkeys.
const List core.Ref[ListInput, Passkeys] = "listPasskeys"

// ListInput is empty: a user sees the own ones.
type ListInput struct{}

// Bind reads nothing.
func (*ListInput) Bind(*input.Binder) {}

// Passkeys are those of a user, oldest first.
type Passkeys []*Passkey

func (k *passkeys) list(c *core.Context, _ *ListInput) (*Passkeys, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	list, err := k.table.of(c, current.User.ID)
	if list == nil {
		list = Passkeys{}
	}
	return (*Passkeys)(&list), err
}

// Delete is POST /passkey/delete-passkey.
const Delete core.Ref[DeleteInput, core.Status] = "deletePasskey"

// DeleteInput names a passkey.
type DeleteInput struct {
	ID string `json:"id"`
}

// Bind reads the body.
func (in *DeleteInput) Bind(b *input.Binder) {
	b.Body().Text("id", &in.ID).Describe("The ID of the passkey to delete")
}

// delete treats somebody else's passkey as one that is not there.
func (k *passkeys) delete(c *core.Context, in *DeleteInput) (*core.Status, error) {
	current, err := c.RequireConfirmedSession()
	if err != nil {
		return nil, err
	}
	if in.ID == "" {
		return nil, errNoID
	}
	n, err := db.Delete(c, c.DB(), k.table.Table, k.table.id.Eq(in.ID), k.table.userID.Eq(current.User.ID))
	if err == nil && n == 0 {
		err = ErrPasskeyNotFound
	}
	if err != nil {
		return nil, err
	}
	return &core.Status{Status: true}, nil
}

// Update is POST /passkey/update-passkey.
const Update core.Ref[UpdateInput, UpdateOutput] = "updatePasskey"

// UpdateInput gives a passkey a name.
type UpdateInput struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Bind reads the body.
func (in *UpdateInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("id", &in.ID).Describe("The ID of the passkey to rename")
	body.Text("name", &in.Name).Trim().Min(1).Describe("The new name")
}

// UpdateOutput is the passkey as it is now.
type UpdateOutput struct {
	Passkey *Passkey `json:"passkey"`
}

func (k *passkeys) update(c *core.Context, in *UpdateInput) (*UpdateOutput, error) {
	current, err := c.RequireConfirmedSession()
	if err != nil {
		return nil, err
	}
	if in.ID == "" {
		return nil, errNoID
	}
	own := []db.Where[Passkey]{k.table.id.Eq(in.ID), k.table.userID.Eq(current.User.ID)}
	n, err := db.Update(c, c.DB(), k.table.Table, []db.Assign[Passkey]{k.table.name.To(in.Name)}, own...)
	if err == nil && n == 0 {
		err = ErrPasskeyNotFound
	}
	if err != nil {
		return nil, err
	}
	p, err := db.One(c, c.DB(), k.table.Table, own...)
	if errors.Is(err, db.ErrNotFound) {
		return nil, ErrFailedToUpdatePasskey
	}
	return &UpdateOutput{p}, err
}
