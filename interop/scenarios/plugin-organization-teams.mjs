// The organization plugin: teams, their members, invitations into them, and the limits.
import { everyType, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { organization: { teams: { enabled: true } } } };
const withTeams = (teams, more = {}) => ({ emailAndPassword: { enabled: true }, plugins: { organization: { ...more, teams: { enabled: true, ...teams } } } });
const org = (path) => `/organization/${path}`;
const userOf = async (c) => (await c.get("/get-session")).json?.user?.id;

async function company(t, name) {
  const owner = await signedUp(t, `${name}-owner@example.com`);
  const id = (await owner.post(org("create"), { name, slug: name })).json?.id;
  const join = async (who, role, rest = {}) => {
    const email = `${name}-${who}@example.com`;
    const c = await signedUp(t, email);
    const invitation = await owner.post(org("invite-member"), { email, role, organizationId: id, ...rest });
    const accepted = await c.post(org("accept-invitation"), { invitationId: invitation.json?.id });
    return { c, email, userId: await userOf(c), member: accepted.json?.member };
  };
  return { owner, id, join };
}

export default [
  {
    name: "teams: two organizations",
    config,
    async run(t) {
      const { owner, id, join } = await company(t, "te-1");
      const other = await company(t, "te-1x");
      const theirs = (await other.owner.get(org("list-teams"))).json?.[0]?.id;
      const ours = (await owner.get(org("list-teams"))).json?.[0]?.id;
      const { c: member, userId } = await join("member", "member");
      const strangerId = await userOf(other.owner);
      for (const teamId of [theirs, ours, "nothing", ""]) {
        await owner.post(org("update-team"), { teamId, data: { name: "Taken" } });
        await owner.post(org("set-active-team"), { teamId });
        await owner.get(org(`list-team-members?teamId=${teamId}`));
        await owner.post(org("add-team-member"), { teamId, userId });
        await owner.post(org("add-team-member"), { teamId, userId: strangerId });
        await owner.post(org("remove-team-member"), { teamId, userId: strangerId });
        await owner.post(org("invite-member"), { email: `te-1-${teamId === ours}@example.com`, role: "member", teamId });
        await member.post(org("set-active-team"), { teamId });
        await member.get(org(`list-team-members?teamId=${teamId}`));
      }
      await owner.post(org("remove-team"), { teamId: theirs });
      await owner.post(org("remove-team"), { teamId: ours, organizationId: id });
      await other.owner.get(org("list-teams"));
      await other.owner.get(org(`list-teams?organizationId=${id}`));
      await other.owner.get(org(`list-user-teams?organizationId=${id}`));
      await other.owner.get(org(`list-user-teams?userId=${userId}`));
      await other.owner.post(org("create-team"), { name: "x", organizationId: id });
      await other.owner.post(org("add-team-member"), { teamId: ours, userId: strangerId, organizationId: id });
      await other.owner.post(org("remove-team-member"), { teamId: ours, userId, organizationId: id });
      await other.owner.post(org("update-team"), { teamId: ours, data: { name: "x", organizationId: id } });
    },
  },
  {
    name: "teams: a life",
    config,
    async run(t) {
      const { owner, id, join } = await company(t, "te-2");
      await owner.get("/get-session");
      const made = await owner.post(org("create-team"), { name: "Red", organizationId: id });
      const teamId = made.json?.id;
      const { c, userId, member } = await join("member", "member", { teamId });
      await c.get("/get-session");
      await c.get(org("list-user-teams"));
      await c.get(org("list-team-members"));
      await owner.get(org(`list-team-members?teamId=${teamId}`));
      await owner.post(org("add-team-member"), { teamId, userId: await userOf(owner) });
      await owner.post(org("set-active-team"), { teamId });
      await owner.get("/get-session");
      await owner.get(org("list-team-members"));
      await owner.post(org("remove-team"), { teamId });
      await owner.post(org("set-active-team"), { teamId: null });
      await owner.get(org("list-team-members"));
      await owner.post(org("update-team"), { teamId, data: { name: "Crimson" } });
      await owner.post(org("update-team"), { teamId, data: { name: "" } });
      await c.post(org("update-team"), { teamId, data: { name: "Mine" } });
      await c.post(org("remove-team"), { teamId });
      await c.post(org("add-team-member"), { teamId, userId });
      await c.post(org("remove-team-member"), { teamId, userId });
      await owner.post(org("remove-member"), { memberIdOrEmail: member?.id });
      await owner.get(org(`list-team-members?teamId=${teamId}`));
      await c.get(org("list-user-teams"));
      await c.get("/get-session");
      await c.post(org("set-active-team"), { teamId });
      await owner.post(org("remove-team"), { teamId });
      await owner.get(org("get-full-organization"));
      await owner.post(org("leave"), { organizationId: id });
      await owner.post(org("delete"), { organizationId: id });
      await owner.get(org("list-teams"));
      await owner.get("/get-session");
    },
  },
  {
    name: "teams: invitations into several",
    config,
    async run(t) {
      const { owner, join } = await company(t, "te-3");
      const teams = [];
      for (const name of ["A", "B", "C"]) teams.push((await owner.post(org("create-team"), { name })).json?.id);
      const { c } = await join("many", "member", { teamId: teams });
      await c.get("/get-session");
      await c.get(org("list-user-teams"));
      const { c: one } = await join("one", "admin", { teamId: [teams[0]] });
      await one.get("/get-session");
      const { c: none } = await join("none", "member", { teamId: [] });
      await none.get(org("list-user-teams"));
      for (const teamId of [["x", teams[0]], `${teams[0]},${teams[1]}`, [teams[0], teams[0]], "a,b"]) {
        await owner.post(org("invite-member"), { email: "te-3-odd@example.com", role: "member", teamId, resend: true });
      }
      await owner.get(org("list-invitations"));
      await owner.post(org("remove-team"), { teamId: teams[2] });
      await owner.get(org("list-invitations"));
      const odd = await signedUp(t, "te-3-odd@example.com");
      const { json: mine } = await odd.get(org("list-user-invitations"));
      for (const { id } of Array.isArray(mine) ? mine : []) await odd.post(org("accept-invitation"), { invitationId: id });
      await odd.get(org("list-user-teams"));
    },
  },
  {
    name: "teams: no more than so many",
    config: withTeams({ maximumTeams: 2, maximumMembersPerTeam: 2 }),
    async run(t) {
      const { owner, join } = await company(t, "te-4");
      await owner.post(org("create-team"), { name: "second" });
      await owner.post(org("create-team"), { name: "third" });
      const teamId = (await owner.get(org("list-teams"))).json?.[0]?.id;
      const [a, b, d] = [await join("a", "member", { teamId }), await join("b", "member", { teamId }), await join("d", "member")];
      await owner.post(org("add-team-member"), { teamId, userId: d.userId });
      await owner.get(org(`list-team-members?teamId=${teamId}`));
      await owner.post(org("remove-team-member"), { teamId, userId: a.userId });
      await owner.post(org("add-team-member"), { teamId, userId: d.userId });
      await owner.post(org("add-team-member"), { teamId, userId: b.userId });
      await owner.post(org("invite-member"), { email: "te-4-e@example.com", role: "member", teamId });
    },
  },
  {
    name: "teams: none at first, none at last",
    config: withTeams({ defaultTeam: { enabled: false }, allowRemovingAllTeams: true }),
    async run(t) {
      const { owner } = await company(t, "te-5");
      await owner.get(org("list-teams"));
      await owner.get("/get-session");
      await owner.get(org("get-full-organization"));
      const teamId = (await owner.post(org("create-team"), { name: "only" })).json?.id;
      await owner.post(org("set-active-team"), { teamId });
      await owner.post(org("add-team-member"), { teamId, userId: await userOf(owner) });
      await owner.post(org("set-active-team"), { teamId });
      await owner.post(org("remove-team"), { teamId });
      await owner.post(org("set-active-team"), { teamId: null });
      await owner.post(org("remove-team"), { teamId });
      await owner.get(org("list-teams"));
    },
  },
  {
    name: "teams: input",
    config,
    async run(t) {
      const { owner, id } = await company(t, "te-6");
      const teamId = (await owner.get(org("list-teams"))).json?.[0]?.id;
      for (const value of everyType) {
        await owner.post(org("create-team"), { name: value });
        await owner.post(org("create-team"), { name: "x", organizationId: value });
        await owner.post(org("update-team"), { teamId: value, data: { name: "x" } });
        await owner.post(org("update-team"), { teamId, data: value });
        await owner.post(org("update-team"), { teamId, data: { name: value } });
        await owner.post(org("update-team"), { teamId, data: { organizationId: value } });
        await owner.post(org("set-active-team"), { teamId: value });
        await owner.post(org("add-team-member"), { teamId, userId: value });
        await owner.post(org("remove-team-member"), { teamId: value, userId: "x" });
        await owner.post(org("remove-team"), { teamId: value });
        await owner.post(org("invite-member"), { email: "te-6-x@example.com", role: "member", teamId: value });
      }
      await owner.post(org("update-team"), { teamId, data: { id: "x", createdAt: "2020-01-01T00:00:00.000Z", name: "kept", memberCount: 7 } });
      await owner.get(org(`list-teams?organizationId=${id}`));
      await owner.get(org("list-teams?organizationId="));
      await owner.get(org("list-team-members?teamId="));
      await owner.get(org("list-user-teams?userId="));
    },
  },
];
