// The organization plugin: organizations, members, invitations, teams, dynamic roles.
import { everyType, noteMessage, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { organization: { teams: { enabled: true }, dynamicAccessControl: { enabled: true } } } };
const plain = { emailAndPassword: { enabled: true }, plugins: { organization: true } };

const org = (path) => `/organization/${path}`;
const sessionOf = async (c) => (await c.get("/get-session")).json.session;

const posts = (id) => ({
  create: { name: "x", slug: "taken-by-nobody" }, "check-slug": { slug: "x" }, update: { data: { name: "x" } }, delete: {}, "set-active": {},
  "has-permission": { permissions: { ac: ["read"] } }, "invite-member": { email: "nobody@example.com", role: "member" }, "accept-invitation": { invitationId: "x" },
  "reject-invitation": { invitationId: "x" }, "cancel-invitation": { invitationId: "x" }, "remove-member": { memberIdOrEmail: "x" },
  "update-member-role": { memberId: "x", role: "member" }, leave: {}, "create-team": { name: "x" }, "remove-team": { teamId: "x" },
  "update-team": { teamId: "x", data: { name: "x", ...(id ? { organizationId: id } : {}) } }, "set-active-team": { teamId: "x" },
  "add-team-member": { teamId: "x", userId: "x" }, "remove-team-member": { teamId: "x", userId: "x" },
  "create-role": { role: "x", permission: {} }, "delete-role": { roleName: "x" }, "update-role": { roleName: "x", data: {} }, "add-member": { userId: "x", role: "member" },
});
const gets = ["list", "get-organization", "get-full-organization", "get-invitation?id=x", "list-invitations", "list-user-invitations", "get-active-member",
  "get-active-member-role", "list-members", "list-teams", "list-user-teams", "list-team-members", "list-roles", "get-role?roleName=x"];

/** An organization, its owner, and how to bring others in. */
async function company(t, name) {
  const owner = await signedUp(t, `${name}-owner@example.com`);
  const id = (await owner.post(org("create"), { name, slug: name })).json.id;
  const join = async (email, role, more = {}) => {
    const c = await signedUp(t, email);
    const invitation = (await owner.post(org("invite-member"), { email, role, organizationId: id, ...more })).json.id;
    const member = (await c.post(org("accept-invitation"), { invitationId: invitation })).json.member;
    return { c, member };
  };
  return { owner, id, join };
}

export default [
  {
    name: "organization: nobody",
    config,
    async run(t) {
      const c = t.client();
      for (const [path, body] of Object.entries(posts())) await c.post(org(path), body);
      for (const path of gets) await c.get(org(path));
    },
  },
  {
    name: "organization: strangers",
    config,
    async run(t) {
      const { id } = await company(t, "org-1");
      const c = await signedUp(t, "org-1-x@example.com");
      for (const path of gets) await c.get(org(path));
      for (const path of gets) await c.get(org(path) + (path.includes("?") ? "&" : "?") + `organizationId=${id}`);
      for (const path of ["get-organization", "get-full-organization", "list-members", "get-active-member-role"]) {
        await c.get(org(`${path}?organizationSlug=org-1`));
        await c.get(org(`${path}?organizationSlug=nothing`));
      }
      for (const [path, body] of Object.entries(posts(id))) if (path !== "create") await c.post(org(path), { ...body, organizationId: id });
      await c.post(org("set-active"), { organizationSlug: "org-1" });
      await c.post("/update-session", { activeOrganizationId: id });
    },
  },
  {
    name: "organization: bad input",
    config,
    async run(t) {
      const { owner } = await company(t, "org-2");
      for (const path of Object.keys(posts())) {
        await owner.send("POST", org(path));
        await owner.post(org(path), {});
        await owner.post(org(path), []);
        await owner.post(org(path), { organizationId: 5, name: 5, slug: 5, role: 5, teamId: 5, data: 5, email: 5, permission: 5, permissions: 5, invitationId: 5 });
      }
      for (const role of [...everyType, ",", " owner", "ghost", ["member", "ghost"]]) await owner.post(org("invite-member"), { email: "org-2-x@example.com", role, resend: false });
      for (const slug of everyType) await owner.post(org("check-slug"), { slug });
      for (const metadata of everyType) await owner.post(org("create"), { name: "", slug: "", metadata });
      for (const roleName of everyType) await owner.post(org("delete-role"), { roleName });
      for (const permission of [{ team: 5 }, { team: [5] }, { team: ["create"] }]) await owner.post(org("create-role"), { role: "x", permission });
      for (const membersLimit of ["", "x", "1", "-1"]) await owner.get(org(`get-full-organization?membersLimit=${membersLimit}`));
      for (const query of ["?limit=1", "?limit=x", "?offset=1", "?sortBy=role&sortDirection=desc", "?sortDirection=up", "?filterField=role&filterValue=owner",
        "?filterField=role&filterOperator=ne&filterValue=owner", "?filterOperator=like"]) await owner.get(org(`list-members${query}`));
    },
  },
  {
    name: "organization: organizations",
    config,
    async run(t) {
      const c = await signedUp(t, "org-3@example.com");
      await c.post(org("create"), { name: "Three", slug: "org-3", metadata: { b: 1, a: { c: [1, "x"] } }, logo: null });
      await c.post(org("create"), { name: "Three", slug: "org-3" });
      await c.get("/get-session");
      await c.post(org("create"), { name: "Other", slug: "org-3b", logo: "l", keepCurrentActiveOrganization: true });
      await c.get("/get-session");
      await c.get(org("list"));
      await c.get(org("get-organization"));
      await c.get(org("get-full-organization"));
      await c.post(org("update"), { data: { slug: "org-3b" } });
      await c.post(org("update"), { data: { name: "New", slug: "org-3c", metadata: { z: 1 }, logo: "m" } });
      await c.post(org("update"), { data: { logo: null } });
      await c.post(org("set-active"), { organizationSlug: "org-3b" });
      await c.post(org("set-active"), {});
      await c.post(org("set-active"), { organizationId: null });
      await c.post(org("set-active"), { organizationId: null });
      await c.post(org("set-active"), { organizationId: "nothing" });
      await c.get(org("get-organization?organizationSlug=org-3c"));
      const { id } = (await c.get(org("get-organization?organizationSlug=org-3b"))).json;
      await c.post(org("set-active"), { organizationId: id });
      await c.post(org("delete"), { organizationId: "" });
      await c.post(org("delete"), { organizationId: id });
      await c.get("/get-session");
      await c.post(org("delete"), { organizationId: id });
    },
  },
  {
    name: "organization: invitations",
    config,
    async run(t) {
      const { owner, join } = await company(t, "org-4");
      const { c: admin } = await join("org-4-admin@example.com", "admin");
      const { c: member } = await join("org-4-member@example.com", "member");
      await noteMessage(t, "organization-invitation", "org-4-admin@example.com");
      for (const c of [owner, admin, member]) {
        await c.post(org("invite-member"), { email: "org-4-o@example.com", role: "owner" });
        await c.post(org("invite-member"), { email: "org-4-o@example.com", role: "member", resend: true });
        await c.get(org("list-invitations"));
        await c.get(org("get-full-organization"));
      }
      await owner.post(org("invite-member"), { email: "org-4-member@example.com", role: "member" });
      const id = (await admin.post(org("invite-member"), { email: "ORG-4-new@example.com", role: ["member", " admin "] })).json.id;
      await admin.post(org("invite-member"), { email: "org-4-new@example.com", role: "member" });
      const c = await signedUp(t, "org-4-new@example.com");
      for (const who of [c, member, t.client()]) {
        await who.get(org(`get-invitation?id=${id}`));
        await who.get(org("list-user-invitations"));
      }
      await member.post(org("accept-invitation"), { invitationId: id });
      await member.post(org("reject-invitation"), { invitationId: id });
      await member.post(org("cancel-invitation"), { invitationId: id });
      await c.post(org("reject-invitation"), { invitationId: id });
      await c.post(org("reject-invitation"), { invitationId: id });
      await c.post(org("accept-invitation"), { invitationId: id });
      const second = (await owner.post(org("invite-member"), { email: "org-4-new@example.com", role: "member" })).json.id;
      await owner.post(org("cancel-invitation"), { invitationId: second });
      await c.get(org(`get-invitation?id=${second}`));
      const third = (await owner.post(org("invite-member"), { email: "org-4-new@example.com", role: "member" })).json.id;
      await c.post(org("accept-invitation"), { invitationId: third });
      await c.post(org("accept-invitation"), { invitationId: third });
      await c.get("/get-session");
    },
  },
  {
    name: "organization: members",
    config,
    async run(t) {
      const { owner, id, join } = await company(t, "org-5");
      const { c: admin, member: adminMember } = await join("org-5-admin@example.com", "admin");
      const { c: member, member: plainMember } = await join("org-5-member@example.com", "member");
      const ownerMember = (await owner.get(org("get-active-member"))).json;
      for (const c of [member, admin, owner]) {
        await c.get(org("get-active-member"));
        await c.get(org(`get-active-member-role?userId=${plainMember.userId}`));
        await c.get(org("get-active-member-role?userId=nobody"));
        await c.get(org("list-members"));
        for (const role of ["owner", "admin", " member", "member,admin", "ghost", "", []]) {
          for (const m of [ownerMember, adminMember, plainMember]) {
            if (c === owner && m === ownerMember && role === "owner") continue;
            if (c === owner && role === "owner") continue;
            await c.post(org("update-member-role"), { memberId: m.id, role });
          }
        }
        await c.post(org("update-member-role"), { memberId: "nobody", role: "member" });
        for (const resource of ["organization", "member", "invitation", "team", "ac"])
          await c.post(org("has-permission"), { permissions: { [resource]: ["delete"] } });
      }
      await owner.post(org("has-permission"), { permission: { ac: ["read"] } });
      await member.post(org("remove-member"), { memberIdOrEmail: ownerMember.id });
      await owner.post(org("leave"), { organizationId: id });
      await owner.post(org("remove-member"), { memberIdOrEmail: "org-5-owner@example.com" });
      await owner.post(org("remove-member"), { memberIdOrEmail: "ORG-5-member@example.com" });
      await owner.post(org("remove-member"), { memberIdOrEmail: plainMember.id });
      await member.get(org("get-full-organization"));
      await member.get("/get-session");
      await admin.post(org("leave"), { organizationId: id });
      await admin.get("/get-session");
      await owner.get(org("list-members"));
    },
  },
  {
    name: "organization: teams",
    config,
    async run(t) {
      const { owner, id, join } = await company(t, "org-6");
      const { c: member, member: row } = await join("org-6-member@example.com", "member");
      const first = (await owner.get(org("list-teams"))).json[0].id;
      const red = (await owner.post(org("create-team"), { name: "Red" })).json.id;
      for (const c of [member, owner]) {
        await c.post(org("create-team"), { name: "Blue" });
        await c.post(org("update-team"), { teamId: red, data: { name: "Crimson" } });
        await c.post(org("update-team"), { teamId: red, data: {} });
        await c.post(org("add-team-member"), { teamId: red, userId: row.userId });
        await c.post(org("add-team-member"), { teamId: red, userId: row.userId });
        await c.post(org("set-active-team"), { teamId: red });
        await c.get(org(`list-team-members?teamId=${red}`));
        await c.get(org(`list-user-teams?userId=${row.userId}`));
        await c.get(org(`list-user-teams?organizationId=${id}`));
        await c.get(org("list-user-teams"));
        await c.get(org("list-teams"));
      }
      await member.post(org("set-active-team"), { teamId: red });
      await member.get(org("list-team-members"));
      await member.post(org("remove-team-member"), { teamId: red, userId: row.userId });
      await owner.post(org("remove-team-member"), { teamId: red, userId: row.userId });
      await owner.post(org("remove-team-member"), { teamId: red, userId: row.userId });
      await owner.get(org("get-full-organization"));
      const { c: third } = await join("org-6-third@example.com", "member", { teamId: red });
      t.note("active team", (await sessionOf(third)).activeTeamId === red);
      await owner.post(org("invite-member"), { email: "org-6-x@example.com", role: "member", teamId: [red, first] });
      await owner.post(org("remove-team"), { teamId: red });
      await owner.get(org("list-invitations"));
      await owner.post(org("remove-team"), { teamId: first });
      await owner.post(org("set-active-team"), { teamId: null });
      await owner.post(org("set-active-team"), {});
      await owner.post(org("remove-team"), { teamId: first });
      await owner.get(org("list-teams"));
    },
  },
  {
    name: "organization: without teams and roles",
    config: plain,
    async run(t) {
      const { owner } = await company(t, "org-7");
      await owner.get(org("get-full-organization"));
      await owner.post(org("invite-member"), { email: "org-7-x@example.com", role: "member", teamId: "x" });
      for (const path of ["create-team", "set-active-team", "create-role", "delete-role"]) await owner.post(org(path), {});
      for (const path of ["list-teams", "list-roles"]) await owner.get(org(path));
      await owner.get("/get-session");
    },
  },
  {
    name: "organization: options",
    config: { emailAndPassword: { enabled: true }, plugins: { organization: { organizationLimit: 1, membershipLimit: 2, invitationLimit: 2, creatorRole: "admin",
      cancelPendingInvitationsOnReInvite: true, requireEmailVerificationOnInvitation: false, disableOrganizationDeletion: true, invitationExpiresIn: 60,
      teams: { enabled: true, maximumTeams: 2, maximumMembersPerTeam: 1, defaultTeam: { enabled: false }, allowRemovingAllTeams: true } } } },
    async run(t) {
      const { owner, id, join } = await company(t, "org-8");
      await owner.post(org("create"), { name: "x", slug: "org-8b" });
      await owner.post(org("delete"), { organizationId: id });
      await owner.get(org("list-teams"));
      const team = (await owner.post(org("create-team"), { name: "1" })).json.id;
      await owner.post(org("create-team"), { name: "2" });
      await owner.post(org("create-team"), { name: "3" });
      for (const email of ["a", "a", "b", "c"]) await owner.post(org("invite-member"), { email: `org-8-${email}@example.com`, role: "member" });
      await owner.get(org("list-invitations"));
      await owner.post(org("add-team-member"), { teamId: team, userId: (await sessionOf(owner)).userId });
      await owner.post(org("invite-member"), { email: "org-8-a@example.com", role: "member", teamId: team });
      for (const invitation of (await owner.get(org("list-invitations"))).json) await owner.post(org("cancel-invitation"), { invitationId: invitation.id });
      await join("org-8-d@example.com", "member");
      await join("org-8-e@example.com", "member");
      for (const { id: teamId } of (await owner.get(org("list-teams"))).json) await owner.post(org("remove-team"), { teamId });
    },
  },
];
