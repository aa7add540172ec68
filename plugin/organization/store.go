package organization

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// listLimit bounds every list that has no limit of its own.
const listLimit = 100

// orNil turns a row that is not there into nil.
func orNil[T any](row *T, err error) (*T, error) {
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	return row, err
}

// chosen returns the organization a caller named, else the active one, else "".
func (o *organization) chosen(named input.Opt[string], current *core.Current) string {
	if id := named.Or(""); id != "" {
		return id
	}
	return o.activeOf(current)
}

// activeOf returns the session's active organization, or "".
func (o *organization) activeOf(current *core.Current) string {
	if current == nil {
		return ""
	}
	id, _ := o.activeOrganization.Get(current.Session)
	return id
}

// activeTeamOf returns the session's active team, or "".
func (o *organization) activeTeamOf(current *core.Current) string {
	if current == nil || !o.Teams.Enabled {
		return ""
	}
	id, _ := o.activeTeam.Get(current.Session)
	return id
}

// setSession changes the session of the call and returns the call's state.
func setSession(c *core.Context, current *core.Current, set ...db.Assign[core.Session]) (*core.Current, error) {
	session, err := c.Sessions().Update(current.Session.Token, set...)
	if errors.Is(err, db.ErrNotFound) {
		return nil, core.ErrUnauthorized
	}
	if err != nil {
		return nil, err
	}
	return &core.Current{Session: session, User: current.User}, nil
}

// leaveActive clears the active organization of a session.
func (o *organization) leaveActive(c *core.Context, current *core.Current) error {
	_, err := setSession(c, current, o.activeOrganization.ToNull())
	return err
}

// byID returns the organization, or nil.
func (o *organization) byID(c *core.Context, id string) (*Organization, error) {
	return orNil(db.One(c, c.DB(), o.orgs.Table, o.orgs.ID.Eq(id)))
}

// bySlug returns the organization, or nil.
func (o *organization) bySlug(c *core.Context, slug string) (*Organization, error) {
	return orNil(db.One(c, c.DB(), o.orgs.Table, o.orgs.Slug.Eq(slug)))
}

// lock returns an organization, or nil, and keeps its row until the
// transaction ends: what counts or compares before it changes waits here.
func (o *organization) lock(c *core.Context, id string) (*Organization, error) {
	return orNil(db.First(c, c.DB(), o.orgs.Table, db.Query[Organization]{
		Where: []db.Where[Organization]{o.orgs.ID.Eq(id)}, Lock: true}))
}

// locked runs fn in a transaction that holds the organization's row.
func (o *organization) locked(c *core.Context, id string, fn func(c *core.Context, org *Organization) error) error {
	return c.Transaction(func(c *core.Context) error {
		org, err := o.lock(c, id)
		if err != nil {
			return err
		}
		return fn(c, org)
	})
}

// member returns a user's membership in an organization, or nil.
func (o *organization) member(c *core.Context, organizationID, userID string) (*Member, error) {
	return orNil(db.One(c, c.DB(), o.members.Table, o.members.OrganizationID.Eq(organizationID), o.members.UserID.Eq(userID)))
}

// owners counts the members of an organization that hold the creator's role.
func (o *organization) owners(c *core.Context, organizationID string) (n int, err error) {
	rows, err := db.All(c, c.DB(), o.members.Table, db.Query[Member]{Where: []db.Where[Member]{
		o.members.OrganizationID.Eq(organizationID), db.Contains(o.members.Role, o.CreatorRole)}})
	for _, m := range rows {
		if o.creates(m.Role) {
			n++
		}
	}
	return n, err
}

// user returns the user, or nil.
func user(c *core.Context, id string) (*core.User, error) { return orNil(c.Users().ByID(id)) }

// columns returns assignments of all columns of a row but its key.
func columns[T any](t *db.Table[T], row *T) []db.Assign[T] {
	var set []db.Assign[T]
	for _, c := range t.Columns {
		if !c.PrimaryKey {
			set = append(set, db.ToAny(t, c, t.Get(row, c)))
		}
	}
	return set
}

// apply puts assignments into a row in memory.
func apply[T any](t *db.Table[T], row *T, set []db.Assign[T]) error {
	t.Bind(row)
	for _, a := range set {
		if err := t.Set(row, a.Column, a.Value); err != nil {
			return err
		}
	}
	return nil
}
