package apikey

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints that read and delete keys.
const (
	Get              core.Ref[GetInput, Key]                 = "getApiKey"
	Delete           core.Ref[DeleteInput, Success]          = "deleteApiKey"
	List             core.Ref[ListInput, ListOutput]         = "listApiKeys"
	DeleteAllExpired core.Ref[NoInput, DeletedExpiredOutput] = "deleteAllExpiredApiKeys"
)

// GetInput names a key.
type GetInput struct {
	ID       string            `json:"id"`
	ConfigID input.Opt[string] `json:"configId,omitzero"`
}

// Bind reads the query.
func (in *GetInput) Bind(b *input.Binder) {
	query := b.Query()
	query.OptText("configId", &in.ConfigID)
	query.Text("id", &in.ID)
}

// find returns a key that the user may do something with, and its
// configuration.
func (a *apiKey) find(c *core.Context, id, configID, userID, action string) (*Key, *Config, error) {
	f, err := a.config(configID)
	if err != nil {
		return nil, nil, err
	}
	k, err := a.store(f).byID(c, id)
	if err != nil {
		return nil, nil, err
	}
	if or(k.ConfigID, DefaultConfig) != f.name() {
		return nil, nil, ErrKeyNotFound
	}
	if f.ForOrganizations {
		return k, f, f.authorize(c, userID, k.ReferenceID, action)
	}
	if k.ReferenceID != userID {
		return nil, nil, ErrKeyNotFound
	}
	return k, f, nil
}

// authorize refuses a user who may not do something with an organization's keys.
func (f *Config) authorize(c *core.Context, userID, organizationID, action string) error {
	member, allowed, err := f.Organizations.Allows(c, userID, organizationID, "apiKey", action)
	switch {
	case err != nil:
		return err
	case !member:
		return ErrNotMember
	case !allowed:
		return ErrInsufficientPermissions
	}
	return nil
}

func (a *apiKey) get(c *core.Context, in *GetInput) (*Key, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	k, _, err := a.find(c, in.ID, in.ConfigID.Or(""), current.User.ID, "read")
	if err != nil {
		return nil, err
	}
	a.sweep(c)
	return k, nil
}

// DeleteInput names a key.
type DeleteInput struct {
	KeyID    string            `json:"keyId"`
	ConfigID input.Opt[string] `json:"configId,omitzero"`
}

// Bind reads the body.
func (in *DeleteInput) Bind(b *input.Binder) {
	body := b.Body()
	body.OptText("configId", &in.ConfigID)
	body.Text("keyId", &in.KeyID)
}

// Success is the output {"success":true}.
type Success struct {
	Success bool `json:"success"`
}

func (a *apiKey) delete(c *core.Context, in *DeleteInput) (*Success, error) {
	current, err := c.RequireConfirmedSession()
	if err != nil {
		return nil, err
	}
	k, f, err := a.find(c, in.KeyID, in.ConfigID.Or(""), current.User.ID, "delete")
	if err != nil {
		return nil, err
	}
	if err := a.store(f).remove(c, k); err != nil {
		return nil, err
	}
	a.sweep(c)
	return &Success{true}, nil
}
