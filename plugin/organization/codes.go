package organization

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

func bad(code core.Code, message string) *core.Error {
	return core.NewError(http.StatusBadRequest, code, message)
}

func forbid(code core.Code, message string) *core.Error {
	return core.NewError(http.StatusForbidden, code, message)
}

// The plugin's refusals, with the status they have most often.
var (
	ErrCreateNewOrganization     = forbid("YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_ORGANIZATION", "You are not allowed to create a new organization")
	ErrTooManyOrganizations      = forbid("YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_ORGANIZATIONS", "You have reached the maximum number of organizations")
	ErrOrganizationAlreadyExists = bad("ORGANIZATION_ALREADY_EXISTS", "Organization already exists")
	ErrSlugTaken                 = bad("ORGANIZATION_SLUG_ALREADY_TAKEN", "Organization slug already taken")
	ErrOrganizationNotFound      = bad("ORGANIZATION_NOT_FOUND", "Organization not found")
	ErrNotMember                 = forbid("USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION", "User is not a member of the organization")
	ErrUpdateOrganization        = forbid("YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_ORGANIZATION", "You are not allowed to update this organization")
	ErrDeleteOrganization        = forbid("YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_ORGANIZATION", "You are not allowed to delete this organization")
	ErrNoActiveOrganization      = bad("NO_ACTIVE_ORGANIZATION", "No active organization")
	ErrAlreadyMember             = bad("USER_IS_ALREADY_A_MEMBER_OF_THIS_ORGANIZATION", "User is already a member of this organization")
	ErrMemberNotFound            = bad("MEMBER_NOT_FOUND", "Member not found")
	ErrRoleNotFound              = bad("ROLE_NOT_FOUND", "Role not found")
	ErrCreateNewTeam             = forbid("YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM", "You are not allowed to create a new team")
	ErrTeamAlreadyExists         = bad("TEAM_ALREADY_EXISTS", "Team already exists")
	ErrTeamNotFound              = bad("TEAM_NOT_FOUND", "Team not found")
	ErrOnlyOwner                 = bad("YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER", "You cannot leave the organization as the only owner")
	ErrWithoutOwner              = bad("YOU_CANNOT_LEAVE_THE_ORGANIZATION_WITHOUT_AN_OWNER", "You cannot leave the organization without an owner")
	ErrDeleteMember              = forbid("YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_MEMBER", "You are not allowed to delete this member")
	ErrInviteUsersOrganization   = forbid("YOU_ARE_NOT_ALLOWED_TO_INVITE_USERS_TO_THIS_ORGANIZATION", "You are not allowed to invite users to this organization")
	ErrAlreadyInvited            = bad("USER_IS_ALREADY_INVITED_TO_THIS_ORGANIZATION", "User is already invited to this organization")
	ErrInvitationNotFound        = bad("INVITATION_NOT_FOUND", "Invitation not found")
	ErrNotRecipient              = forbid("YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION", "You are not the recipient of the invitation")
	ErrVerifyBeforeAnswering     = forbid("EMAIL_VERIFICATION_REQUIRED_BEFORE_ACCEPTING_OR_REJECTING_INVITATION", "Email verification required before accepting or rejecting invitation")
	ErrVerifyBeforeReading       = forbid("EMAIL_VERIFICATION_REQUIRED_FOR_INVITATION", "Email verification required to view or list invitations for the session email")
	ErrCancelInvitation          = forbid("YOU_ARE_NOT_ALLOWED_TO_CANCEL_THIS_INVITATION", "You are not allowed to cancel this invitation")
	ErrListInvitations           = forbid("YOU_ARE_NOT_ALLOWED_TO_LIST_INVITATIONS", "You are not allowed to list invitations for this organization")
	ErrInviterGone               = bad("INVITER_IS_NO_LONGER_A_MEMBER_OF_THE_ORGANIZATION", "Inviter is no longer a member of the organization")
	ErrInviteUserWithRole        = forbid("YOU_ARE_NOT_ALLOWED_TO_INVITE_USER_WITH_THIS_ROLE", "You are not allowed to invite a user with this role")
	ErrFailedRetrieveInvitation  = bad("FAILED_TO_RETRIEVE_INVITATION", "Failed to retrieve invitation")
	ErrTooManyTeams              = bad("YOU_HAVE_REACHED_THE_MAXIMUM_NUMBER_OF_TEAMS", "You have reached the maximum number of teams")
	ErrLastTeam                  = bad("UNABLE_TO_REMOVE_LAST_TEAM", "Unable to remove last team")
	ErrUpdateMember              = forbid("YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_MEMBER", "You are not allowed to update this member")
	ErrMembershipLimit           = forbid("ORGANIZATION_MEMBERSHIP_LIMIT_REACHED", "Organization membership limit reached")
	ErrCreateTeamsInOrganization = forbid("YOU_ARE_NOT_ALLOWED_TO_CREATE_TEAMS_IN_THIS_ORGANIZATION", "You are not allowed to create teams in this organization")
	ErrDeleteTeamsInOrganization = forbid("YOU_ARE_NOT_ALLOWED_TO_DELETE_TEAMS_IN_THIS_ORGANIZATION", "You are not allowed to delete teams in this organization")
	ErrUpdateTeam                = forbid("YOU_ARE_NOT_ALLOWED_TO_UPDATE_THIS_TEAM", "You are not allowed to update this team")
	ErrDeleteTeam                = forbid("YOU_ARE_NOT_ALLOWED_TO_DELETE_THIS_TEAM", "You are not allowed to delete this team")
	ErrInvitationLimit           = forbid("INVITATION_LIMIT_REACHED", "Invitation limit reached")
	ErrTeamMemberLimit           = forbid("TEAM_MEMBER_LIMIT_REACHED", "Team member limit reached")
	ErrNotTeamMember             = bad("USER_IS_NOT_A_MEMBER_OF_THE_TEAM", "User is not a member of the team")
	ErrAccessMembersOfTeam       = bad("YOU_CAN_NOT_ACCESS_THE_MEMBERS_OF_THIS_TEAM", "You are not allowed to list the members of this team")
	ErrNoActiveTeam              = bad("YOU_DO_NOT_HAVE_AN_ACTIVE_TEAM", "You do not have an active team")
	ErrCreateNewTeamMember       = forbid("YOU_ARE_NOT_ALLOWED_TO_CREATE_A_NEW_TEAM_MEMBER", "You are not allowed to create a new member")
	ErrRemoveTeamMember          = forbid("YOU_ARE_NOT_ALLOWED_TO_REMOVE_A_TEAM_MEMBER", "You are not allowed to remove a team member")
	ErrAccessOrganization        = forbid("YOU_ARE_NOT_ALLOWED_TO_ACCESS_THIS_ORGANIZATION", "You are not allowed to access this organization as an owner")
	ErrYouAreNotMember           = forbid("YOU_ARE_NOT_A_MEMBER_OF_THIS_ORGANIZATION", "You are not a member of this organization")
	ErrMissingAccessControl      = core.NewError(http.StatusNotImplemented, "MISSING_AC_INSTANCE",
		"Dynamic Access Control requires a pre-defined ac instance on the server auth plugin. Read server logs for more information")
	ErrNoOrganizationForRole = bad("YOU_MUST_BE_IN_AN_ORGANIZATION_TO_CREATE_A_ROLE", "You must be in an organization to create a role")
	ErrCreateRole            = forbid("YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE", "You are not allowed to create a role")
	ErrUpdateRole            = forbid("YOU_ARE_NOT_ALLOWED_TO_UPDATE_A_ROLE", "You are not allowed to update a role")
	ErrDeleteRole            = forbid("YOU_ARE_NOT_ALLOWED_TO_DELETE_A_ROLE", "You are not allowed to delete a role")
	ErrReadRole              = forbid("YOU_ARE_NOT_ALLOWED_TO_READ_A_ROLE", "You are not allowed to read a role")
	ErrListRole              = forbid("YOU_ARE_NOT_ALLOWED_TO_LIST_A_ROLE", "You are not allowed to list a role")
	ErrGetRole               = forbid("YOU_ARE_NOT_ALLOWED_TO_GET_A_ROLE", "You are not allowed to get a role")
	ErrTooManyRoles          = bad("TOO_MANY_ROLES", "This organization has too many roles")
	ErrInvalidResource       = bad("INVALID_RESOURCE", "The provided permission includes an invalid resource")
	ErrRoleNameTaken         = bad("ROLE_NAME_IS_ALREADY_TAKEN", "That role name is already taken")
	ErrPredefinedRole        = bad("CANNOT_DELETE_A_PRE_DEFINED_ROLE", "Cannot delete a pre-defined role")
	ErrRoleAssigned          = bad("ROLE_IS_ASSIGNED_TO_MEMBERS", "Cannot delete a role that is assigned to members. Please reassign the members to a different role first")
	ErrInvalidTeamID         = bad("INVALID_TEAM_ID", "Team id contains a reserved character")
	ErrDeletionDisabled      = core.NewError(http.StatusNotFound, "ORGANIZATION_DELETION_DISABLED", "Organization deletion is disabled")
)

// Refusals the reference gives no code, or no body.
var (
	errUnauthorized     = &core.Error{Status: http.StatusUnauthorized}
	errBad              = &core.Error{Status: http.StatusBadRequest}
	errNobody           = core.NewError(http.StatusUnauthorized, "", "User not found")
	errNotAuthenticated = core.NewError(http.StatusUnauthorized, "", "Not authenticated")
	errNoOrganizationID = bad("", "Organization ID is required")
	errNotYours         = forbid("", "You are not a member of this organization")
	errAddressGiven     = bad("", "User email cannot be passed for client side API calls.")
	errNoAddress        = bad("", "Missing session headers, or email query parameter.")
	errTeamsDisabled    = bad("", "Teams are not enabled")
	errNoSuchUser       = bad("", "User not found")
)

func refusals() []*core.Error {
	return []*core.Error{
		ErrCreateNewOrganization, ErrTooManyOrganizations, ErrOrganizationAlreadyExists, ErrSlugTaken, ErrOrganizationNotFound,
		ErrNotMember, ErrUpdateOrganization, ErrDeleteOrganization, ErrNoActiveOrganization, ErrAlreadyMember,
		ErrMemberNotFound, ErrRoleNotFound, ErrCreateNewTeam, ErrTeamAlreadyExists, ErrTeamNotFound,
		ErrOnlyOwner, ErrWithoutOwner, ErrDeleteMember, ErrInviteUsersOrganization, ErrAlreadyInvited,
		ErrInvitationNotFound, ErrNotRecipient, ErrVerifyBeforeAnswering, ErrVerifyBeforeReading, ErrCancelInvitation,
		ErrListInvitations, ErrInviterGone, ErrInviteUserWithRole, ErrFailedRetrieveInvitation, ErrTooManyTeams,
		ErrLastTeam, ErrUpdateMember, ErrMembershipLimit, ErrCreateTeamsInOrganization, ErrDeleteTeamsInOrganization,
		ErrUpdateTeam, ErrDeleteTeam, ErrInvitationLimit, ErrTeamMemberLimit, ErrNotTeamMember,
		ErrAccessMembersOfTeam, ErrNoActiveTeam, ErrCreateNewTeamMember, ErrRemoveTeamMember, ErrAccessOrganization,
		ErrYouAreNotMember, ErrMissingAccessControl, ErrNoOrganizationForRole, ErrCreateRole, ErrUpdateRole,
		ErrDeleteRole, ErrReadRole, ErrListRole, ErrGetRole, ErrTooManyRoles,
		ErrInvalidResource, ErrRoleNameTaken, ErrPredefinedRole, ErrRoleAssigned, ErrInvalidTeamID,
		ErrDeletionDisabled,
	}
}
