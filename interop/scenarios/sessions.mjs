// Lists and revocations of sessions, and POST /update-session.
import { cookieValue, everyType, PASSWORD, SESSION_COOKIE, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };
const tokenOf = (client) => decodeURIComponent(cookieValue(client, SESSION_COOKIE)).split(".")[0];

const additionalFields = {
  theme: { type: "string", defaultValue: "light" },
  count: { type: "number", required: false },
  agreed: { type: "boolean", required: false },
  at: { type: "date", required: false },
  tags: { type: "string[]", required: false },
  fixed: { type: "string", input: false, defaultValue: "fixed" },
  secret: { type: "string", returned: false, required: false },
};

export default [
  {
    name: "nobody's sessions",
    config,
    async run(t) {
      const c = t.client();
      await c.get("/list-sessions");
      await c.post("/list-sessions", {});
      for (const path of ["/revoke-session", "/revoke-sessions", "/revoke-other-sessions", "/update-session"]) {
        await c.send("POST", path);
        await c.post(path, {});
        await c.post(path, { token: "x" });
        await c.get(path);
        await c.post(path, { token: "x" }, { cookie: `${SESSION_COOKIE}=forged.x` });
      }
    },
  },
  {
    name: "list and revoke one",
    config,
    async run(t) {
      const email = "ls-1@example.com";
      const c = await signedUp(t, email);
      const d = await signedIn(t, email);
      await c.get("/list-sessions");
      for (const token of everyType) await c.post("/revoke-session", { token });
      await c.send("POST", "/revoke-session");
      await c.post("/revoke-session", { token: "unknown" });
      await c.post("/revoke-session", { token: tokenOf(d) });
      await d.get("/get-session");
      await d.get("/list-sessions");
      await c.get("/list-sessions");
      await c.post("/revoke-session", { token: tokenOf(c) });
      await c.get("/get-session");
    },
  },
  {
    name: "somebody else's session stays",
    config,
    async run(t) {
      const a = await signedUp(t, "ls-2a@example.com");
      const v = await signedUp(t, "ls-2v@example.com");
      await a.post("/revoke-session", { token: tokenOf(v) });
      await v.get("/get-session");
      await a.get("/list-sessions");
    },
  },
  {
    name: "revoke the others, then all",
    config,
    async run(t) {
      const email = "ls-3@example.com";
      const c = await signedUp(t, email);
      const d = await signedIn(t, email);
      const e = await signedIn(t, email, { rememberMe: false });
      await e.post("/revoke-other-sessions");
      await c.get("/get-session");
      await d.get("/get-session");
      await e.get("/list-sessions");
      await e.post("/revoke-other-sessions");
      const f = await signedIn(t, email);
      await e.post("/revoke-sessions");
      await e.get("/get-session");
      await f.get("/get-session");
      await f.post("/revoke-sessions");
      const g = await signedIn(t, email);
      await g.send("POST", "/revoke-sessions");
      const h = await signedIn(t, email);
      await h.send("POST", "/revoke-other-sessions", "not json");
      await h.post("/revoke-sessions", { any: "thing" });
    },
  },
  {
    name: "a revoked session drives nothing",
    config: { emailAndPassword: { enabled: true }, user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } }, session: { cookieCache: { enabled: true } } },
    async run(t) {
      const email = "ls-4@example.com";
      const first = await signedUp(t, email);
      const second = await signedIn(t, email);
      const cookie = first.jar.header();
      await second.post("/revoke-session", { token: tokenOf(first) });
      const dead = () => t.client({ headers: { cookie } });
      await dead().get("/get-session");
      await dead().get("/get-session?disableCookieCache=true");
      await dead().post("/update-user", { name: "Ghost" });
      await dead().post("/update-session", { theme: "x" });
      await dead().post("/change-email", { newEmail: "ls-4-new@example.com" });
      await dead().post("/change-password", { currentPassword: PASSWORD, newPassword: "other password" });
      await dead().post("/verify-password", { password: PASSWORD });
      await dead().post("/delete-user", { password: PASSWORD });
      await dead().get("/list-sessions");
      await dead().get("/list-accounts");
      await dead().post("/unlink-account", { accountId: "x" });
      await dead().post("/revoke-sessions", {});
      await dead().post("/link-social", { provider: "github" });
      await dead().post("/get-access-token", { accountId: "x" });
      await dead().post("/refresh-token", { accountId: "x" });
      await dead().get("/account-info?accountId=x");
      await second.get("/get-session");
    },
  },
  {
    name: "fresh enough, and not",
    config: { emailAndPassword: { enabled: true }, session: { freshAge: 1 }, user: { deleteUser: { enabled: true } } },
    async run(t) {
      const c = await signedUp(t, "ls-5@example.com");
      await c.get("/list-sessions");
      await new Promise((done) => setTimeout(done, 1300));
      await c.get("/list-sessions");
      await c.post("/unlink-account", { accountId: "x" });
      await c.post("/delete-user", {});
      await c.post("/revoke-other-sessions", {});
      await c.get("/list-accounts");
      await c.post("/delete-user", { password: "wrong password" });
      await c.post("/delete-user", { password: PASSWORD });
    },
  },
  {
    name: "never stale",
    config: { emailAndPassword: { enabled: true }, session: { freshAge: 0 } },
    async run(t) {
      const c = await signedUp(t, "ls-6@example.com");
      await c.get("/list-sessions");
    },
  },
  {
    name: "update the session without fields to update",
    config,
    async run(t) {
      const c = await signedUp(t, "us-1@example.com");
      await c.send("POST", "/update-session");
      for (const body of [{}, [], "null", '"text"', "{", { unknown: 1 }, { token: "x", userId: "y", expiresAt: "2099-01-01T00:00:00.000Z" }, { activeOrganizationId: "o", impersonatedBy: "i" }]) await c.post("/update-session", body);
      await c.get("/get-session");
    },
  },
  {
    name: "update the session's own fields",
    config: { emailAndPassword: { enabled: true }, session: { additionalFields } },
    async run(t) {
      const c = await signedUp(t, "us-2@example.com");
      await c.get("/get-session");
      await c.post("/update-session", { theme: "dark" });
      await c.get("/get-session");
      const good = { theme: "light", count: 2, agreed: true, at: "2024-01-02T03:04:05.678Z", tags: ["b"] };
      for (const [field, usual] of Object.entries(good)) {
        for (const value of everyType) {
          await c.post("/update-session", { [field]: value });
          // What the reference stored of a wrong type would show in all answers from here on.
          await c.post("/update-session", { [field]: usual });
        }
      }
      await c.post("/update-session", { at: "2024-01-02T03:04:05.678Z" });
      await c.post("/update-session", { at: "tomorrow" });
      await c.post("/update-session", { fixed: "mine" });
      await c.post("/update-session", { fixed: "" });
      await c.post("/update-session", { secret: "hidden" });
      await c.post("/update-session", { theme: "dark", token: "x", id: "y", userId: "z" });
      await c.get("/get-session");
      await c.get("/list-sessions");
    },
  },
];
