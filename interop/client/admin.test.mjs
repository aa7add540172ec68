import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPackage, newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { admin: { defaultRole: "admin" } } };

withEachClient("admin", config, (version, server) => {
  const options = async () => ({ plugins: [(await fromPackage(version, "client/plugins")).adminClient()] });

  test("make, find, change, ban and remove a user", async () => {
    const { auth } = await newPerson(version, server, {}, await options());
    const email = `made-${version.replaceAll(".", "-")}@example.com`;
    const { data: made } = await auth.admin.createUser({ email, name: "Made", password: PASSWORD, role: "user" });
    assert.equal(made.user.role, "user");
    const { data: list } = await auth.admin.listUsers({ query: { searchValue: email, limit: 10, sortBy: "name" } });
    assert.equal(list.total, 1);
    assert.equal(list.limit, 10);
    const userId = made.user.id;
    assert.equal((await auth.admin.setRole({ userId, role: ["user", "admin"] })).data.user.role, "user,admin");
    const other = await openClient(version, server);
    await other.auth.signIn.email({ email, password: PASSWORD });
    assert.equal((await auth.admin.listUserSessions({ userId })).data.sessions.length, 1);
    assert.equal((await auth.admin.banUser({ userId, banReason: "x" })).data.user.banned, true);
    assert.equal((await other.auth.getSession()).data, null);
    assert.equal((await other.auth.signIn.email({ email, password: PASSWORD })).error.code, "BANNED_USER");
    assert.equal((await auth.admin.unbanUser({ userId })).data.user.banned, false);
    assert.deepEqual((await auth.admin.removeUser({ userId })).data, { success: true });
  });

  test("impersonate and return", async () => {
    const { auth } = await newPerson(version, server, {}, await options());
    const email = `played-${version.replaceAll(".", "-")}@example.com`;
    const { data: made } = await auth.admin.createUser({ email, name: "Played", password: PASSWORD, role: "user" });
    const { data: played } = await auth.admin.impersonateUser({ userId: made.user.id });
    assert.equal(played.user.email, email);
    assert.equal((await auth.getSession()).data.user.email, email);
    await auth.admin.stopImpersonating();
    assert.notEqual((await auth.getSession()).data.user.email, email);
    assert.equal((await auth.admin.hasPermission({ permissions: { user: ["ban"] } })).data.success, true);
  });
});
