// The anonymous plugin: visitors who are nobody, and what becomes of them when they sign in.
import { configured, startUpstream, Visitor } from "../upstream.mjs";
import { cookieValue, everyType, linkPath, PASSWORD, SESSION_COOKIE, signedIn, signedUp, signedValue } from "../steps.mjs";
import { codeOf } from "./plugin-twofactor.mjs";

const base = { emailAndPassword: { enabled: true } };
const config = { ...base, plugins: { anonymous: true } };
const upstream = await startUpstream();

/** A visitor: the browser, and a copy of it that is left as it was. */
async function visiting(t) {
  const c = t.client();
  const { json } = await c.post("/sign-in/anonymous");
  t.note("address", json?.user?.email?.replace(/[a-z0-9]{32}/, "<id>"));
  return { c, copy: copyOf(t, c), id: json?.user?.id };
}

function copyOf(t, c) {
  const copy = t.client();
  for (const [name, value] of c.jar.cookies) copy.jar.cookies.set(name, value);
  return copy;
}

/** Whether the visitor's session is still there. */
async function seen(t, visitor) {
  t.note("still there", Boolean((await visitor.copy.get("/get-session")).json));
}

const everyOtherSignIn = ([how, more]) => ({
  name: `anonymous: every other sign-in${how}`,
  config: {
    ...base,
    ...more,
    emailVerification: { autoSignInAfterVerification: true },
    plugins: { anonymous: true, username: true, magicLink: true, emailOTP: true, bearer: true },
  },
  async run(t) {
    const email = "an-5@example.com";
    const byName = await visiting(t);
    await signedUp(t, email, { username: "an_five" });
    await byName.c.post("/sign-in/username", { username: "an_five", password: PASSWORD });
    await byName.c.get("/get-session");
    await seen(t, byName);
    for (const query of ["", "&callbackURL=/home"]) {
      const byLink = await visiting(t);
      await byLink.c.post("/sign-in/magic-link", { email: `new${query.length}-${email}` });
      await seen(t, byLink);
      const { token } = await t.box.take("magic-link", `new${query.length}-${email}`);
      await byLink.c.get(`/magic-link/verify?token=${token}${query}`);
      await byLink.c.get("/get-session");
      await seen(t, byLink);
    }
    const byCode = await visiting(t);
    await byCode.c.post("/email-otp/send-verification-otp", { email, type: "sign-in" });
    await byCode.c.post("/sign-in/email-otp", { email, otp: (await t.box.take("email-otp", email)).code });
    await seen(t, byCode);
    const proves = await visiting(t);
    await signedUp(t, `proof-${email}`);
    await (await signedIn(t, `proof-${email}`)).post("/send-verification-email", { email: `proof-${email}` });
    await proves.c.get(linkPath(await t.box.take("verification-email", `proof-${email}`)));
    await proves.c.get("/get-session");
    await seen(t, proves);
    const answer = await t.client().post("/sign-in/anonymous");
    const bearing = t.client({ headers: { authorization: `Bearer ${answer.headers["set-auth-token"]}` } });
    await bearing.post("/sign-in/anonymous");
    await bearing.post("/sign-in/email", { email, password: PASSWORD });
    t.note("gone", (await t.client({ headers: { authorization: `Bearer ${answer.headers["set-auth-token"]}` } }).get("/get-session")).json);
  },
});

const atAProvider = ([how, settings]) => ({
  name: `anonymous: at a provider${how}`,
  config: { ...base, ...settings, plugins: { anonymous: true, genericOAuth: { config: [configured("one", upstream)] } } },
  async run(t) {
    const leave = async (c, more = {}) => {
      const { json } = await c.post("/sign-in/social", { provider: "one", callbackURL: "/home", disableRedirect: true, ...more });
      return json?.url ?? "http://none";
    };
    const back = async (url, who) => (await new Visitor(upstream, who).approve(url)).replace(/^.*\/api\/auth/, "");
    const first = await visiting(t);
    await first.c.get(await back(await leave(first.c), "an-6"));
    await first.c.get("/get-session");
    await seen(t, first);
    // In-app browsers bring the state's cookie back, and not the session's.
    const second = await visiting(t);
    const where = await leave(second.c, { additionalData: { anonymousUserId: "other", serverContext: { anonymousUserId: "other" } } });
    second.c.jar.cookies.delete(SESSION_COOKIE);
    await second.c.get(await back(where, "an-6"));
    await second.c.get("/get-session");
    await seen(t, second);
    // A visitor who has gone meanwhile.
    const third = await visiting(t);
    const away = await leave(third.c);
    await third.copy.post("/delete-anonymous-user");
    await third.c.get(await back(away, "an-6"));
    // Linking is no sign-in.
    const fourth = await visiting(t);
    const { json } = await fourth.c.post("/link-social", { provider: "one", callbackURL: "/linked", disableRedirect: true });
    await fourth.c.get(await back(json?.url ?? "http://none", "an-6b"));
    await fourth.c.get("/get-session");
    await seen(t, fourth);
    // A refusal links nothing.
    const fifth = await visiting(t);
    const state = new URL(await leave(fifth.c)).searchParams.get("state");
    await fifth.c.get(`/callback/one?error=access_denied&state=${state}`);
    await fifth.c.get("/get-session");
    await seen(t, fifth);
  },
});

export default [
  {
    name: "anonymous: begin and end",
    config,
    async run(t) {
      const { c, copy } = await visiting(t);
      await c.get("/get-session");
      await c.get("/list-sessions");
      await c.get("/list-accounts");
      await c.post("/sign-in/anonymous");
      await c.post("/sign-in/anonymous", {});
      await c.post("/delete-anonymous-user");
      await c.get("/get-session");
      await copy.get("/get-session");
      await copy.post("/delete-anonymous-user");
      await copy.post("/sign-in/anonymous");
      await t.client().post("/delete-anonymous-user");
      await t.client().post("/delete-anonymous-user", {}, { cookie: `${SESSION_COOKIE}=forged` });
    },
  },
  {
    name: "anonymous: bodies, methods and origins",
    config,
    async run(t) {
      for (const body of everyType) await t.client().post("/sign-in/anonymous", body);
      for (const body of [{ name: "x", email: "an-2@example.com", isAnonymous: false, id: "mine" }, { rememberMe: false }, { callbackURL: "https://evil.example" }, { callbackURL: "/home" }]) {
        await t.client().post("/sign-in/anonymous", body);
      }
      await t.client().send("POST", "/sign-in/anonymous", "{", { "content-type": "application/json" });
      await t.client().send("POST", "/sign-in/anonymous", "a=b", { "content-type": "application/x-www-form-urlencoded" });
      await t.client().send("POST", "/sign-in/anonymous", "<a/>", { "content-type": "text/xml" });
      for (const path of ["/sign-in/anonymous", "/delete-anonymous-user", "/sign-in/anonymous/"]) {
        await t.client().get(path);
        await t.client().send("PUT", path);
      }
      await t.client().post("/sign-in/anonymous", {}, { origin: "https://evil.example" });
      await t.client().post("/sign-in/anonymous", {}, { origin: null });
      await t.client().post("/sign-in/anonymous", {}, { origin: "https://evil.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" });
      const { c } = await visiting(t);
      for (const body of everyType) await copyOf(t, c).post("/update-user", { isAnonymous: body });
      await c.post("/update-user", { isAnonymous: false, name: "Somebody" });
      await c.post("/delete-anonymous-user", {}, { origin: "https://evil.example" });
      await c.post("/update-user", { name: "Somebody" });
      await c.get("/get-session");
      for (const isAnonymous of [true, false, null, "true", 1]) {
        await t.client().post("/sign-up/email", { name: "Ada", email: `an-2-${isAnonymous}@example.com`, password: PASSWORD, isAnonymous });
      }
    },
  },
  {
    name: "anonymous: somebody who is somebody",
    config,
    async run(t) {
      const c = await signedUp(t, "an-3@example.com");
      await c.get("/get-session");
      await c.post("/delete-anonymous-user");
      await c.post("/sign-in/anonymous");
      await c.get("/get-session");
      await (await signedIn(t, "an-3@example.com")).get("/get-session");
    },
  },
  {
    name: "anonymous: sign up, and sign in, by password",
    config,
    async run(t) {
      const up = await visiting(t);
      await up.c.post("/sign-up/email", { name: "Ada", email: "an-4@example.com", password: PASSWORD });
      await up.c.get("/get-session");
      await seen(t, up);
      const fails = await visiting(t);
      await fails.c.post("/sign-in/email", { email: "an-4@example.com", password: "wrong password" });
      await fails.c.post("/sign-up/email", { name: "Ada", email: "an-4@example.com", password: PASSWORD });
      await fails.c.get("/get-session");
      await seen(t, fails);
      await fails.c.post("/sign-in/email", { email: "an-4@example.com", password: PASSWORD, rememberMe: false });
      await fails.c.get("/get-session");
      await fails.c.get("/list-sessions");
      await seen(t, fails);
    },
  },
  ...[["", {}], [", with a cached session", { session: { cookieCache: { enabled: true } } }], [", with secondary storage", { secondaryStorage: "memory" }]].map(everyOtherSignIn),
  ...[["", {}], [", with the state in a cookie", { account: { storeStateStrategy: "cookie" } }]].map(atAProvider),
  {
    name: "anonymous: a second factor",
    config: { ...base, plugins: { anonymous: true, twoFactor: true } },
    async run(t) {
      const email = "an-7@example.com";
      const owner = await signedUp(t, email);
      const { json } = await owner.post("/two-factor/enable", { password: PASSWORD });
      await owner.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI, -1) });
      const visitor = await visiting(t);
      await visitor.c.post("/sign-in/email", { email, password: PASSWORD });
      await seen(t, visitor);
      await visitor.c.post("/two-factor/verify-backup-code", { code: json?.backupCodes?.[0], trustDevice: true });
      await visitor.c.get("/get-session");
      await seen(t, visitor);
      const trusted = await visiting(t);
      trusted.c.jar.cookies.set("better-auth.trust_device", cookieValue(visitor.c, "better-auth.trust_device"));
      await trusted.c.post("/sign-in/email", { email, password: PASSWORD });
      await trusted.c.get("/get-session");
      await seen(t, trusted);
    },
  },
  {
    name: "anonymous: kept, with addresses of one's own",
    config: { ...base, plugins: { anonymous: { emailDomainName: "visitors.example", disableDeleteAnonymousUser: true } } },
    async run(t) {
      const visitor = await visiting(t);
      await visitor.c.post("/delete-anonymous-user");
      await visitor.c.post("/sign-up/email", { name: "Ada", email: "an-8@example.com", password: PASSWORD });
      await visitor.c.get("/get-session");
      await seen(t, visitor);
      await visitor.copy.post("/sign-in/email", { email: "an-8@example.com", password: PASSWORD });
    },
  },
  {
    name: "anonymous: with a cached session",
    config: { ...config, session: { cookieCache: { enabled: true } } },
    async run(t) {
      const visitor = await visiting(t);
      await visitor.c.get("/get-session");
      await visitor.c.post("/sign-in/anonymous");
      await visitor.c.post("/sign-up/email", { name: "Ada", email: "an-9@example.com", password: PASSWORD });
      await visitor.c.get("/get-session");
      await visitor.copy.get("/get-session?disableCookieCache=true");
      await visitor.copy.post("/delete-anonymous-user");
      const second = await visiting(t);
      await second.c.post("/delete-anonymous-user");
      await second.c.get("/get-session");
    },
  },
  {
    name: "anonymous: what a visitor may do",
    config: { ...base, user: { deleteUser: { enabled: true }, changeEmail: { enabled: true, updateEmailWithoutVerification: true } }, plugins: { anonymous: true, organization: true, admin: true, emailOTP: true } },
    async run(t) {
      const { c, copy, id } = await visiting(t);
      await c.post("/organization/create", { name: "Mine", slug: "an-10" });
      await c.get("/admin/list-users");
      await c.post("/admin/set-role", { userId: id, role: "admin" });
      await c.post("/change-password", { currentPassword: "x", newPassword: PASSWORD });
      await c.post("/change-email", { newEmail: "an-10@example.com" });
      await c.get("/get-session");
      await c.post("/sign-in/anonymous");
      // Proving one's own address makes another session of the same user: nobody is deleted.
      await c.post("/email-otp/send-verification-otp", { email: "an-10@example.com", type: "sign-in" });
      await c.post("/sign-in/email-otp", { email: "an-10@example.com", otp: (await t.box.take("email-otp", "an-10@example.com"))?.code });
      await copy.get("/get-session");
      const other = await visiting(t);
      await other.c.post("/delete-user", {});
      await other.c.get("/get-session");
    },
  },
  {
    name: "anonymous: under another name",
    config: { ...base, plugins: { anonymous: { schema: { user: { fields: { isAnonymous: "is_anonymous" } } } } } },
    async run(t) {
      const { c } = await visiting(t);
      await c.get("/get-session");
      await c.post("/delete-anonymous-user");
    },
  },
  {
    name: "anonymous: sessions in secondary storage",
    config: { ...config, secondaryStorage: "memory" },
    async run(t) {
      const visitor = await visiting(t);
      await visitor.c.post("/sign-in/anonymous");
      await visitor.c.post("/sign-up/email", { name: "Ada", email: "an-12@example.com", password: PASSWORD });
      await visitor.c.get("/get-session");
      await seen(t, visitor);
      const second = await visiting(t);
      await second.c.post("/delete-anonymous-user");
      await seen(t, second);
    },
  },
  {
    name: "anonymous: a session that is nobody's",
    config,
    async run(t) {
      for (const value of ["", "x", signedValue("unknown"), signedValue("unknown", "another-secret-0123456789-abcdefghijkl")]) {
        await t.client().post("/sign-in/anonymous", {}, { cookie: `${SESSION_COOKIE}=${value}` });
        await t.client().post("/sign-up/email", { name: "Ada", email: `an-13-${value.length}@example.com`, password: PASSWORD }, { cookie: `${SESSION_COOKIE}=${value}` });
      }
    },
  },
];
