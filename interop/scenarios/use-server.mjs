// The server around the endpoints: paths, methods, types of content, origins, cookies' attributes, limits, error pages.
import { PASSWORD, signedUp } from "../steps.mjs";

const base = { emailAndPassword: { enabled: true } };
const json = { "content-type": "application/json" };

const cookieScenarios = {
  plain: {},
  "a prefix": { cookiePrefix: "my-app" },
  "secure by option": { useSecureCookies: true },
  "strict and of one path": { defaultCookieAttributes: { sameSite: "strict", path: "/api" } },
  "readable by scripts": { defaultCookieAttributes: { httpOnly: false } },
  "across subdomains": { crossSubDomainCookies: { enabled: true } },
  "a name of its own": { cookies: { session_token: { name: "sid", attributes: { sameSite: "none", secure: true } } } },
};

const routes = ["/ok", "/error", "/get-session", "/sign-up/email", "/sign-in/email", "/sign-in/social", "/sign-out", "/list-sessions", "/callback/github", "/reset-password/x", "/verify-email", "/nothing"];

export default [
  {
    name: "methods and paths",
    config: base,
    async run(t) {
      for (const path of routes) for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) await t.client().send(method, path, method === "GET" ? undefined : {});
      for (const path of ["", "/", "/ok/", "//ok", "/OK", "/ok?x=1", "/sign-in", "/sign-in/", "/sign-in/email/", "/sign-in/email/x", "/api/auth/ok", "/%6fk", "/ok%2f", "/get-session/..", "/reset-password/", "/reset-password/a/b"]) await t.client().get(path);
    },
  },
  {
    name: "types of content",
    config: base,
    async run(t) {
      const body = JSON.stringify({ email: "nobody@example.com", password: PASSWORD });
      for (const type of ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON", "text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/octet-stream", "application/vnd.api+json", "image/png", "json", ""]) await t.client().send("POST", "/sign-in/email", body, { "content-type": type });
      for (const text of ["{", "", "null", "[]", "\"text\"", "1", "true", "{}", "{\"email\":}", "{'email':'a'}", body + "x", "\ufeff" + body]) await t.client().send("POST", "/sign-in/email", text, json);
      await t.client().send("POST", "/sign-in/email", `email=nobody%40example.com&password=${encodeURIComponent(PASSWORD)}`, { "content-type": "application/x-www-form-urlencoded" });
      await t.client().send("POST", "/sign-in/social", "provider=github", { "content-type": "application/x-www-form-urlencoded" });
    },
  },
  {
    name: "where requests come from",
    config: { ...base, trustedOrigins: ["https://app.example.com", "https://*.example.org", "myapp://"] },
    async run(t) {
      const c = await signedUp(t, "from@example.com");
      for (const origin of ["https://app.example.com", "https://a.example.org", "https://example.org", "http://app.example.com", "https://app.example.com:8443", "https://app.example.com.evil.com", "https://evil.com", "null", "", "myapp://", "myapp://home", "not a url"]) {
        await c.post("/update-user", { name: "From" }, { origin });
        await t.client().post("/sign-in/email", { email: "from@example.com", password: PASSWORD }, { origin });
      }
      await c.post("/update-user", { name: "From" }, { origin: null });
      await c.post("/update-user", { name: "From" }, { origin: null, referer: "https://app.example.com/page" });
      await c.post("/update-user", { name: "From" }, { origin: null, referer: "https://evil.com/page" });
      await t.client().post("/sign-in/email", { email: "from@example.com", password: PASSWORD }, { origin: null });
      await t.client().post("/sign-in/email", { email: "from@example.com", password: PASSWORD }, { origin: null, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" });
      await t.client().post("/sign-in/email", { email: "from@example.com", password: PASSWORD }, { origin: "https://evil.com", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" });
      for (const callbackURL of ["/ok", "https://app.example.com/x", "https://b.example.org", "https://evil.com", "//evil.com", "/\\evil.com", "javascript:alert(1)", "myapp://x", "evil://x", "relative", "", "/a?b=c&d=%2F#e", "https://app.example.com@evil.com"]) {
        await t.client().post("/sign-in/email", { email: "from@example.com", password: PASSWORD, callbackURL });
        await t.client().get(`/verify-email?token=x&callbackURL=${encodeURIComponent(callbackURL)}`);
      }
    },
  },
  {
    name: "no check of where requests come from",
    config: { ...base, advanced: { disableCSRFCheck: true, disableOriginCheck: true } },
    async run(t) {
      const c = await signedUp(t, "nocheck@example.com");
      await c.post("/update-user", { name: "Free" }, { origin: "https://evil.com" });
      await c.post("/update-user", { name: "Free" }, { origin: null });
      await t.client().post("/sign-in/email", { email: "nocheck@example.com", password: PASSWORD, callbackURL: "https://evil.com" }, { origin: "https://evil.com" });
    },
  },
  ...Object.entries(cookieScenarios).map(([name, advanced], i) => ({
    name: `cookies, ${name}`,
    config: { ...base, advanced, session: { cookieCache: { enabled: i % 2 === 0 } } },
    async run(t) {
      const email = `cookies-${i}@example.com`;
      const c = await signedUp(t, email);
      await c.get("/get-session");
      await c.post("/update-user", { name: "C" });
      await c.post("/sign-out");
      await c.post("/sign-in/email", { email, password: PASSWORD, rememberMe: false });
      await c.get("/get-session");
      await c.post("/sign-in/email", { email, password: PASSWORD, rememberMe: true });
      await c.get("/get-session");
    },
  })),
  {
    name: "paths that are switched off",
    config: { ...base, disabledPaths: ["/sign-up/email", "/get-session", "/unknown"] },
    async run(t) {
      await signedUp(t, "disabled@example.com");
      await t.client().get("/get-session");
      await t.client().post("/get-session");
      await t.client().get("/get-session?x=1");
      await t.client().get("/sign-up/email");
      await t.client().post("/sign-in/email", { email: "disabled@example.com", password: PASSWORD });
      await t.client().get("/unknown");
      await t.client().get("/get-session/");
    },
  },
  {
    name: "slashes at the end",
    config: { ...base, advanced: { skipTrailingSlashes: true } },
    async run(t) {
      for (const path of ["/ok", "/ok/", "/ok//", "/get-session/", "/get-session/?x=1", "/", ""]) await t.client().get(path);
      await t.client().post("/sign-in/email/", { email: "a@example.com", password: PASSWORD });
    },
  },
  {
    name: "the page for errors",
    config: base,
    async run(t) {
      for (const query of ["", "?error=state_mismatch", "?error=please_restart_the_process", "?error=access_denied&error_description=You%20said%20no", "?error=%3Cscript%3Ealert(1)%3C/script%3E", "?error=a%20b", "?error=x&error=y", "?error_description=only"]) {
        const page = await t.client().get(`/error${query}`);
        t.note("status", page.status);
      }
    },
  },
  {
    name: "an error page of the application",
    config: { ...base, onAPIError: { errorURL: "/app-error" } },
    async run(t) {
      for (const query of ["", "?error=state_mismatch", "?error=access_denied&error_description=You%20said%20no", "?error=%3Cscript%3E"]) await t.client().get(`/error${query}`);
      await t.client().get("/reset-password/x");
      await t.client().get("/reset-password/x?callbackURL=/back");
      await t.client().get("/verify-email?token=x&callbackURL=/back");
    },
  },
  {
    name: "limits as they come",
    alone: true,
    config: { ...base, rateLimit: { enabled: true } },
    async run(t) {
      for (let i = 0; i < 5; i++) await t.client().post("/sign-in/email", { email: "a@example.com", password: PASSWORD });
      for (let i = 0; i < 5; i++) await t.client().post("/sign-up/email", { name: "A", email: `limit-${i}@example.com`, password: PASSWORD });
      for (let i = 0; i < 5; i++) await t.client().post("/request-password-reset", { email: "a@example.com" });
      for (let i = 0; i < 4; i++) await t.client().get("/get-session");
      for (let i = 0; i < 4; i++) await t.client().get("/nothing");
    },
  },
  {
    name: "limits of the application",
    alone: true,
    config: { ...base, rateLimit: { enabled: true, window: 60, max: 4, customRules: { "/sign-in/email": { window: 60, max: 1 }, "/get-session": false, "/sign-up/*": { window: 60, max: 2 } } } },
    async run(t) {
      for (let i = 0; i < 3; i++) await t.client().post("/sign-in/email", { email: "a@example.com", password: PASSWORD });
      for (let i = 0; i < 3; i++) await t.client().post("/sign-up/email", { name: "A", email: `own-${i}@example.com`, password: PASSWORD });
      for (let i = 0; i < 8; i++) await t.client().get("/get-session");
      for (let i = 0; i < 7; i++) await t.client().get("/ok");
      for (let i = 0; i < 3; i++) await t.client().post("/sign-in/email", { email: "a@example.com", password: PASSWORD }, { "x-forwarded-for": `203.0.113.${i}` });
    },
  },
  {
    name: "limits kept in the database",
    alone: true,
    config: { ...base, rateLimit: { enabled: true, storage: "database", window: 60, max: 3 } },
    async run(t) {
      for (let i = 0; i < 5; i++) await t.client().get("/ok");
      for (let i = 0; i < 5; i++) await t.client().post("/sign-in/email", {});
    },
  },
];
