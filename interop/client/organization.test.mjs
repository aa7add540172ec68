import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPackage, newPerson, withEachClient } from "../official.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { organization: { teams: { enabled: true } } } };

withEachClient("organization", config, (version, server) => {
  const options = async () => ({ plugins: [(await fromPackage(version, "client/plugins")).organizationClient({ teams: { enabled: true } })] });
  const slugOf = (name) => `${name}-${version.replaceAll(".", "-")}`;

  test("form an organization, invite, join, leave", async () => {
    const { auth: owner } = await newPerson(version, server, {}, await options());
    const { auth: guest, email } = await newPerson(version, server, {}, await options());
    const { data: org } = await owner.organization.create({ name: "Org", slug: slugOf("form"), metadata: { a: 1 } });
    assert.deepEqual(org.metadata, { a: 1 });
    const { data: invitation } = await owner.organization.inviteMember({ email, role: "member" });
    const { data: joined } = await guest.organization.acceptInvitation({ invitationId: invitation.id });
    assert.equal(joined.member.role, "member");
    assert.equal((await guest.organization.getActiveMember()).data.user.email, email);
    const { data: full } = await owner.organization.getFullOrganization();
    assert.equal(full.members.length, 2);
    assert.equal(full.teams.length, 1);
    assert.equal((await owner.organization.updateMemberRole({ memberId: joined.member.id, role: "admin" })).data.role, "admin");
    assert.equal((await guest.organization.hasPermission({ permissions: { member: ["create"] } })).data.success, true);
    assert.equal((await guest.organization.delete({ organizationId: org.id })).error.status, 403);
    assert.equal((await guest.organization.leave({ organizationId: org.id })).error, null);
    assert.equal((await guest.organization.list()).data.length, 0);
  });

  test("teams", async () => {
    const { auth } = await newPerson(version, server, {}, await options());
    await auth.organization.create({ name: "Org", slug: slugOf("teams") });
    const { data: team } = await auth.organization.createTeam({ name: "Red" });
    const { data: session } = await auth.getSession();
    await auth.organization.addTeamMember({ teamId: team.id, userId: session.user.id });
    assert.equal((await auth.organization.setActiveTeam({ teamId: team.id })).data.name, "Red");
    assert.equal((await auth.organization.listTeamMembers()).data.length, 1);
    assert.equal((await auth.organization.listTeams()).data.length, 2);
    await auth.organization.setActiveTeam({ teamId: null });
    assert.deepEqual((await auth.organization.removeTeam({ teamId: team.id })).data, { message: "Team removed successfully." });
  });
});
