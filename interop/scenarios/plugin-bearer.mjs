// The bearer plugin: tokens in the Authorization header, and the header that gives them.
import { cookieValue, PASSWORD, SESSION_COOKIE, signedIn, signedUp, signedValue } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { bearer: true } };

const given = (t, what, { headers }) =>
  t.note(`headers of ${what}`, { token: headers["set-auth-token"]?.replace(/\.[A-Za-z0-9+/]{43}=$/, ".signature") ?? null, exposed: headers["access-control-expose-headers"] ?? null });
const bearing = (t, token) => t.client({ headers: { authorization: `Bearer ${token}` } });

async function tokens(t, email) {
  const c = t.client();
  const answer = await c.post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
  given(t, "sign-up", answer);
  return { bare: answer.json.token, signed: decodeURIComponent(cookieValue(c, SESSION_COOKIE)) };
}

export default [
  {
    name: "bearer: a session without cookies",
    config,
    async run(t) {
      const { bare, signed } = await tokens(t, "be-1@example.com");
      for (const token of [bare, signed, encodeURIComponent(signed)]) given(t, "get-session", await bearing(t, token).get("/get-session"));
      await t.client({ headers: { authorization: `bEaReR  ${bare}` } }).get("/get-session");
      await t.client({ headers: { authorization: `Basic ${bare}` } }).get("/get-session");
      const c = bearing(t, signed);
      await c.post("/update-user", { name: "Lovelace" }, { origin: "https://evil.example" });
      await c.get("/list-sessions");
      given(t, "sign-in", await t.client().post("/sign-in/email", { email: "be-1@example.com", password: PASSWORD }));
      given(t, "sign-in, not remembered", await t.client().post("/sign-in/email", { email: "be-1@example.com", password: PASSWORD, rememberMe: false }));
      given(t, "a failed sign-in", await t.client().post("/sign-in/email", { email: "be-1@example.com", password: "wrong password" }));
      given(t, "sign-out", await bearing(t, bare).post("/sign-out"));
      await bearing(t, bare).get("/get-session");
    },
  },
  {
    name: "bearer: what is believed",
    config,
    async run(t) {
      const { bare, signed } = await tokens(t, "be-2@example.com");
      const [, signature] = signed.split(".");
      const values = ["", "%", "%E0%A4%A", ".", "..", `${bare}.`, `.${signature}`, `${bare}.x`, `${bare}.${signature.slice(1)}`,
        `${bare}x`, bare.slice(1), `${bare.slice(1)}.${signature}`, "unknown", decodeURIComponent(signedValue("unknown")),
        decodeURIComponent(signedValue(bare, "another secret")), `${signed}.x`];
      for (const value of values) await bearing(t, value).get("/get-session");
    },
  },
  {
    name: "bearer: beside a cookie",
    config,
    async run(t) {
      const { bare } = await tokens(t, "be-3@example.com");
      const other = await signedUp(t, "be-3b@example.com");
      await other.get("/get-session", { authorization: `Bearer ${bare}` });
      await other.get("/get-session", { authorization: "Bearer a.b" });
      await other.get("/get-session", { authorization: "Bearer unknown" });
      await other.get("/get-session");
    },
  },
  {
    name: "bearer: signed tokens only",
    config: { ...config, plugins: { bearer: { requireSignature: true } } },
    async run(t) {
      const { bare, signed } = await tokens(t, "be-4@example.com");
      await bearing(t, bare).get("/get-session");
      await bearing(t, signed).get("/get-session");
    },
  },
  {
    name: "bearer: with a cookie cache",
    config: { ...config, session: { cookieCache: { enabled: true } } },
    async run(t) {
      const { bare } = await tokens(t, "be-5@example.com");
      const other = await signedIn(t, "be-5@example.com");
      given(t, "get-session", await bearing(t, bare).get("/get-session"));
      given(t, "get-session with another's cache", await other.get("/get-session", { authorization: `Bearer ${bare}` }));
    },
  },
];
