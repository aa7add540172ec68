// GET and POST /get-session: which cookies are believed.
import { PASSWORD, SESSION_COOKIE, cookieValue, signedIn, signedUp, signedValue } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };

export default [
  {
    name: "no cookie, somebody's cookie, a cookie too many",
    config,
    async run(t) {
      const c = await signedUp(t, "gs-1@example.com");
      const value = cookieValue(c, SESSION_COOKIE);
      const get = (cookie, more) => t.client().get("/get-session", { cookie, ...more });
      await t.client().get("/get-session");
      await get("");
      await get("a=b");
      await get(`${SESSION_COOKIE}=${value}`);
      await get(`${SESSION_COOKIE}=${decodeURIComponent(value)}`);
      await get(`${SESSION_COOKIE}="${value}"`);
      await get(`x=1; ${SESSION_COOKIE}=${value}; y=2`);
      await get(`x=1;${SESSION_COOKIE}=${value};y=2`);
      await get(` ${SESSION_COOKIE} = ${value} `);
      await get(`${SESSION_COOKIE}=${value}; ${SESSION_COOKIE}=other`);
      await get(`${SESSION_COOKIE}=other; ${SESSION_COOKIE}=${value}`);
      await get(`${SESSION_COOKIE.toUpperCase()}=${value}`);
      await get(`__Secure-${SESSION_COOKIE}=${value}`);
      await get(`__Host-${SESSION_COOKIE}=${value}`);
      await get(`better-auth-session_token=${value}`);
      await get(`other.session_token=${value}`);
      await get(`${SESSION_COOKIE}=${value}`, { origin: null });
      await get(`${SESSION_COOKIE}=${value}`, { origin: "https://evil.example" });
    },
  },
  {
    name: "tampered and forged cookies",
    config,
    async run(t) {
      const c = await signedUp(t, "gs-2@example.com");
      const value = cookieValue(c, SESSION_COOKIE);
      const plain = decodeURIComponent(value);
      const [token, signature] = plain.split(".");
      const bad = [
        "", ".", "..", "%", "%E0%A4%A", "%00", token, `${token}.`, `.${signature}`, `${token}.${signature.slice(0, -1)}`, `${token}.${signature}x`, `${token}.${signature}=`,
        `${token.slice(1)}.${signature}`, `${token.slice(0, -1)}.${signature}`, `${token}x.${signature}`, `${token}.x.${signature}`, `${token.toLowerCase()}.${signature}`,
        `${token}.${signature.toLowerCase()}`, `${token}.${signature.slice(0, 43)}A`, `${token}%2E${encodeURIComponent(signature)}`, encodeURIComponent(encodeURIComponent(plain)),
        `${signature}.${token}`, `${token}.${signature.replaceAll("+", "-").replaceAll("/", "_")}`, "null", "undefined", "true", "x".repeat(6000), ".".repeat(5000),
      ];
      for (const wrong of bad) await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=${wrong}` });
      for (const secret of [" ", "secret", "better-auth-secret-12345678901234567890", "changeme"]) await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=${signedValue(token, secret)}` });
      for (const forged of ["true", "", token.toUpperCase(), "a.b", "ü", "x' or 1=1 --"]) await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=${signedValue(forged)}` });
      await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=${signedValue(token)}` });
    },
  },
  {
    name: "a signed cookie of another purpose",
    config,
    async run(t) {
      const c = await signedUp(t, "gs-3@example.com", { rememberMe: false });
      await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=${cookieValue(c, "better-auth.dont_remember")}` });
      await t.client().get("/get-session", { cookie: `better-auth.dont_remember=${cookieValue(c, SESSION_COOKIE)}` });
      await t.client().get("/get-session", { cookie: `better-auth.session_data=${cookieValue(c, SESSION_COOKIE)}` });
      await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=${cookieValue(c, SESSION_COOKIE)}; better-auth.dont_remember=true` });
      await t.client().get("/get-session", { cookie: `${SESSION_COOKIE}=${cookieValue(c, SESSION_COOKIE)}; better-auth.session_data=garbage` });
    },
  },
  {
    name: "queries",
    config,
    async run(t) {
      const c = await signedUp(t, "gs-4@example.com");
      const queries = ["disableCookieCache=true", "disableCookieCache=false", "disableCookieCache=", "disableCookieCache", "disableCookieCache=1", "disableRefresh=true", "disableRefresh=0", "disableRefresh=true&disableCookieCache=true",
        "disableCookieCache=true&disableCookieCache=false", "unknown=1", "", "a[]=1", "%", "disableRefresh=%00"];
      for (const query of queries) await c.get(`/get-session?${query}`);
      for (const query of queries.slice(0, 3)) await t.client().get(`/get-session?${query}`);
    },
  },
  {
    name: "methods and headers",
    config,
    async run(t) {
      const c = await signedUp(t, "gs-5@example.com");
      for (const method of ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]) await c.send(method, "/get-session");
      await c.post("/get-session", {});
      await t.client().post("/get-session", {});
      await c.send("POST", "/get-session", "not json");
      for (const authorization of ["Bearer %", "Bearer %E0%A4%A", "Bearer", "Basic YTpi", `Bearer ${"x".repeat(4000)}`]) await t.client().get("/get-session", { authorization });
      await c.get("/get-session", { accept: "text/html" });
      await c.get("/get-session", { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" });
    },
  },
  {
    name: "what a session remembers of the device",
    config,
    async run(t) {
      await signedUp(t, "gs-6@example.com");
      for (const [i, headers] of [{ "user-agent": "Agent/1.0" }, { "user-agent": "" }, { "user-agent": "ü".repeat(3) }, { "user-agent": "a".repeat(3000) }].entries()) {
        const d = t.client({ headers: i === 2 ? {} : headers });
        await d.post("/sign-in/email", { email: "gs-6@example.com", password: PASSWORD });
        await d.get("/get-session");
      }
    },
  },
  {
    name: "a session that is over",
    config: { emailAndPassword: { enabled: true }, session: { expiresIn: 1 } },
    async run(t) {
      const c = await signedUp(t, "gs-7@example.com");
      await new Promise((done) => setTimeout(done, 1300));
      const d = await signedIn(t, "gs-7@example.com");
      await d.get("/list-sessions");
      await c.get("/get-session");
      await c.get("/get-session");
      const e = await signedUp(t, "gs-7b@example.com");
      await new Promise((done) => setTimeout(done, 1300));
      await e.post("/update-user", { name: "Late" });
      await e.get("/list-sessions");
    },
  },
  {
    name: "a session renewed at every look",
    config: { emailAndPassword: { enabled: true }, session: { updateAge: 0, expiresIn: 3600 } },
    async run(t) {
      const c = await signedUp(t, "gs-8@example.com");
      await c.get("/get-session");
      await c.get("/get-session?disableRefresh=true");
      await c.get("/get-session?disableRefresh=false");
      await c.post("/update-user", { name: "Renewed" });
      await c.get("/list-accounts");
      const d = await signedIn(t, "gs-8@example.com", { rememberMe: false });
      await d.get("/get-session");
    },
  },
  {
    name: "renewal switched off",
    config: { emailAndPassword: { enabled: true }, session: { updateAge: 0, disableSessionRefresh: true } },
    async run(t) {
      const c = await signedUp(t, "gs-9@example.com");
      await c.get("/get-session");
      await c.get("/get-session");
    },
  },
  {
    name: "renewal left to a POST",
    config: { emailAndPassword: { enabled: true }, session: { updateAge: 0, deferSessionRefresh: true } },
    async run(t) {
      const c = await signedUp(t, "gs-10@example.com");
      await c.get("/get-session");
      await c.post("/get-session", {});
      await c.send("POST", "/get-session");
      await c.get("/get-session?disableRefresh=true");
      await c.post("/get-session?disableRefresh=true", {});
      await t.client().post("/get-session", {});
      await t.client().get("/get-session");
      await c.post("/get-session", {}, { origin: "https://evil.example" });
      const d = await signedIn(t, "gs-10@example.com", { rememberMe: false });
      await d.get("/get-session");
      await d.post("/get-session", {});
    },
  },
  {
    name: "renewal left to a POST, not due",
    config: { emailAndPassword: { enabled: true }, session: { deferSessionRefresh: true } },
    async run(t) {
      const c = await signedUp(t, "gs-11@example.com");
      await c.get("/get-session");
      await c.post("/get-session", {});
    },
  },
  {
    name: "renewal left to a POST, session over",
    config: { emailAndPassword: { enabled: true }, session: { deferSessionRefresh: true, expiresIn: 1 } },
    async run(t) {
      const c = await signedUp(t, "gs-12@example.com");
      const cookie = c.jar.header();
      await new Promise((done) => setTimeout(done, 1300));
      await t.client().get("/get-session", { cookie });
      await t.client().post("/get-session", {}, { cookie });
      await t.client().post("/get-session", {}, { cookie });
    },
  },
];
