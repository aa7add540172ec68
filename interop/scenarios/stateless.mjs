// Without a database: sessions live in the client's cookies, users as long as the process.
import { visit } from "../visits.mjs";
import { CACHE_COOKIE, PASSWORD, signedIn, signedUp as signUp } from "../steps.mjs";

// The reference leaves columns that were never set out of its rows in memory: these users have all of theirs.
const signedUp = (t, email) => signUp(t, email, { image: "https://example.com/ada.png" });

const config = (more = {}) => ({ stateless: true, emailAndPassword: { enabled: true }, user: { deleteUser: { enabled: true } }, ...more });

const life = (name, more) => ({
  name,
  config: config(more),
  async run(t) {
    const email = `${name.replaceAll(/\W+/g, "-")}@example.com`;
    const c = await signedUp(t, email);
    await c.get("/get-session");
    await c.get("/get-session?disableCookieCache=true");
    await c.get("/list-sessions");
    await c.get("/list-accounts");
    await c.post("/update-user", { name: "Other" });
    await c.get("/get-session");
    await c.post("/change-password", { currentPassword: PASSWORD, newPassword: "another password" });
    await c.post("/sign-out", {});
    await c.get("/get-session");
    const d = await signedIn(t, email, "another password");
    await d.get("/get-session");
    await d.post("/delete-user", { password: "another password" });
    await d.get("/get-session");
  },
});

// A sign-in at a provider, whose account and tokens are in the browser only.
const social = (name, more) => ({
  name,
  config: config({ socialProviders: { google: { clientId: "google-client", clientSecret: "s" } }, ...more }),
  async run(t) {
    const login = name.replaceAll(/\W+/g, "-");
    const c = t.client();
    await visit(t, c, "google", login);
    await c.get("/get-session");
    await c.get("/list-accounts");
    await c.post("/get-access-token", { useAccountCookie: true });
    await c.get("/account-info?useAccountCookie=true");
    await c.post("/refresh-token", { useAccountCookie: true });
    await c.post("/update-user", { name: "Other" });
    await c.post("/get-access-token", { useAccountCookie: true });
    await c.post("/sign-up/email", { name: "Eve", email: `eve-${login}@example.com`, password: PASSWORD, image: "https://example.com/eve.png" });
    await c.post("/get-access-token", { useAccountCookie: true });
    await c.post("/sign-out");
    await c.post("/get-access-token", { useAccountCookie: true });
    await visit(t, t.client(), "google", login);
  },
});

export default [
  social("a provider"),
  social("a provider, tokens sealed", { account: { encryptOAuthTokens: true } }),
  social("a provider, cached in the open", { session: { cookieCache: { enabled: true, strategy: "compact" } }, account: { storeAccountCookie: true, storeStateStrategy: "cookie" } }),
  social("an account cookie beside a database", { stateless: undefined, account: { storeAccountCookie: true }, session: { cookieCache: { enabled: true } } }),
  life("by default"),
  life("compact", { session: { cookieCache: { strategy: "compact" } } }),
  life("jwt with ages", { session: { expiresIn: 3600, cookieCache: { strategy: "jwt", maxAge: 600, refreshCache: { updateAge: 60 } } } }),
  life("sessions in secondary storage", { secondaryStorage: "memory" }),
  ...["jwe", "jwt", "compact"].map((strategy) => ({
    name: `${strategy}: a copy is renewed before it ends`,
    config: config({ session: { cookieCache: { strategy, maxAge: 60, refreshCache: { updateAge: 57 } } } }),
    async run(t) {
      const c = await signedUp(t, `renewed-${strategy}@example.com`);
      await c.get("/get-session");
      await new Promise((done) => setTimeout(done, 4200));
      await c.get("/get-session");
      await c.post("/sign-in/email", { email: `renewed-${strategy}@example.com`, password: PASSWORD, rememberMe: false });
      await c.get("/get-session");
    },
  })),
  {
    name: "a user without a picture",
    config: config(),
    async run(t) {
      const c = await signUp(t, "no-picture@example.com");
      await c.get("/get-session");
    },
  },
  {
    name: "a copy is not renewed where that is switched off",
    config: config({ session: { cookieCache: { maxAge: 60, refreshCache: false } } }),
    async run(t) {
      const c = await signedUp(t, "not-renewed@example.com");
      await c.get("/get-session");
    },
  },
  {
    name: "a session of another process, and a copy that is broken",
    config: config(),
    async run(t) {
      const c = await signedUp(t, "broken@example.com");
      await c.get("/get-session", { cookie: c.jar.header().replace(new RegExp(`${CACHE_COOKIE}=....`), `${CACHE_COOKIE}=xxxx`) });
      await c.get("/get-session");
    },
  },
];
