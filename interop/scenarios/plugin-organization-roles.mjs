// The organization plugin: dynamic roles, what they allow, and what follows from them in teams and invitations.
import { everyType, noteMessage, signedUp } from "../steps.mjs";

// Without statements of one's own there are no roles to make.
const ac = {
  organization: ["update", "delete"], member: ["create", "update", "delete"], invitation: ["create", "cancel"],
  team: ["create", "update", "delete"], ac: ["create", "read", "update", "delete"],
};
const config = { emailAndPassword: { enabled: true }, plugins: { organization: { teams: { enabled: true }, ac, dynamicAccessControl: { enabled: true } } } };
const org = (path) => `/organization/${path}`;

/** An organization with an owner, an administrator, a member, and somebody outside. */
async function company(t, name, more = {}) {
  const owner = await signedUp(t, `${name}-owner@example.com`);
  const id = (await owner.post(org("create"), { name, slug: name, ...more })).json?.id;
  const join = async (who, role, rest = {}) => {
    const email = `${name}-${who}@example.com`;
    const c = await signedUp(t, email);
    const invitation = await owner.post(org("invite-member"), { email, role, organizationId: id, ...rest });
    const accepted = await c.post(org("accept-invitation"), { invitationId: invitation.json?.id });
    return { c, email, member: accepted.json?.member };
  };
  const admin = await join("admin", "admin");
  const member = await join("member", "member");
  const stranger = await signedUp(t, `${name}-stranger@example.com`);
  return { owner, id, join, admin, member, stranger };
}

export default [
  {
    name: "roles: made, read, changed, removed",
    config,
    async run(t) {
      const { owner, admin, member, stranger, id } = await company(t, "ro-1");
      for (const c of [owner, admin.c, member.c, stranger]) {
        await c.post(org("create-role"), { role: "Editor", permission: { team: ["create", "update"], ac: ["read"] }, organizationId: id });
        await c.post(org("create-role"), { role: "editor", permission: { team: ["create"] }, organizationId: id });
        await c.get(org(`list-roles?organizationId=${id}`));
        await c.get(org("list-roles"));
        await c.get(org(`get-role?organizationId=${id}&roleName=editor`));
        await c.get(org(`get-role?organizationId=${id}&roleName=EDITOR`));
      }
      const { json: roles } = await owner.get(org("list-roles"));
      const roleId = roles?.[0]?.id;
      await owner.get(org(`get-role?roleId=${roleId}`));
      await owner.get(org("get-role?roleId=nothing"));
      await owner.get(org(`get-role?roleId=${roleId}&roleName=editor`));
      await owner.get(org("get-role"));
      await owner.get(org("get-role?roleName=owner"));
      for (const c of [member.c, admin.c, owner, stranger]) {
        await c.post(org("update-role"), { roleId, organizationId: id, data: { permission: { team: ["create"] } } });
        await c.post(org("update-role"), { roleName: "editor", organizationId: id, data: { roleName: "Writer" } });
        await c.post(org("update-role"), { roleName: "writer", organizationId: id, data: { roleName: "editor", permission: { member: ["create"] } } });
        await c.post(org("update-role"), { roleName: "editor", organizationId: id, data: {} });
      }
      for (const data of [{ roleName: "owner" }, { roleName: "member" }, { roleName: "" }, { roleName: "editor" }, { permission: {} }, { permission: { x: ["y"] } }, { permission: { team: ["fly"] } }, { permission: { team: [] } }])
        await owner.post(org("update-role"), { roleId, data });
      for (const c of [member.c, stranger, admin.c]) await c.post(org("delete-role"), { roleId, organizationId: id });
      await owner.post(org("delete-role"), { roleId });
      for (const roleName of ["owner", "admin", "member", "ghost"]) await owner.post(org("delete-role"), { roleName });
      await owner.post(org("delete-role"), {});
      await owner.get(org("list-roles"));
    },
  },
  {
    name: "roles: what may be granted",
    config,
    async run(t) {
      const { owner, admin } = await company(t, "ro-2");
      const wanted = [{ organization: ["update"] }, { organization: ["delete"] }, { organization: ["update", "delete"] }, { member: ["create", "update", "delete"] },
        { invitation: ["create", "cancel"] }, { team: ["create", "update", "delete"] }, { ac: ["create", "read", "update", "delete"] }, { ghost: ["read"] },
        { team: ["fly"] }, {}, { team: [] }, { organization: ["update"], ghost: ["x"] }, { team: ["create", "create"] }];
      for (const [i, permission] of wanted.entries()) {
        await owner.post(org("create-role"), { role: `by-owner-${i}`, permission });
        await admin.c.post(org("create-role"), { role: `by-admin-${i}`, permission });
      }
      for (const role of ["", " ", "owner", "Admin", "MEMBER", "a,b", "x".repeat(100), "with space"]) await owner.post(org("create-role"), { role, permission: { team: ["create"] } });
      await owner.get(org("list-roles"));
    },
  },
  {
    name: "roles: held by members",
    config,
    async run(t) {
      const { owner, member, id, join } = await company(t, "ro-3");
      const ask = async (c) => {
        for (const permissions of [{ team: ["create"] }, { team: ["delete"] }, { ac: ["read"] }, { invitation: ["create"] }, { member: ["delete"] }, { organization: ["update"] }])
          await c.post(org("has-permission"), { permissions });
      };
      await owner.post(org("create-role"), { role: "builder", permission: { team: ["create", "update"], invitation: ["create"] } });
      await owner.post(org("update-member-role"), { memberId: member.member?.id, role: "builder" });
      await ask(member.c);
      await member.c.post(org("create-team"), { name: "Built" });
      const email = "ro-3-guest@example.com";
      for (const role of ["member", "builder", "admin", "owner", "ghost"]) await member.c.post(org("invite-member"), { email: `ro-3-${role}@example.com`, role });
      await member.c.post(org("list-roles"));
      await member.c.get(org("list-roles"));
      await owner.post(org("delete-role"), { roleName: "builder" });
      await owner.post(org("update-role"), { roleName: "builder", data: { permission: { team: ["delete"] } } });
      await ask(member.c);
      await owner.post(org("update-member-role"), { memberId: member.member?.id, role: ["member", "builder"] });
      await ask(member.c);
      await owner.post(org("update-role"), { roleName: "builder", data: { roleName: "mason" } });
      await member.c.get(org("get-active-member"));
      await member.c.get(org("get-active-member-role"));
      await ask(member.c);
      await owner.post(org("update-member-role"), { memberId: member.member?.id, role: "member" });
      await owner.post(org("delete-role"), { roleName: "mason" });
      await owner.post(org("delete-role"), { roleName: "builder" });
      await owner.get(org("list-roles"));
      await join("guest", "builder");
      await owner.post(org("invite-member"), { email, role: "mason" });
      await owner.get(org(`list-invitations?organizationId=${id}`));
    },
  },
  {
    name: "roles: as many as allowed",
    config: { emailAndPassword: { enabled: true }, plugins: { organization: { ac, dynamicAccessControl: { enabled: true, maximumRolesPerOrganization: 2 } } } },
    async run(t) {
      const owner = await signedUp(t, "ro-4@example.com");
      await owner.post(org("create-role"), { role: "none", permission: { ac: ["read"] } });
      await owner.post(org("create"), { name: "Four", slug: "ro-4" });
      for (const role of ["one", "two", "three"]) await owner.post(org("create-role"), { role, permission: { ac: ["read"] } });
      await owner.post(org("delete-role"), { roleName: "one" });
      await owner.post(org("create-role"), { role: "three", permission: { member: ["create"] } });
      await owner.get(org("list-roles"));
      await owner.post(org("create-role"), { role: "team", permission: { team: ["create"] } });
    },
  },
  {
    name: "roles: input",
    config,
    async run(t) {
      const { owner, id } = await company(t, "ro-5");
      await owner.post(org("create-role"), { role: "given", permission: { ac: ["read"] } });
      for (const value of everyType) {
        await owner.post(org("create-role"), { role: value, permission: { ac: ["read"] } });
        await owner.post(org("create-role"), { role: "x", permission: value });
        await owner.post(org("create-role"), { role: "x", permission: { ac: value } });
        await owner.post(org("create-role"), { role: `x-${JSON.stringify(value)}`.replace(/\W/g, ""), permission: { ac: ["read"] }, additionalFields: value });
        await owner.post(org("create-role"), { role: "given", permission: { ac: ["read"] }, organizationId: value });
        await owner.post(org("update-role"), { roleName: "given", data: value });
        await owner.post(org("update-role"), { roleName: "given", data: { permission: value } });
        await owner.post(org("update-role"), { roleName: value, data: { permission: { ac: ["read"] } } });
        await owner.post(org("update-role"), { roleId: value, data: { permission: { ac: ["read"] } } });
        await owner.post(org("delete-role"), { roleId: value });
        await owner.post(org("has-permission"), { permissions: value });
        await owner.post(org("has-permission"), { permissions: { ac: value } });
        await owner.post(org("has-permission"), { permission: value });
      }
      await owner.get(org("list-roles"));
      await owner.get(org("list-roles?organizationId="));
      await owner.get(org("list-roles?organizationId=nothing"));
      await owner.get(org(`get-role?organizationId=${id}&roleName=`));
      await owner.post(org("has-permission"), { permissions: { ac: ["read"] }, organizationId: "nothing" });
      await owner.post(org("has-permission"), { permissions: { ac: ["read"] }, permission: { ac: ["read"] } });
      await owner.post(org("has-permission"), {});
      await owner.post(org("has-permission"), { permissions: { ghost: ["x"] } });
      await owner.post(org("has-permission"), { permissions: { ac: ["read"], ghost: ["x"] } });
      await owner.post(org("has-permission"), { permissions: { ac: ["fly"] } });
    },
  },
  {
    name: "roles: without an organization that is active",
    config,
    async run(t) {
      const c = await signedUp(t, "ro-6@example.com");
      for (const path of ["list-roles", "get-role?roleName=x", "list-teams", "list-members", "get-active-member", "get-active-member-role", "list-invitations", "get-full-organization", "list-team-members", "list-user-teams", "get-organization"])
        await c.get(org(path));
      for (const [path, body] of Object.entries({ "create-role": { role: "x", permission: { ac: ["read"] } }, "delete-role": { roleName: "x" }, "update-role": { roleName: "x", data: { roleName: "y" } },
        "create-team": { name: "x" }, "remove-team": { teamId: "x" }, "update-team": { teamId: "x", data: { name: "y" } }, "set-active-team": { teamId: "x" }, "add-team-member": { teamId: "x", userId: "y" },
        "remove-team-member": { teamId: "x", userId: "y" }, "invite-member": { email: "x@example.com", role: "member" }, "remove-member": { memberIdOrEmail: "x" }, "update-member-role": { memberId: "x", role: "member" },
        update: { data: { name: "x" } }, "has-permission": { permissions: { ac: ["read"] } }, leave: { organizationId: "x" }, delete: { organizationId: "x" } }))
        await c.post(org(path), body);
      await c.post(org("set-active"), { organizationSlug: "none" });
      await c.post(org("set-active"), { organizationId: "none", organizationSlug: "none" });
    },
  },
  {
    name: "roles: switched off",
    config: { emailAndPassword: { enabled: true }, plugins: { organization: { dynamicAccessControl: { enabled: false } } } },
    async run(t) {
      const { owner } = await company(t, "ro-7");
      await owner.post(org("create-role"), { role: "x", permission: { ac: ["read"] } });
      await owner.get(org("list-roles"));
      await owner.get(org("list-teams"));
      await owner.post(org("has-permission"), { permissions: { ac: ["read"] } });
      await owner.post(org("has-permission"), { permissions: { team: ["create"] } });
      await owner.post(org("invite-member"), { email: "ro-7-x@example.com", role: "ghost" });
      await noteMessage(t, "organization-invitation", "ro-7-admin@example.com");
    },
  },
];
