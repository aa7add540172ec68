// Paths, methods and bodies before any endpoint sees them; /ok and /error.
import { linkPath, PASSWORD, SESSION_COOKIE, cookieValue, noteMessage, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
const spellings = ["//sign-in/email", "/sign-in//email", "/./sign-in/email", "/x/../sign-in/email", "/sign-in/email/", "/sign-in%2Femail", "/sign-in%2femail", "/SIGN-IN/email", "/Sign-In/Email", "/sign-in/email;x", "/sign-in/email%20", "/sign-in/email.", "/sign-in/email%00", "/sign%2Din/email", "/%73ign-in/email", "/sign-in/./email", "/sign-in/email/.", "/sign-in/email/..", "/sign-in\\email", "/sign-in/email?", "/sign-in/email#x", "/sign-in/email?x=1", "/sign-in/email//"];

export default [
  {
    name: "every method on every kind of route",
    config,
    async run(t) {
      const c = await signedUp(t, "http-1@example.com");
      for (const path of ["/ok", "/error", "/sign-up/email", "/list-sessions", "/reset-password/x", "/unknown"]) for (const method of methods) await c.send(method, path);
      await c.send("OPTIONS", "/get-session", undefined, { origin: "https://evil.example", "access-control-request-method": "GET", "access-control-request-headers": "content-type" });
    },
  },
  {
    name: "paths nearly right",
    config,
    async run(t) {
      const email = "http-2@example.com";
      await signedUp(t, email);
      for (const path of spellings) await t.client().post(path, { email, password: "wrong password" });
      for (const path of ["", "/", "//", "/ok/", "//ok", "/ok//", "/OK", "/ok?x=1", "/ok#x", "/o%6b", "/ok%2f", "/./ok", "/a/../ok", "/get-session/", "/sign-in", "/sign-up", "/api/auth/ok", "/__proto__", "/constructor"]) await t.client().get(path);
    },
  },
  {
    name: "outside of the base path",
    config,
    async run(t) {
      for (const path of ["/", "/api", "/api/", "/api/auth", "/api/authok", "/api/auth2/ok", "/ok", "/API/AUTH/ok", "//api/auth/ok", "/api//auth/ok", "/x/api/auth/ok", "/api/auth/../auth/ok", "/api/%61uth/ok"]) await t.client().get(`${t.base}${path}`);
    },
  },
  {
    name: "trailing slashes allowed",
    config: { ...config, advanced: { skipTrailingSlashes: true } },
    async run(t) {
      for (const path of ["/ok", "/ok/", "/ok//", "//ok", "/"]) await t.client().get(path);
      const c = t.client();
      await c.post("/sign-up/email/", { name: "Ada", email: "http-slash@example.com", password: PASSWORD });
      await c.get("/get-session/");
      await c.get("/get-session/?disableCookieCache=true");
    },
  },
  {
    name: "disabled paths",
    config: { ...config, disabledPaths: ["/sign-in/email", "/ok", "/list-sessions", "/error/"] },
    async run(t) {
      const email = "http-3@example.com";
      const c = await signedUp(t, email);
      for (const path of ["/sign-in/email", ...spellings]) await t.client().post(path, { email, password: "wrong password" });
      for (const path of ["/ok", "/ok/", "/ok?x=1", "//ok", "/list-sessions", "/error", "/error/", "/get-session", "/reset-password/x"]) await c.get(path);
      for (const method of methods) await c.send(method, "/ok");
    },
  },
  {
    name: "disabled paths without a slash",
    config: { ...config, disabledPaths: ["reset-password", "ok"] },
    async run(t) {
      for (const path of ["/ok", "/reset-password/x"]) await t.client().get(path);
    },
  },
  {
    name: "another base path",
    config: { ...config, basePath: "/auth/v1" },
    async run(t) {
      const c = await signedUp(t, "http-4@example.com");
      await c.get("/get-session");
      await c.get("/ok");
      await c.get(`${t.base}/api/auth/ok`);
      await c.get(`${t.base}/auth/v1//ok`);
      await c.get(`${t.base}/auth/ok`);
      await c.post("/request-password-reset", { email: "http-4@example.com", redirectTo: "/reset" });
      const message = await noteMessage(t, "reset-password", "http-4@example.com");
      await c.get(message.url);
      await c.get("/error?error=x");
    },
  },
  {
    name: "a base URL with a path of its own",
    config: { ...config, baseURL: "{{BASE}}/deep/er", basePath: "/ignored" },
    async run(t) {
      const c = await signedUp(t, "http-5@example.com");
      await c.get("/ok");
      await c.get(`${t.base}/api/auth/ok`);
      await c.get(`${t.base}/ignored/ok`);
      await c.get(`${t.base}/deep/er/ignored/ok`);
      await c.post("/request-password-reset", { email: "http-5@example.com" });
      const message = await noteMessage(t, "reset-password", "http-5@example.com");
      await c.get(message.url);
    },
  },
  {
    name: "a base URL with a slash at its end",
    config: { ...config, baseURL: "{{BASE}}/" },
    async run(t) {
      const c = await signedUp(t, "http-6@example.com");
      await c.get("/ok");
      await c.post("/request-password-reset", { email: "http-6@example.com" });
      await noteMessage(t, "reset-password", "http-6@example.com");
    },
  },
  {
    name: "types of content on a JSON endpoint",
    config,
    async run(t) {
      const c = await signedUp(t, "http-7@example.com");
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", "application/json;charset=utf-8", "application/problem+json", "text/html", "", null]) {
        await c.send("POST", "/update-user", '{"name":"Typed"}', { "content-type": type });
        await c.send("POST", "/sign-out", "{}", { "content-type": type, cookie: "a=b" });
      }
      for (const body of ["{", "[1,", "\u0000", "{\"a\":\ud800}", "0x10", "'a'", "{\"name\":\"a\"} trailing", "[".repeat(2000), `${'{"a":'.repeat(200)}1${"}".repeat(200)}`]) await c.post("/update-user", body);
      await c.post("/request-password-reset", "{");
      await c.post("/revoke-session", "");
      await t.client().post("/update-user", "{");
      await t.client().send("POST", "/update-user", "x", { "content-type": "text/plain" });
      await c.get("/get-session");
    },
  },
  {
    name: "ok and the error page",
    config,
    async run(t) {
      const c = t.client();
      await c.get("/ok");
      for (const query of ["", "?error=", "?error=access_denied", "?error=state_mismatch&error_description=It%20is%20over", "?error=%3Cscript%3Ealert(1)%3C/script%3E", "?error=a%20b", "?error=it's", "?error=a&error=b", "?error=x&error_description=%22%3E%3Cimg%20src=x%20onerror=1%3E", "?error_description=only", "?error=%00", "?error=ü", `?error=${"a".repeat(300)}`]) {
        const answer = await c.get(`/error${query}`);
        // The page itself may look different; what it says and what it must not contain may not.
        t.calls.pop();
        const page = answer.headers["content-type"]?.startsWith("text/html");
        const code = /CODE:[\s\S]*?<[^>]*>([^<]*)</.exec(answer.text ?? "")?.[1];
        t.note(`error page ${query}`, { status: answer.status, location: answer.location, type: answer.type, page, raw: /<script>alert|<img src=x/.test(answer.text ?? ""), code: page ? undefined : code });
      }
    },
  },
  {
    name: "errors sent to the application's own page",
    config: { ...config, onAPIError: { errorURL: "/oops" } },
    async run(t) {
      const c = t.client();
      for (const query of ["", "?error=access_denied", "?error=x&error_description=It%20is%20over", "?error=%3Cscript%3E"]) await c.get(`/error${query}`);
      await c.get("/reset-password/unknown");
      await c.get("/verify-email?token=x");
      await c.get("/callback/github?code=x&state=y");
      await c.get("/callback/github?error=access_denied");
    },
  },
  {
    name: "errors sent to another origin",
    config: { ...config, onAPIError: { errorURL: "https://app.example.com/oops?lang=en" } },
    async run(t) {
      await t.client().get("/error?error=access_denied&error_description=no");
      await t.client().get("/callback/github?code=x&state=y");
      await t.client().get("/callback/github");
    },
  },
  {
    name: "no bytes of a header injected",
    config,
    async run(t) {
      const c = await signedUp(t, "http-8@example.com");
      for (const target of ["/a%0d%0aSet-Cookie:x=1", "/a\r\nSet-Cookie: x=1", "/a\u0000", "/a\tb", "/ü", "/a b"]) {
        await t.client().post("/sign-in/email", { email: "http-8@example.com", password: PASSWORD, callbackURL: target });
        await c.get(`/reset-password/x?callbackURL=${encodeURIComponent(target)}`);
      }
      await c.get("/get-session", { cookie: `${SESSION_COOKIE}=${cookieValue(c, SESSION_COOKIE)}; x=%0d%0a` });
      await c.get(linkPath(null));
    },
  },
];
