package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/organization"
	"github.com/watchword-auth/watchword/server/config"
)

// pluginModel is an entry of a plugin's schema.
type pluginModel struct {
	ModelName        string            `key:"modelName"`
	Fields           map[string]string `key:"fields"`
	AdditionalFields *config.Node      `key:"additionalFields"`
}

func (m pluginModel) read(into *organization.Model) error {
	into.ModelName, into.Fields = m.ModelName, m.Fields
	if m.AdditionalFields == nil {
		return nil
	}
	return m.AdditionalFields.Members(func(key, value *config.Node) error {
		field, err := readField(key, value)
		into.AdditionalFields = append(into.AdditionalFields, field)
		return err
	})
}

type organizationOptions struct {
	rolesFile
	AllowUserToCreateOrganization        *bool           `key:"allowUserToCreateOrganization"`
	OrganizationLimit                    *int            `key:"organizationLimit"`
	CreatorRole                          string          `key:"creatorRole"`
	MembershipLimit                      int             `key:"membershipLimit"`
	InvitationLimit                      *int            `key:"invitationLimit"`
	InvitationExpiresIn                  *config.Seconds `key:"invitationExpiresIn"`
	CancelPendingInvitationsOnReInvite   bool            `key:"cancelPendingInvitationsOnReInvite"`
	RequireEmailVerificationOnInvitation *bool           `key:"requireEmailVerificationOnInvitation"`
	DisableOrganizationDeletion          bool            `key:"disableOrganizationDeletion"`
	Teams                                struct {
		Enabled     bool `key:"enabled"`
		DefaultTeam struct {
			Enabled *bool `key:"enabled"`
		} `key:"defaultTeam"`
		MaximumTeams          int  `key:"maximumTeams"`
		MaximumMembersPerTeam *int `key:"maximumMembersPerTeam"`
		AllowRemovingAllTeams bool `key:"allowRemovingAllTeams"`
	} `key:"teams"`
	DynamicAccessControl struct {
		Enabled                     bool `key:"enabled"`
		MaximumRolesPerOrganization *int `key:"maximumRolesPerOrganization"`
	} `key:"dynamicAccessControl"`
	Schema struct {
		Organization     pluginModel `key:"organization"`
		Member           pluginModel `key:"member"`
		Invitation       pluginModel `key:"invitation"`
		Team             pluginModel `key:"team"`
		TeamMember       pluginModel `key:"teamMember"`
		OrganizationRole pluginModel `key:"organizationRole"`
		Session          model       `key:"session"`
	} `key:"schema"`
}

func newOrganization(in pluginInput) (core.Plugin, error) {
	var f organizationOptions
	if err := in.Decode(&f); err != nil {
		return nil, err
	}
	in.rename(&in.options.Session.Mapping, f.Schema.Session)
	o := organization.Options{
		DisableCreation: !isTrue(f.AllowUserToCreateOrganization, true), OrganizationLimit: f.OrganizationLimit,
		CreatorRole: f.CreatorRole, MembershipLimit: f.MembershipLimit, InvitationLimit: f.InvitationLimit,
		InvitationExpiresIn:                  f.InvitationExpiresIn.Duration(),
		CancelPendingInvitationsOnReInvite:   f.CancelPendingInvitationsOnReInvite,
		RequireEmailVerificationOnInvitation: f.RequireEmailVerificationOnInvitation,
		DisableOrganizationDeletion:          f.DisableOrganizationDeletion,
		Teams: organization.Teams{
			Enabled: f.Teams.Enabled, DisableDefaultTeam: !isTrue(f.Teams.DefaultTeam.Enabled, true),
			MaximumTeams: f.Teams.MaximumTeams, MaximumMembersPerTeam: f.Teams.MaximumMembersPerTeam,
			AllowRemovingAllTeams: f.Teams.AllowRemovingAllTeams,
		},
		DynamicRoles: organization.DynamicRoles{
			Enabled:                     f.DynamicAccessControl.Enabled,
			MaximumRolesPerOrganization: f.DynamicAccessControl.MaximumRolesPerOrganization,
		},
	}
	var err error
	if o.AccessControl, o.Roles, err = f.read(organization.Statements(), organization.DefaultRoles()); err != nil {
		return nil, err
	}
	for _, m := range []struct {
		from pluginModel
		into *organization.Model
	}{
		{f.Schema.Organization, &o.Schema.Organization}, {f.Schema.Member, &o.Schema.Member},
		{f.Schema.Invitation, &o.Schema.Invitation}, {f.Schema.Team, &o.Schema.Team},
		{f.Schema.TeamMember, &o.Schema.TeamMember}, {f.Schema.OrganizationRole, &o.Schema.OrganizationRole},
	} {
		if err := m.from.read(m.into); err != nil {
			return nil, err
		}
	}
	return organization.New(o), nil
}
