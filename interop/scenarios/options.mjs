// Options of the whole server that no other file is about.
import { linkPath, noteMessage, PASSWORD, signedIn, signedUp } from "../steps.mjs";

const emailAndPassword = { enabled: true };

// A person's life from sign-up to a second sign-in, with a message in between.
async function life(t, email, headers) {
  const c = t.client({ headers });
  await c.post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
  await c.get("/get-session");
  await c.post("/update-user", { name: "Grace" });
  const accounts = await c.get("/list-accounts");
  await c.get("/list-sessions");
  await c.post("/unlink-account", { accountId: accounts.json?.[0]?.id });
  await c.post("/request-password-reset", { email, redirectTo: "/reset" });
  const message = await noteMessage(t, "reset-password", email);
  await c.get(linkPath(message));
  await c.post("/reset-password", { token: message?.token, newPassword: "a brand new password" });
  await c.post("/sign-in/email", { email, password: "a brand new password" });
  await c.post("/sign-out");
}

const lived = (name, more, headers) => ({ name, config: { emailAndPassword, ...more }, alone: true, run: (t) => life(t, "options@example.com", headers) });

export default [
  lived("identifiers as UUIDs", { advanced: { database: { generateId: "uuid" } } }),
  lived("identifiers counted by the database", { advanced: { database: { generateId: "serial" } } }),
  lived("secrets with versions", { secret: undefined, secrets: [{ version: 2, value: "the-newer-secret-0123456789-abcdefghijkl" }, { version: 1, value: "the-older-secret-0123456789-abcdefghijkl" }] }),
  lived("tables and columns under other names", { user: { modelName: "people", fields: { email: "mail_address", emailVerified: "mail_verified", createdAt: "created_at" } }, session: { modelName: "visits", fields: { userId: "person_id", expiresAt: "ends_at" } }, account: { modelName: "logins", fields: { userId: "person_id", accountId: "subject" } }, verification: { modelName: "proofs", fields: { identifier: "name", value: "content" } } }),
  lived("verifications hashed", { verification: { storeIdentifier: "hashed", disableCleanup: true } }),
  lived("a name of the application", { appName: "Lovelace" }),
  {
    name: "a base URL from the host that is asked for",
    config: { emailAndPassword, baseURL: { allowedHosts: ["localhost:*", "*.example.com"], protocol: "http" } },
    async run(t) {
      const c = await signedUp(t, "dynamic@example.com");
      await c.get("/get-session");
      // No host outside of the list: the reference ends itself at one.
      for (const headers of [{}, { host: "a.example.com" }, { "x-forwarded-host": "b.example.com", "x-forwarded-proto": "https" }, { host: "A.EXAMPLE.com" }]) {
        await t.client().post("/request-password-reset", { email: "dynamic@example.com", redirectTo: "/reset" }, { origin: null, ...headers });
        await noteMessage(t, "reset-password", "dynamic@example.com", 200);
        await t.client().post("/sign-out", {}, { cookie: "a=b", origin: "http://a.example.com", ...headers });
      }
    },
  },
  {
    name: "a base URL from the host, with a fallback and trusted proxies",
    config: { emailAndPassword, baseURL: { allowedHosts: ["localhost:*", "*.example.com"], protocol: "auto", fallback: "https://fallback.example.org" }, advanced: { trustedProxyHeaders: true } },
    async run(t) {
      await signedUp(t, "fallback@example.com");
      for (const headers of [{}, { host: "a.example.com" }, { host: "evil.test" }, { "x-forwarded-host": "b.example.com", "x-forwarded-proto": "https" }, { "x-forwarded-host": "evil.test", "x-forwarded-proto": "https" }, { "x-forwarded-host": "a,b", "x-forwarded-proto": "gopher" }]) {
        await t.client().post("/request-password-reset", { email: "fallback@example.com", redirectTo: "/reset" }, { origin: null, ...headers });
        await noteMessage(t, "reset-password", "fallback@example.com", 200);
      }
    },
  },
  {
    name: "no check of origins on some paths",
    config: { emailAndPassword, advanced: { disableOriginCheck: ["/sign-in", "/update-user"] } },
    async run(t) {
      const c = await signedUp(t, "some-paths@example.com");
      for (const path of ["/sign-in/email", "/sign-in/social", "/update-user", "/sign-out", "/sign-up/email", "/update-session"]) await c.post(path, { callbackURL: "https://evil.example" }, { origin: "https://evil.example" });
    },
  },
  {
    name: "many sessions of one person",
    config: { emailAndPassword },
    async run(t) {
      const email = "many@example.com";
      const c = await signedUp(t, email);
      for (let i = 0; i < 8; i++) await signedIn(t, email, { rememberMe: i % 2 === 0 });
      const listed = await c.get("/list-sessions");
      t.note("count", listed.json?.length);
    },
  },
];
