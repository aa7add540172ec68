// Sessions as applications use them: devices, freshness, caches, renewal, fields of one's own.
import { CACHE_COOKIE, cookieValue, PASSWORD, SESSION_COOKIE, signedIn, signedUp, signedValue } from "../steps.mjs";

const base = { emailAndPassword: { enabled: true } };
const withSession = (session) => ({ ...base, session });
const cached = (cookieCache) => withSession({ cookieCache: { enabled: true, ...cookieCache } });

const agents = { phone: "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", laptop: "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0" };

export default [
  {
    name: "three devices",
    config: base,
    async run(t) {
      const email = "devices@example.com";
      const first = t.client({ headers: { "user-agent": agents.laptop } });
      await first.post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
      const phone = t.client({ headers: { "user-agent": agents.phone, "x-forwarded-for": "203.0.113.7" } });
      await phone.post("/sign-in/email", { email, password: PASSWORD });
      const third = t.client();
      await third.post("/sign-in/email", { email, password: PASSWORD, rememberMe: false });
      const { json } = await phone.get("/list-sessions");
      t.note("agents", json?.map((s) => s.userAgent).sort());
      const victim = json?.find((s) => s.userAgent === agents.laptop)?.token;
      await phone.post("/revoke-session", { token: victim });
      await first.get("/get-session");
      await first.get("/list-sessions");
      await phone.post("/revoke-session", { token: victim });
      await phone.post("/revoke-session", { token: "unknown" });
      await phone.post("/revoke-session", {});
      await phone.post("/revoke-session", { token: 5 });
      await phone.post("/revoke-session", { token: null });
      await third.post("/revoke-other-sessions");
      await phone.get("/get-session");
      await third.get("/get-session");
      await third.post("/revoke-session", { token: decodeURIComponent(cookieValue(third, SESSION_COOKIE)).split(".")[0] });
      await third.get("/get-session");
    },
  },
  {
    name: "nobody asks",
    config: base,
    async run(t) {
      const c = t.client();
      for (const path of ["/get-session", "/list-sessions", "/list-accounts", "/account-info", "/delete-user/callback", "/delete-user/callback?token=x"]) await c.get(path);
      for (const path of ["/sign-out", "/revoke-session", "/revoke-sessions", "/revoke-other-sessions", "/update-user", "/update-session", "/change-password", "/change-email", "/delete-user", "/link-social", "/unlink-account", "/get-access-token", "/refresh-token", "/verify-password", "/get-session"]) {
        await c.post(path, {});
        await c.send("POST", path);
      }
    },
  },
  {
    name: "old enough to ask again",
    config: withSession({ freshAge: 1 }),
    async run(t) {
      const c = await signedUp(t, "fresh@example.com");
      await c.get("/list-sessions");
      await new Promise((done) => setTimeout(done, 1200));
      await c.get("/list-sessions");
      await c.post("/unlink-account", { accountId: "x" });
      await c.post("/update-user", { name: "Still" });
      await c.post("/revoke-other-sessions");
      await c.get("/list-accounts");
      await c.post("/change-password", { currentPassword: PASSWORD, newPassword: "another password", revokeOtherSessions: true });
      await c.get("/list-sessions");
    },
  },
  {
    name: "renewed at once",
    config: withSession({ updateAge: 0 }),
    async run(t) {
      const c = await signedUp(t, "renew@example.com");
      await c.get("/get-session");
      await c.get("/get-session?disableRefresh=true");
      await c.get("/list-sessions");
      const d = await signedIn(t, "renew@example.com", { rememberMe: false });
      await d.get("/get-session");
    },
  },
  {
    name: "renewed by the client",
    config: withSession({ deferSessionRefresh: true, updateAge: 0 }),
    async run(t) {
      const c = await signedUp(t, "defer@example.com");
      await c.get("/get-session");
      await c.post("/get-session");
      await c.post("/get-session", {});
      await t.client().post("/get-session");
      await t.client().get("/get-session");
    },
  },
  {
    name: "never renewed",
    config: withSession({ disableSessionRefresh: true, updateAge: 0, expiresIn: 1000 }),
    async run(t) {
      const c = await signedUp(t, "never@example.com");
      await c.get("/get-session");
      await c.post("/get-session");
    },
  },
  {
    name: "over after a second",
    config: withSession({ expiresIn: 1 }),
    async run(t) {
      const c = await signedUp(t, "over@example.com");
      await c.get("/get-session");
      await new Promise((done) => setTimeout(done, 1300));
      await c.get("/get-session");
      await c.get("/get-session");
      await c.get("/list-sessions");
    },
  },
  ...["compact", "jwt", "jwe"].map((strategy) => ({
    name: `a cache of kind ${strategy}`,
    config: cached({ strategy, maxAge: 60 }),
    async run(t) {
      const email = `cache-${strategy}@example.com`;
      const c = await signedUp(t, email);
      await c.get("/get-session");
      await c.get("/get-session?disableCookieCache=true");
      await c.post("/update-user", { name: "Cached" });
      await c.get("/get-session");
      const other = await signedIn(t, email, { rememberMe: false });
      await other.get("/get-session");
      await other.post("/revoke-other-sessions");
      await c.get("/get-session");
      await c.get("/get-session?disableCookieCache=1");
      await c.get("/get-session");
      await other.get("/get-session", { cookie: `${SESSION_COOKIE}=${cookieValue(other, SESSION_COOKIE)}` });
      await other.get("/get-session", { cookie: `${CACHE_COOKIE}=${cookieValue(other, CACHE_COOKIE)}` });
      await other.get("/get-session", { cookie: `${SESSION_COOKIE}=${cookieValue(other, SESSION_COOKIE)}; ${CACHE_COOKIE}=broken` });
      await other.get("/list-sessions");
      await other.post("/change-password", { currentPassword: PASSWORD, newPassword: "another password", revokeOtherSessions: true });
      await other.get("/get-session");
      await other.post("/sign-out");
      await other.get("/get-session");
    },
  })),
  {
    name: "a cache for a second, with a version",
    config: cached({ maxAge: 1, version: "7" }),
    async run(t) {
      const c = await signedUp(t, "cache-short@example.com");
      await c.get("/get-session");
      await new Promise((done) => setTimeout(done, 1300));
      await c.get("/get-session");
    },
  },
  {
    name: "cookies that somebody made",
    config: base,
    async run(t) {
      const c = await signedUp(t, "forge@example.com");
      const good = cookieValue(c, SESSION_COOKIE);
      const [token] = decodeURIComponent(good).split(".");
      const nobody = t.client();
      for (const value of [token, `${token}.`, `${token}.x`, signedValue(token, "another secret"), signedValue("unknown"), good.slice(0, -4), "", "%", good.replace(token, token.split("").reverse().join(""))]) {
        await nobody.get("/get-session", { cookie: `${SESSION_COOKIE}=${value}` });
      }
      await nobody.get("/get-session", { cookie: `other=1; ${SESSION_COOKIE}=${good}; more=2` });
      await nobody.get("/get-session", { cookie: `__Secure-${SESSION_COOKIE}=${good}` });
      await nobody.get("/get-session", { cookie: `better-auth.session-token=${good}` });
      await nobody.get("/get-session", { authorization: `Bearer ${token}` });
      await nobody.post("/update-user", { name: "X" }, { cookie: `${SESSION_COOKIE}=${token}` });
    },
  },
  {
    name: "fields of the session's own",
    config: { ...base, session: { additionalFields: { theme: { type: "string", required: false }, visits: { type: "number", defaultValue: 1 }, beta: { type: "boolean", required: false, defaultValue: false }, secret: { type: "string", required: false, returned: false }, fixed: { type: "string", required: false, input: false } } } },
    async run(t) {
      const c = await signedUp(t, "own@example.com");
      await c.get("/get-session");
      await c.post("/update-session", { theme: "dark" });
      await c.post("/update-session", { theme: "light", visits: 2, beta: true, secret: "s" });
      await c.get("/get-session");
      await c.post("/update-session", { fixed: "x" });
      await c.post("/update-session", { unknown: 1 });
      await c.post("/update-session", {});
      await c.post("/update-session", { theme: null });
      await c.post("/update-session", { token: "x", userId: "y", expiresAt: "2030-01-01T00:00:00.000Z" });
      await c.get("/get-session");
      await c.get("/list-sessions");
      await t.client().post("/update-session", { theme: "dark" });
    },
  },
  {
    name: "sign-out in every form",
    config: base,
    async run(t) {
      const c = await signedUp(t, "out@example.com");
      await c.post("/sign-out", {});
      await c.post("/sign-out", {});
      const d = await signedIn(t, "out@example.com");
      await d.send("POST", "/sign-out");
      await d.get("/get-session");
      const e = await signedIn(t, "out@example.com", { rememberMe: false });
      await e.post("/sign-out", { callbackURL: "/bye" });
      const f = await signedIn(t, "out@example.com");
      await f.post("/sign-out", { callbackURL: "https://evil.example" });
      await f.get("/sign-out");
      await f.post("/sign-out", {}, { origin: "https://evil.example" });
      await f.post("/sign-out", {}, { origin: null });
      await f.get("/get-session");
      await f.post("/sign-out", { disableRedirect: true });
    },
  },
];
