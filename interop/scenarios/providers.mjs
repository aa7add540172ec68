// Every built-in provider, from the button to the account's row and back, at a stub that answers as the provider does.
import { claimsOf, names } from "../providers.mjs";
import { linked, oddities, refusals, whole } from "../visits.mjs";

// What the file needs for each, with every client id its own.
const special = {
  cognito: { domain: "pool.auth.example", region: "eu-west-1", userPoolId: "eu-west-1_abc" },
  tiktok: { clientKey: "tiktok-client" },
};
const settings = (name, more) => ({ clientId: `${name}-client`, clientSecret: `${name} s:cret`, ...special[name], ...more });
const socialProviders = (more = {}) => Object.fromEntries(names.map((name) => [name, settings(name, more[name])]));
const config = (more) => ({ emailAndPassword: { enabled: true }, socialProviders: socialProviders(), ...more });

// Every option that changes an authorization URL, and what a request may ask for.
const variants = {
  "no default scopes": { disableDefaultScope: true, scope: ["own", "other scope"] },
  "more scopes": { scope: ["own"], redirectURI: "https://app.example.com/back", prompt: "consent" },
};
const asks = [{}, { scopes: ["extra", "own"] }, { loginHint: "ada@example.com" }, { additionalParams: { prompt: "login", custom: "ü &+", access_type: "offline" } }, { additionalParams: { client_id: "mine" } }];

async function departures(t, providers) {
  for (const provider of providers) {
    for (const ask of asks) await t.client().post("/sign-in/social", { provider, ...ask });
  }
  await t.client().post("/sign-in/social", { provider: providers[0], additionalParams: { Redirect_URI: "x" } });
}

const takesIDTokens = ["apple", "cognito", "facebook", "google", "line", "microsoft"];

async function directly(t, provider) {
  const client = `${provider}-client`;
  const login = `${provider}-direct`;
  const claims = claimsOf(t.internet, provider, login, client) ?? { iss: "https://www.facebook.com", aud: client, sub: `id-${login}`, iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 600, email: `${login}@example.com`, name: login };
  const sign = (more, header) => t.internet.signer.sign({ ...claims, ...more }, header);
  const now = Math.floor(Date.now() / 1000);
  const tokens = {
    good: sign({}),
    "other audience": sign({ aud: "other" }),
    "other issuer": sign({ iss: "https://evil.example" }),
    expired: sign({ exp: now - 600, iat: now - 1200 }),
    "no expiry": sign({ exp: undefined }),
    nonce: sign({ nonce: "n1" }),
    unsigned: `${sign({}, { alg: "none" }).split(".").slice(0, 2).join(".")}.`,
    tampered: sign({}).replace(/.{6}$/, "AAAAAA"),
    nobody: sign({ sub: "", oid: "" }),
    rubbish: "x.y.z",
  };
  for (const [kind, token] of Object.entries(tokens)) {
    // LINE asks the provider, and the stub does not look.
    if (provider === "line" && !["good", "other audience", "nonce"].includes(kind)) continue;
    const browser = t.client();
    await browser.post("/sign-in/social", { provider, idToken: { token, ...(kind === "nonce" && { nonce: "n2" }) } });
    await browser.get("/get-session");
  }
  await t.client().post("/sign-in/social", { provider, idToken: { token: tokens.nonce, nonce: "n1" } });
  const linker = t.client();
  await linker.post("/sign-up/email", { name: "Ada", email: `${login}-linker@example.com`, password: "correct horse battery" });
  await linker.post("/link-social", { provider, idToken: { token: tokens.good } });
  const own = sign({ sub: `own-${login}`, oid: `own-${login}`, email: `${login}-linker@example.com`, email_verified: true });
  await linker.post("/link-social", { provider, idToken: { token: own, accessToken: "at", refreshToken: "rt" } });
  await linker.get("/list-accounts");
  t.internet.asked(login);
}

const each = (title, run, more, providers = names) => providers.map((provider) => ({ name: `${provider}: ${title}`, config: config(more), run: (t) => run(t, provider) }));

export default [
  ...each("sign-in to unlinking", whole),
  ...each("sign-in to unlinking, sealed, state in a cookie", (t, provider) => whole(t, provider, "-sealed"), { account: { storeStateStrategy: "cookie", encryptOAuthTokens: true, storeAccountCookie: true } }),
  ...each("odd people", oddities),
  ...each("refusals", refusals),
  ...each("linking", linked),
  ...each("ID tokens without a browser", directly, undefined, takesIDTokens),
  { name: "authorization URLs", config: config(), run: (t) => departures(t, names) },
  ...Object.entries(variants).map(([title, options]) => ({ name: `authorization URLs: ${title}`, config: config({ socialProviders: socialProviders(Object.fromEntries(names.map((name) => [name, options]))) }), run: (t) => departures(t, names) })),
];
