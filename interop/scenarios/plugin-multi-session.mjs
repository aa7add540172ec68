// The multi-session plugin: several users in one browser. Which of several sessions a database names first is up to its
// index, so lists of more than one are compared where secondary storage keeps them in their order.
import { cookieValue, everyType, PASSWORD, SESSION_COOKIE, signedValue } from "../steps.mjs";
import { codeOf } from "./plugin-twofactor.mjs";

const base = { emailAndPassword: { enabled: true } };
const config = { ...base, plugins: { multiSession: true } };
const ordered = { ...config, secondaryStorage: "memory" };
const kept = (token) => `${SESSION_COOKIE}_multi-${token?.toLowerCase()}`;

async function up(c, email, more = {}) {
  return (await c.post("/sign-up/email", { name: email, email, password: PASSWORD, ...more })).json?.token;
}

async function enter(c, email, more = {}) {
  return (await c.post("/sign-in/email", { email, password: PASSWORD, ...more })).json?.token;
}

const at = (what) => `/multi-session/${what}`;
const noteKept = (t, c) => t.note("sessions kept", [...c.jar.cookies.keys()].filter((name) => name.includes("_multi-")).length);

const use = ([how, config]) => ({
  name: `multi-session: switch, revoke and leave${how}`,
  config,
  async run(t) {
    const c = t.client();
    await c.get(at("list-device-sessions"));
    const one = await up(c, "ms-1a@example.com");
    await c.get(at("list-device-sessions"));
    const two = await up(c, "ms-1b@example.com");
    noteKept(t, c);
    await c.post(at("set-active"), { sessionToken: one });
    await c.get("/get-session");
    await c.post(at("set-active"), { sessionToken: one });
    await c.post(at("set-active"), { sessionToken: two?.toLowerCase() });
    await c.get("/get-session");
    await c.get("/list-sessions");
    await c.post(at("revoke"), { sessionToken: one });
    await c.get("/get-session");
    await c.get(at("list-device-sessions"));
    await c.post(at("set-active"), { sessionToken: one });
    await c.post(at("revoke"), { sessionToken: one });
    const again = await enter(c, "ms-1a@example.com");
    await c.post(at("revoke"), { sessionToken: again });
    await c.get("/get-session");
    await c.post(at("revoke"), { sessionToken: two });
    await c.get("/get-session");
    await c.get(at("list-device-sessions"));
    await c.post(at("revoke"), { sessionToken: two });
    await enter(c, "ms-1a@example.com");
    const last = await enter(c, "ms-1b@example.com");
    const other = t.client();
    await enter(other, "ms-1a@example.com");
    await c.post("/sign-out");
    noteKept(t, c);
    await c.get("/get-session");
    await c.get(at("list-device-sessions"));
    await c.post(at("set-active"), { sessionToken: last });
    await other.get("/get-session");
    await other.get(at("list-device-sessions"));
  },
});

export default [
  ...[
    ["", config],
    [", with secondary storage", ordered],
    [", with a cached session", { ...config, session: { cookieCache: { enabled: true } } }],
    [", with secure cookies", { ...config, advanced: { useSecureCookies: true } }],
    [", with another prefix", { ...config, advanced: { cookiePrefix: "app" } }],
    [", with another name", { ...config, advanced: { cookies: { session_token: { name: "my_session", attributes: { sameSite: "strict" } } } } }],
  ].map(use),
  {
    name: "multi-session: one session of a user",
    config: ordered,
    async run(t) {
      const c = t.client();
      const first = await up(c, "ms-2a@example.com");
      await up(c, "ms-2b@example.com");
      await c.get(at("list-device-sessions"));
      await enter(c, "ms-2a@example.com");
      noteKept(t, c);
      await c.get(at("list-device-sessions"));
      await c.post(at("set-active"), { sessionToken: first });
      await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=${signedValue(first ?? "")}` });
      await enter(c, "ms-2b@example.com");
      await enter(c, "ms-2b@example.com");
      noteKept(t, c);
      await c.get(at("list-device-sessions"));
      await enter(c, "ms-2c@example.com");
      await c.post("/sign-in/email", { email: "ms-2a@example.com", password: "wrong password" });
      await c.get(at("list-device-sessions"));
    },
  },
  {
    name: "multi-session: so many and no more",
    config: { ...ordered, plugins: { multiSession: { maximumSessions: 2 } } },
    async run(t) {
      const c = t.client();
      const tokens = [];
      for (const who of ["a", "b", "c", "d"]) {
        tokens.push(await up(c, `ms-3${who}@example.com`));
        noteKept(t, c);
        await c.get("/get-session");
      }
      await c.get(at("list-device-sessions"));
      for (const sessionToken of tokens) await c.post(at("set-active"), { sessionToken });
      await c.post(at("revoke"), { sessionToken: tokens[0] });
      await enter(c, "ms-3d@example.com");
      noteKept(t, c);
      await c.get(at("list-device-sessions"));
      await c.post("/sign-out");
      noteKept(t, c);
    },
  },
  {
    name: "multi-session: bodies and methods",
    config,
    async run(t) {
      const c = t.client();
      const token = await up(c, "ms-4@example.com");
      for (const path of ["set-active", "revoke"].map(at)) {
        await c.send("POST", path);
        await c.send("POST", path, "{", { "content-type": "application/json" });
        await c.post(path, {});
        for (const sessionToken of [...everyType, token?.slice(1), `${token} `, "a;b", "../x", "%00", "ü"]) await c.post(path, { sessionToken });
        await c.get(path);
        await c.post(path, { sessionToken: token }, { origin: "https://evil.example" });
        await t.client().post(path, { sessionToken: token });
      }
      await c.post(at("list-device-sessions"), {});
      await c.get("/get-session");
    },
  },
  {
    name: "multi-session: cookies that were forged",
    config,
    async run(t) {
      const victim = t.client();
      const token = await up(victim, "ms-5a@example.com");
      const thief = t.client();
      const own = await up(thief, "ms-5b@example.com");
      const signature = decodeURIComponent(cookieValue(thief, kept(own))).split(".")[1];
      for (const value of [token, `${token}.`, `${token}.${encodeURIComponent(signature ?? "")}`, signedValue(token ?? "", "another-secret-0123456789-abcdefghijkl"), ""]) {
        const cookie = `${SESSION_COOKIE}=${cookieValue(thief, SESSION_COOKIE)}; ${kept(token)}=${value}`;
        await t.client().get(at("list-device-sessions"), { cookie });
        for (const path of ["set-active", "revoke"].map(at)) await t.client().post(path, { sessionToken: token }, { cookie });
        await t.client().post("/sign-out", {}, { cookie: `${kept(token)}=${value}` });
      }
      await victim.get("/get-session");
      // Whoever has the cookie has the session.
      const cookie = `${kept(token)}=${signedValue(token ?? "")}`;
      await t.client().get(at("list-device-sessions"), { cookie });
      await t.client().post(at("set-active"), { sessionToken: token }, { cookie });
      await t.client().post(at("revoke"), { sessionToken: token }, { cookie });
      await t.client().post("/sign-out", {}, { cookie });
      await victim.get("/get-session");
    },
  },
  {
    name: "multi-session: sessions that have ended",
    config: { ...ordered, user: { deleteUser: { enabled: true } } },
    async run(t) {
      const c = t.client();
      const one = await up(c, "ms-6a@example.com");
      const two = await up(c, "ms-6b@example.com");
      await c.post("/revoke-session", { token: two });
      await c.get(at("list-device-sessions"));
      await c.post(at("set-active"), { sessionToken: two });
      noteKept(t, c);
      await c.post(at("set-active"), { sessionToken: one });
      await c.post("/delete-user", { password: PASSWORD });
      await c.get(at("list-device-sessions"));
      await c.post(at("set-active"), { sessionToken: one });
      noteKept(t, c);
    },
  },
  {
    name: "multi-session: a browser that forgets",
    config,
    async run(t) {
      const c = t.client();
      const one = await up(c, "ms-7a@example.com", { rememberMe: false });
      const two = await up(c, "ms-7b@example.com");
      await c.post(at("set-active"), { sessionToken: one });
      await c.get("/get-session");
      await c.post(at("set-active"), { sessionToken: two });
      await c.get("/get-session");
    },
  },
  {
    name: "multi-session: a second factor",
    config: { ...ordered, plugins: { multiSession: true, twoFactor: true, bearer: true } },
    async run(t) {
      const email = "ms-8@example.com";
      const owner = t.client();
      await up(owner, email);
      const { json } = await owner.post("/two-factor/enable", { password: PASSWORD });
      await owner.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI, -1) });
      const c = t.client();
      await up(c, "ms-8b@example.com");
      await enter(c, email);
      noteKept(t, c);
      await c.get(at("list-device-sessions"));
      await c.post("/two-factor/verify-backup-code", { code: json?.backupCodes?.[0] });
      noteKept(t, c);
      await c.get(at("list-device-sessions"));
      await c.get("/get-session");
    },
  },
  {
    name: "multi-session: with the other plugins",
    config: { ...ordered, plugins: { multiSession: true, admin: { defaultRole: "admin" }, magicLink: true, username: true, organization: true } },
    async run(t) {
      const c = t.client();
      const boss = await up(c, "ms-9-boss@example.com");
      const { json } = await c.post("/admin/create-user", { email: "ms-9@example.com", name: "N", password: PASSWORD, role: "user" });
      await c.post("/admin/impersonate-user", { userId: json?.user?.id });
      noteKept(t, c);
      await c.get(at("list-device-sessions"));
      await c.post("/admin/stop-impersonating");
      await c.get("/get-session");
      await c.get(at("list-device-sessions"));
      await c.post("/sign-in/magic-link", { email: "ms-9c@example.com" });
      const { token } = await t.box.take("magic-link", "ms-9c@example.com");
      await c.get(`/magic-link/verify?token=${token}`);
      await c.get(at("list-device-sessions"));
      await c.post(at("set-active"), { sessionToken: boss });
      await c.post("/admin/ban-user", { userId: json?.user?.id });
      await c.get("/get-session");
    },
  },
];
