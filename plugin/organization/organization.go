// Package organization lets users form organizations with members, roles,
// invitations and teams.
//
//	o.Plugins = append(o.Plugins, organization.New(organization.Options{}))
//
// What a caller may do follows from its membership as it is stored at that
// moment, whatever organization its session calls active. Limits, the last
// owner and invitations hold under any number of racing callers: what changes
// an organization waits for its row.
package organization

import (
	"errors"
	"sync"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// MessageInvitation is the type of the mail an invitation is sent by. Its data
// names the invitation, the role, the organization and the inviter.
const MessageInvitation = "organization-invitation"

// Plugin is the organization plugin.
type Plugin struct {
	o Options
	// instances holds an *organization for the *core.Tables of each instance:
	// other plugins ask this one, see [Plugin.Allows].
	instances sync.Map
}

// New makes the plugin.
func New(o Options) *Plugin {
	if o.CreatorRole == "" {
		o.CreatorRole = "owner"
	}
	if o.MembershipLimit == 0 {
		o.MembershipLimit = 100
	}
	if o.InvitationLimit == nil {
		hundred := 100
		o.InvitationLimit = &hundred
	}
	if o.InvitationExpiresIn == 0 {
		o.InvitationExpiresIn = 48 * time.Hour
	}
	return &Plugin{o: o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "organization" }

// organization is the plugin within one instance.
type organization struct {
	Options
	orgs        *organizationTable
	members     *memberTable
	invitations *invitationTable
	teams       *teamTable       // nil without teams
	teamMembers *teamMemberTable // nil without teams
	roles       *roleTable       // nil without dynamic roles

	memberUser         db.Link[Member, core.User]
	memberOrganization db.Link[Member, Organization]
	activeOrganization db.Field[core.Session, string]
	activeTeam         db.Field[core.Session, string] // only with teams
}

// Register adds the tables, the columns of sessions and the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	if p.o.CreatorRole != "owner" && p.o.Roles[p.o.CreatorRole] == nil && DefaultRoles()[p.o.CreatorRole] == nil {
		return errors.New("organization: CreatorRole is not among Roles")
	}
	o := &organization{Options: p.o}
	o.addTables(r)
	p.instances.Store(r.Tables(), o)
	r.Codes(refusals()...)

	op := func(summary string) core.Op { return core.Op{Summary: summary, Tags: []string{"Organization"}} }
	mine := func(summary string) core.Op { m := op(summary); m.Session = core.SessionRequired; return m }
	core.Post(r, Create, "/organization/create", o.create, op("Create an organization"))
	core.Post(r, CheckSlug, "/organization/check-slug", o.checkSlug, op("Whether a slug is free"))
	core.Post(r, Update, "/organization/update", o.update, op("Change an organization"))
	core.Post(r, Delete, "/organization/delete", o.delete, op("Delete an organization with all that belongs to it"))
	core.Get(r, List, "/organization/list", o.list, mine("The caller's organizations"))
	core.Get(r, Get, "/organization/get-organization", o.get, mine("One organization"))
	core.Get(r, GetFull, "/organization/get-full-organization", o.getFull, mine("One organization with members, invitations and teams"))
	core.Post(r, SetActive, "/organization/set-active", o.setActive, mine("Make an organization the session's active one"))
	core.Post(r, HasPermission, "/organization/has-permission", o.hasPermission, mine("Whether the caller may do something"))

	core.Post(r, InviteMember, "/organization/invite-member", o.invite, mine("Invite an address"))
	core.Post(r, AcceptInvitation, "/organization/accept-invitation", o.accept, mine("Accept an invitation"))
	core.Post(r, RejectInvitation, "/organization/reject-invitation", o.reject, mine("Reject an invitation"))
	core.Post(r, CancelInvitation, "/organization/cancel-invitation", o.cancel, mine("Cancel an invitation"))
	core.Get(r, GetInvitation, "/organization/get-invitation", o.getInvitation, op("One invitation to the caller"))
	core.Get(r, ListInvitations, "/organization/list-invitations", o.listInvitations, mine("The invitations of an organization"))
	core.Get(r, ListUserInvitations, "/organization/list-user-invitations", o.listUserInvitations, op("The pending invitations to the caller"))

	core.ServerOnly(r, AddMember, o.addMember, op("Make a user a member"))
	core.Post(r, RemoveMember, "/organization/remove-member", o.removeMember, mine("Remove a member"))
	core.Post(r, UpdateMemberRole, "/organization/update-member-role", o.updateMemberRole, mine("Change the role of a member"))
	core.Post(r, Leave, "/organization/leave", o.leave, mine("Leave an organization"))
	core.Get(r, GetActiveMember, "/organization/get-active-member", o.getActiveMember, mine("The caller's membership in the active organization"))
	core.Get(r, GetActiveMemberRole, "/organization/get-active-member-role", o.getActiveMemberRole, mine("The role of a member"))
	core.Get(r, ListMembers, "/organization/list-members", o.listMembers, mine("The members of an organization"))
	o.registerTeams(r, op, mine)
	o.registerRoles(r, mine)
	return nil
}

func (o *organization) registerTeams(r *core.Registrar, op, mine func(string) core.Op) {
	if !o.Teams.Enabled {
		return
	}
	core.Post(r, CreateTeam, "/organization/create-team", o.createTeam, op("Create a team"))
	core.Post(r, RemoveTeam, "/organization/remove-team", o.removeTeam, op("Delete a team"))
	core.Post(r, UpdateTeam, "/organization/update-team", o.updateTeam, mine("Change a team"))
	core.Get(r, ListTeams, "/organization/list-teams", o.listTeams, mine("The teams of an organization"))
	core.Post(r, SetActiveTeam, "/organization/set-active-team", o.setActiveTeam, mine("Make a team the session's active one"))
	core.Get(r, ListUserTeams, "/organization/list-user-teams", o.listUserTeams, mine("The teams of a user"))
	core.Get(r, ListTeamMembers, "/organization/list-team-members", o.listTeamMembers, mine("The members of a team"))
	core.Post(r, AddTeamMember, "/organization/add-team-member", o.addTeamMember, mine("Put a member into a team"))
	core.Post(r, RemoveTeamMember, "/organization/remove-team-member", o.removeTeamMember, mine("Take a member out of a team"))
}

func (o *organization) registerRoles(r *core.Registrar, mine func(string) core.Op) {
	if !o.DynamicRoles.Enabled {
		return
	}
	core.Post(r, CreateRole, "/organization/create-role", o.createRole, mine("Create a role"))
	core.Post(r, DeleteRole, "/organization/delete-role", o.deleteRole, mine("Delete a role"))
	core.Get(r, ListRoles, "/organization/list-roles", o.listRoles, mine("The roles an organization made"))
	core.Get(r, GetRole, "/organization/get-role", o.getRole, mine("One role an organization made"))
	core.Post(r, UpdateRole, "/organization/update-role", o.updateRole, mine("Change a role"))
}
