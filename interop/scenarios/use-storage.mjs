// Sessions, verifications and limits in secondary storage, as deployments with Redis have them.
import { linkPath, noteMessage, PASSWORD, signedIn, signedUp } from "../steps.mjs";

const base = { emailAndPassword: { enabled: true }, secondaryStorage: "memory" };

const variants = {
  "there only": base,
  "there and in the database": { ...base, session: { storeSessionInDatabase: true } },
  "with a cache in cookies": { ...base, session: { cookieCache: { enabled: true } } },
  "with short sessions": { ...base, session: { expiresIn: 600, updateAge: 0 } },
};

export default [
  ...Object.entries(variants).map(([name, config], i) => ({
    name: `sessions ${name}`,
    config,
    async run(t) {
      const email = `kept-${i}@example.com`;
      const c = await signedUp(t, email);
      await c.get("/get-session");
      await c.post("/update-user", { name: "Kept" });
      await c.get("/get-session");
      const d = await signedIn(t, email);
      await d.get("/list-sessions");
      await d.post("/revoke-other-sessions");
      await c.get("/get-session?disableCookieCache=true");
      await d.get("/get-session");
      await d.post("/change-password", { currentPassword: PASSWORD, newPassword: "another password", revokeOtherSessions: true });
      await d.get("/get-session");
      await d.get("/list-accounts");
      await d.post("/sign-out");
      await d.get("/get-session");
      const e = await signedIn(t, email, { password: "another password", rememberMe: false });
      await e.post("/revoke-sessions");
      await e.get("/get-session");
    },
  })),
  {
    name: "a reset of the password",
    config: base,
    async run(t) {
      const email = "kept-reset@example.com";
      const c = await signedUp(t, email);
      await c.post("/request-password-reset", { email, redirectTo: "/reset" });
      const message = await noteMessage(t, "reset-password", email);
      await c.get(linkPath(message));
      await c.post("/reset-password", { token: message?.token ?? "", newPassword: "another password" });
      await c.post("/reset-password", { token: message?.token ?? "", newPassword: "another password" });
      await signedIn(t, email, { password: "another password" });
      await c.get("/get-session");
    },
  },
  {
    name: "limits",
    alone: true,
    config: { ...base, rateLimit: { enabled: true, window: 60, max: 3 } },
    async run(t) {
      for (let i = 0; i < 5; i++) await t.client().get("/ok");
      for (let i = 0; i < 5; i++) await t.client().post("/sign-in/email", {});
    },
  },
  {
    name: "the end of a user",
    config: { ...base, user: { deleteUser: { enabled: true } } },
    async run(t) {
      const c = await signedUp(t, "kept-end@example.com");
      const d = await signedIn(t, "kept-end@example.com");
      await c.post("/delete-user", { password: PASSWORD });
      await c.get("/get-session");
      await d.get("/get-session");
    },
  },
];
