// The one-time-token plugin.
import { cookieValue, everyType, PASSWORD, SESSION_COOKIE, signedIn, signedUp } from "../steps.mjs";

const base = { emailAndPassword: { enabled: true } };
const config = { ...base, plugins: { oneTimeToken: true } };
const verify = "/one-time-token/verify";
const made = async (c) => (await c.get("/one-time-token/generate")).json?.token ?? "none";

const use = ([how, settings]) => ({
  name: `one-time token: made and redeemed${how}`,
  config: settings,
  async run(t) {
    await t.client().get("/one-time-token/generate");
    const c = await signedUp(t, "ott-1@example.com");
    const token = await made(c);
    const d = t.client();
    await d.post(verify, { token });
    await d.get("/get-session");
    await d.post(verify, { token });
    await t.client().post(verify, { token });
    const [first, second] = [await made(c), await made(c)];
    await t.client().post(verify, { token: second });
    await t.client().post(verify, { token: first });
    const last = await made(c);
    await c.post("/sign-out");
    await t.client().post(verify, { token: last });
    await t.client().post(verify, { token: last });
    await d.get("/get-session");
  },
});

export default [
  ...[
    ["", config],
    [", stored as a hash", { ...base, plugins: { oneTimeToken: { storeToken: "hashed" } } }],
    [", in secondary storage", { ...config, secondaryStorage: "memory" }],
    [", with a cached session", { ...config, session: { cookieCache: { enabled: true } } }],
    [", without a cookie", { ...base, plugins: { oneTimeToken: { disableSetSessionCookie: true } } }],
  ].map(use),
  {
    name: "one-time token: bodies and methods",
    config,
    async run(t) {
      const c = await signedUp(t, "ott-2@example.com");
      const token = await made(c);
      for (const value of [...everyType, `${token}x`, token.slice(1), `one-time-token:${token}`, token.toLowerCase() + "X", "%00", "ü"]) await t.client().post(verify, { token: value });
      await t.client().send("POST", verify);
      await t.client().send("POST", verify, "{", { "content-type": "application/json" });
      await t.client().get(`${verify}?token=${token}`);
      await c.post("/one-time-token/generate", {});
      await c.post(verify, { token }, { origin: "https://evil.example" });
      await t.client().post(verify, { token }, { origin: null });
      await t.client().get("/one-time-token/generate", { cookie: `${SESSION_COOKIE}=forged` });
    },
  },
  {
    name: "one-time token: made in process only",
    config: { ...base, plugins: { oneTimeToken: { disableClientRequest: true } } },
    async run(t) {
      await (await signedUp(t, "ott-3@example.com")).get("/one-time-token/generate");
      await t.client().get("/one-time-token/generate");
    },
  },
  {
    name: "one-time token: one that has expired",
    config: { ...base, plugins: { oneTimeToken: { expiresIn: 0.02 } } },
    async run(t) {
      const token = await made(await signedUp(t, "ott-4@example.com"));
      await new Promise((done) => setTimeout(done, 1500));
      await t.client().post(verify, { token });
    },
  },
  {
    name: "one-time token: in a header of every sign-in",
    config: { ...base, plugins: { oneTimeToken: { setOttHeaderOnNewSession: true }, bearer: true } },
    async run(t) {
      const note = (answer) => t.note("headers", [answer.headers["set-ott"]?.length, answer.headers["access-control-expose-headers"]]);
      const c = t.client();
      note(await c.post("/sign-up/email", { name: "Ada", email: "ott-5@example.com", password: PASSWORD }));
      const answer = await t.client().post("/sign-in/email", { email: "ott-5@example.com", password: PASSWORD });
      note(answer);
      note(await c.get("/get-session"));
      note(await t.client().post("/sign-in/email", { email: "ott-5@example.com", password: "wrong password" }));
      const redeemed = await t.client().post(verify, { token: answer.headers["set-ott"] });
      note(redeemed);
      await t.client().post(verify, { token: redeemed.headers["set-ott"] ?? "none" });
    },
  },
  {
    name: "one-time token: a browser that forgets",
    config,
    async run(t) {
      await signedUp(t, "ott-6@example.com");
      const c = await signedIn(t, "ott-6@example.com", { rememberMe: false });
      const d = t.client();
      await d.post(verify, { token: await made(c) });
      t.note("same session", cookieValue(c, SESSION_COOKIE) === cookieValue(d, SESSION_COOKIE));
      await c.post(verify, { token: await made(c) });
    },
  },
];
