import assert from "node:assert/strict";
import { test } from "node:test";
import { newPerson, withEachClient } from "../official.mjs";

withEachClient("accounts", { emailAndPassword: { enabled: true } }, (version, server) => {
  test("list", async () => {
    const { auth, user } = await newPerson(version, server);
    const { data } = await auth.listAccounts();
    assert.equal(data.length, 1);
    assert.equal(data[0].providerId, "credential");
    assert.equal(data[0].accountId, user.id);
    assert.deepEqual(data[0].scopes, []);
    assert.equal(data[0].password, undefined);
  });

  test("the last one stays", async () => {
    const { auth } = await newPerson(version, server);
    const { data } = await auth.listAccounts();
    assert.equal((await auth.unlinkAccount({ accountId: data[0].id })).error.code, "FAILED_TO_UNLINK_LAST_ACCOUNT");
  });

  test("no token behind a password", async () => {
    const { auth } = await newPerson(version, server);
    const { data } = await auth.listAccounts();
    assert.equal((await auth.getAccessToken({ accountId: data[0].id })).error.status, 400);
  });
});
