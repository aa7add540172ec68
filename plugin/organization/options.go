package organization

import (
	"time"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	DisableCreation bool // the reference's allowUserToCreateOrganization: false
	// MayCreate decides for each user whether it may create organizations.
	MayCreate func(c *core.Context, u *core.User) (bool, error)

	OrganizationLimit *int // how many a user may be in and still create one; nil: any number
	// OrganizationLimitReached replaces OrganizationLimit.
	OrganizationLimitReached func(c *core.Context, u *core.User) (bool, error)
	MembershipLimit          int // members of one organization; 0 means 100
	MembershipLimitFunc      func(c *core.Context, u *core.User, org *Organization) (int, error)
	InvitationLimit          *int // pending invitations of one organization; nil means 100
	InvitationLimitFunc      func(c *core.Context, e *Event) (int, error)

	CreatorRole                        string        // "owner" where empty
	InvitationExpiresIn                time.Duration // 0 means 48 hours
	CancelPendingInvitationsOnReInvite bool
	// RequireEmailVerificationOnInvitation asks for a verified address before
	// an invitation is opened, accepted or rejected. Nil: only where the keys
	// of invitations can be guessed.
	RequireEmailVerificationOnInvitation *bool
	DisableOrganizationDeletion          bool

	Roles access.Roles // replaces [DefaultRoles]
	// AccessControl names the resources that dynamic roles may be about.
	AccessControl *access.Control
	Teams         Teams
	DynamicRoles  DynamicRoles
	Hooks         Hooks
	Schema        Schema
}

// Teams configure teams within organizations.
type Teams struct {
	Enabled            bool
	DisableDefaultTeam bool // new organizations have none
	// CreateDefaultTeam shapes the first team of an organization; nil names it
	// after the organization.
	CreateDefaultTeam         func(c *core.Context, org *Organization, team *Team) error
	MaximumTeams              int // of one organization; 0: any number
	MaximumTeamsFunc          func(c *core.Context, organizationID string, current *core.Current) (int, error)
	MaximumMembersPerTeam     *int // nil: any number
	MaximumMembersPerTeamFunc func(c *core.Context, teamID, organizationID string, current *core.Current) (int, error)
	AllowRemovingAllTeams     bool
}

// DynamicRoles configure roles that organizations make themselves. They need
// Options.AccessControl.
type DynamicRoles struct {
	Enabled                         bool
	MaximumRolesPerOrganization     *int // nil: any number
	MaximumRolesPerOrganizationFunc func(c *core.Context, organizationID string) (int, error)
}

// Model renames a table and adds columns to it.
type Model struct {
	core.Mapping
	AdditionalFields []core.AdditionalField
}

// Schema shapes the plugin's tables.
type Schema struct {
	Organization, Member, Invitation, Team, TeamMember, OrganizationRole Model
}

// Event is what hooks are told. Members that have no meaning for a hook are
// nil. User is who is added, removed or changed, else who acts.
type Event struct {
	Organization *Organization
	Member       *Member
	Invitation   *Invitation
	Team         *Team
	TeamMember   *TeamMember
	User         *core.User
	PreviousRole string // of a member whose role was changed
}

// Hook watches one kind of change. A Before hook runs in the change's
// transaction; it may change the row that is about to be stored, or refuse
// with an error. An After hook runs when the change is final; its error is
// logged.
type Hook func(c *core.Context, e *Event) error

// Hooks run around changes. Nil hooks do nothing.
type Hooks struct {
	BeforeCreateOrganization, AfterCreateOrganization Hook
	BeforeUpdateOrganization, AfterUpdateOrganization Hook
	BeforeDeleteOrganization, AfterDeleteOrganization Hook
	BeforeAddMember, AfterAddMember                   Hook
	BeforeRemoveMember, AfterRemoveMember             Hook
	BeforeUpdateMemberRole, AfterUpdateMemberRole     Hook
	BeforeCreateInvitation, AfterCreateInvitation     Hook
	BeforeAcceptInvitation, AfterAcceptInvitation     Hook
	BeforeRejectInvitation, AfterRejectInvitation     Hook
	BeforeCancelInvitation, AfterCancelInvitation     Hook
	BeforeCreateTeam, AfterCreateTeam                 Hook
	BeforeUpdateTeam, AfterUpdateTeam                 Hook
	BeforeDeleteTeam, AfterDeleteTeam                 Hook
	BeforeAddTeamMember, AfterAddTeamMember           Hook
	BeforeRemoveTeamMember, AfterRemoveTeamMember     Hook
}

func before(c *core.Context, h Hook, e *Event) error {
	if h == nil {
		return nil
	}
	return h(c, e)
}

// after runs a hook once the transaction in hand is committed.
func after(c *core.Context, h Hook, e *Event) {
	if h == nil {
		return
	}
	k, request := c.Kernel(), c.Request()
	c.AfterCommit(func() {
		own, err := k.NewContext(c.Context, request)
		if err == nil {
			err = h(own, e)
		}
		if err != nil {
			c.Log().ErrorContext(c, "a hook after a change of an organization failed", "error", err)
		}
	})
}
