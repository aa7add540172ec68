// Social sign-in as far as it goes without reaching a provider: options of linking and state, callbacks in every form,
// tokens and accounts of people who have none.
import { PASSWORD, signedUp } from "../steps.mjs";

const pair = { clientId: "the-id", clientSecret: "the-secret" };
const socialProviders = { github: pair, google: pair, discord: { ...pair, disableSignUp: true }, apple: pair };
const base = { emailAndPassword: { enabled: true }, socialProviders };
const withAccount = (account, more) => ({ ...base, account, ...more });
const stateOf = (answer) => new URL(answer.json?.url ?? "http://none").searchParams.get("state") ?? "";
const form = { "content-type": "application/x-www-form-urlencoded" };

const begin = async (t, body = {}, provider = "github") => {
  const client = t.client();
  return { client, state: stateOf(await client.post("/sign-in/social", { provider, callbackURL: "/home", ...body })) };
};

const fails = async (t, path = "github") => {
  for (const query of ["", "?error=access_denied", "?code=x", "?state=x", "?code=x&state=x", "?error=server_error&error_description=down%20for%20now&state=x", "?error=&state=x", "?code=x&state="]) await t.client().get(`/callback/${path}${query}`);
  const { client, state } = await begin(t, { errorCallbackURL: "/oops" });
  await client.get(`/callback/${path}?error=access_denied&state=${state}`);
  const second = await begin(t, { errorCallbackURL: "/oops?keep=1" });
  await second.client.get(`/callback/${path}?state=${second.state}`);
  const third = await begin(t);
  await third.client.get(`/callback/${path}?error=temporarily_unavailable&state=${third.state}`);
  await third.client.get(`/callback/${path}?error=temporarily_unavailable&state=${third.state}`);
};

export default [
  { name: "callbacks that fail", config: base, run: (t) => fails(t) },
  { name: "callbacks that fail, with a page for errors", config: { ...base, onAPIError: { errorURL: "/broken" } }, run: (t) => fails(t) },
  { name: "callbacks that fail, with a page elsewhere", config: { ...base, onAPIError: { errorURL: "https://app.example.com/broken?from=auth" } }, run: (t) => fails(t) },
  { name: "callbacks that fail, state in a cookie", config: withAccount({ storeStateStrategy: "cookie" }), run: (t) => fails(t) },
  { name: "callbacks that fail, with another cookie prefix", config: { ...base, advanced: { cookiePrefix: "app", useSecureCookies: true } }, run: (t) => fails(t) },
  { name: "callbacks that fail, any browser", config: withAccount({ skipStateCookieCheck: true }), run: (t) => fails(t) },
  { name: "callbacks that fail, state in memory", config: { ...base, secondaryStorage: "memory", verification: { storeInDatabase: true }, session: { storeSessionInDatabase: true } }, run: (t) => fails(t) },
  { name: "callbacks that fail, identifiers hashed", config: { ...base, verification: { storeIdentifier: "hashed" } }, run: (t) => fails(t) },
  { name: "callbacks of a provider that is not there", config: base, run: (t) => fails(t, "unknown") },
  {
    name: "callbacks as a form",
    config: base,
    async run(t) {
      for (const body of ["", "code=x&state=y", "error=access_denied&state=y", "error=user_cancelled_authorize"]) {
        await t.client().send("POST", "/callback/apple", body, form);
        await t.client().send("POST", "/callback/apple?state=z", body, form);
      }
      await t.client().post("/callback/apple", { code: "x", state: "y" });
      const { client, state } = await begin(t, { errorCallbackURL: "/oops" }, "apple");
      await client.send("POST", "/callback/apple", `error=user_cancelled_authorize&state=${state}`, { ...form, origin: "https://appleid.apple.com", cookie: null });
      await client.get(`/callback/apple?error=user_cancelled_authorize&state=${state}`);
    },
  },
  {
    name: "requests with mistakes",
    config: { ...base, trustedOrigins: ["https://app.example.com"] },
    async run(t) {
      const c = await signedUp(t, "social-mistakes@example.com");
      for (const client of [t.client(), c]) {
        for (const path of ["/sign-in/social", "/link-social"]) {
          for (const body of [
            {}, { provider: null }, { provider: 5 }, { provider: "" }, { provider: "myspace" }, { provider: "GitHub" },
            { provider: "github", callbackURL: "https://evil.example" }, { provider: "github", callbackURL: "https://app.example.com/x" }, { provider: "github", callbackURL: 5 },
            { provider: "github", errorCallbackURL: "https://evil.example" }, { provider: "github", newUserCallbackURL: "https://evil.example" },
            { provider: "github", scopes: "repo" }, { provider: "github", scopes: [5] }, { provider: "github", scopes: [] },
            { provider: "github", disableRedirect: "true" }, { provider: "github", loginHint: 5 }, { provider: "github", requestSignUp: "true" },
            { provider: "github", additionalParams: { a: 5 } }, { provider: "github", additionalParams: "x" }, { provider: "github", additionalData: "x" }, { provider: "github", additionalData: { invite: "abc", n: 5 } },
            { provider: "github", idToken: "x" }, { provider: "github", idToken: {} }, { provider: "github", idToken: { token: 5 } }, { provider: "github", idToken: { token: "x" } },
            { provider: "google", idToken: { token: "x", nonce: "n", accessToken: "a" } }, { provider: "google", idToken: { token: "x", expiresAt: "soon" } }, { provider: "apple", idToken: { token: "x", user: { name: { firstName: 5 } } } },
          ]) await client.post(path, body);
        }
      }
    },
  },
  {
    name: "accounts of somebody without providers",
    config: base,
    async run(t) {
      const c = await signedUp(t, "social-none@example.com");
      const { json } = await c.get("/list-accounts");
      const id = json?.[0]?.id;
      await c.post("/unlink-account", { accountId: id });
      await c.post("/unlink-account", { accountId: "unknown" });
      await c.post("/unlink-account", {});
      await c.post("/unlink-account", { providerId: "github" });
      for (const path of ["/get-access-token", "/refresh-token"]) for (const body of [{ accountId: id }, { accountId: "unknown" }, { accountId: "" }, { accountId: null }, {}, { useAccountCookie: true }, { accountId: id, useAccountCookie: true }]) await c.post(path, body);
      for (const query of [`?accountId=${id}`, "?accountId=unknown", "", "?useAccountCookie=true"]) await c.get(`/account-info${query}`);
    },
  },
  {
    name: "linking options do not matter before the provider answers",
    config: withAccount({ accountLinking: { enabled: false }, encryptOAuthTokens: true, storeAccountCookie: true, updateAccountOnSignIn: false }),
    async run(t) {
      const c = await signedUp(t, "social-linking@example.com");
      await c.post("/link-social", { provider: "github", callbackURL: "/settings" });
      await c.post("/sign-in/social", { provider: "github" });
      await c.get("/list-accounts");
      await c.post("/sign-out");
    },
  },
  {
    name: "a session while somebody signs in with a provider",
    config: base,
    async run(t) {
      const c = await signedUp(t, "social-while@example.com");
      const state = stateOf(await c.post("/sign-in/social", { provider: "github", callbackURL: "/home" }));
      await c.get(`/callback/github?error=access_denied&state=${state}`);
      await c.get("/get-session");
      const link = stateOf(await c.post("/link-social", { provider: "google", callbackURL: "/settings", errorCallbackURL: "/settings?failed=1" }));
      await c.post("/sign-out");
      await c.get(`/callback/google?error=access_denied&state=${link}`);
      await c.post("/sign-in/email", { email: "social-while@example.com", password: PASSWORD });
      await c.get(`/callback/google?code=x&state=${link}`);
    },
  },
  {
    name: "providers switched off, and none",
    config: { emailAndPassword: { enabled: true }, socialProviders: { github: { ...pair, enabled: false }, google: { ...pair, disableImplicitSignUp: true, redirectURI: "https://app.example.com/google" } } },
    async run(t) {
      await t.client().post("/sign-in/social", { provider: "github" });
      await t.client().get("/callback/github?code=x&state=y");
      await t.client().post("/sign-in/social", { provider: "google", requestSignUp: true });
      await t.client().post("/sign-in/social", { provider: "google" });
    },
  },
];
