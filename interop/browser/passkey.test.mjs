// Passkeys in Chromium: its own WebAuthn with a virtual authenticator, the official client and @simplewebauthn/browser.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findChromium, openBrowser } from "../chromium.mjs";
import { startSite } from "../site.mjs";

const side = process.env.SIDE ?? "watchword";
const program = findChromium();

const script = `
  import { createAuthClient } from "better-auth/client";
  import { passkeyClient } from "@better-auth/passkey/client";
  window.auth = createAuthClient({ plugins: [passkeyClient()] });
  window.ready = true;
`;

const authenticator = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };

describe(`passkeys in Chromium (${side})`, { skip: !program && "no Chromium" }, async () => {
  if (!program) return;
  const { origin, server } = await startSite(side, { emailAndPassword: { enabled: true }, plugins: { passkey: true } }, script);
  const browser = await openBrowser(program);

  async function openPage(options = {}) {
    const page = await browser.openPage(origin);
    await page.call("WebAuthn.enable", { enableUI: false });
    const { authenticatorId } = await page.call("WebAuthn.addVirtualAuthenticator", { options: { ...authenticator, ...options } });
    await page.until("window.ready === true");
    return { ...page, authenticatorId, credentials: async () => (await page.call("WebAuthn.getCredentials", { authenticatorId })).credentials };
  }

  let people = 0;
  async function newPerson(page) {
    const email = `browser-${++people}@example.com`;
    const { error } = await page.evaluate(`auth.signUp.email({ name: "Ada", email: "${email}", password: "correct horse battery" })`);
    assert.equal(error, null);
    return email;
  }

  test("register, sign out, sign in", async () => {
    const page = await openPage();
    const email = await newPerson(page);
    const added = await page.evaluate("auth.passkey.addPasskey({ name: 'laptop' })");
    assert.equal(added.error, null);
    assert.equal(added.data.name, "laptop");
    const [credential] = await page.credentials();
    assert.equal(credential.rpId, "localhost");
    assert.equal(credential.isResidentCredential, true);
    await page.evaluate("auth.signOut()");
    assert.equal((await page.evaluate("auth.getSession()")).data, null);
    const entered = await page.evaluate("auth.signIn.passkey()");
    assert.equal(entered.error, null);
    assert.equal(entered.data.user.email, email);
    assert.equal((await page.evaluate("auth.getSession()")).data.user.email, email);
    const { data: list } = await page.evaluate("auth.passkey.listUserPasskeys()");
    assert.deepEqual(list.map(({ name, deviceType }) => [name, deviceType]), [["laptop", "singleDevice"]]);
    await page.close();
  });

  test("conditional UI: the browser offers passkeys in a field", async () => {
    const page = await openPage();
    const email = await newPerson(page);
    assert.equal((await page.evaluate("auth.passkey.addPasskey()")).error, null);
    await page.evaluate("auth.signOut()");
    assert.equal(await page.evaluate("PublicKeyCredential.isConditionalMediationAvailable()"), true);
    const entered = await page.evaluate("auth.signIn.passkey({ autoFill: true })");
    assert.equal(entered.error, null);
    assert.equal(entered.data.user.email, email);
    await page.close();
  });

  test("the same authenticator does not register twice", async () => {
    const page = await openPage();
    await newPerson(page);
    assert.equal((await page.evaluate("auth.passkey.addPasskey()")).error, null);
    const again = await page.evaluate("auth.passkey.addPasskey()");
    assert.equal(again.error.code, "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED");
    assert.equal((await page.credentials()).length, 1);
    await page.close();
  });

  test("a passkey that was deleted signs nobody in", async () => {
    const page = await openPage();
    await newPerson(page);
    const { data } = await page.evaluate("auth.passkey.addPasskey()");
    assert.equal((await page.evaluate(`auth.passkey.deletePasskey({ id: "${data.id}" })`)).error, null);
    await page.evaluate("auth.signOut()");
    assert.equal((await page.evaluate("auth.signIn.passkey()")).error.code, "PASSKEY_NOT_FOUND");
    assert.equal((await page.evaluate("auth.getSession()")).data, null);
    await page.close();
  });

  test("a page of another origin proves nothing", async () => {
    const page = await openPage();
    await newPerson(page);
    assert.equal((await page.evaluate("auth.passkey.addPasskey()")).error, null);
    await page.evaluate("auth.signOut()");
    // The same host, so the authenticator answers; another port, so it is another origin (WA-04).
    await page.navigate(`${server.base}/api/auth/ok`);
    const answer = await page.evaluate(`(async () => {
      const options = await (await fetch("/api/auth/passkey/generate-authenticate-options")).json();
      const credential = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      const sent = await fetch("/api/auth/passkey/verify-authentication", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ response: credential.toJSON() }) });
      return { status: sent.status, body: await sent.json() };
    })()`);
    assert.ok([400, 401, 403].includes(answer.status), JSON.stringify(answer));
    assert.equal((await page.evaluate("fetch('/api/auth/get-session').then((answer) => answer.json())")), null);
    await page.close();
  });
});
