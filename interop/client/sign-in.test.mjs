import assert from "node:assert/strict";
import { test } from "node:test";
import { newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";

const config = { emailAndPassword: { enabled: true }, trustedOrigins: ["https://app.example.com"] };

withEachClient("signing up, in and out", config, (version, server) => {
  test("sign-up opens a session whose dates arrive as dates", async () => {
    const { auth, email, token, user } = await newPerson(version, server);
    assert.equal(user.email, email);
    assert.ok(user.createdAt instanceof Date);
    const { data } = await auth.getSession();
    assert.equal(data.session.token, token);
    assert.ok(data.session.expiresAt instanceof Date);
    assert.ok(Math.abs(data.session.expiresAt - Date.now() - 604_800_000) < 60_000);
    assert.deepEqual(data.user, user);
  });

  test("sign-in, sign-out and what is left", async () => {
    const { email, user } = await newPerson(version, server);
    const { auth, browser } = await openClient(version, server);
    const { data } = await auth.signIn.email({ email: email.toUpperCase(), password: PASSWORD });
    assert.equal(data.redirect, false);
    assert.equal(data.user.id, user.id);
    assert.deepEqual((await auth.signOut()).data, { success: true });
    assert.equal(browser.cookies.size, 0);
    assert.equal((await auth.getSession()).data, null);
  });

  test("refusals arrive as errors with a code", async () => {
    const { email } = await newPerson(version, server);
    const { auth } = await openClient(version, server);
    const wrong = await auth.signIn.email({ email, password: "wrong password" });
    assert.equal(wrong.data, null);
    assert.equal(wrong.error.status, 401);
    assert.equal(wrong.error.code, "INVALID_EMAIL_OR_PASSWORD");
    const taken = await auth.signUp.email({ name: "Ada", email, password: PASSWORD });
    assert.equal(taken.error.status, 422);
    assert.equal(taken.error.code, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    const short = await auth.signUp.email({ name: "Ada", email: "short@example.com", password: "short" });
    assert.equal(short.error.code, "PASSWORD_TOO_SHORT");
    const invalid = await auth.signUp.email({ name: "Ada", email: 5, password: PASSWORD });
    assert.equal(invalid.error.code, "VALIDATION_ERROR");
    const unknown = await auth.signIn.social({ provider: "github" });
    assert.equal(unknown.error.code, "PROVIDER_NOT_FOUND");
  });

  test("throwing instead of returning errors", async () => {
    const { auth } = await openClient(version, server);
    await assert.rejects(auth.signIn.email({ email: "nobody@example.com", password: PASSWORD, fetchOptions: { throw: true } }), { status: 401 });
  });

  test("a target is told to the client and a foreign one refused", async () => {
    const { email } = await newPerson(version, server);
    const { auth } = await openClient(version, server);
    const { data } = await auth.signIn.email({ email, password: PASSWORD, callbackURL: "https://app.example.com/home" });
    assert.equal(data.url, "https://app.example.com/home");
    assert.equal(data.redirect, true);
    const { error } = await auth.signIn.email({ email, password: PASSWORD, callbackURL: "https://evil.example" });
    assert.equal(error.code, "INVALID_CALLBACK_URL");
  });

  test("not remembered: a cookie for this browser session only", async () => {
    const { email } = await newPerson(version, server);
    const { auth, browser } = await openClient(version, server);
    await auth.signIn.email({ email, password: PASSWORD, rememberMe: false });
    assert.ok(browser.cookies.has("better-auth.dont_remember"));
    const { data } = await auth.getSession();
    assert.ok(Math.abs(data.session.expiresAt - Date.now() - 86_400_000) < 60_000);
    await auth.signIn.email({ email, password: PASSWORD });
    assert.ok(!browser.cookies.has("better-auth.dont_remember"));
  });

  test("ok", async () => {
    const { auth } = await openClient(version, server);
    assert.deepEqual((await auth.$fetch("/ok")).data, { ok: true });
  });
});
