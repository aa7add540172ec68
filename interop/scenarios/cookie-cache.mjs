// The session cached in a cookie: three strategies, forged and mixed caches, chunks.
import { CACHE_COOKIE, cookieValue, PASSWORD, SESSION_COOKIE, signedIn, signedUp } from "../steps.mjs";

const emailAndPassword = { enabled: true };
const cached = (more, rest) => ({ emailAndPassword, session: { cookieCache: { enabled: true, ...more } }, ...rest });
const both = (a, b) => `${SESSION_COOKIE}=${cookieValue(a, SESSION_COOKIE)}; ${CACHE_COOKIE}=${cookieValue(b, CACHE_COOKIE)}`;

function encode(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

const life = (strategy) => ({
  name: `${strategy}: a session from the cookie`,
  config: cached({ strategy }),
  async run(t) {
    const email = `cache-${strategy}@example.com`;
    const c = await signedUp(t, email);
    await c.get("/get-session");
    await c.get("/get-session?disableCookieCache=true");
    await c.get("/get-session?disableRefresh=true");
    await c.post("/update-user", { name: "Grace" });
    await c.get("/get-session");
    await c.get("/list-accounts");
    const d = await signedIn(t, email, { rememberMe: false });
    await d.get("/get-session");
    await d.get("/get-session?disableCookieCache=true");
    await d.post("/change-password", { currentPassword: PASSWORD, newPassword: PASSWORD, revokeOtherSessions: true });
    // Cached: believed until the cache is over.
    await c.get("/get-session");
    await c.get("/get-session?disableCookieCache=true");
    await c.get("/get-session");
    await d.post("/sign-out");
    await d.get("/get-session");
  },
});

const forged = (strategy) => ({
  name: `${strategy}: caches that are not to be believed`,
  config: cached({ strategy }),
  async run(t) {
    const a = await signedUp(t, `forged-a-${strategy}@example.com`);
    const b = await signedUp(t, `forged-b-${strategy}@example.com`);
    const [own, other] = [cookieValue(a, CACHE_COOKIE), cookieValue(b, CACHE_COOKIE)];
    const token = cookieValue(a, SESSION_COOKIE);
    const get = (cookie) => t.client().get("/get-session", { cookie });
    await get(both(a, b));
    await get(`${CACHE_COOKIE}=${own}`);
    for (const wrong of ["", "x", "%", "e30", encode({}), encode({ session: null, expiresAt: 1, signature: "" }), own.slice(0, -1), own.slice(1), `${own}x`, own.replace(/[A-Za-z]/, (letter) => (letter === "a" ? "b" : "a")), other.slice(0, 40) + own.slice(40), "a.b.c", "..", "....", "eyJhbGciOiJub25lIn0.e30."]) {
      await get(`${SESSION_COOKIE}=${token}; ${CACHE_COOKIE}=${wrong}`);
    }
    await get(`${SESSION_COOKIE}=forged.x; ${CACHE_COOKIE}=${own}`);
    await get(`${CACHE_COOKIE}=${own}; ${SESSION_COOKIE}=${token}`);
    for (const suffixes of [["0"], ["00"], ["1e1"], ["-1"], ["0x1"], ["5"], ["1", "0"], ["0", "0"], ["0", "1"], ["a"], ["0."]]) {
      const half = Math.ceil(own.length / suffixes.length);
      const chunks = suffixes.map((suffix, i) => `${CACHE_COOKIE}.${suffix}=${own.slice(i * half, (i + 1) * half)}`);
      await get(`${SESSION_COOKIE}=${token}; ${chunks.join("; ")}`);
    }
    await get(`${SESSION_COOKIE}=${token}; ${Array.from({ length: 100 }, (_, i) => `${CACHE_COOKIE}.${i}=x`).join("; ")}`);
  },
});

export default [
  {
    name: "a change that is refused leaves the cache alone",
    config: { emailAndPassword: { enabled: true }, session: { cookieCache: { enabled: true, maxAge: 300 } } },
    async run(t) {
      const c = await signedUp(t, "refused@example.com");
      for (const body of [{}, { email: "other@example.com" }, { zzz: 1 }, { name: 5 }]) await c.post("/update-user", body);
      await c.post("/update-user", { name: "Grace" });
      await c.get("/get-session");
    },
  },
  ...["compact", "jwt", "jwe"].flatMap((strategy) => [life(strategy), forged(strategy)]),
  ...["compact", "jwt", "jwe"].map((strategy) => ({
    name: `${strategy}: over after a second`,
    config: cached({ strategy, maxAge: 1 }),
    async run(t) {
      const c = await signedUp(t, `over-${strategy}@example.com`);
      const first = c.jar.header();
      await new Promise((done) => setTimeout(done, 2200));
      await t.client().get("/get-session", { cookie: first });
    },
  })),
  {
    name: "a version that changed",
    config: cached({ version: "2" }),
    async run(t) {
      const c = await signedUp(t, "cache-version@example.com");
      await c.get("/get-session");
    },
  },
  {
    name: "a lifetime and renewal of its own",
    config: cached({ maxAge: 60, refreshCache: true }),
    async run(t) {
      const c = await signedUp(t, "cache-refresh@example.com");
      await c.get("/get-session");
      await c.get("/get-session");
    },
  },
  ...["compact", "jwt", "jwe"].map((strategy) => ({
    name: `${strategy}: a session too long for one cookie`,
    config: cached({ strategy }, { user: { additionalFields: { biography: { type: "string", required: false }, hidden: { type: "string", required: false, returned: false } } } }),
    async run(t) {
      const email = `chunks-${strategy}@example.com`;
      const c = await signedUp(t, email, { biography: "lorem ipsum ".repeat(700), hidden: "hidden" });
      await c.get("/get-session");
      await c.post("/update-user", { biography: "short again" });
      await c.get("/get-session");
      const d = await signedIn(t, email);
      await d.post("/update-user", { biography: "<&>\u2028\"\\ü😀 ".repeat(600) });
      await d.get("/get-session");
      await d.get("/get-session?disableCookieCache=true");
      await d.post("/sign-out");
    },
  })),
  {
    name: "switched off, but a cookie arrives",
    config: { emailAndPassword },
    async run(t) {
      const c = await signedUp(t, "cache-off@example.com");
      for (const extra of [`${CACHE_COOKIE}=x`, `${CACHE_COOKIE}.0=x; ${CACHE_COOKIE}.1=y`, `${CACHE_COOKIE}x=1`]) {
        await c.get("/get-session", { cookie: `${c.jar.header()}; ${extra}` });
        await c.get("/list-accounts", { cookie: `${c.jar.header()}; ${extra}` });
        await t.client().get("/get-session", { cookie: extra });
      }
    },
  },
  {
    name: "with the renewal left to a POST",
    config: { emailAndPassword, session: { deferSessionRefresh: true, updateAge: 0, cookieCache: { enabled: true } } },
    async run(t) {
      const c = await signedUp(t, "cache-defer@example.com");
      await c.get("/get-session");
      await c.get("/get-session?disableCookieCache=true");
      await c.post("/get-session", {});
    },
  },
  {
    name: "the session's own fields in the cache",
    config: cached({}, { session: { cookieCache: { enabled: true }, additionalFields: { theme: { type: "string", defaultValue: "light" }, hidden: { type: "string", defaultValue: "h", returned: false } } } }),
    async run(t) {
      const c = await signedUp(t, "cache-fields@example.com");
      await c.post("/update-session", { theme: "dark" });
      await c.get("/get-session");
      await c.get("/get-session?disableCookieCache=true");
    },
  },
];
