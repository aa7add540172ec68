// Who may call: Origin, Referer and fetch metadata, with and without cookies.
import { linkPath, noteMessage, PASSWORD, SILENCE, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, trustedOrigins: ["https://app.example.com"] };

const senders = [
  {}, { origin: "" }, { origin: "null" }, { origin: "https://evil.example" }, { origin: "https://app.example.com" }, { origin: "https://APP.example.com" }, { origin: "https://app.example.com:443" }, { origin: "https://app.example.com/" },
  { origin: "http://app.example.com" }, { origin: "https://app.example.com.evil.test" }, { origin: "https://app.example.com@evil.test" }, { origin: "https://sub.app.example.com" }, { origin: "garbage" }, { origin: "https://" }, { origin: "/relative" }, { origin: "file://" },
  { referer: "https://evil.example/p" }, { referer: "https://app.example.com/p?q=1" }, { referer: "https://evil.example/?https://app.example.com" }, { origin: "null", referer: "https://app.example.com/p" }, { origin: "https://evil.example", referer: "https://app.example.com/p" }, { origin: "", referer: "https://app.example.com/p" }, { referer: "not an address" },
  { origin: "null", "sec-fetch-site": "same-origin" }, { origin: "null", "sec-fetch-site": "cross-site" }, { origin: "null", "sec-fetch-site": "same-site" }, { origin: "null", "sec-fetch-site": "none" }, { "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }, { "sec-fetch-site": " " },
  { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }, { "sec-fetch-mode": "navigate" }, { "sec-fetch-dest": "document" },
  { origin: "https://app.example.com", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }, { origin: "https://app.example.com", "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }, { origin: "https://evil.example", "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" },
];

// The client adds an Origin of its own unless told not to.
const asSent = (headers, more) => ({ origin: null, ...headers, ...more });

const matrix = (name, path, body, more = {}) => ({
  name,
  config: more.config ?? config,
  async run(t) {
    const c = more.cookie === "session" ? await signedUp(t, `origins-${name.replaceAll(" ", "-")}@example.com`) : t.client();
    const cookie = more.cookie && more.cookie !== "session" ? { cookie: more.cookie } : {};
    for (const headers of senders) await c.post(path, body, asSent(headers, cookie));
    await c.post(path, body, { origin: t.base, ...cookie });
    await c.post(path, body, asSent({ referer: `${t.base}/page` }, cookie));
    await c.post(path, body, asSent({ origin: t.base.replace("localhost", "127.0.0.1") }, cookie));
    await c.post(path, body, asSent({ origin: t.base.replace("http", "https") }, cookie));
    await c.post(path, body, asSent({ origin: "null", "sec-fetch-site": "same-origin", host: "evil.example" }, cookie));
  },
});

const wrong = { email: "origins@example.com", password: "wrong password" };

export default [
  matrix("sign-in without cookies", "/sign-in/email", wrong),
  matrix("sign-in with any cookie", "/sign-in/email", wrong, { cookie: "a=b" }),
  matrix("sign-up without cookies", "/sign-up/email", {}),
  matrix("update with a session", "/update-user", {}, { cookie: "session" }),
  matrix("update without cookies", "/update-user", { name: "x" }),
  matrix("sign-out with any cookie", "/sign-out", {}, { cookie: "better-auth.session_token=forged" }),
  matrix("reset without cookies", "/request-password-reset", { email: "origins-nobody@example.com" }),
  matrix("no check of CSRF", "/sign-in/email", wrong, { cookie: "a=b", config: { ...config, advanced: { disableCSRFCheck: true } } }),
  matrix("no check of origins", "/sign-in/email", { ...wrong, callbackURL: "https://evil.example" }, { cookie: "a=b", config: { ...config, advanced: { disableOriginCheck: true } } }),
  matrix("no check of origins but of CSRF", "/sign-in/email", { ...wrong, callbackURL: "https://evil.example" }, { cookie: "a=b", config: { ...config, advanced: { disableOriginCheck: true, disableCSRFCheck: false } } }),
  matrix("an unknown path with any cookie", "/unknown", {}, { cookie: "a=b" }),
  {
    name: "every route that writes refuses a stranger's page",
    config: { ...config, user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } } },
    async run(t) {
      const c = await signedUp(t, "origins-routes@example.com");
      const routes = ["/sign-out", "/change-password", "/change-email", "/update-user", "/update-session", "/delete-user", "/revoke-session", "/revoke-sessions", "/revoke-other-sessions", "/unlink-account", "/link-social", "/verify-password", "/send-verification-email", "/request-password-reset", "/reset-password", "/get-access-token", "/refresh-token", "/sign-in/email", "/sign-up/email", "/sign-in/social", "/get-session", "/callback/github"];
      for (const path of routes) {
        await c.post(path, {}, { origin: "https://evil.example" });
        await c.send("POST", path, "a=b", { origin: "https://evil.example", "content-type": "application/x-www-form-urlencoded" });
        await c.send("POST", path, "a=b", { origin: "https://evil.example", "content-type": "text/plain" });
        await c.send("POST", path, undefined, { origin: null });
      }
      await c.get("/get-session");
    },
  },
  {
    name: "reading needs no origin",
    config,
    async run(t) {
      const c = await signedUp(t, "origins-read@example.com");
      for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null" }, { referer: "https://evil.example/" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }]) for (const path of ["/get-session", "/list-accounts", "/ok"]) await c.get(path, asSent(headers));
    },
  },
  {
    name: "no message for a stranger's page",
    config,
    async run(t) {
      const email = "origins-mail@example.com";
      await signedUp(t, email);
      for (const path of ["/request-password-reset", "/send-verification-email"]) {
        for (const headers of [{ origin: "https://evil.example" }, { origin: "https://evil.example", cookie: "a=b" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }]) {
          await t.client().post(path, { email }, asSent(headers));
          await noteMessage(t, undefined, email, 2 * SILENCE);
        }
      }
    },
  },
  {
    name: "fields that lead elsewhere, in every body",
    config,
    async run(t) {
      const c = await signedUp(t, "origins-fields@example.com");
      const values = ["https://evil.example", "/fine", "", null, 1, true, {}, [], ["https://evil.example"], ["/fine"], "https://app.example.com/x", "https://[", "http://%", "::", "x".repeat(10_000), "https://user:pw@app.example.com/"];
      for (const field of ["callbackURL", "redirectTo", "errorCallbackURL", "newUserCallbackURL"]) {
        for (const value of values) await c.post("/sign-in/social", { provider: "github", [field]: value });
        await c.post("/update-user", { name: "Grace", [field]: "https://evil.example" });
        await c.post(`/update-user?${field}=https://evil.example`, { name: "Grace" });
        await t.client().post("/unknown", { [field]: "https://evil.example" });
        await t.client().post("/sign-out", { [field]: "https://evil.example" });
      }
      await t.client().get(`/ok?callbackURL=https://evil.example`);
      await t.client().get(`/get-session?callbackURL=https://evil.example`);
      await c.get(linkPath(null));
    },
  },
  {
    name: "a form from a stranger's page",
    config,
    async run(t) {
      const email = "origins-form@example.com";
      await signedUp(t, email);
      const body = new URLSearchParams({ email, password: PASSWORD }).toString();
      for (const headers of [{ origin: "https://evil.example" }, {}, { origin: "null" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", origin: "https://evil.example" }, { origin: "https://app.example.com" }]) {
        await t.client().send("POST", "/sign-in/email", body, asSent(headers, { "content-type": "application/x-www-form-urlencoded" }));
      }
    },
  },
];
