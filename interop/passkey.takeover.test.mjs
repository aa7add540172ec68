// Passkeys in one database that is served by one side after the other. SIDE=reference plays the reference against
// itself, as a control.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { newPasskey } from "./authenticator.mjs";
import { startServer } from "./harness.mjs";
import { tester } from "./recorder.mjs";
import { signedUp } from "./steps.mjs";

const side = process.env.SIDE ?? "watchword";
const ORIGIN = "http://app.example"; // the servers' ports differ
const config = { emailAndPassword: { enabled: true }, trustedOrigins: [ORIGIN], plugins: { passkey: { origin: ORIGIN } } };

async function serving(which, at, use) {
  const server = await startServer(which, config, { at });
  try {
    return await use(tester(server));
  } finally {
    await server.stop();
  }
}

async function register(t, email) {
  const c = await signedUp(t, email);
  const keys = ["ES256", "EdDSA", "RS256"].map((kind, i) => newPasskey(ORIGIN, { kind, synced: i === 0, counter: 5 * i }));
  for (const key of keys) {
    const { json } = await c.get("/passkey/generate-register-options");
    key.handle = json.user.id;
    assert.equal((await c.post("/passkey/verify-registration", { response: key.create(json.challenge) })).status, 200);
  }
  return { email, keys };
}

async function enter(t, { email, keys }) {
  for (const key of keys) {
    const c = t.client();
    const { json: options } = await c.get("/passkey/generate-authenticate-options");
    const { json } = await c.post("/passkey/verify-authentication", { response: key.get(options.challenge) });
    assert.equal(json.user?.email, email, JSON.stringify(json));
    const { json: again } = await c.get("/passkey/generate-authenticate-options");
    if (!key.counter) continue;
    const stale = await c.post("/passkey/verify-authentication", { response: key.get(again.challenge, { counter: key.counter }) });
    assert.equal(stale.json.code, "AUTHENTICATION_FAILED");
  }
}

describe(`passkeys change servers (${side})`, () => {
  for (const [first, second] of [["reference", side], [side, "reference"]]) {
    test(`${first}, then ${second}, then ${first}`, async () => {
      const folder = mkdtempSync(path.join(os.tmpdir(), "takeover-"));
      const at = path.join(folder, "auth.db");
      try {
        const left = await serving(first, at, (t) => register(t, "one@example.com"));
        const more = await serving(second, at, async (t) => {
          await enter(t, left);
          return register(t, "two@example.com");
        });
        await serving(first, at, async (t) => {
          await enter(t, left);
          await enter(t, more);
        });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
