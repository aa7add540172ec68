import assert from "node:assert/strict";
import { test } from "node:test";
import { apiKeyClient } from "@better-auth/api-key/client";
import { newPerson, openClient, withEachClient } from "../official.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { apiKey: { enableSessionForAPIKeys: true } } };

withEachClient("api-key", config, (version, server) => {
  const options = { plugins: [apiKeyClient()] };

  test("make, read, change, use and delete a key", async () => {
    const { auth, email } = await newPerson(version, server, {}, options);
    const { data: made } = await auth.apiKey.create({ name: "ci", prefix: "ci_" });
    assert.ok(made.key.startsWith("ci_"));
    const { data: list } = await auth.apiKey.list();
    assert.equal(list.total, 1);
    assert.equal(list.apiKeys[0].key, undefined);
    assert.equal((await auth.apiKey.update({ keyId: made.id, name: "cd" })).data.name, "cd");
    assert.equal((await auth.apiKey.get({ query: { id: made.id } })).data.name, "cd");
    const program = await openClient(version, server, options);
    const headers = { "x-api-key": made.key };
    assert.equal((await program.auth.getSession({ fetchOptions: { headers } })).data.user.email, email);
    assert.deepEqual((await auth.apiKey.delete({ keyId: made.id })).data, { success: true });
    assert.equal((await program.auth.getSession({ fetchOptions: { headers } })).error.code, "INVALID_API_KEY");
  });
});
