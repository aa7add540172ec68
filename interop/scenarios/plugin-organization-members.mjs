// The organization plugin: who may do what to whom, invitations in every state, lists and their queries, fields of one's own.
import { everyType, noteMessage, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { organization: true } };
const withOptions = (organization, more = {}) => ({ emailAndPassword: { enabled: true }, ...more, plugins: { organization } });
const org = (path) => `/organization/${path}`;

async function company(t, name, people = { admin: "admin", member: "member" }) {
  const owner = await signedUp(t, `${name}-owner@example.com`);
  const id = (await owner.post(org("create"), { name, slug: name })).json?.id;
  const join = async (who, role) => {
    const email = `${name}-${who}@example.com`;
    const c = await signedUp(t, email);
    const invitation = await owner.post(org("invite-member"), { email, role, organizationId: id });
    const accepted = await c.post(org("accept-invitation"), { invitationId: invitation.json?.id });
    return { c, email, member: accepted.json?.member };
  };
  const joined = {};
  for (const [who, role] of Object.entries(people)) joined[who] = await join(who, role);
  return { owner, id, join, ...joined };
}

export default [
  {
    name: "members: removing",
    config,
    async run(t) {
      const { owner, admin, member, id } = await company(t, "me-1", { admin: "admin", member: "member", second: "owner", both: "admin,member" });
      const { json: list } = await owner.get(org("list-members"));
      const own = list?.members.find((m) => m.role === "owner");
      for (const c of [member.c, admin.c]) {
        await c.post(org("remove-member"), { memberIdOrEmail: own?.id });
        await c.post(org("remove-member"), { memberIdOrEmail: "me-1-second@example.com" });
        await c.post(org("remove-member"), { memberIdOrEmail: "nobody@example.com" });
        await c.post(org("remove-member"), { memberIdOrEmail: "" });
      }
      await member.c.post(org("remove-member"), { memberIdOrEmail: admin.member?.id });
      await member.c.post(org("remove-member"), { memberIdOrEmail: member.member?.id });
      await admin.c.post(org("remove-member"), { memberIdOrEmail: "me-1-both@example.com", organizationId: id });
      await owner.post(org("remove-member"), { memberIdOrEmail: own?.id });
      await owner.get(org("list-members"));
      await owner.get("/get-session");
      await (await signedUp(t, "me-1-x@example.com")).post(org("remove-member"), { memberIdOrEmail: admin.member?.id, organizationId: id });
    },
  },
  {
    name: "members: leaving",
    config,
    async run(t) {
      const { owner, admin, member, id, join } = await company(t, "me-2");
      await member.c.post(org("leave"), { organizationId: id });
      await member.c.get("/get-session");
      await member.c.post(org("leave"), { organizationId: id });
      await owner.post(org("leave"), { organizationId: id });
      await owner.post(org("update-member-role"), { memberId: admin.member?.id, role: "owner" });
      await owner.post(org("leave"), { organizationId: id });
      await owner.get(org("list"));
      await admin.c.get(org("list-members"));
      await admin.c.post(org("leave"), { organizationId: id });
      for (const value of everyType) await admin.c.post(org("leave"), { organizationId: value });
      await join("late", "member");
    },
  },
  {
    name: "members: roles",
    config,
    async run(t) {
      const { owner, admin, member, id } = await company(t, "me-3", { admin: "admin", member: "member", second: "member" });
      const { json: list } = await owner.get(org("list-members?sortBy=createdAt&sortDirection=asc"));
      const own = list?.members[0];
      const other = await company(t, "me-3x", {});
      const { json: theirs } = await other.owner.get(org("list-members"));
      for (const c of [owner, admin.c, member.c]) {
        await c.post(org("update-member-role"), { memberId: theirs?.members[0].id, role: "member" });
        await c.post(org("update-member-role"), { memberId: own?.userId, role: "member" });
        await c.post(org("update-member-role"), { memberId: member.member?.id, role: ["admin", "member"], organizationId: id });
        await c.post(org("update-member-role"), { memberId: member.member?.id, role: "member" });
        await c.post(org("update-member-role"), { memberId: member.member?.id, role: "admin,ghost" });
        await c.post(org("update-member-role"), { memberId: member.member?.id, role: [] });
        await c.post(org("update-member-role"), { memberId: member.member?.id, role: ["member", "member"] });
      }
      await owner.post(org("update-member-role"), { memberId: own?.id, role: "admin" });
      await owner.post(org("update-member-role"), { memberId: admin.member?.id, role: "owner" });
      await owner.post(org("update-member-role"), { memberId: own?.id, role: "member" });
      await owner.get(org("get-active-member"));
      await owner.post(org("update-member-role"), { memberId: own?.id, role: "owner" });
      await admin.c.post(org("update-member-role"), { memberId: own?.id, role: "owner,admin" });
      for (const value of everyType) {
        await admin.c.post(org("update-member-role"), { memberId: value, role: "member" });
        await admin.c.post(org("update-member-role"), { memberId: "x", role: value });
        await admin.c.post(org("remove-member"), { memberIdOrEmail: value });
      }
    },
  },
  {
    name: "members: lists",
    config,
    async run(t) {
      const { owner, id, member } = await company(t, "me-4", { admin: "admin", member: "member", third: "member" });
      for (const query of ["limit=1", "limit=1&offset=1", "limit=0", "limit=-1", "limit=1.5", "offset=x", "limit=", "offset=99", "sortBy=createdAt&sortDirection=desc&limit=2",
        "sortBy=role&sortDirection=asc&limit=2", "sortDirection=desc", "filterField=role&filterValue=member", "filterField=role&filterValue=admin&filterOperator=ne",
        "filterField=role&filterValue=mem&filterOperator=contains", "filterField=role&filterValue=adm&filterOperator=starts_with", "filterField=role&filterValue=er&filterOperator=ends_with",
        "filterField=role&filterValue=admin&filterOperator=in", "filterField=role&filterValue=admin&filterOperator=not_in", "filterField=role&filterValue=b&filterOperator=gt",
        "filterField=role&filterValue=b&filterOperator=lt", "filterField=role&filterValue=b&filterOperator=x", "filterField=role", "filterValue=admin", "organizationSlug=me-4", "organizationSlug=none", "organizationId=none",
        `organizationId=${id}&organizationSlug=none`, "organizationId=", "filterField=role&filterValue=member&filterValue=admin&filterOperator=in", `filterField=userId&filterValue=${member.member?.userId}`,
        "filterField=createdAt&filterOperator=gt&filterValue=2020-01-01T00:00:00.000Z", "filterField=createdAt&filterOperator=lt&filterValue=2020-01-01T00:00:00.000Z"]) {
        const { json } = await owner.get(org(`list-members?${query}`));
        t.note(`order of ${query.replace(/Id=\w{32}|Value=\w{32}/, "…")}`, json?.members?.map((m) => m.user?.email) ?? null);
      }
      for (const query of ["membersLimit=1", "membersLimit=0", "membersLimit=100", "organizationSlug=me-4&membersLimit=2", `organizationId=${id}`, "organizationSlug=none", "organizationId=none"])
        await owner.get(org(`get-full-organization?${query}`));
      for (const query of [`userId=${member.member?.userId}`, "userId=none", `organizationId=${id}`, "organizationSlug=me-4", "organizationSlug=none", `userId=${member.member?.userId}&organizationSlug=me-4`])
        await owner.get(org(`get-active-member-role?${query}`));
    },
  },
  {
    name: "members: invitations in every state",
    config,
    async run(t) {
      const { owner, admin, member, id } = await company(t, "me-5");
      const invite = async (who, more = {}) => (await owner.post(org("invite-member"), { email: `me-5-${who}@example.com`, role: "member", ...more })).json?.id;
      const ids = { pending: await invite("p"), rejected: await invite("r"), canceled: await invite("c"), accepted: await invite("a") };
      const people = {};
      for (const who of ["p", "r", "c", "a"]) people[who] = await signedUp(t, `me-5-${who}@example.com`);
      await people.r.post(org("reject-invitation"), { invitationId: ids.rejected });
      await admin.c.post(org("cancel-invitation"), { invitationId: ids.canceled });
      await people.a.post(org("accept-invitation"), { invitationId: ids.accepted });
      for (const [state, invitationId] of Object.entries(ids)) {
        const invited = people[state[0]];
        await invited.get(org(`get-invitation?id=${invitationId}`));
        await owner.get(org(`get-invitation?id=${invitationId}`));
        if (state === "pending") continue;
        await owner.post(org("cancel-invitation"), { invitationId });
        await invited.post(org("accept-invitation"), { invitationId });
        await invited.post(org("reject-invitation"), { invitationId });
      }
      for (const c of [owner, admin.c, member.c, people.p]) {
        await c.get(org("list-invitations"));
        await c.get(org(`list-invitations?organizationId=${id}`));
        await c.get(org("list-user-invitations"));
        await c.get(org("list-user-invitations?email=me-5-p@example.com"));
      }
      await invite("p");
      await invite("p", { resend: true });
      await invite("p", { resend: true, role: "admin" });
      await invite("P");
      for (let i = 0; i < 3; i++) await noteMessage(t, "organization-invitation", "me-5-p@example.com");
      await people.p.get(org("list-user-invitations"));
      await owner.post(org("remove-member"), { memberIdOrEmail: "me-5-a@example.com" });
      await invite("a");
      await invite("owner");
      await member.c.post(org("invite-member"), { email: "me-5-z@example.com", role: "member" });
      await people.p.post(org("invite-member"), { email: "me-5-z@example.com", role: "member", organizationId: id });
      await owner.get(org("get-full-organization"));
      await admin.c.get(org("get-full-organization"));
      await member.c.get(org("get-full-organization"));
    },
  },
  {
    name: "members: input of invitations",
    config,
    async run(t) {
      const { owner } = await company(t, "me-6", {});
      for (const value of [...everyType, "not an address", "a@b", "ME-6-x@EXAMPLE.com ", "me-6-owner@example.com"]) await owner.post(org("invite-member"), { email: value, role: "member" });
      for (const value of everyType) {
        await owner.post(org("invite-member"), { email: "me-6-y@example.com", role: "member", resend: value });
        await owner.post(org("invite-member"), { email: "me-6-z@example.com", role: "member", organizationId: value });
        for (const path of ["accept", "reject", "cancel"]) await owner.post(org(`${path}-invitation`), { invitationId: value });
      }
      for (const query of ["", "?id=", "?id=none", "?id=a&id=b"]) await owner.get(org(`get-invitation${query}`));
      for (const query of ["?organizationId=", "?organizationId=none"]) await owner.get(org(`list-invitations${query}`));
      await owner.post(org("invite-member"), { email: "me-6-w@example.com", role: "member", unknown: 1, status: "accepted", expiresAt: "2000-01-01T00:00:00.000Z" });
    },
  },
  {
    name: "members: invitations that expire, and proof of the address",
    config: withOptions({ invitationExpiresIn: 1, requireEmailVerificationOnInvitation: true }),
    async run(t) {
      const owner = await signedUp(t, "me-7-owner@example.com");
      await owner.post(org("create"), { name: "Seven", slug: "me-7" });
      const c = await signedUp(t, "me-7-c@example.com");
      const invitationId = (await owner.post(org("invite-member"), { email: "me-7-c@example.com", role: "member" })).json?.id;
      await c.get(org("list-user-invitations"));
      await c.get(org(`get-invitation?id=${invitationId}`));
      await c.post(org("accept-invitation"), { invitationId });
      await c.post(org("reject-invitation"), { invitationId });
      await new Promise((done) => setTimeout(done, 1200));
      await c.post(org("accept-invitation"), { invitationId });
      await c.get(org(`get-invitation?id=${invitationId}`));
      await owner.get(org("list-invitations"));
      await owner.post(org("invite-member"), { email: "me-7-c@example.com", role: "member" });
      await owner.get(org("list-invitations"));
      await owner.post(org("cancel-invitation"), { invitationId });
    },
  },
  {
    name: "members: creation that is limited",
    config: withOptions({ allowUserToCreateOrganization: false }),
    async run(t) {
      const c = await signedUp(t, "me-8@example.com");
      await c.post(org("create"), { name: "x", slug: "me-8" });
      await c.post(org("check-slug"), { slug: "me-8" });
      await c.get(org("list"));
    },
  },
  {
    name: "members: limits",
    config: withOptions({ membershipLimit: 3, invitationLimit: 3, organizationLimit: 2, creatorRole: "owner" }),
    async run(t) {
      const { owner, join, id } = await company(t, "me-9", { one: "member", two: "member" });
      await join("three", "member");
      for (const who of ["a", "b", "c", "d", "e"]) await owner.post(org("invite-member"), { email: `me-9-${who}@example.com`, role: "member" });
      await owner.post(org("create"), { name: "two", slug: "me-9-2" });
      await owner.post(org("create"), { name: "three", slug: "me-9-3" });
      await owner.get(org(`get-full-organization?organizationId=${id}`));
    },
  },
  {
    name: "members: fields of one's own",
    config: withOptions({
      schema: {
        organization: { additionalFields: { region: { type: "string", required: true }, seats: { type: "number", required: false, defaultValue: 5 }, hidden: { type: "string", required: false, returned: false } } },
        member: { additionalFields: { title: { type: "string", required: false } } },
        invitation: { additionalFields: { note: { type: "string", required: false } } },
        session: { fields: { activeOrganizationId: "active_org" } },
      },
    }),
    async run(t) {
      const owner = await signedUp(t, "me-10@example.com");
      await owner.post(org("create"), { name: "Ten", slug: "me-10" });
      await owner.post(org("create"), { name: "Ten", slug: "me-10", region: "eu", hidden: "h" });
      await owner.post(org("create"), { name: "Ten", slug: "me-10b", region: 5 });
      await owner.post(org("create"), { name: "Ten", slug: "me-10c", region: "us", seats: "many" });
      await owner.get(org("get-full-organization"));
      await owner.get(org("list"));
      await owner.post(org("update"), { data: { region: "asia", seats: 9 } });
      await owner.post(org("update"), { data: { seats: "x" } });
      await owner.post(org("update"), { data: { region: null } });
      await owner.post(org("invite-member"), { email: "me-10-x@example.com", role: "member", note: "hello" });
      await owner.get(org("list-invitations"));
      await owner.get("/get-session");
    },
  },
  {
    name: "members: organizations, every member of the body",
    config,
    async run(t) {
      const c = await signedUp(t, "me-11@example.com");
      let n = 0;
      for (const value of everyType) {
        await c.post(org("create"), { name: value, slug: `me-11-${++n}` });
        await c.post(org("create"), { name: "x", slug: value });
        await c.post(org("create"), { name: "x", slug: `me-11-${++n}`, logo: value });
        await c.post(org("create"), { name: "x", slug: `me-11-${++n}`, metadata: value });
        await c.post(org("create"), { name: "x", slug: `me-11-${++n}`, keepCurrentActiveOrganization: value });
        await c.post(org("create"), { name: "x", slug: `me-11-${++n}`, userId: value });
        await c.post(org("update"), { data: { name: value } });
        await c.post(org("update"), { data: { logo: value } });
        await c.post(org("update"), { data: { metadata: value } });
        await c.post(org("update"), { data: value });
        await c.post(org("update"), { data: { name: "x" }, organizationId: value });
        await c.post(org("set-active"), { organizationId: value });
        await c.post(org("set-active"), { organizationSlug: value });
        await c.post(org("delete"), { organizationId: value });
      }
      await c.post(org("create"), { name: "x", slug: "me-11 with space", id: "mine", createdAt: "2000-01-01T00:00:00.000Z" });
      await c.post(org("create"), { name: "x", slug: "ME-11-UPPER" });
      await c.post(org("check-slug"), { slug: "me-11-upper" });
      await c.post(org("check-slug"), { slug: "ME-11-UPPER" });
    },
  },
  {
    name: "members: a creator of another name",
    config: withOptions({ creatorRole: "admin" }),
    async run(t) {
      const { owner, member, admin, id } = await company(t, "me-12", { member: "member", admin: "owner" });
      await owner.get(org("get-active-member"));
      await owner.post(org("has-permission"), { permissions: { organization: ["delete"] } });
      await owner.post(org("delete"), { organizationId: id });
      await admin?.c.post(org("has-permission"), { permissions: { organization: ["delete"] } });
      await owner.post(org("leave"), { organizationId: id });
      await owner.post(org("update-member-role"), { memberId: member.member?.id, role: "owner" });
      await owner.post(org("update-member-role"), { memberId: member.member?.id, role: "admin" });
      await owner.post(org("leave"), { organizationId: id });
    },
  },
];
