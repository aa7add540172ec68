// The two-factor plugin. Codes of an app are used once by Watchword: each sign-in here uses another step of the window.
import { createHmac } from "node:crypto";
import { everyType, noteMessage, PASSWORD, signedIn, signedUp } from "../steps.mjs";

const config = { appName: "My App", emailAndPassword: { enabled: true }, plugins: { twoFactor: true } };
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function keyOf(uri) {
  let bits = "";
  for (const c of new URL(uri ?? "otpauth://totp/x?secret=AAAA").searchParams.get("secret")) bits += alphabet.indexOf(c).toString(2).padStart(5, "0");
  return Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
}

/** The code of an app, some steps away from now. */
export function codeOf(uri, offset = 0) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + offset));
  const mac = createHmac("sha1", keyOf(uri)).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
}

const noteURI = (t, uri) => t.note("uri", uri?.replace(/secret=[A-Z2-7]+/, (s) => `secret=<${s.length}>`));

async function enrolled(t, email) {
  const c = await signedUp(t, email);
  const { json } = await c.post("/two-factor/enable", { password: PASSWORD });
  noteURI(t, json?.totpURI);
  t.note("codes", json?.backupCodes?.map((code) => code.replace(/[A-Za-z0-9]/g, "x")));
  await c.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI, -1) });
  return { c, uri: json?.totpURI, codes: json?.backupCodes ?? [] };
}

export default [
  {
    name: "two-factor: enrol, sign in, disable",
    config,
    async run(t) {
      const email = "tf-1@example.com";
      const { c, uri, codes } = await enrolled(t, email);
      await c.get("/get-session");
      await c.get("/list-sessions");
      await c.post("/two-factor/enable", { password: PASSWORD });
      await c.post("/two-factor/get-totp-uri", { password: "wrong password" });
      noteURI(t, (await c.post("/two-factor/get-totp-uri", { password: PASSWORD })).json?.totpURI);
      const d = await signedIn(t, email);
      await d.get("/get-session");
      await d.post("/two-factor/verify-totp", { code: "abcdef" });
      await d.post("/two-factor/verify-totp", { code: "" });
      await d.post("/two-factor/verify-totp", { code: codeOf(uri) });
      await d.get("/get-session");
      const e = await signedIn(t, email, { rememberMe: false });
      await e.post("/two-factor/verify-totp", { code: codeOf(uri, 1), trustDevice: true });
      await e.post("/sign-in/email", { email, password: PASSWORD });
      await e.get("/get-session");
      await e.post("/two-factor/generate-backup-codes", { password: PASSWORD });
      const f = await signedIn(t, email);
      await f.post("/two-factor/verify-backup-code", { code: codes[0] });
      await c.post("/two-factor/disable", { password: "wrong password" });
      await c.post("/two-factor/disable", { password: PASSWORD });
      await c.get("/get-session");
      await c.post("/two-factor/disable", { password: PASSWORD });
      await signedIn(t, email);
    },
  },
  {
    name: "two-factor: codes by mail",
    config,
    async run(t) {
      const email = "tf-2@example.com";
      const c = await signedUp(t, email);
      await c.post("/two-factor/enable", { password: PASSWORD, method: "otp" });
      await c.get("/get-session");
      await c.post("/two-factor/get-totp-uri", { password: PASSWORD });
      await c.post("/two-factor/generate-backup-codes", { password: PASSWORD });
      const d = await signedIn(t, email);
      await d.post("/two-factor/verify-otp", { code: "123456" });
      await d.post("/two-factor/send-otp", {});
      const message = await noteMessage(t, "two-factor-otp", email);
      for (let i = 0; i < 5; i++) await d.post("/two-factor/verify-otp", { code: "wrong" });
      await d.post("/two-factor/verify-otp", { code: message?.code });
      await d.post("/two-factor/verify-otp", { code: message?.code });
      await d.send("POST", "/two-factor/send-otp");
      const second = await noteMessage(t, "two-factor-otp", email);
      await d.post("/two-factor/verify-otp", { code: second?.code, trustDevice: true });
      await d.get("/get-session");
      const e = await signedIn(t, email);
      await e.post("/two-factor/verify-totp", { code: "123456" });
      await e.post("/two-factor/verify-backup-code", { code: "123456" });
    },
  },
  {
    name: "two-factor: a code by mail enables",
    config,
    async run(t) {
      const email = "tf-3@example.com";
      const c = await signedUp(t, email);
      await c.post("/two-factor/send-otp", { trustDevice: true });
      const message = await noteMessage(t, "two-factor-otp", email);
      await c.post("/two-factor/verify-otp", { code: message?.code });
      await c.get("/get-session");
      await signedIn(t, email);
    },
  },
  {
    name: "two-factor: too many guesses",
    config,
    async run(t) {
      const email = "tf-4@example.com";
      const { uri, codes } = await enrolled(t, email);
      let d = await signedIn(t, email);
      for (let i = 0; i < 5; i++) await d.post("/two-factor/verify-totp", { code: "wrong" });
      await d.post("/two-factor/verify-totp", { code: codeOf(uri) });
      await d.post("/two-factor/verify-totp", { code: codeOf(uri) });
      d = await signedIn(t, email);
      for (let i = 0; i < 5; i++) await d.post("/two-factor/verify-backup-code", { code: "wrong" });
      await d.post("/two-factor/verify-backup-code", { code: codes[0] });
      d = await signedIn(t, email);
      await d.post("/two-factor/verify-totp", { code: codeOf(uri) });
      await d.post("/two-factor/send-otp");
      await d.post("/two-factor/verify-otp", { code: "wrong" });
    },
  },
  {
    name: "two-factor: backup codes",
    config,
    async run(t) {
      const email = "tf-5@example.com";
      const { c, codes } = await enrolled(t, email);
      const d = await signedIn(t, email);
      await d.post("/two-factor/verify-backup-code", { code: "wrong" });
      await d.post("/two-factor/verify-backup-code", { code: codes[1], disableSession: true });
      await d.get("/get-session");
      const e = await signedIn(t, email);
      await e.post("/two-factor/verify-backup-code", { code: codes[1] });
      await e.post("/two-factor/verify-backup-code", { code: codes[2], trustDevice: true });
      await c.post("/two-factor/verify-backup-code", { code: codes[3] });
      await c.post("/two-factor/verify-backup-code", { code: codes[4], disableSession: true });
      await c.post("/two-factor/generate-backup-codes", { password: "wrong password" });
      const { json } = await c.post("/two-factor/generate-backup-codes", { password: PASSWORD });
      await c.post("/two-factor/verify-backup-code", { code: codes[5] });
      await c.post("/two-factor/verify-backup-code", { code: json?.backupCodes?.[0] });
    },
  },
  {
    name: "two-factor: bad input, nobody",
    config,
    async run(t) {
      const c = await signedUp(t, "tf-6@example.com");
      const paths = ["enable", "disable", "get-totp-uri", "verify-totp", "send-otp", "verify-otp", "verify-backup-code", "generate-backup-codes"];
      for (const client of [c, t.client()]) {
        for (const path of paths) {
          await client.send("POST", `/two-factor/${path}`);
          await client.post(`/two-factor/${path}`, {});
          await client.post(`/two-factor/${path}`, []);
          await client.get(`/two-factor/${path}`);
          await client.post(`/two-factor/${path}`, { password: "wrong password", code: "1" });
          await client.post(`/two-factor/${path}`, { password: "x".repeat(129), code: "1" });
        }
        for (const value of everyType) {
          await client.post("/two-factor/enable", { password: value });
          await client.post("/two-factor/enable", { password: "wrong password", method: value });
          await client.post("/two-factor/enable", { password: "wrong password", issuer: value });
          await client.post("/two-factor/verify-totp", { code: value });
          await client.post("/two-factor/verify-totp", { code: "1", trustDevice: value });
          await client.post("/two-factor/verify-otp", { code: value });
          await client.post("/two-factor/verify-backup-code", { code: value });
          await client.post("/two-factor/verify-backup-code", { code: "1", disableSession: value });
          await client.post("/two-factor/disable", { password: value });
          await client.post("/two-factor/send-otp", { trustDevice: value });
        }
        for (const path of ["view-backup-codes", "generate-totp"]) await client.post(`/two-factor/${path}`, { userId: "x", secret: "x" });
      }
    },
  },
];
