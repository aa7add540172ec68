// Sessions and verifications in secondary storage instead of the database.
import { linkPath, noteMessage, PASSWORD, signedIn, signedUp } from "../steps.mjs";

const emailAndPassword = { enabled: true };
const stored = (more) => ({ emailAndPassword, secondaryStorage: "memory", user: { deleteUser: { enabled: true }, changeEmail: { enabled: true } }, ...more });

async function life(t) {
  const email = "stored@example.com";
  const c = await signedUp(t, email);
  const d = await signedIn(t, email);
  const e = await signedIn(t, email, { rememberMe: false });
  await c.get("/get-session");
  await c.get("/list-sessions");
  await c.post("/update-user", { name: "Grace", image: "i" });
  await d.get("/get-session");
  await c.get("/list-accounts");
  await d.post("/sign-out");
  await d.get("/get-session");
  await c.post("/revoke-other-sessions");
  await e.get("/get-session");
  await c.get("/list-sessions");
  await t.client().post("/request-password-reset", { email, redirectTo: "/reset" });
  const reset = await noteMessage(t, "reset-password", email);
  await t.client().get(linkPath(reset));
  await t.client().post("/reset-password", { token: reset?.token, newPassword: "a brand new password" });
  await t.client().post("/reset-password", { token: reset?.token, newPassword: "a brand new password" });
  await c.get("/get-session");
  const f = t.client();
  await f.post("/sign-in/email", { email, password: "a brand new password" });
  await f.post("/change-password", { currentPassword: "a brand new password", newPassword: PASSWORD, revokeOtherSessions: true });
  await c.get("/get-session");
  await f.get("/list-sessions");
  const g = await signedIn(t, email);
  const [listed] = (await g.get("/list-sessions")).json ?? [];
  await g.post("/revoke-session", { token: listed?.token });
  await g.get("/list-sessions");
  await f.get("/get-session");
  await g.post("/revoke-sessions");
  await g.get("/get-session");
  const h = await signedIn(t, email);
  const i = await signedIn(t, email);
  await h.post("/delete-user", { password: PASSWORD });
  await h.get("/get-session");
  await i.get("/get-session");
  await i.get("/list-sessions");
  await i.post("/update-user", { name: "Ghost" });
}

const lived = (name, more) => ({ name, config: stored(more), alone: true, run: life });

export default [
  lived("only there", {}),
  lived("there and in the database", { session: { storeSessionInDatabase: true } }),
  lived("there, and kept in the database when revoked", { session: { storeSessionInDatabase: true, preserveSessionInDatabase: true } }),
  lived("with the cookie cache", { session: { cookieCache: { enabled: true } } }),
  lived("renewed at every look", { session: { updateAge: 0 } }),
  lived("verifications in both", { verification: { storeInDatabase: true } }),
  {
    name: "sessions that are over",
    config: stored({ session: { expiresIn: 1 } }),
    async run(t) {
      const c = await signedUp(t, "stored-over@example.com");
      await new Promise((done) => setTimeout(done, 2200));
      await c.get("/get-session");
      const d = await signedIn(t, "stored-over@example.com");
      await d.get("/list-sessions");
    },
  },
  {
    name: "the person changed everywhere",
    config: stored({ emailVerification: { sendOnSignUp: true } }),
    async run(t) {
      const email = "stored-everywhere@example.com";
      const c = await signedUp(t, email);
      const d = await signedIn(t, email);
      const message = await noteMessage(t, "verification-email", email);
      await t.client().get(linkPath(message));
      await c.get("/get-session");
      await d.post("/change-email", { newEmail: "stored-new@example.com" });
      const change = await noteMessage(t, "verification-email", "stored-new@example.com");
      await d.get(linkPath(change));
      await c.get("/get-session");
    },
  },
  {
    name: "fields of the session's own",
    config: stored({ session: { additionalFields: { theme: { type: "string", defaultValue: "light" }, count: { type: "number", required: false } } } }),
    async run(t) {
      const c = await signedUp(t, "stored-fields@example.com");
      await c.post("/update-session", { theme: "dark", count: 2 });
      await c.get("/get-session");
      await c.get("/list-sessions");
    },
  },
];
