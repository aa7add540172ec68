// The limiter: rules, keys, refusals. Every scenario has a server of its own: counters outlive a scenario.
import { signedUp } from "../steps.mjs";

const limited = (rateLimit, more) => ({ emailAndPassword: { enabled: true }, rateLimit: { enabled: true, ...rateLimit }, ...more });
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const wrong = { email: "nobody@example.com", password: "wrong password" };

async function repeat(count, call) {
  for (let i = 0; i < count; i++) await call(i);
}

const scenario = (name, config, run) => ({ name, config, run, alone: true });

const defaults = (storage) =>
  scenario(`the rules that come built in, ${storage ?? "by default"}`, limited(storage && { storage }), async (t) => {
    const c = t.client();
    await repeat(5, () => c.post("/sign-in/email", wrong));
    await repeat(5, () => c.post("/sign-up/email", {}));
    await repeat(5, () => c.post("/sign-in/social", { provider: "x" }));
    await repeat(5, () => c.post("/change-password", {}));
    await repeat(5, () => c.post("/change-email", {}));
    await repeat(5, () => c.post("/request-password-reset", { email: "nobody@example.com" }));
    await repeat(5, () => c.post("/send-verification-email", {}));
    await repeat(5, () => c.post("/forget-password", {}));
    await repeat(5, () => c.get("/sign-in/email"));
    await repeat(5, () => c.get("/sign-in/unknown"));
    await c.get("/get-session");
    await c.post("/reset-password", {});
  });

export default [
  defaults(),
  defaults("memory"),
  defaults("database"),
  scenario("a small window, then a new one", limited({ window: 2, max: 3 }), async (t) => {
    const c = t.client();
    await repeat(5, () => c.get("/ok"));
    await repeat(2, () => c.get("/get-session"));
    await repeat(5, () => c.get("/unknown"));
    await repeat(4, () => c.get("/reset-password/a"));
    await repeat(4, () => c.get("/reset-password/b"));
    await pause(2300);
    await repeat(5, () => c.get("/ok"));
  }),
  scenario("refusals do not move the window", limited({ window: 2, max: 2 }), async (t) => {
    const c = t.client();
    await repeat(2, () => c.get("/ok"));
    await pause(1200);
    await repeat(3, () => c.get("/ok"));
    await pause(1200);
    await c.get("/ok");
  }),
  scenario("a small window in the database", limited({ window: 2, max: 3, storage: "database" }), async (t) => {
    const c = t.client();
    await repeat(5, () => c.get("/ok"));
    await pause(2300);
    await repeat(5, () => c.get("/ok"));
  }),
  scenario("a small window in secondary storage", limited({ window: 2, max: 3 }, { secondaryStorage: "memory" }), async (t) => {
    const c = t.client();
    await repeat(5, () => c.get("/ok"));
    await pause(2300);
    await repeat(5, () => c.get("/ok"));
  }),
  scenario("rules of the application", limited({ window: 60, max: 50, customRules: { "/ok": { window: 60, max: 1 }, "/sign-in/*": { window: 60, max: 2 }, "/list-*": { window: 60, max: 1 }, "/error": false, "/get-session": { window: 1, max: 2 } } }), async (t) => {
    const c = t.client();
    await repeat(3, () => c.get("/ok"));
    await repeat(4, () => c.post("/sign-in/email", wrong));
    await repeat(4, () => c.post("/sign-in/social", { provider: "x" }));
    await repeat(3, () => c.get("/list-sessions"));
    await repeat(3, () => c.get("/list-accounts"));
    await repeat(4, () => c.get("/get-session"));
    await pause(1200);
    await repeat(4, () => c.get("/get-session"));
    await repeat(3, () => c.get("/error"));
  }),
  scenario("a rule loosens what is built in", limited({ customRules: { "/sign-in/email": { window: 10, max: 6 }, "/sign-up/email": false } }), async (t) => {
    await repeat(8, () => t.client().post("/sign-in/email", wrong));
    await repeat(5, () => t.client().post("/sign-up/email", {}));
  }),
  scenario("spellings of one path", limited({ customRules: { "/sign-in/email": { window: 60, max: 3 } } }), async (t) => {
    for (const path of ["/sign-in/email", "/sign-in/email?x=1", "//sign-in/email", "/sign-in/email/", "/sign-in%2Femail", "/SIGN-IN/email", "/sign-in/email#x", "/sign-in/./email", "/sign-in/email", "/sign-in/email"]) await t.client().post(path, wrong);
  }),
  scenario("where the caller is", limited({ customRules: { "/ok": { window: 60, max: 2 } } }), async (t) => {
    const from = (value) => t.client().get("/ok", { "x-forwarded-for": value });
    const callers = [
      "203.0.113.1", "203.0.113.1", "203.0.113.1", "203.0.113.2", "::ffff:203.0.113.2", "::ffff:cb00:7102", "::FFFF:203.0.113.3", "203.0.113.3", "203.0.113.3",
      "2001:db8:1:2::1", "2001:db8:1:2::2", "2001:DB8:1:2:0:0:0:3", "2001:db8:1:3::1", "2001:0db8:0001:0003::0001", "2001:db8:1:3:ffff::1", "::1", "0:0:0:0:0:0:0:1", "::1", " 203.0.113.9 ", "203.0.113.9", "203.0.113.9",
    ];
    for (const caller of callers) await from(caller);
  }),
  scenario("callers that cannot be told apart", limited({ customRules: { "/ok": { window: 60, max: 4 } } }), async (t) => {
    for (const caller of ["a", ",", "999.1.1.1", "unknown", "203.0.113.1:80", "[2001:db8::1]", "1.2.3", "", "203.0.113.7, nonsense"]) await t.client().get("/ok", { "x-forwarded-for": caller });
  }),
  scenario("headers nobody asked for", limited({ customRules: { "/ok": { window: 60, max: 2 } } }), async (t) => {
    for (const name of ["x-real-ip", "cf-connecting-ip", "x-client-ip", "true-client-ip"]) await t.client().get("/ok", { [name]: "203.0.113.1" });
    await t.client().get("/ok", { forwarded: "for=203.0.113.1" });
  }),
  scenario("headers of the application's choice", limited({ customRules: { "/ok": { window: 60, max: 1 } } }, { advanced: { ipAddress: { ipAddressHeaders: ["cf-connecting-ip", "x-real-ip"] } } }), async (t) => {
    const calls = [{ "cf-connecting-ip": "203.0.113.1" }, { "cf-connecting-ip": "203.0.113.1" }, { "x-real-ip": "203.0.113.1" }, { "x-real-ip": "203.0.113.2" }, { "cf-connecting-ip": "bad", "x-real-ip": "203.0.113.3" }, { "x-real-ip": "203.0.113.3" }, { "cf-connecting-ip": "203.0.113.4", "x-real-ip": "203.0.113.5" }, { "x-real-ip": "203.0.113.5" }];
    for (const headers of calls) await t.client().get("/ok", headers);
  }),
  scenario("a prefix of IPv6 addresses", limited({ customRules: { "/ok": { window: 60, max: 1 } } }, { advanced: { ipAddress: { ipv6Subnet: 48 } } }), async (t) => {
    for (const caller of ["2001:db8:1:1::1", "2001:db8:1:2::1", "2001:db8:2:1::1"]) await t.client().get("/ok", { "x-forwarded-for": caller });
  }),
  scenario("no addresses at all", limited({ customRules: { "/ok": { window: 60, max: 1 } } }, { advanced: { ipAddress: { disableIpTracking: true } } }), async (t) => {
    await repeat(3, () => t.client().get("/ok", { "x-forwarded-for": "203.0.113.1" }));
    const c = await signedUp(t, "no-address@example.com");
    const session = (await c.get("/get-session", { "x-forwarded-for": "203.0.113.1" })).json?.session;
    t.note("address", session?.ipAddress);
  }),
  scenario("the address a session remembers", { emailAndPassword: { enabled: true } }, async (t) => {
    for (const [i, caller] of ["203.0.113.1", "::ffff:203.0.113.2", "2001:db8:1:2:3:4:5:6", "2001:db8::1", "::1"].entries()) {
      const c = t.client({ headers: { "x-forwarded-for": caller } });
      const email = `address-${i}@example.com`;
      await c.post("/sign-up/email", { name: "Ada", email, password: "correct horse battery" });
      const { json } = await c.get("/get-session");
      t.note("address", json?.session?.ipAddress);
    }
  }),
  scenario("fifty at once", limited({ customRules: { "/ok": { window: 60, max: 3 } } }), async (t) => {
    const quiet = t.calls.length;
    const answers = await Promise.all(Array.from({ length: 50 }, () => t.client().get("/ok")));
    t.calls.splice(quiet);
    t.note("answers", answers.map(({ status }) => status).sort());
  }),
  scenario("switched off", { emailAndPassword: { enabled: true }, rateLimit: { enabled: false } }, async (t) => {
    await repeat(6, () => t.client().post("/sign-in/email", wrong));
  }),
];
