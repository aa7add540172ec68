// POST /sign-in/email and POST /sign-out.
import { everyType, noteMessage, PASSWORD, SESSION_COOKIE, SILENCE, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };
const path = "/sign-in/email";

const wrongTypes = (field) => ({
  name: `every JSON type as ${field}`,
  config,
  async run(t) {
    const email = `in-type-${field.toLowerCase()}@example.com`;
    await signedUp(t, email);
    for (const value of everyType) await t.client().post(path, { email, password: PASSWORD, [field]: value });
    const { [field]: gone, ...without } = { email, password: PASSWORD };
    await t.client().post(path, without);
  },
});

export default [
  {
    name: "right, wrong and unknown",
    config,
    async run(t) {
      const email = "in-1@example.com";
      await signedUp(t, email);
      const c = t.client();
      await c.post(path, { email, password: "wrong password" });
      await c.post(path, { email: "in-nobody@example.com", password: PASSWORD });
      await c.post(path, { email, password: PASSWORD.toUpperCase() });
      await c.post(path, { email, password: `${PASSWORD} ` });
      await c.post(path, { email, password: "x" });
      await c.post(path, { email, password: "x".repeat(129) });
      await c.post(path, { email: "in-nobody@example.com", password: "x".repeat(129) });
      await c.post(path, { email, password: "x".repeat(1_000_000) });
      await c.post(path, { email: "IN-1@EXAMPLE.COM", password: PASSWORD });
      await c.get("/get-session");
      await c.post(path, { email, password: PASSWORD });
      await c.get("/get-session");
      await c.get("/list-sessions");
    },
  },
  ...["email", "password", "callbackURL", "rememberMe"].map(wrongTypes),
  {
    name: "bodies that are nothing useful",
    config,
    async run(t) {
      const c = t.client();
      await c.send("POST", path);
      for (const body of [{}, [], "null", '"text"', "{", "1"]) await c.post(path, body);
      await c.post(path, { email: "not an address", password: PASSWORD });
      await c.post(path, { email: "a@evil.test,v@victim.test", password: PASSWORD });
      await c.post(path, { email: ["a@b.cd"], password: PASSWORD });
      await c.post(path, { email: "a@b.cd", password: PASSWORD, extra: { deep: [1] } });
    },
  },
  {
    name: "as a form",
    config,
    async run(t) {
      const email = "in-form@example.com";
      await signedUp(t, email);
      const send = (fields, more) => t.client().send("POST", path, new URLSearchParams(fields).toString(), { "content-type": "application/x-www-form-urlencoded", ...more });
      await send({ email, password: PASSWORD });
      await send({ email, password: PASSWORD, rememberMe: "true" });
      await send({ email, password: PASSWORD, callbackURL: "/next" });
      await send({ email, password: "wrong password" });
      await send({ email, password: PASSWORD }, { origin: "https://evil.example" });
      await send({ email, password: PASSWORD }, { origin: null });
      await t.client().post(path, { email, password: PASSWORD }, { "content-type": "text/plain" });
    },
  },
  {
    name: "remember me and not, one after the other",
    config,
    async run(t) {
      const email = "in-remember@example.com";
      await signedUp(t, email);
      const c = t.client();
      await c.post(path, { email, password: PASSWORD, rememberMe: false });
      await c.get("/get-session");
      await c.post("/update-user", { name: "Still short" });
      await c.post(path, { email, password: PASSWORD, rememberMe: true });
      await c.get("/get-session");
      await c.post(path, { email, password: PASSWORD, rememberMe: false });
      await c.post(path, { email, password: PASSWORD });
      await c.post(path, { email, password: PASSWORD, rememberMe: false });
      await c.post("/sign-out");
      await c.get("/get-session");
      const d = await signedUp(t, "in-remember-2@example.com", { rememberMe: false });
      await d.get("/get-session");
      await d.post("/change-password", { currentPassword: PASSWORD, newPassword: "other password", revokeOtherSessions: true });
    },
  },
  {
    name: "a target after sign-in",
    config: { emailAndPassword: { enabled: true }, trustedOrigins: ["https://app.example.com"] },
    async run(t) {
      const email = "in-target@example.com";
      await signedUp(t, email);
      for (const callbackURL of ["/next", "/next?a=1&b=ü#part", "https://app.example.com/p?q=1", `${t.base}/x`, "https://evil.example/", "", "next", "/a b", "/%41"]) {
        await t.client().post(path, { email, password: PASSWORD, callbackURL });
      }
      await t.client().post(`${path}?callbackURL=/query`, { email, password: PASSWORD });
      await t.client().post(`${path}?callbackURL=https://evil.example`, { email, password: PASSWORD });
      await t.client().post(path, { email, password: "wrong password", callbackURL: "/next" });
    },
  },
  {
    name: "refused until verified, with a new message each time",
    config: { emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { sendOnSignIn: true } },
    async run(t) {
      const email = "in-unverified@example.com";
      await t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
      await noteMessage(t, "verification-email", email, 300);
      await t.client().post(path, { email, password: PASSWORD });
      await noteMessage(t, "verification-email", email);
      await t.client().post(path, { email, password: PASSWORD, callbackURL: "/next" });
      await noteMessage(t, "verification-email", email);
      await t.client().post(path, { email, password: "wrong password" });
      await noteMessage(t, "verification-email", email, SILENCE);
    },
  },
  {
    name: "no verification message configured at all",
    config: { emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { enabled: false } },
    async run(t) {
      const email = "in-no-sender@example.com";
      await t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
      await t.client().post(path, { email, password: PASSWORD });
      await t.client().post("/send-verification-email", { email });
    },
  },
  {
    name: "planted cookies do not become a session",
    config,
    async run(t) {
      const email = "in-planted@example.com";
      await signedUp(t, email);
      const c = t.client();
      await c.post(path, { email, password: PASSWORD }, { cookie: `${SESSION_COOKIE}=planted.AAAA; better-auth.dont_remember=true; better-auth.session_data=x` });
      await c.get("/get-session");
      await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=planted.AAAA` });
    },
  },
  {
    name: "sign-out in every situation",
    config,
    async run(t) {
      const email = "out-1@example.com";
      const c = await signedUp(t, email);
      const other = await signedIn(t, email);
      const before = c.jar.header();
      await c.post("/sign-out");
      await c.get("/get-session");
      await t.client().get("/get-session", { cookie: before });
      await other.get("/get-session");
      await c.post("/sign-out");
      await t.client().send("POST", "/sign-out");
      await t.client().post("/sign-out", {}, { cookie: `${SESSION_COOKIE}=forged.value` });
      await t.client().post("/sign-out", {}, { cookie: before });
      await other.get("/sign-out");
      await other.send("POST", "/sign-out", "not json");
      await other.post("/sign-out", [], {});
      await other.post("/sign-out", { callbackURL: 1, disableRedirect: "x", state: {} });
      await other.post("/sign-out", { callbackURL: "https://evil.example" });
      await other.post("/sign-out", { callbackURL: "/bye", disableRedirect: true, state: "s", rd: "https://evil.example" });
      await other.get("/get-session");
      const third = await signedIn(t, email);
      await third.send("POST", "/sign-out", "", { "content-type": null });
      const fourth = await signedIn(t, email, { rememberMe: false });
      await fourth.send("POST", "/sign-out", "x=1", { "content-type": "application/x-www-form-urlencoded" });
      await fourth.send("POST", "/sign-out");
    },
  },
];
