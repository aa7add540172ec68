// Every built-in provider with its options: where the browser is sent, what a callback without a code comes to, and
// what is refused before anybody asks the provider.
import { signedUp } from "../steps.mjs";

const client = { clientId: "the-id", clientSecret: "the-secret" };

/** Each provider with what it cannot do without, and a second setting of its own options. */
const providers = {
  apple: [{}, { appBundleIdentifier: "com.example.app" }],
  atlassian: [{}, { prompt: "login" }],
  cloudflare: [{}, {}],
  cognito: [{ domain: "pool.auth.eu-west-1.amazoncognito.com", region: "eu-west-1", userPoolId: "eu-west-1_abc" }, { domain: "pool.example.com", region: "us-east-1", userPoolId: "us-east-1_abc", requireClientSecret: true }],
  discord: [{}, { prompt: "consent", permissions: 8, scope: ["bot"] }],
  dropbox: [{}, { accessType: "offline" }],
  facebook: [{}, { configId: "config", fields: ["id", "name"] }],
  figma: [{}, {}],
  github: [{}, { prompt: "consent" }],
  gitlab: [{}, { issuer: "https://git.example.com" }],
  google: [{}, { accessType: "offline", prompt: "select_account", hd: "example.com", display: "popup" }],
  huggingface: [{}, {}],
  kakao: [{}, {}],
  kick: [{}, {}],
  line: [{}, {}],
  linear: [{}, {}],
  linkedin: [{}, {}],
  microsoft: [{}, { tenantId: "11111111-1111-1111-1111-111111111111", prompt: "select_account" }],
  naver: [{}, {}],
  notion: [{}, {}],
  paybin: [{}, { issuer: "https://idp.example.com" }],
  paypal: [{}, { environment: "live" }],
  polar: [{}, { prompt: "consent" }],
  railway: [{}, {}],
  reddit: [{}, { duration: "permanent" }],
  roblox: [{}, { prompt: "login" }],
  salesforce: [{}, { environment: "sandbox" }],
  slack: [{}, {}],
  spotify: [{}, {}],
  tiktok: [{ clientKey: "the-key" }, { clientKey: "the-key" }],
  twitch: [{}, { claims: ["email", "preferred_username"] }],
  twitter: [{}, {}],
  vercel: [{}, {}],
  vk: [{}, {}],
  wechat: [{}, { lang: "en" }],
  zoom: [{}, { pkce: false }],
};
const names = Object.keys(providers);
const all = (variant, more = {}) => ({
  emailAndPassword: { enabled: true },
  socialProviders: Object.fromEntries(names.map((name) => [name, { ...client, ...providers[name][variant], ...more }])),
});

const stateOf = (answer) => new URL(answer.json?.url ?? "http://none").searchParams.get("state") ?? "";

export default [
  {
    name: "a plain sign-in begins",
    config: all(0),
    async run(t) {
      for (const provider of names) await t.client().post("/sign-in/social", { provider });
    },
  },
  {
    name: "a sign-in as a client asks for it",
    config: all(0),
    async run(t) {
      for (const provider of names) {
        await t.client().post("/sign-in/social", { provider, callbackURL: "/dashboard", errorCallbackURL: "/failed", newUserCallbackURL: "/welcome", disableRedirect: true, scopes: ["one", "two"], loginHint: "ada@example.com" });
      }
    },
  },
  {
    name: "parameters of one's own",
    config: all(0),
    async run(t) {
      for (const provider of names) await t.client().post("/sign-in/social", { provider, additionalParams: { prompt: "login", foo: "b a&r", state: "mine", redirect_uri: "https://evil.example" } });
    },
  },
  {
    name: "options of each",
    config: all(1),
    async run(t) {
      for (const provider of names) await t.client().post("/sign-in/social", { provider, callbackURL: "/" });
    },
  },
  {
    name: "scopes and addresses from the configuration",
    config: all(0, { scope: ["extra"], redirectURI: "https://app.example.com/cb" }),
    async run(t) {
      for (const provider of names) await t.client().post("/sign-in/social", { provider });
      for (const provider of names) await t.client().post("/sign-in/social", { provider, scopes: ["more"] });
    },
  },
  {
    name: "no default scopes",
    config: all(0, { disableDefaultScope: true }),
    async run(t) {
      for (const provider of names) await t.client().post("/sign-in/social", { provider });
      for (const provider of names) await t.client().post("/sign-in/social", { provider, scopes: ["only"] });
    },
  },
  {
    name: "another authorization endpoint",
    config: all(0, { authorizationEndpoint: "https://idp.example.com/authorize?a=1", prompt: "consent" }),
    async run(t) {
      for (const provider of names) await t.client().post("/sign-in/social", { provider });
    },
  },
  {
    name: "ID tokens that are none",
    config: all(0),
    async run(t) {
      for (const provider of names.filter((name) => !["google", "apple", "microsoft", "cognito", "facebook", "line"].includes(name))) {
        await t.client().post("/sign-in/social", { provider, idToken: { token: "not.a.token" } });
      }
      for (const provider of ["google", "apple", "microsoft", "cognito", "facebook"]) {
        for (const token of ["", "x", "a.b.c"]) await t.client().post("/sign-in/social", { provider, idToken: { token } });
      }
    },
  },
  {
    name: "ID tokens switched off",
    config: all(0, { disableIdTokenSignIn: true }),
    async run(t) {
      for (const provider of names) await t.client().post("/sign-in/social", { provider, idToken: { token: "x" } });
    },
  },
  {
    name: "linking begins",
    config: all(0),
    async run(t) {
      const c = await signedUp(t, "providers-link@example.com");
      for (const provider of names) await c.post("/link-social", { provider, callbackURL: "/settings" });
      for (const provider of names) await c.post("/link-social", { provider, scopes: ["drive"], disableRedirect: true, errorCallbackURL: "/oops" });
    },
  },
  {
    name: "the person says no",
    config: all(0),
    async run(t) {
      for (const provider of names) {
        const c = t.client();
        const state = stateOf(await c.post("/sign-in/social", { provider, callbackURL: "/home", errorCallbackURL: "/failed" }));
        await c.get(`/callback/${provider}?error=access_denied&error_description=The+user+said+no&state=${state}`);
      }
    },
  },
  {
    name: "callbacks without a code",
    config: all(0),
    async run(t) {
      for (const provider of names) {
        const c = t.client();
        const state = stateOf(await c.post("/sign-in/social", { provider, callbackURL: "/home" }));
        await c.get(`/callback/${provider}?state=${state}`);
        await c.get(`/callback/${provider}`);
      }
    },
  },
];
