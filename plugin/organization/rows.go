package organization

import (
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// Organization is a group of users.
type Organization struct {
	ID, Name, Slug string
	Logo           *string
	CreatedAt      time.Time
	Metadata       *string // a JSON object

	db.Extra
}

// Member is a user in an organization. Role is a list joined by commas.
type Member struct {
	ID, OrganizationID, UserID, Role string
	CreatedAt                        time.Time

	db.Extra
}

// The states of an invitation.
const (
	Pending  = "pending"
	Accepted = "accepted"
	Rejected = "rejected"
	Canceled = "canceled"
)

// Invitation asks an address to join an organization. Role and TeamID are
// lists joined by commas.
type Invitation struct {
	ID, OrganizationID, Email string
	Role, TeamID              *string
	Status                    string
	ExpiresAt, CreatedAt      time.Time
	InviterID                 string

	db.Extra
}

// Team is a group of members of an organization.
type Team struct {
	ID, Name       string
	MemberCount    int64
	OrganizationID string
	CreatedAt      time.Time
	UpdatedAt      *time.Time

	db.Extra
}

// TeamMember is a user in a team. The key keeps a user from being in it twice;
// rows of older versions have none.
type TeamMember struct {
	ID, TeamID, UserID string
	MembershipKey      *string
	CreatedAt          *time.Time

	db.Extra
}

// Role is a role that an organization made. Permission is a JSON object of
// lists of actions.
type Role struct {
	ID, OrganizationID, Role, Permission string
	CreatedAt                            time.Time
	UpdatedAt                            *time.Time

	db.Extra
}

type organizationTable struct {
	*db.Table[Organization]
	ID, Name, Slug, Logo, Metadata db.Field[Organization, string]
	CreatedAt                      db.Field[Organization, time.Time]
}

type memberTable struct {
	*db.Table[Member]
	ID, OrganizationID, UserID, Role db.Field[Member, string]
	CreatedAt                        db.Field[Member, time.Time]
}

type invitationTable struct {
	*db.Table[Invitation]
	ID, OrganizationID, Email, Role, TeamID, Status, InviterID db.Field[Invitation, string]
	ExpiresAt, CreatedAt                                       db.Field[Invitation, time.Time]
}

type teamTable struct {
	*db.Table[Team]
	ID, Name, OrganizationID db.Field[Team, string]
	MemberCount              db.Field[Team, int64]
	CreatedAt, UpdatedAt     db.Field[Team, time.Time]
}

type teamMemberTable struct {
	*db.Table[TeamMember]
	ID, TeamID, UserID, MembershipKey db.Field[TeamMember, string]
	CreatedAt                         db.Field[TeamMember, time.Time]
}

type roleTable struct {
	*db.Table[Role]
	ID, OrganizationID, Role, Permission db.Field[Role, string]
	CreatedAt, UpdatedAt                 db.Field[Role, time.Time]
}

// addTables declares the tables that the options ask for.
func (o *organization) addTables(r *core.Registrar) {
	s := &o.Schema
	o.orgs = newOrganizationTable()
	register(r, o.orgs.Table, &s.Organization)
	if o.DynamicRoles.Enabled {
		o.roles = newRoleTable()
		register(r, o.roles.Table, &s.OrganizationRole)
	}
	if o.Teams.Enabled {
		o.teams, o.teamMembers = newTeamTable(), newTeamMemberTable()
		register(r, o.teams.Table, &s.Team)
		register(r, o.teamMembers.Table, &s.TeamMember)
	}
	o.members, o.invitations = newMemberTable(), newInvitationTable(o.Teams.Enabled)
	register(r, o.members.Table, &s.Member)
	register(r, o.invitations.Table, &s.Invitation)
	o.memberUser = db.LinkOf(o.members.Table, o.members.UserID, r.Tables().Users.Table, r.Tables().Users.ID)
	o.memberOrganization = db.LinkOf(o.members.Table, o.members.OrganizationID, o.orgs.Table, o.orgs.ID)
	o.activeOrganization = core.AddField[string](r, r.Tables().Sessions.Table, "activeOrganizationId")
	if o.Teams.Enabled {
		o.activeTeam = core.AddField[string](r, r.Tables().Sessions.Table, "activeTeamId")
	}
}

func register[T any](r *core.Registrar, t *db.Table[T], m *Model) {
	core.ExtendTable(r, t, m.AdditionalFields, m.Mapping)
	r.Table(t.Def)
}

func newOrganizationTable() *organizationTable {
	t := &organizationTable{
		ID:        db.ID("id", func(o *Organization) *string { return &o.ID }).PrimaryKey(),
		Name:      db.Text("name", func(o *Organization) *string { return &o.Name }).Sortable(),
		Slug:      db.Text("slug", func(o *Organization) *string { return &o.Slug }).Unique().Index().Sortable(),
		Logo:      db.NullText("logo", func(o *Organization) **string { return &o.Logo }),
		CreatedAt: db.Time("createdAt", func(o *Organization) *time.Time { return &o.CreatedAt }),
		Metadata:  db.NullText("metadata", func(o *Organization) **string { return &o.Metadata }),
	}
	t.Table = db.NewTable("organization", func(o *Organization) *db.Extra { return &o.Extra },
		t.ID, t.Name, t.Slug, t.Logo, t.CreatedAt, t.Metadata)
	return t
}

func newMemberTable() *memberTable {
	t := &memberTable{
		ID:             db.ID("id", func(m *Member) *string { return &m.ID }).PrimaryKey(),
		OrganizationID: db.ID("organizationId", func(m *Member) *string { return &m.OrganizationID }).References("organization", "id").Index(),
		UserID:         db.ID("userId", func(m *Member) *string { return &m.UserID }).References("user", "id").Index(),
		Role:           db.Text("role", func(m *Member) *string { return &m.Role }).Sortable(),
		CreatedAt:      db.Time("createdAt", func(m *Member) *time.Time { return &m.CreatedAt }),
	}
	t.Table = db.NewTable("member", func(m *Member) *db.Extra { return &m.Extra },
		t.ID, t.OrganizationID, t.UserID, t.Role, t.CreatedAt)
	return t
}

func newInvitationTable(teams bool) *invitationTable {
	t := &invitationTable{
		ID:             db.ID("id", func(i *Invitation) *string { return &i.ID }).PrimaryKey(),
		OrganizationID: db.ID("organizationId", func(i *Invitation) *string { return &i.OrganizationID }).References("organization", "id").Index(),
		Email:          db.Text("email", func(i *Invitation) *string { return &i.Email }).Sortable().Index(),
		Role:           db.NullText("role", func(i *Invitation) **string { return &i.Role }).Sortable(),
		TeamID:         db.NullText("teamId", func(i *Invitation) **string { return &i.TeamID }).Sortable(),
		Status:         db.Text("status", func(i *Invitation) *string { return &i.Status }).Sortable(),
		ExpiresAt:      db.Time("expiresAt", func(i *Invitation) *time.Time { return &i.ExpiresAt }),
		CreatedAt:      db.Time("createdAt", func(i *Invitation) *time.Time { return &i.CreatedAt }).NowDefault(),
		InviterID:      db.ID("inviterId", func(i *Invitation) *string { return &i.InviterID }).References("user", "id"),
	}
	fields := []db.AnyField[Invitation]{t.ID, t.OrganizationID, t.Email, t.Role}
	if teams {
		fields = append(fields, t.TeamID)
	}
	t.Table = db.NewTable("invitation", func(i *Invitation) *db.Extra { return &i.Extra },
		append(fields, t.Status, t.ExpiresAt, t.CreatedAt, t.InviterID)...)
	return t
}

func newTeamTable() *teamTable {
	t := &teamTable{
		ID:             db.ID("id", func(m *Team) *string { return &m.ID }).PrimaryKey(),
		Name:           db.Text("name", func(m *Team) *string { return &m.Name }),
		MemberCount:    db.Int("memberCount", func(m *Team) *int64 { return &m.MemberCount }).Hidden(),
		OrganizationID: db.ID("organizationId", func(m *Team) *string { return &m.OrganizationID }).References("organization", "id").Index(),
		CreatedAt:      db.Time("createdAt", func(m *Team) *time.Time { return &m.CreatedAt }),
		UpdatedAt:      db.NullTime("updatedAt", func(m *Team) **time.Time { return &m.UpdatedAt }),
	}
	t.Table = db.NewTable("team", func(m *Team) *db.Extra { return &m.Extra },
		t.ID, t.Name, t.MemberCount, t.OrganizationID, t.CreatedAt, t.UpdatedAt)
	// Teams of before the column was there begin at 0, as in the reference: who joins is counted anew.
	t.MemberCount.Column().Input.Default = func() any { return int64(0) }
	return t
}

func newTeamMemberTable() *teamMemberTable {
	t := &teamMemberTable{
		ID:            db.ID("id", func(m *TeamMember) *string { return &m.ID }).PrimaryKey(),
		TeamID:        db.ID("teamId", func(m *TeamMember) *string { return &m.TeamID }).References("team", "id").Index(),
		UserID:        db.ID("userId", func(m *TeamMember) *string { return &m.UserID }).References("user", "id").Index(),
		MembershipKey: db.NullText("membershipKey", func(m *TeamMember) **string { return &m.MembershipKey }).Unique().Hidden(),
		CreatedAt:     db.NullTime("createdAt", func(m *TeamMember) **time.Time { return &m.CreatedAt }),
	}
	t.Table = db.NewTable("teamMember", func(m *TeamMember) *db.Extra { return &m.Extra },
		t.ID, t.TeamID, t.UserID, t.MembershipKey, t.CreatedAt)
	return t
}

func newRoleTable() *roleTable {
	t := &roleTable{
		ID:             db.ID("id", func(r *Role) *string { return &r.ID }).PrimaryKey(),
		OrganizationID: db.ID("organizationId", func(r *Role) *string { return &r.OrganizationID }).References("organization", "id").Index(),
		Role:           db.Text("role", func(r *Role) *string { return &r.Role }).Index(),
		Permission:     db.Text("permission", func(r *Role) *string { return &r.Permission }),
		CreatedAt:      db.Time("createdAt", func(r *Role) *time.Time { return &r.CreatedAt }).NowDefault(),
		UpdatedAt:      db.NullTime("updatedAt", func(r *Role) **time.Time { return &r.UpdatedAt }),
	}
	t.Table = db.NewTable("organizationRole", func(r *Role) *db.Extra { return &r.Extra },
		t.ID, t.OrganizationID, t.Role, t.Permission, t.CreatedAt, t.UpdatedAt)
	return t
}
