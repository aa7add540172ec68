// Rows of plugins in one database that is served by one side after the other: keys that sign, codes and links that
// wait, names, visitors. SIDE=reference plays the reference against itself, as a control.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { createLocalJWKSet, jwtVerify } from "jose";
import { startServer } from "./harness.mjs";
import { tester } from "./recorder.mjs";
import { linkPath, PASSWORD } from "./steps.mjs";

const side = process.env.SIDE ?? "watchword";
const config = (alg) => ({
  emailAndPassword: { enabled: true },
  plugins: {
    jwt: { jwks: { keyPairConfig: { alg } }, jwt: { issuer: "https://i.example", audience: "https://a.example" } },
    magicLink: { storeToken: "hashed" }, emailOTP: { storeOTP: "encrypted" }, username: true, bearer: true, deviceAuthorization: true, phoneNumber: true,
    anonymous: true, multiSession: true, oneTimeToken: { storeToken: "hashed" }, lastLoginMethod: { storeInDatabase: true },
  },
});

async function serving(which, settings, at, use) {
  const server = await startServer(which, settings, { at });
  try {
    return await use(tester(server));
  } finally {
    await server.stop();
  }
}

const kid = (token) => JSON.parse(Buffer.from(token.split(".")[0], "base64url")).kid;

async function leaveBehind(t, tag) {
  const c = t.client();
  const { json, headers } = await c.post("/sign-up/email", { name: "Ada", email: `ada-${tag}@example.com`, password: PASSWORD, username: `Ada.${tag}` });
  assert.ok(json.token);
  await t.client().post("/sign-in/magic-link", { email: `link-${tag}@example.com`, name: "Link" });
  await t.client().post("/email-otp/send-verification-otp", { email: `code-${tag}@example.com`, type: "sign-in" });
  const number = `+1555${tag.length}`;
  const sent = async (path, type) => {
    await t.client().post(`/phone-number/${path}`, { phoneNumber: number });
    return (await t.box.take(type, number)).code;
  };
  const proven = await c.post("/phone-number/verify", { phoneNumber: number, code: await sent("send-otp", "phone-otp"), updatePhoneNumber: true });
  assert.equal(proven.json.user.phoneNumber, number);
  const begun = () => t.client().post("/device/code", { client_id: "tv", scope: "films" });
  const { json: waiting } = await begun();
  const { json: agreed } = await begun();
  await c.get(`/device?user_code=${agreed.user_code}`);
  assert.deepEqual((await c.post("/device/approve", { userCode: agreed.user_code })).json, { success: true });
  const visitor = await t.client().post("/sign-in/anonymous");
  const several = t.client();
  const enter = (who) => several.post("/sign-up/email", { name: who, email: `${who}-${tag}@example.com`, password: PASSWORD });
  const { json: first } = await enter("first");
  await enter("second");
  return {
    once: (await c.get("/one-time-token/generate")).json.token,
    several: { cookie: several.jar.header() }, first: first.token,
    visitor: visitor.headers["set-auth-token"],
    number, phone: { verify: await sent("send-otp", "phone-otp"), reset: await sent("request-password-reset", "phone-reset-otp") },
    waiting, agreed, cookies: c.jar.header(),
    bearer: headers["set-auth-token"],
    token: (await c.get("/token")).json.token,
    link: await t.box.take("magic-link", `link-${tag}@example.com`),
    code: (await t.box.take("email-otp", `code-${tag}@example.com`)).code,
  };
}

async function takeUp(t, tag, left) {
  const bearing = t.client({ headers: { authorization: `Bearer ${left.bearer}` } });
  const own = await bearing.get("/token");
  assert.equal(kid(own.json.token), kid(left.token), "the same key signs");
  const { json: keys } = await t.client().get("/jwks");
  assert.equal(keys.keys.length, 1);
  for (const token of [left.token, own.json.token]) {
    await jwtVerify(token, createLocalJWKSet(keys), { issuer: "https://i.example", audience: "https://a.example" });
  }
  assert.equal((await t.client().get(linkPath(left.link))).status, 302);
  const link = await t.client().get(`/magic-link/verify?token=${left.link.token}`);
  assert.match(link.location, /error=INVALID_TOKEN/);
  const signedIn = await t.client().post("/sign-in/email-otp", { email: `code-${tag}@example.com`, otp: left.code });
  assert.equal(signedIn.json.user.email, `code-${tag}@example.com`);
  const visitor = t.client({ headers: { authorization: `Bearer ${left.visitor}` } });
  assert.equal((await visitor.get("/get-session")).json.user.isAnonymous, true);
  await visitor.post("/sign-in/username", { username: `ada.${tag}`, password: PASSWORD });
  assert.equal((await visitor.get("/get-session")).json, null, "the visitor was linked and is gone");
  const { json: known } = await t.client().get("/get-session", { cookie: left.cookies });
  assert.equal(known.user.lastLoginMethod, "email");
  const redeemed = await t.client().post("/one-time-token/verify", { token: left.once });
  assert.equal(redeemed.json.user.name, "Ada");
  assert.equal((await t.client().post("/one-time-token/verify", { token: left.once })).status, 400);
  const { json: device } = await t.client().get("/multi-session/list-device-sessions", left.several);
  assert.deepEqual(device.map(({ user }) => user.name).sort(), ["first", "second"]);
  const active = await t.client().post("/multi-session/set-active", { sessionToken: left.first }, left.several);
  assert.equal(active.json.user.name, "first");
  const named = await t.client().post("/sign-in/username", { username: `ADA.${tag}`, password: PASSWORD });
  assert.equal(named.json.user.displayUsername, `Ada.${tag}`);
  const byNumber = await t.client().post("/sign-in/phone-number", { phoneNumber: left.number, password: PASSWORD });
  assert.equal(byNumber.json.user.phoneNumberVerified, true);
  const byCode = await t.client().post("/phone-number/verify", { phoneNumber: left.number, code: left.phone.verify });
  assert.equal(byCode.json.user.id, byNumber.json.user.id);
  const reset = await t.client().post("/phone-number/reset-password", { phoneNumber: left.number, otp: left.phone.reset, newPassword: PASSWORD });
  assert.deepEqual(reset.json, { status: true });
  const poll = ({ device_code }) => t.client().post("/device/token", { grant_type: "urn:ietf:params:oauth:grant-type:device_code", client_id: "tv", device_code });
  assert.equal((await poll(left.waiting)).json.error, "authorization_pending");
  const seen = await t.client().get(`/device?user_code=${left.waiting.user_code}`, { cookie: left.cookies });
  assert.deepEqual([seen.json.status, seen.json.client_id, seen.json.scope], ["pending", "tv", "films"]);
  assert.equal((await poll(left.agreed)).json.scope, "films");
  assert.equal((await poll(left.agreed)).json.error, "invalid_grant");
}

describe(`take-over of plugins' rows (${side})`, { concurrency: 1 }, () => {
  for (const [from, to] of [["reference", side], [side, "reference"]]) {
    for (const alg of ["EdDSA", "ES256", "ES512", "RS256", "PS256"]) {
      test(`${from} to ${to}, ${alg}`, async () => {
        const directory = mkdtempSync(path.join(os.tmpdir(), "watchword-plugins-"));
        try {
          const at = path.join(directory, "auth.db");
          const left = await serving(from, config(alg), at, (t) => leaveBehind(t, "one"));
          await serving(to, config(alg), at, (t) => takeUp(t, "one", left));
        } finally {
          rmSync(directory, { recursive: true, force: true });
        }
      });
    }
  }
});
