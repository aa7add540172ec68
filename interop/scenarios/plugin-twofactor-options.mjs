// The two-factor plugin's options, one after the other.
import { noteMessage, PASSWORD, signedIn, signedUp } from "../steps.mjs";
import { codeOf } from "./plugin-twofactor.mjs";

const config = (twoFactor, more = {}) => ({ emailAndPassword: { enabled: true }, ...more, plugins: { twoFactor } });
const noteURI = (t, uri) => t.note("uri", uri?.replace(/secret=[A-Z2-7]+/, (s) => `secret=<${s.length}>`) ?? null);
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function begun(t, email, body = {}) {
  const c = await signedUp(t, email);
  const { json } = await c.post("/two-factor/enable", { password: PASSWORD, ...body });
  noteURI(t, json?.totpURI);
  t.note("codes", json?.backupCodes?.map((code) => code.replace(/[A-Za-z0-9]/g, "x")) ?? null);
  return { c, uri: json?.totpURI, codes: json?.backupCodes ?? [] };
}

export default [
  {
    name: "options: no proof on enabling",
    config: config({ skipVerificationOnEnable: true, issuer: "Issuer & Co" }),
    async run(t) {
      const email = "to-1@example.com";
      const { c, uri } = await begun(t, email);
      await c.get("/get-session");
      noteURI(t, (await c.post("/two-factor/get-totp-uri", { password: PASSWORD })).json?.totpURI);
      const d = await signedIn(t, email);
      await d.post("/two-factor/verify-totp", { code: codeOf(uri) });
      await d.get("/get-session");
      await c.post("/two-factor/disable", { password: PASSWORD });
      await c.post("/two-factor/enable", { password: PASSWORD, method: "otp" });
      await c.get("/get-session");
    },
  },
  {
    name: "options: eight digits, a minute, an issuer",
    config: config({ totpOptions: { digits: 8, period: 60 }, backupCodeOptions: { amount: 3, length: 8, storeBackupCodes: "plain" } }),
    async run(t) {
      const email = "to-2@example.com";
      const { c, codes } = await begun(t, email, { issuer: "Mine: all" });
      await c.post("/two-factor/verify-totp", { code: "123456" });
      await c.post("/two-factor/verify-totp", { code: "12345678" });
      await c.get("/get-session");
      await c.post("/two-factor/send-otp");
      await c.post("/two-factor/verify-otp", { code: (await noteMessage(t, "two-factor-otp", email))?.code });
      const d = await signedIn(t, email);
      await d.post("/two-factor/verify-backup-code", { code: codes[0] });
      t.note("new codes", (await c.post("/two-factor/generate-backup-codes", { password: PASSWORD })).json?.backupCodes?.length ?? null);
    },
  },
  {
    name: "options: codes by mail of another kind",
    config: config({ otpOptions: { digits: 4, allowedAttempts: 2, storeOTP: "hashed", period: 1 } }),
    async run(t) {
      const email = "to-3@example.com";
      const c = await signedUp(t, email);
      await c.post("/two-factor/enable", { password: PASSWORD, method: "otp" });
      const d = await signedIn(t, email);
      await d.post("/two-factor/send-otp", {});
      t.note("length", (await t.box.take("two-factor-otp", email))?.code?.length ?? null);
      for (let i = 0; i < 3; i++) await d.post("/two-factor/verify-otp", { code: "none" });
      await d.post("/two-factor/send-otp", {});
      const message = await t.box.take("two-factor-otp", email);
      await d.post("/two-factor/verify-otp", { code: message?.code });
      await d.get("/get-session");
    },
  },
  {
    name: "options: encrypted codes by mail",
    config: config({ otpOptions: { storeOTP: "encrypted" } }),
    async run(t) {
      const email = "to-4@example.com";
      const c = await signedUp(t, email);
      await c.post("/two-factor/enable", { password: PASSWORD, method: "otp" });
      const d = await signedIn(t, email, { rememberMe: false });
      await d.post("/two-factor/send-otp", {});
      const message = await t.box.take("two-factor-otp", email);
      await d.post("/two-factor/verify-otp", { code: message?.code, trustDevice: true });
      await d.post("/sign-out");
      await d.post("/sign-in/email", { email, password: PASSWORD });
      await d.get("/get-session");
    },
  },
  {
    name: "options: no app",
    config: config({ totpOptions: { disable: true } }),
    async run(t) {
      const email = "to-5@example.com";
      const { c } = await begun(t, email);
      await c.post("/two-factor/get-totp-uri", { password: PASSWORD });
      await c.post("/two-factor/verify-totp", { code: "123456" });
      await c.post("/two-factor/enable", { password: PASSWORD, method: "totp" });
      await c.post("/two-factor/enable", { password: PASSWORD, method: "otp" });
      await signedIn(t, email);
    },
  },
  {
    name: "options: a challenge that ends soon",
    config: config({ twoFactorCookieMaxAge: 1, trustDeviceMaxAge: 2 }),
    async run(t) {
      const email = "to-6@example.com";
      const { c, uri, codes } = await begun(t, email);
      await c.post("/two-factor/verify-totp", { code: codeOf(uri, -1) });
      const d = await signedIn(t, email);
      await wait(1200);
      await d.post("/two-factor/verify-totp", { code: codeOf(uri) });
      const e = await signedIn(t, email);
      await e.post("/two-factor/verify-backup-code", { code: codes[0], trustDevice: true });
      await wait(2200);
      await e.post("/sign-in/email", { email, password: PASSWORD });
    },
  },
  {
    name: "options: a lock after two guesses",
    config: config({ accountLockout: { maxFailedAttempts: 2, durationSeconds: 60 } }),
    async run(t) {
      const email = "to-7@example.com";
      const { c, uri, codes } = await begun(t, email);
      await c.post("/two-factor/verify-totp", { code: codeOf(uri, -1) });
      const d = await signedIn(t, email);
      await d.post("/two-factor/verify-totp", { code: "wrong" });
      await d.post("/two-factor/verify-backup-code", { code: "wrong" });
      await d.post("/two-factor/verify-totp", { code: codeOf(uri) });
      await d.post("/two-factor/verify-backup-code", { code: codes[0] });
      const e = await signedIn(t, email);
      await e.post("/two-factor/verify-backup-code", { code: codes[0] });
    },
  },
  {
    name: "options: no lock",
    config: config({ accountLockout: { enabled: false } }),
    async run(t) {
      const email = "to-8@example.com";
      const { c, uri, codes } = await begun(t, email);
      await c.post("/two-factor/verify-totp", { code: codeOf(uri, -1) });
      for (let round = 0; round < 3; round++) {
        const d = await signedIn(t, email);
        for (let i = 0; i < 4; i++) await d.post("/two-factor/verify-backup-code", { code: "wrong" });
      }
      const e = await signedIn(t, email);
      await e.post("/two-factor/verify-backup-code", { code: codes[0] });
    },
  },
  {
    name: "options: without a password",
    config: config({ allowPasswordless: true }),
    async run(t) {
      const email = "to-9@example.com";
      const c = await signedUp(t, email);
      await c.post("/two-factor/enable", {});
      await c.post("/two-factor/enable", { password: "wrong password" });
      await c.post("/two-factor/get-totp-uri", {});
      await c.post("/two-factor/disable", {});
      await c.post("/two-factor/generate-backup-codes", {});
      await c.post("/two-factor/enable", { password: PASSWORD });
    },
  },
];
