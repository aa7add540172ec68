// The official passkey client with @simplewebauthn/browser, on an authenticator made of software.
import assert from "node:assert/strict";
import { test } from "node:test";
import { passkeyClient } from "@better-auth/passkey/client";
import { credentialsOf, newPasskey } from "../authenticator.mjs";
import { newPerson, openClient, withEachClient } from "../official.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { passkey: true } };
const options = { plugins: [passkeyClient()] };

// What @simplewebauthn/browser looks for in a page.
globalThis.PublicKeyCredential = class {};
const hold = (passkey) => Object.defineProperty(globalThis, "navigator", { configurable: true, value: { credentials: credentialsOf(passkey) } });

withEachClient("passkeys", config, (version, server) => {
  // The passkey package is made for one version of the client.
  if (version !== "1.7.25") return;

  test("add, sign in, rename, delete", async () => {
    const { auth, user } = await newPerson(version, server, {}, options);
    hold(newPasskey(server.base, { kind: "EdDSA", synced: true, counter: 1 }));
    const { data: added } = await auth.passkey.addPasskey({ name: "phone" });
    assert.equal(added.userId, user.id);
    assert.equal(added.deviceType, "multiDevice");
    assert.ok(added.createdAt instanceof Date);

    const { auth: other } = await openClient(version, server, options);
    const { data: entered } = await other.signIn.passkey();
    assert.equal(entered.user.id, user.id);
    assert.equal((await other.getSession()).data.session.token, entered.session.token);

    const { data: renamed } = await auth.passkey.updatePasskey({ id: added.id, name: "work" });
    assert.equal(renamed.passkey.name, "work");
    const { data: list } = await auth.passkey.listUserPasskeys();
    assert.deepEqual(list.map(({ name, counter }) => ({ name, counter })), [{ name: "work", counter: 3 }]);
    assert.deepEqual((await auth.passkey.deletePasskey({ id: added.id })).data, { status: true });
    const { error } = await other.signIn.passkey();
    assert.equal(error.code, "PASSKEY_NOT_FOUND");
  });

  test("register with a session", async () => {
    const { auth } = await newPerson(version, server, {}, options);
    hold(newPasskey(server.base));
    const { data } = await auth.passkey.addPasskey({ createSession: true });
    assert.equal((await auth.getSession()).data.session.id, data.session.id);
  });

  test("nobody's", async () => {
    const { auth } = await openClient(version, server, options);
    assert.equal((await auth.passkey.addPasskey()).error.status, 401);
    hold(newPasskey(server.base));
    assert.equal((await auth.signIn.passkey()).error.code, "PASSKEY_NOT_FOUND");
  });
});
