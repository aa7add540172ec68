import assert from "node:assert/strict";
import { test } from "node:test";
import { newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";

const config = { emailAndPassword: { enabled: true }, session: { additionalFields: { theme: { type: "string", defaultValue: "light" } } } };

async function otherDevice(version, server, email) {
  const opened = await openClient(version, server);
  await opened.auth.signIn.email({ email, password: PASSWORD });
  return opened.auth;
}

withEachClient("sessions", config, (version, server) => {
  test("list and revoke one", async () => {
    const { auth, email, token } = await newPerson(version, server);
    const other = await otherDevice(version, server, email);
    const { data: sessions } = await auth.listSessions();
    assert.equal(sessions.length, 2);
    assert.ok(sessions.every((session) => session.createdAt instanceof Date));
    const { data } = await auth.revokeSession({ token: sessions.find((session) => session.token !== token).token });
    assert.deepEqual(data, { status: true });
    assert.equal((await other.getSession()).data, null);
    assert.equal((await auth.getSession()).data.session.token, token);
  });

  test("revoke the others, then all", async () => {
    const { auth, browser, email } = await newPerson(version, server);
    const other = await otherDevice(version, server, email);
    assert.deepEqual((await auth.revokeOtherSessions()).data, { status: true });
    assert.equal((await other.getSession()).data, null);
    assert.deepEqual((await auth.revokeSessions()).data, { status: true });
    assert.equal(browser.cookies.size, 0);
    assert.equal((await auth.listSessions()).error.status, 401);
  });

  test("a field of the session's own", async () => {
    const { auth } = await newPerson(version, server);
    assert.equal((await auth.getSession()).data.session.theme, "light");
    const { data } = await auth.updateSession({ theme: "dark" });
    assert.equal(data.session.theme, "dark");
    assert.equal((await auth.getSession({ query: { disableCookieCache: true } })).data.session.theme, "dark");
  });
});
