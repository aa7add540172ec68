import assert from "node:assert/strict";
import { test } from "node:test";
import { newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";

const NEW = "a brand new password";

withEachClient("passwords", { emailAndPassword: { enabled: true } }, (version, server) => {
  const signIn = async (email, password) => (await openClient(version, server)).auth.signIn.email({ email, password });

  test("change, and end the other sessions", async () => {
    const { auth, email, token } = await newPerson(version, server);
    const { auth: other } = await openClient(version, server);
    await other.signIn.email({ email, password: PASSWORD });
    assert.equal((await auth.changePassword({ currentPassword: "wrong password", newPassword: NEW })).error.code, "INVALID_PASSWORD");
    const { data } = await auth.changePassword({ currentPassword: PASSWORD, newPassword: NEW, revokeOtherSessions: true });
    assert.notEqual(data.token, token);
    assert.equal((await auth.getSession()).data.session.token, data.token);
    assert.equal((await other.getSession()).data, null);
    assert.equal((await signIn(email, PASSWORD)).error.status, 401);
    assert.equal((await signIn(email, NEW)).data.user.email, email);
  });

  test("check", async () => {
    const { auth } = await newPerson(version, server);
    assert.deepEqual((await auth.$fetch("/verify-password", { method: "POST", body: { password: PASSWORD } })).data, { status: true });
    assert.equal((await auth.$fetch("/verify-password", { method: "POST", body: { password: "wrong password" } })).error.code, "INVALID_PASSWORD");
  });

  test("request, follow and complete a reset", async () => {
    const { email } = await newPerson(version, server);
    const { auth, browser } = await openClient(version, server);
    assert.equal((await auth.requestPasswordReset({ email, redirectTo: "/reset" })).data.status, true);
    const message = await server.box.take("reset-password", email);
    const followed = await browser.fetch(message.url);
    assert.equal(followed.status, 302);
    const token = new URL(followed.headers.get("location"), server.base).searchParams.get("token");
    assert.equal(token, message.token);
    assert.deepEqual((await auth.resetPassword({ newPassword: NEW, token })).data, { status: true });
    assert.equal((await auth.resetPassword({ newPassword: NEW, token })).error.code, "INVALID_TOKEN");
    assert.equal((await signIn(email, NEW)).data.user.email, email);
    assert.equal((await signIn(email, PASSWORD)).error.status, 401);
  });

  test("a reset for nobody looks the same", async () => {
    const { auth } = await openClient(version, server);
    const { data } = await auth.requestPasswordReset({ email: "nobody@example.com" });
    assert.deepEqual(data, { status: true, message: "If this email exists in our system, check your email for the reset link" });
  });
});
