// The official client of last-login-method, which asks no endpoint: it reads the cookie as the scripts of a page do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPackage, newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { lastLoginMethod: true } };

withEachClient("last login method", config, (version, server) => {
  test("read and cleared", async (t) => {
    const { lastLoginMethodClient } = await fromPackage(version, "client/plugins");
    const options = { plugins: [lastLoginMethodClient()] };
    const person = await newPerson(version, server, {}, options);
    const { auth } = await openClient(version, server, options);
    // A page, as far as the client looks at one.
    globalThis.document = { cookie: "" };
    t.after(() => delete globalThis.document);
    assert.equal(auth.getLastUsedLoginMethod(), null);
    await auth.signIn.email({ email: person.user.email, password: PASSWORD }, {
      onResponse({ response }) {
        const line = response.headers.getSetCookie().find((text) => text.startsWith("better-auth.last_used_login_method="));
        assert.doesNotMatch(line, /HttpOnly/i);
        document.cookie = line.split(";")[0];
      },
    });
    assert.equal(auth.getLastUsedLoginMethod(), "email");
    assert.equal(auth.isLastUsedLoginMethod("email"), true);
    auth.clearLastUsedLoginMethod();
    assert.match(document.cookie, /^better-auth\.last_used_login_method=; expires=Thu, 01 Jan 1970/);
  });
});
