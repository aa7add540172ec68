// The captcha plugin. What each solved captcha is worth is told to the stub of the providers.
import { PASSWORD, signedUp } from "../steps.mjs";

const names = ["cloudflare-turnstile", "google-recaptcha", "hcaptcha", "captchafox"];
const config = (provider, own = {}, more = {}) => ({
  emailAndPassword: { enabled: true }, advanced: { ipAddress: { ipAddressHeaders: ["x-test-ip"] } }, ...more,
  plugins: { captcha: { provider, secretKey: "a s:cret", ...own }, ...more.plugins },
});
const yes = { json: { success: true } };
const told = (more) => ({ json: { success: true, hostname: "app.example.com", action: "login", ...more } });

// What a provider may answer, by what was solved.
const answers = {
  good: yes,
  "good and more": told({ score: 0.9, challenge_ts: "2026-01-01T00:00:00Z", "error-codes": [] }),
  refused: { json: { success: false, "error-codes": ["invalid-input-response"] } },
  nothing: { json: {} },
  "half a score": told({ score: 0.5 }),
  "a low score": told({ score: 0.4 }),
  "no score": told({ score: 0 }),
  "another action": told({ action: "signup" }),
  "another host": told({ hostname: "evil.example" }),
  "a host below": told({ hostname: "app.example.com.evil.example" }),
  "no host": { json: { success: true, action: "login" } },
  "no action": { json: { success: true, hostname: "app.example.com" } },
  down: { status: 500, json: { success: true } },
  limited: { status: 429, json: {} },
  empty: { raw: "" },
};

// Where no header tells it, Watchword knows the client's address from the connection, and the reference does not.
const from = { "x-test-ip": "203.0.113.7" };

// Who passes is refused for something else, and without a password being hashed: that takes most of the time.
const sign = { email: "no address", password: "not this one" };

// Scenarios share the providers: each has captchas of its own.
const everyAnswer = (tag) => async (t) => {
  for (const [what, answer] of Object.entries(answers)) {
    const solved = `${what} ${tag}`;
    t.internet.captchas.set(solved, answer);
    await t.client().post("/sign-in/email", sign, { "x-captcha-response": solved, ...from });
    t.note(`asked about ${what}`, t.internet.asked(solved));
  }
  await t.client().post("/sign-in/email", sign);
  await t.client().post("/sign-in/email", sign, { "x-captcha-response": "" });
  await t.client().post("/sign-in/email", { ...sign, "x-captcha-response": `good ${tag}` });
};

export default [
  ...names.map((name) => ({ name: `${name}: what is answered`, config: config(name), run: everyAnswer(name) })),
  ...names.slice(0, 2).map((name) => ({
    name: `${name}: an action and a host`,
    config: config(name, { expectedAction: "login", allowedHostnames: ["app.example.com"] }), run: everyAnswer(`of ${name}`),
  })),
  ...names.slice(2).map((name) => ({ name: `${name}: the site's key`, config: config(name, { siteKey: "site/key" }), run: everyAnswer(`of ${name}`) })),
  { name: "google-recaptcha: a higher score", config: config("google-recaptcha", { minScore: 0.8 }), run: everyAnswer("high") },
  { name: "google-recaptcha: any score", config: config("google-recaptcha", { minScore: 0 }), run: everyAnswer("any") },
  {
    name: "which endpoints ask",
    config: config("cloudflare-turnstile"),
    async run(t) {
      t.internet.captchas.set("good who", yes);
      const solved = { "x-captcha-response": "good who" };
      const email = "captcha-who@example.com";
      await t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
      const c = t.client();
      await c.post("/sign-up/email", { name: "Ada", email, password: PASSWORD }, solved);
      await c.get("/get-session");
      await c.post("/change-password", { currentPassword: PASSWORD, newPassword: `${PASSWORD} 2` });
      await t.client().post("/request-password-reset", { email });
      await t.client().post("/request-password-reset", { email }, solved);
      const { token } = await t.box.take("reset-password", email);
      await t.client().post("/reset-password", { token, newPassword: PASSWORD });
      await t.client().post("/sign-in/email", { email, password: PASSWORD }, solved);
      await t.client().post("/sign-in/email", "not json", { ...solved });
      await t.client().post("/sign-in/social", { provider: "github" });
      await c.post("/sign-out");
    },
  },
  {
    name: "endpoints of one's own",
    config: config("hcaptcha", { endpoints: ["/sign-in/*", "/change-password", "/sign-in/email"] }, { plugins: { username: true, magicLink: true } }),
    async run(t) {
      t.internet.captchas.set("good own", yes);
      const solved = { "x-captcha-response": "good own" };
      const c = await signedUp(t, "captcha-own@example.com", { username: "captcha_own" });
      for (const headers of [{}, solved]) {
        await t.client().post("/sign-in/username", { username: "captcha_own", password: PASSWORD }, headers);
        await t.client().post("/sign-in/magic-link", { email: "captcha-own@example.com" }, headers);
        await t.client().post("/sign-in/email", { email: "captcha-own@example.com", password: PASSWORD }, headers);
        await c.post("/change-password", { currentPassword: PASSWORD, newPassword: "short" }, headers);
      }
      t.note("asked", t.internet.asked("good own").length);
    },
  },
  {
    name: "an address of one's own",
    config: config("captchafox", { siteVerifyURLOverride: "https://api.hcaptcha.com/siteverify" }),
    async run(t) {
      t.internet.captchas.set("good there", yes);
      await t.client().post("/sign-in/email", sign, { "x-captcha-response": "good there", ...from });
      t.note("asked", t.internet.asked("good there"));
    },
  },
];
