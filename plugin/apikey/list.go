package apikey

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// ListInput asks for a page of the user's keys, or of an organization's.
type ListInput struct {
	ConfigID       input.Opt[string]          `json:"configId,omitzero"` // of all configurations where absent
	OrganizationID input.Opt[string]          `json:"organizationId,omitzero"`
	Limit          input.Opt[json.RawMessage] `json:"limit,omitzero"`
	Offset         input.Opt[json.RawMessage] `json:"offset,omitzero"`
	SortBy         input.Opt[string]          `json:"sortBy,omitzero"`
	SortDirection  input.Opt[string]          `json:"sortDirection,omitzero"`

	limit, offset *int64
}

// Bind reads the query.
func (in *ListInput) Bind(b *input.Binder) {
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
func page(query *input.Object, name string, o input.Opt[json.RawMessage]) *int64 {
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
		if f := &a.configs[i]; f.ForOrganizations == organizations {
			names = append(names, f.name())
		}
	}
	return names
}

func (a *apiKey) authorizeList(c *core.Context, userID, organizationID string) error {
	for i := range a.configs {
		if f := &a.configs[i]; f.ForOrganizations {
			return f.authorize(c, userID, organizationID, "read")
		}
	}
	return errNoOrganizations
}
