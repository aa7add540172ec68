// The plugin that remembers how somebody signed in last.
import { newPasskey } from "../authenticator.mjs";
import { claimsOf } from "../providers.mjs";
import { linkPath, PASSWORD, signedIn, signedUp } from "../steps.mjs";
import { visit } from "../visits.mjs";
import { codeOf } from "./plugin-twofactor.mjs";

const google = { clientId: "google-client", clientSecret: "s" };
const config = (own = true, more = {}) => ({
  emailAndPassword: { enabled: true },
  user: { deleteUser: { enabled: true } },
  socialProviders: { google },
  ...more,
  plugins: { username: true, magicLink: true, emailOTP: true, twoFactor: true, passkey: true, anonymous: true, lastLoginMethod: own, ...more.plugins },
});

async function everyWay(t, name) {
  const email = `${name}@example.com`;
  const c = await signedUp(t, email, { username: name.replaceAll("-", "_") });
  await c.get("/get-session");
  await t.client().post("/sign-in/email", { email, password: "not this one" });
  await t.client().post("/sign-in/email", { email, password: PASSWORD, rememberMe: false });
  await t.client().post("/sign-in/username", { username: name.replaceAll("-", "_"), password: PASSWORD });
  await t.client().post("/sign-in/magic-link", { email });
  const link = linkPath(await t.box.take("magic-link", email));
  const byLink = t.client();
  await byLink.get(link);
  await byLink.get("/get-session");
  await t.client().get(link);
  const otp = async () => {
    await t.client().post("/email-otp/send-verification-otp", { email, type: "sign-in" });
    return (await t.box.take("email-otp", email)).code;
  };
  await t.client().post("/sign-in/email-otp", { email, otp: await otp() });
  await t.client().post("/sign-in/email-otp", { email, otp: "000000" });
  const bySocial = t.client();
  await visit(t, bySocial, "google", `${name}-social`);
  await bySocial.get("/get-session");
  await visit(t, bySocial, "google", `${name}-social`);
  const claims = claimsOf(t.internet, "google", `${name}-direct`, google.clientId);
  await t.client().post("/sign-in/social", { provider: "google", idToken: { token: t.internet.signer.sign(claims) } });
  await t.client().post("/sign-in/anonymous");
  await c.post("/sign-out");
  const again = await signedIn(t, email);
  await again.get("/get-session");
  await again.post("/update-user", { name: "Grace" });
  await again.post("/update-user", { lastLoginMethod: "forged" });
  await again.post("/change-password", { currentPassword: PASSWORD, newPassword: "another good one", revokeOtherSessions: true });
  await again.post("/delete-user", { password: "another good one" });
  await t.client().post("/sign-up/email", { name: "Ada", email: `${name}-forger@example.com`, password: PASSWORD, lastLoginMethod: "forged" });
}

export default [
  { name: "every way in", config: config(), run: (t) => everyWay(t, "llm-1") },
  { name: "every way in, in the database", config: config({ storeInDatabase: true }), run: (t) => everyWay(t, "llm-2") },
  { name: "in a column of another name", config: config({ storeInDatabase: true, schema: { user: { lastLoginMethod: "last_way" } } }), run: (t) => everyWay(t, "llm-3") },
  {
    name: "another cookie",
    config: config({ cookieName: "how", maxAge: 60 }),
    run: (t) => signedUp(t, "llm-4@example.com").then(() => signedIn(t, "llm-4@example.com")),
  },
  {
    name: "over secure cookies, with a prefix of one's own",
    config: config(true, { advanced: { useSecureCookies: true, cookiePrefix: "own" } }),
    run: (t) => signedUp(t, "llm-5@example.com").then(() => signedIn(t, "llm-5@example.com")),
  },
  {
    name: "with the session cookie's attributes",
    config: config(true, { advanced: { defaultCookieAttributes: { sameSite: "none", secure: true, path: "/app" }, cookies: { session_token: { name: "token", attributes: { sameSite: "strict", httpOnly: true } } } } }),
    run: (t) => signedUp(t, "llm-6@example.com").then(() => signedIn(t, "llm-6@example.com")),
  },
  {
    name: "with a cached session",
    config: config({ storeInDatabase: true }, { session: { cookieCache: { enabled: true } } }),
    run: (t) => everyWay(t, "llm-7"),
  },
  {
    name: "a second factor",
    config: config({ storeInDatabase: true }),
    async run(t) {
      const email = "llm-8@example.com";
      const c = await signedUp(t, email);
      const { json } = await c.post("/two-factor/enable", { password: PASSWORD });
      await c.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI, -1) });
      const asked = await signedIn(t, email);
      await asked.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI) });
      await asked.get("/get-session");
    },
  },
  {
    name: "a passkey",
    config: config({ storeInDatabase: true }),
    async run(t) {
      const c = await signedUp(t, "llm-9@example.com");
      const key = newPasskey(t.base);
      const { json: wanted } = await c.get("/passkey/generate-register-options");
      key.handle ??= wanted?.user?.id;
      await c.post("/passkey/verify-registration", { response: key.create(wanted?.challenge) });
      const other = t.client();
      const { json: asked } = await other.get("/passkey/generate-authenticate-options");
      await other.post("/passkey/verify-authentication", { response: key.get(asked?.challenge) });
      await other.get("/get-session");
    },
  },
  {
    name: "where addresses are proven",
    config: config({ storeInDatabase: true }, { emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { sendOnSignUp: true, autoSignInAfterVerification: true } }),
    async run(t) {
      const email = "llm-10@example.com";
      await t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
      await t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
      await t.client().post("/sign-in/email", { email, password: PASSWORD });
      const c = t.client();
      await c.get(linkPath(await t.box.take("verification-email", email)));
      await c.get("/get-session");
    },
  },
];
