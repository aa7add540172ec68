import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPackage, newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";

const additionalFields = { nickname: { type: "string", required: false }, role: { type: "string", defaultValue: "user", input: false } };
const config = {
  emailAndPassword: { enabled: true },
  emailVerification: { sendOnSignUp: true },
  user: { additionalFields, changeEmail: { enabled: true }, deleteUser: { enabled: true } },
};
const tokenIn = (message) => new URL(message.url).searchParams.get("token");

withEachClient("the person", config, (version, server) => {
  test("update, with additional fields", async () => {
    const { inferAdditionalFields } = await fromPackage(version, "client/plugins");
    const { auth, user } = await newPerson(version, server, { nickname: "lovelace" }, { plugins: [inferAdditionalFields({ user: additionalFields })] });
    assert.equal(user.nickname, "lovelace");
    assert.equal(user.role, "user");
    assert.deepEqual((await auth.updateUser({ name: "Grace", nickname: "hopper", image: "https://example.com/g.png" })).data, { status: true });
    const { data } = await auth.getSession();
    assert.equal(data.user.name, "Grace");
    assert.equal(data.user.nickname, "hopper");
    assert.equal(data.user.image, "https://example.com/g.png");
    assert.equal((await auth.updateUser({ role: "admin" })).error.code, "FIELD_NOT_ALLOWED");
    assert.equal((await auth.updateUser({ email: "x@example.com" })).error.code, "EMAIL_CAN_NOT_BE_UPDATED");
  });

  test("verify the address", async () => {
    const { auth, email } = await newPerson(version, server);
    const first = await server.box.take("verification-email", email);
    assert.deepEqual((await auth.sendVerificationEmail({ email, callbackURL: "/done" })).data, { status: true });
    const second = await server.box.take("verification-email", email);
    assert.match(second.url, /callbackURL=%2Fdone$/);
    assert.deepEqual((await auth.verifyEmail({ query: { token: tokenIn(first) } })).data, { status: true, user: null });
    assert.equal((await auth.getSession()).data.user.emailVerified, true);
    assert.equal((await auth.verifyEmail({ query: { token: "nonsense" } })).error.code, "INVALID_TOKEN");
    assert.equal((await auth.sendVerificationEmail({ email })).error.code, "EMAIL_ALREADY_VERIFIED");
  });

  test("change the address", async () => {
    const { auth, email } = await newPerson(version, server);
    const newEmail = `new-${email}`;
    assert.deepEqual((await auth.changeEmail({ newEmail, callbackURL: "/changed" })).data, { status: true });
    const message = await server.box.take("verification-email", newEmail);
    const { data } = await auth.verifyEmail({ query: { token: tokenIn(message) } });
    assert.equal(data.user.email, newEmail);
    assert.equal((await auth.getSession()).data.user.email, newEmail);
  });

  test("delete the account", async () => {
    const { auth, browser, email } = await newPerson(version, server);
    assert.equal((await auth.deleteUser({ password: "wrong password" })).error.code, "INVALID_PASSWORD");
    assert.deepEqual((await auth.deleteUser({ password: PASSWORD })).data, { success: true, message: "User deleted" });
    assert.equal(browser.cookies.size, 0);
    const { auth: later } = await openClient(version, server);
    assert.equal((await later.signIn.email({ email, password: PASSWORD })).error.status, 401);
  });

  test("delete the account without arguments", async () => {
    const { auth } = await newPerson(version, server);
    assert.equal((await auth.deleteUser()).data.success, true);
    assert.equal((await auth.getSession()).data, null);
  });
});
