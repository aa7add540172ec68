// Whole journeys of people with an address and a password, as applications let them go, one option after the other.
import { linkPath, noteMessage, PASSWORD, signedIn, signedUp } from "../steps.mjs";

const base = { emailAndPassword: { enabled: true } };
const withPassword = (more) => ({ emailAndPassword: { enabled: true, ...more } });

// What a client does from the first page to the last.
async function wholeLife(t, email) {
  const c = t.client();
  await c.get("/get-session");
  await c.post("/sign-up/email", { name: "Ada Lovelace", email, password: PASSWORD, image: "https://img.example/a.png" });
  await c.get("/get-session");
  await c.get("/list-sessions");
  await c.get("/list-accounts");
  await c.post("/update-user", { name: "Ada King" });
  await c.get("/get-session");
  await c.post("/change-password", { currentPassword: PASSWORD, newPassword: "another good password" });
  await c.post("/sign-out", {});
  await c.get("/get-session");
  await c.post("/sign-in/email", { email, password: PASSWORD });
  await c.post("/sign-in/email", { email, password: "another good password" });
  await c.get("/get-session");
  const d = t.client();
  await d.post("/sign-in/email", { email: email.toUpperCase(), password: "another good password", rememberMe: false });
  const sessions = await d.get("/list-sessions");
  await c.post("/revoke-other-sessions", {});
  await d.get("/get-session");
  await c.get("/list-sessions");
  await c.post("/revoke-session", { token: sessions.json?.[0]?.token ?? "" });
  await c.post("/revoke-sessions", {});
  await c.get("/get-session");
  await t.client().post("/request-password-reset", { email, redirectTo: "/reset" });
  const message = await noteMessage(t, "reset-password", email);
  await t.client().get(linkPath(message));
  await t.client().post("/reset-password", { token: message?.token ?? "", newPassword: "a third password" });
  await t.client().post("/reset-password", { token: message?.token ?? "", newPassword: "a third password" });
  await c.post("/sign-in/email", { email, password: "a third password", callbackURL: "/dashboard" });
  await c.get("/get-session");
  await c.post("/sign-out");
}

const lives = {
  "as it comes": base,
  "with a cookie cache": { ...base, session: { cookieCache: { enabled: true, maxAge: 300 } } },
  "with a cached token": { ...base, session: { cookieCache: { enabled: true, strategy: "jwt" } } },
  "with a sealed cache": { ...base, session: { cookieCache: { enabled: true, strategy: "jwe" } } },
  "with sessions in memory": { ...base, secondaryStorage: "memory", session: { storeSessionInDatabase: true }, verification: { storeInDatabase: true } },
  "with secure cookies": { ...base, advanced: { useSecureCookies: true, cookiePrefix: "app" } },
  "with numbers as ids": { ...base, advanced: { database: { generateId: "serial" } } },
  "with UUIDs": { ...base, advanced: { database: { generateId: "uuid" } } },
  "with renamed tables": { ...base, user: { modelName: "users", fields: { email: "email_address" } }, session: { modelName: "sessions" }, account: { modelName: "accounts", fields: { userId: "user_id" } }, verification: { modelName: "verifications" } },
  "with sessions revoked on a reset": withPassword({ revokeSessionsOnPasswordReset: true }),
  "with a trusted frontend": { ...base, trustedOrigins: ["https://app.example.com", "https://*.preview.example.com"] },
  "with short sessions": { ...base, session: { expiresIn: 3600, updateAge: 60, freshAge: 600 } },
  "with cookies for all subdomains": { ...base, advanced: { crossSubDomainCookies: { enabled: true, domain: "example.com" }, defaultCookieAttributes: { sameSite: "none", secure: true, partitioned: true } } },
};

const bodies = (email) => [
  [{}, "nothing"],
  [{ email }, "the address only"],
  [{ password: PASSWORD }, "the password only"],
  [{ name: "Ada", email }, "no password"],
  [{ name: "Ada", email, password: "" }, "an empty password"],
  [{ name: "Ada", email, password: "short" }, "a short one"],
  [{ name: "Ada", email, password: "1234567" }, "one too short"],
  [{ name: "Ada", email, password: "x".repeat(129) }, "one too long"],
  [{ name: "Ada", email: "not-an-address", password: PASSWORD }, "no address"],
  [{ name: "Ada", email: "", password: PASSWORD }, "an empty address"],
  [{ name: "Ada", email: `${email} `, password: PASSWORD }, "a blank at the end"],
  [{ name: "Ada", email: null, password: PASSWORD }, "null"],
  [{ name: "Ada", email: 42, password: PASSWORD }, "a number"],
  [{ email, password: PASSWORD }, "no name"],
  [{ name: "", email: `empty-${email}`, password: PASSWORD }, "an empty name"],
  [{ name: "Ada", email, password: 12345678 }, "a number as password"],
  [{ name: "Ada", email: `cb-${email}`, password: PASSWORD, callbackURL: "https://evil.example/x" }, "a foreign target"],
  [{ name: "Ada", email: `rm-${email}`, password: PASSWORD, rememberMe: "no" }, "rememberMe of another type"],
  [{ name: "Ada", email: `im-${email}`, password: PASSWORD, image: null }, "no image"],
  [{ name: "Ada", email: `ex-${email}`, password: PASSWORD, role: "admin", id: "x", emailVerified: true, createdAt: "2001-01-01T00:00:00.000Z" }, "more than is asked for"],
];

export default [
  ...Object.entries(lives).map(([name, config], i) => ({
    name: `a whole life, ${name}`,
    config,
    run: (t) => wholeLife(t, `life-${i}@example.com`),
  })),
  {
    name: "sign-up, with mistakes",
    config: base,
    async run(t) {
      for (const [body] of bodies("mistakes@example.com")) await t.client().post("/sign-up/email", body);
    },
  },
  {
    name: "sign-in, with mistakes",
    config: base,
    async run(t) {
      await signedUp(t, "in@example.com");
      for (const [{ name, ...body }] of bodies("in@example.com")) await t.client().post("/sign-in/email", body);
      for (const email of ["in@example.com", "IN@example.com", " in@example.com", "in+tag@example.com", "unknown@example.com", "in@example.com'--"]) await t.client().post("/sign-in/email", { email, password: PASSWORD });
    },
  },
  {
    name: "somebody has that address",
    config: base,
    async run(t) {
      await signedUp(t, "taken@example.com");
      await t.client().post("/sign-up/email", { name: "Eve", email: "taken@example.com", password: "another password" });
      await t.client().post("/sign-up/email", { name: "Eve", email: "TAKEN@example.com", password: "another password" });
      await t.client().post("/sign-up/email", { name: "Eve", email: "taken@example.com", password: "short" });
      await t.client().post("/sign-in/email", { email: "taken@example.com", password: PASSWORD });
    },
  },
  {
    name: "names and addresses from everywhere",
    config: base,
    async run(t) {
      const people = [["Zoë Müller", "zoe.mueller@example.com"], ["李小龍", "li@example.com"], ["O'Brien; DROP TABLE user;--", "o'brien@example.com"], ["<b>Ada</b>", "html@example.com"], ["👩‍💻", "emoji@example.com"], ["a".repeat(300), "long@example.com"], ["Ada\nLovelace", "lines@example.com"], ["  Ada  ", "blanks@example.com"], ["محمد", "first.last+tag@sub.example.co.uk"]];
      for (const [name, email] of people) {
        const c = t.client();
        await c.post("/sign-up/email", { name, email, password: PASSWORD });
        await c.get("/get-session");
      }
    },
  },
  {
    name: "passwords of every kind",
    config: base,
    async run(t) {
      const passwords = ["пароль-пароль", "🔐🔐🔐🔐", "password with blanks ", "12345678", "x".repeat(128), "e\u0301e\u0301e\u0301e\u0301e\u0301", "tab\tand\nline", "\"quotes\" and \\slashes"];
      for (const [i, password] of passwords.entries()) {
        await t.client().post("/sign-up/email", { name: "P", email: `pass-${i}@example.com`, password });
        await t.client().post("/sign-in/email", { email: `pass-${i}@example.com`, password });
        await t.client().post("/sign-in/email", { email: `pass-${i}@example.com`, password: password.trim().toUpperCase() });
      }
      await t.client().post("/sign-in/email", { email: "pass-5@example.com", password: "\u00e9\u00e9\u00e9\u00e9\u00e9" });
    },
  },
  {
    name: "verified before the first session",
    config: { emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { sendOnSignUp: true, sendOnSignIn: true, autoSignInAfterVerification: true } },
    async run(t) {
      const email = "verify-1@example.com";
      const c = t.client();
      await c.post("/sign-up/email", { name: "Ada", email, password: PASSWORD, callbackURL: "/welcome" });
      await c.get("/get-session");
      const first = await noteMessage(t, "verification-email", email);
      await c.post("/sign-in/email", { email, password: PASSWORD });
      await noteMessage(t, "verification-email", email);
      await c.post("/sign-in/email", { email, password: "wrong password" });
      await c.post("/sign-up/email", { name: "Eve", email, password: PASSWORD });
      await c.get(linkPath(first));
      await c.get("/get-session");
      await c.get(linkPath(first));
      await t.client().get(linkPath(first));
      await t.client().post("/sign-in/email", { email, password: PASSWORD });
      await c.post("/send-verification-email", { email });
      await t.client().post("/send-verification-email", { email });
      await t.client().post("/send-verification-email", { email: "nobody@example.com" });
    },
  },
  {
    name: "verified some day",
    config: { ...base, emailVerification: { sendOnSignUp: true } },
    async run(t) {
      const email = "verify-2@example.com";
      const c = await signedUp(t, email);
      const message = await noteMessage(t, "verification-email", email);
      await c.get("/get-session");
      await c.post("/send-verification-email", { email, callbackURL: "/settings" });
      const second = await noteMessage(t, "verification-email", email);
      await c.get(linkPath(second));
      await c.get("/get-session");
      await c.get(linkPath(message));
      await c.post("/send-verification-email", { email });
      await c.post("/send-verification-email", { email: "other@example.com" });
    },
  },
  {
    name: "no session after sign-up",
    config: withPassword({ autoSignIn: false }),
    async run(t) {
      const c = await signedUp(t, "noauto@example.com");
      await c.get("/get-session");
      await c.post("/sign-up/email", { name: "Eve", email: "noauto@example.com", password: "something else", image: "https://img.example/e.png" });
      await c.post("/sign-in/email", { email: "noauto@example.com", password: PASSWORD });
      await c.get("/get-session");
    },
  },
  {
    name: "nobody new",
    config: withPassword({ disableSignUp: true }),
    async run(t) {
      await signedUp(t, "new@example.com");
      await t.client().post("/sign-up/email", {});
      await t.client().post("/sign-in/email", { email: "new@example.com", password: PASSWORD });
    },
  },
  {
    name: "no passwords",
    config: { emailAndPassword: { enabled: false } },
    async run(t) {
      await signedUp(t, "off@example.com");
      await signedIn(t, "off@example.com");
      await t.client().post("/request-password-reset", { email: "off@example.com" });
      await t.client().post("/reset-password", { token: "x", newPassword: PASSWORD });
      await t.client().post("/sign-in/email", {});
      await t.client().post("/change-password", { currentPassword: PASSWORD, newPassword: PASSWORD });
      await t.client().get("/get-session");
    },
  },
  {
    name: "long passwords only",
    config: withPassword({ minPasswordLength: 12, maxPasswordLength: 20 }),
    async run(t) {
      for (const [i, password] of ["short pass", "12 letters..", "20 letters 345678901", "21 letters 3456789012"].entries()) {
        const c = t.client();
        await c.post("/sign-up/email", { name: "Ada", email: `length-${i}@example.com`, password });
      }
      const c = await signedIn(t, "length-1@example.com", { password: "12 letters.." });
      for (const newPassword of ["short pass", "21 letters 3456789012", "13 letters..."]) await c.post("/change-password", { currentPassword: "12 letters..", newPassword });
      await c.post("/request-password-reset", { email: "length-1@example.com" });
      const message = await t.box.take("reset-password", "length-1@example.com");
      for (const newPassword of ["short", "21 letters 3456789012", "14 letters...."]) await c.post("/reset-password", { token: message?.token ?? "", newPassword });
    },
  },
];
