// Sign-in at providers in Chromium: by redirect, in a popup, and by Google's One Tap, with the official client.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { findChromium, openBrowser } from "../chromium.mjs";
import { startInternet } from "../internet.mjs";
import { claimsOf } from "../providers.mjs";
import { startSite } from "../site.mjs";
import { configured, startUpstream } from "../upstream.mjs";

const side = process.env.SIDE ?? "watchword";
const program = findChromium();

const script = `
  import { createAuthClient } from "better-auth/client";
  import { oauthPopupClient, oneTapClient } from "better-auth/client/plugins";
  window.auth = createAuthClient({ plugins: [oauthPopupClient(), oneTapClient({ clientId: "google-client" })] });
  window.ready = true;
`;

// Fills in whatever form of the provider's pages is shown.
const goOn = (login) => `(() => {
  const form = document.forms[0];
  if (!form || form.sent) return false;
  for (const [name, value] of Object.entries({ login: "${login}", password: "any" })) if (form.elements[name]) form.elements[name].value = value;
  form.sent = true;
  form.requestSubmit ? form.requestSubmit() : form.submit();
  return true;
})()`;

// Goes through the provider's pages until the condition holds, or the window has closed.
async function throughPages(page, login, issuer, done) {
  for (const end = Date.now() + 30000; Date.now() < end; await sleep(30)) {
    if (await done()) return;
    const there = await page.evaluate(`location.href.startsWith("${issuer}")`).catch(() => false);
    if (there) await page.evaluate(goOn(login)).catch(() => false);
  }
  throw new Error("the provider's pages have no end");
}

describe(`providers in Chromium (${side})`, { skip: !program && "no Chromium" }, async () => {
  if (!program) return;
  const [upstream, internet] = [await startUpstream(), await startInternet()];
  after(() => (upstream.close(), internet.close()));
  const { origin } = await startSite(side, {
    socialProviders: { google: { clientId: "google-client", clientSecret: "secret" } },
    plugins: { genericOAuth: { config: [configured("one", upstream)] }, oauthPopup: true, oneTap: { clientId: "google-client" }, bearer: true },
  }, script, { internet });
  const browser = await openBrowser(program);

  async function openPage() {
    const page = await browser.openPage(origin);
    await page.until("window.ready === true");
    return page;
  }

  test("by redirect", async () => {
    const page = await openPage();
    await page.evaluate(`void auth.signIn.social({ provider: "one", callbackURL: "/done" })`);
    await throughPages(page, "redirected", upstream.issuer, () => page.evaluate(`location.pathname === "/done"`).catch(() => false));
    await page.until("window.ready === true");
    assert.equal((await page.evaluate("auth.getSession()")).data.user.email, "redirected@upstream.example");
    await page.close();
  });

  test("in a popup", async () => {
    const page = await openPage();
    await page.evaluate(`void auth.signIn.popup({ provider: "one" }).then((answer) => { window.answer = answer; })`);
    const popup = await page.popup();
    await throughPages(popup, "popped", upstream.issuer, () => page.evaluate("window.answer !== undefined"));
    const answer = await page.evaluate("window.answer");
    assert.equal(answer.error, null);
    assert.equal((await page.evaluate("auth.getSession()")).data.user.email, "popped@upstream.example");
    await page.close();
  });

  test("by One Tap", async () => {
    // Google's script cannot be had here: what it hands over is a token that it has signed.
    const token = internet.signer.sign(claimsOf(internet, "google", "tapped", "google-client"));
    const page = await openPage();
    await page.evaluate(`
      window.googleScriptInitialized = true;
      window.google = { accounts: { id: { initialize(options) { this.options = options }, prompt() { this.options.callback({ credential: "${token}" }) } } } };
      void auth.oneTap({ callbackURL: "/tapped" });`);
    await page.until(`location.pathname === "/tapped" && window.ready === true`);
    assert.equal((await page.evaluate("auth.getSession()")).data.user.email, "tapped@example.com");
    await page.close();
  });
});
