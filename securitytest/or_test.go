package securitytest_test

import "github.com/watchword-auth/watchword/securitytest/harness"

var (
	dynamicRoles = harness.JSON{"plugins": harness.JSON{"organization": harness.JSON{
		"teams": harness.JSON{"enabled": true}, "dynamicAccessControl": harness.JSON{"enabled": true}, "ac": harness.JSON{}}}}
	smallOrganizations = harness.JSON{"plugins": harness.JSON{"organization": harness.JSON{
		"teams": harness.JSON{"enabled": true, "maximumTeams": 3}, "organizationLimit": 3, "membershipLimit": 3, "invitationLimit": 3}}}
	provenInvitees = harness.JSON{"plugins": harness.JSON{"organization": harness.JSON{
		"teams": harness.JSON{"enabled": true}, "requireEmailVerificationOnInvitation": true}}}
)

var or = section{"OR", "organizations", []row{
	{id: "OR-01", refs: "CVE-2026-53514 GHSA-fmh4-wcc4-5jm3", core: true, in: readable, config: provenInvitees,
		what: "whoever has not proven the invited address does not answer the invitation", test: unprovenInvitees},
	{id: "OR-02", refs: "", in: stored, what: "an invitation is for its recipient only", test: invitationsAreForOne},
	{id: "OR-03", refs: "CVE-2026-1529 GHSA-hcvw-475w-8g7p", core: true, in: stored,
		what: "a membership is what the stored invitation says, whatever the acceptance adds", test: acceptancesAddNothing},
	{id: "OR-04", refs: "CVE-2025-64708 GHSA-ch7q-53v8-73pc", in: stored,
		what: "an invitation that is over makes no member, and a good one makes one", test: invitationsEnd},
	{id: "OR-05", refs: "", in: stored, what: "roles are changed by those who may, in their own organization", test: rolesAreNotTaken},
	{id: "OR-06", refs: "", what: "no spelling of the creator's role is given by an administrator", test: spellingsOfOwner},
	{id: "OR-07", refs: "", what: "plain members see no invitations, and administrators none to the creator's role", test: invitationsAreHidden},
	{id: "OR-08", refs: "", in: stored, what: "teams of another organization are out of reach", test: foreignTeams},
	{id: "OR-09", refs: "", in: stored, config: smallOrganizations, what: "limits hold under racing calls", test: limitsOfOrganizations},
	{id: "OR-10", refs: "", config: dynamicRoles, what: "no unknown role is stored, and no known one is replaced", test: unknownRoles},
	{id: "OR-11", refs: "", config: dynamicRoles, what: "nobody makes a role that may do more than themselves", test: rolesHaveACeiling},
	{id: "OR-12", refs: "", in: stored, config: dynamicRoles, what: "a role means what its own organization says", test: rolesOfOneName},
	{id: "OR-13", refs: "CVE-2025-64431 GHSA-cpf4-pmr4-w6cx", core: true, in: everywhere, config: dynamicRoles,
		what: "no endpoint acts in an organization the caller is no member of", test: foreignOrganizations},
	{id: "OR-14", refs: "", in: stored, what: "whoever was removed acts no more, whatever the session calls active", test: removedMembers},
	{id: "OR-15", refs: "", in: stored, what: "an organization keeps an owner", test: lastOwners},
	{id: "OR-16", refs: "GHSA-h3rm-78g3-j7cp", core: true, in: stored, config: body{"plugins": body{"apiKey": body{"references": "organization"}}},
		what: "no reference of a key names another organization", test: referencesAreOnesOwn},
}}
