package apikey

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
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
	ID       string           `json:"id"`
	ConfigID core.Opt[string] `json:"configId,omitzero"`
}

// Bind reads the query.
func (in *GetInput) Bind(b *core.Binder) {
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
	if f.Organizations != nil {
		return k, f, f.Organizations(c, userID, k.ReferenceID, action)
	}
	if k.ReferenceID != userID {
		return nil, nil, ErrKeyNotFound
	}
	return k, f, nil
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
	KeyID    string           `json:"keyId"`
	ConfigID core.Opt[string] `json:"configId,omitzero"`
}

// Bind reads the body.
func (in *DeleteInput) Bind(b *core.Binder) {
	body := b.Body()
	body.OptText("configId", &in.ConfigID)
	body.Text("keyId", &in.KeyID)
}

// Success is the output {"success":true}.
type Success struct {
	Success bool `json:"success"`
}

func (a *apiKey) delete(c *core.Context, in *DeleteInput) (*Success, error) {
	current, err := c.RequireStoredSession()
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

// ListInput asks for a page of the user's keys, or of an organization's.
type ListInput struct {
	ConfigID       core.Opt[string]          `json:"configId,omitzero"` // of all configurations where absent
	OrganizationID core.Opt[string]          `json:"organizationId,omitzero"`
	Limit          core.Opt[json.RawMessage] `json:"limit,omitzero"`
	Offset         core.Opt[json.RawMessage] `json:"offset,omitzero"`
	SortBy         core.Opt[string]          `json:"sortBy,omitzero"`
	SortDirection  core.Opt[string]          `json:"sortDirection,omitzero"`

	limit, offset *int64
}

// Bind reads the query.
func (in *ListInput) Bind(b *core.Binder) {
	query := b.Query()
	query.OptText("configId", &in.ConfigID)
	query.OptText("organizationId", &in.OrganizationID)
	query.OptRaw("limit", &in.Limit)
	in.limit = page(query, "limit", in.Limit)
	query.OptRaw("offset", &in.Offset)
	in.offset = page(query, "offset", in.Offset)
	query.OptText("sortBy", &in.SortBy)
	query.OptText("sortDirection", &in.SortDirection).OneOf("asc", "desc")
}

// page reads a number that the query writes as text.
func page(query *core.Object, name string, o core.Opt[json.RawMessage]) *int64 {
	if !o.Set {
		return nil
	}
	var written string
	if json.Unmarshal(o.Value, &written) != nil {
		written = string(o.Value)
	}
	n := 0.0
	if written != "" { // which JavaScript reads as 0
		var err error
		if n, err = strconv.ParseFloat(written, 64); err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			query.Refuse(name, "Invalid input: expected number, received NaN")
			return nil
		}
	}
	switch {
	case n != math.Trunc(n):
		query.Refuse(name, "Invalid input: expected int, received number")
		return nil
	case n < 0:
		query.Refuse(name, "Too small: expected number to be >=0")
		return nil
	}
	whole := int64(min(n, maxNumber))
	return &whole
}

// ListOutput is a page of keys.
type ListOutput struct {
	APIKeys []*Key `json:"apiKeys"`
	Total   int64  `json:"total"`
	Limit   *int64 `json:"limit,omitempty"`
	Offset  *int64 `json:"offset,omitempty"`
}

// maxListed is how many keys one answer has at most.
const maxListed = 1000

func (a *apiKey) list(c *core.Context, in *ListInput) (*ListOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	owner, organization := current.User.ID, in.OrganizationID.Or("")
	if organization != "" {
		if owner, err = organization, a.authorizeList(c, current.User.ID, organization); err != nil {
			return nil, err
		}
	}
	q := listing{limit: maxListed, except: a.configsOf(organization == "")}
	if in.limit != nil {
		q.limit = int(min(*in.limit, maxListed))
	}
	if in.offset != nil {
		q.offset = int(*in.offset)
	}
	if name := in.SortBy.Or(""); name != "" {
		if q.by = a.table.Column(name); q.by == nil || q.by.Hidden {
			return nil, core.ErrValidation.Say("[query.sortBy] Invalid input")
		}
		q.descending = in.SortDirection.Or("asc") == "desc"
	}
	out := &ListOutput{APIKeys: []*Key{}, Limit: in.limit, Offset: in.offset}
	if err := a.collect(c, owner, in.ConfigID.Or(""), q, out); err != nil {
		return nil, err
	}
	a.sweep(c)
	return out, nil
}

// collect lists the keys of one configuration, or those of all, which may be
// kept in two places.
func (a *apiKey) collect(c *core.Context, owner, configID string, q listing, out *ListOutput) error {
	if configID != "" {
		f, err := a.config(configID)
		if err != nil {
			return err
		}
		if slices.Contains(q.except, f.name()) || f.name() != configID {
			return nil
		}
		q.configs = []string{configID}
		keys, total, err := a.store(f).list(c, owner, q)
		out.APIKeys, out.Total = append(out.APIKeys, keys...), total
		return err
	}
	for _, inKV := range []bool{false, true} {
		i := slices.IndexFunc(a.configs, func(f Config) bool { return (f.Storage == SecondaryStorage) == inKV })
		if i < 0 {
			continue
		}
		keys, total, err := a.store(&a.configs[i]).list(c, owner, q)
		if err != nil {
			return err
		}
		out.APIKeys, out.Total = append(out.APIKeys, keys...), out.Total+total
		q.offset, q.limit = max(q.offset-int(total), 0), q.limit-len(keys)
	}
	return nil
}

// configsOf names the configurations whose keys belong to organizations, or
// those whose keys do not.
func (a *apiKey) configsOf(organizations bool) (names []string) {
	for i := range a.configs {
		if f := &a.configs[i]; (f.Organizations != nil) == organizations {
			names = append(names, f.name())
		}
	}
	return names
}

func (a *apiKey) authorizeList(c *core.Context, userID, organizationID string) error {
	for i := range a.configs {
		if authorize := a.configs[i].Organizations; authorize != nil {
			return authorize(c, userID, organizationID, "read")
		}
	}
	return errNoOrganizations
}

// NoInput is empty.
type NoInput struct{}

// Bind reads nothing.
func (*NoInput) Bind(*core.Binder) {}

// DeletedExpiredOutput says that it was done.
type DeletedExpiredOutput struct {
	Success bool    `json:"success"`
	Error   *string `json:"error"`
}

func (a *apiKey) deleteAllExpired(c *core.Context, _ *NoInput) (*DeletedExpiredOutput, error) {
	_, err := db.Delete(c, c.DB(), a.table.Table, a.table.expiresAt.Lt(c.Now()))
	return &DeletedExpiredOutput{Success: err == nil}, err
}

// sweepInterval is how often expired keys are looked for, in milliseconds.
const sweepInterval = 10_000

// sweep deletes expired keys in the background, now and then.
func (a *apiKey) sweep(c *core.Context) {
	now, last := c.Now(), a.swept.Load()
	if now.UnixMilli()-last < sweepInterval || !a.swept.CompareAndSwap(last, now.UnixMilli()) {
		return
	}
	adapter := c.Kernel().Adapter()
	c.Background("delete expired API keys", func(ctx context.Context) error {
		_, err := db.Delete(ctx, adapter, a.table.Table, a.table.expiresAt.Lt(now))
		return err
	})
}

// removeOf deletes the keys of a user who is gone.
func (a *apiKey) removeOf(c *core.Context, u *core.User) error {
	for _, inKV := range []bool{false, true} {
		i := slices.IndexFunc(a.configs, func(f Config) bool { return (f.Storage == SecondaryStorage) == inKV })
		if i < 0 {
			continue
		}
		if err := a.store(&a.configs[i]).removeOf(c, u.ID, a.configsOf(true)); err != nil {
			return err
		}
	}
	return nil
}
