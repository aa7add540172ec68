// Plugins where sessions and single-use values live in secondary storage.
import { newPasskey } from "../authenticator.mjs";
import { linkPath, noteMessage, PASSWORD, signedIn, signedUp } from "../steps.mjs";
import { codeOf } from "./plugin-twofactor.mjs";

const stored = (plugins, more = {}) => ({ emailAndPassword: { enabled: true }, secondaryStorage: "memory", ...more, plugins });
const org = (path) => `/organization/${path}`;

export default [
  {
    name: "storage: codes and links",
    config: stored({ emailOTP: true, magicLink: true }),
    async run(t) {
      const email = "st-1@example.com";
      await signedUp(t, email);
      await t.client().post("/sign-in/magic-link", { email, callbackURL: "/in" });
      const link = linkPath(await t.box.take("magic-link", email));
      const c = t.client();
      await c.get(link);
      await c.get("/get-session");
      await t.client().get(link);
      await t.client().post("/email-otp/send-verification-otp", { email, type: "sign-in" });
      const message = await noteMessage(t, "email-otp", email);
      await t.client().post("/sign-in/email-otp", { email, otp: "wrong" });
      await t.client().post("/email-otp/check-verification-otp", { email, type: "sign-in", otp: message?.code });
      await t.client().post("/sign-in/email-otp", { email, otp: message?.code });
      await t.client().post("/sign-in/email-otp", { email, otp: message?.code });
      await t.client().post("/email-otp/request-password-reset", { email });
      const reset = await t.box.take("email-otp", email);
      await t.client().post("/email-otp/reset-password", { email, otp: reset?.code, password: "another password" });
      await t.client().post("/sign-in/email", { email, password: "another password" });
    },
  },
  {
    name: "storage: a second factor",
    config: stored({ twoFactor: true }),
    async run(t) {
      const email = "st-2@example.com";
      const c = await signedUp(t, email);
      const { json } = await c.post("/two-factor/enable", { password: PASSWORD });
      await c.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI, -1) });
      await c.get("/get-session");
      const d = await signedIn(t, email);
      await d.get("/get-session");
      await d.post("/two-factor/verify-totp", { code: "wrong" });
      await d.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI), trustDevice: true });
      await d.post("/sign-in/email", { email, password: PASSWORD });
      const e = await signedIn(t, email);
      await e.post("/two-factor/send-otp");
      const message = await noteMessage(t, "two-factor-otp", email);
      await e.post("/two-factor/verify-otp", { code: "wrong" });
      await e.post("/two-factor/verify-otp", { code: message?.code });
      await e.get("/get-session");
      await c.post("/two-factor/disable", { password: PASSWORD });
      await signedIn(t, email);
    },
  },
  {
    name: "storage: administrators",
    config: stored({ admin: { defaultRole: "admin" } }),
    async run(t) {
      const boss = await signedUp(t, "st-3-boss@example.com");
      const made = await boss.post("/admin/create-user", { email: "st-3@example.com", name: "Ada", password: PASSWORD, role: "user" });
      const userId = made.json?.user?.id;
      const c = await signedIn(t, "st-3@example.com");
      await signedIn(t, "st-3@example.com");
      await boss.post("/admin/list-user-sessions", { userId });
      await boss.post("/admin/impersonate-user", { userId });
      await boss.get("/get-session");
      await boss.post("/admin/stop-impersonating");
      await boss.get("/get-session");
      await boss.post("/admin/ban-user", { userId });
      await c.get("/get-session");
      await boss.post("/admin/unban-user", { userId });
      const d = await signedIn(t, "st-3@example.com");
      await boss.post("/admin/revoke-user-sessions", { userId });
      await d.get("/get-session");
      await boss.post("/admin/list-user-sessions", { userId });
      await boss.post("/admin/remove-user", { userId });
    },
  },
  {
    name: "storage: organizations",
    config: stored({ organization: { teams: { enabled: true } } }),
    async run(t) {
      const c = await signedUp(t, "st-4@example.com");
      const other = await signedIn(t, "st-4@example.com");
      const { json } = await c.post(org("create"), { name: "Four", slug: "st-4" });
      await c.get("/get-session");
      await other.get("/get-session");
      await other.post(org("set-active"), { organizationId: json?.id });
      await other.get("/get-session");
      await other.get(org("get-full-organization"));
      await other.post(org("set-active"), { organizationId: null });
      await other.get("/get-session");
      await c.get("/list-sessions");
      await c.post(org("delete"), { organizationId: json?.id });
      await c.get("/get-session");
    },
  },
  {
    name: "storage: keys",
    config: stored({ apiKey: { storage: "secondary-storage", enableSessionForAPIKeys: true, enableMetadata: true, rateLimit: { maxRequests: 3 } } }),
    async run(t) {
      const c = await signedUp(t, "st-5@example.com");
      const { json } = await c.post("/api-key/create", { name: "one", metadata: { a: [1] }, expiresIn: 86400 });
      await c.post("/api-key/create", { name: "two", prefix: "p_" });
      await c.get(`/api-key/get?id=${json?.id}`);
      await c.get("/api-key/list");
      await c.get("/api-key/list?limit=1&sortBy=name&sortDirection=desc");
      const headers = { "x-api-key": json?.key ?? "" };
      for (let i = 0; i < 3; i++) await t.client().get("/get-session", headers);
      await c.post("/api-key/update", { keyId: json?.id, name: "renamed", enabled: false });
      await t.client().get("/get-session", headers);
      await c.post("/api-key/delete", { keyId: json?.id });
      await c.get(`/api-key/get?id=${json?.id}`);
      await c.get("/api-key/list");
    },
  },
  {
    name: "storage: passkeys",
    config: stored({ passkey: true }),
    async run(t) {
      const c = await signedUp(t, "st-6@example.com");
      const key = newPasskey(t.base);
      const { json } = await c.get("/passkey/generate-register-options");
      key.handle ??= json?.user?.id;
      await c.post("/passkey/verify-registration", { response: key.create(json?.challenge) });
      const phone = t.client();
      const { json: asked } = await phone.get("/passkey/generate-authenticate-options");
      await phone.post("/passkey/verify-authentication", { response: key.get(asked?.challenge) });
      await phone.post("/passkey/verify-authentication", { response: key.get(asked?.challenge) });
      await phone.get("/get-session");
    },
  },
];
