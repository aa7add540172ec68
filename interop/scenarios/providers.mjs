// Every built-in provider, from the button to the account's row and back, at a stub that answers as the provider does.
import { claimsOf, names } from "../providers.mjs";

// What the file needs for each, with every client id its own.
const special = {
  cognito: { domain: "pool.auth.example", region: "eu-west-1", userPoolId: "eu-west-1_abc" },
  tiktok: { clientKey: "tiktok-client" },
};
const settings = (name, more) => ({ clientId: `${name}-client`, clientSecret: `${name} s:cret`, ...special[name], ...more });
const socialProviders = (more = {}) => Object.fromEntries(names.map((name) => [name, settings(name, more[name])]));
const config = (more) => ({ emailAndPassword: { enabled: true }, socialProviders: socialProviders(), ...more });

// Brings the browser back as the provider would have it.
async function comeBack(client, provider, { code, state }, more = {}) {
  const answer = new URLSearchParams({ code, state, ...more });
  if (provider === "google") answer.set("iss", "https://accounts.google.com");
  if (provider === "vk") answer.set("device_id", "device-1");
  if (provider !== "apple") return client.get(`/callback/${provider}?${answer}`);
  const form = { "content-type": "application/x-www-form-urlencoded", origin: "https://appleid.apple.com", cookie: null };
  const posted = await client.send("POST", "/callback/apple", String(answer), form);
  return client.get(posted.location);
}

/** A whole sign-in; `path` is that of a linking. */
export async function visit(t, client, provider, login, more = {}, path = "/sign-in/social") {
  const { json } = await client.post(path, { provider, callbackURL: "/home", errorCallbackURL: "/failed", newUserCallbackURL: path === "/link-social" ? undefined : "/welcome", ...more });
  if (!json?.url) return undefined;
  const user = JSON.stringify({ name: { firstName: "Ada", lastName: login }, email: "not-believed@example.com" });
  const back = await comeBack(client, provider, t.internet.approve(json.url, login), provider === "apple" ? { user } : {});
  t.note(`${provider} was asked for ${login}`, t.internet.asked(login));
  return back;
}

const accountOf = async (client) => (await client.get("/list-accounts")).json?.find(({ providerId }) => providerId !== "credential");

async function whole(t, provider, suffix = "") {
  const login = `${provider}-ada${suffix}`;
  const client = t.client();
  await visit(t, client, provider, login);
  await client.get("/get-session");
  const account = await accountOf(client);
  if (!account) return;
  await client.post("/get-access-token", { accountId: account.id });
  await client.post("/refresh-token", { accountId: account.id });
  await client.post("/get-access-token", { accountId: account.id });
  await client.get(`/account-info?accountId=${account.id}`);
  t.note(`${provider} was asked for ${login} later`, t.internet.asked(login));
  const again = t.client();
  await visit(t, again, provider, login);
  await again.get("/get-session");
  await accountOf(again);
  await again.post("/unlink-account", { accountId: account.id });
}

// People about whom something is odd.
const odd = {
  unproven: { verified: false },
  addressless: { email: null },
  nobody: { id: "" },
  numbered: { id: null },
  nameless: { name: "" },
  faceless: { picture: null },
  away: { down: true },
};

async function oddities(t, provider) {
  for (const [kind, person] of Object.entries(odd)) {
    const login = `${provider}-${kind}`;
    t.internet.people.set(login, person);
    const client = t.client();
    await visit(t, client, provider, login);
    await client.get("/get-session");
  }
}

async function refusals(t, provider) {
  const login = `${provider}-refused`;
  for (const change of [{ code: "forged" }, { code: "" }, { error: "access_denied", error_description: "No way" }]) {
    const client = t.client();
    const { json } = await client.post("/sign-in/social", { provider, callbackURL: "/home", errorCallbackURL: "/failed?x=1" });
    await comeBack(client, provider, t.internet.approve(json.url, login), change);
  }
  const client = t.client();
  const { json } = await client.post("/sign-in/social", { provider, callbackURL: "/home" });
  const answer = t.internet.approve(json.url, login);
  await comeBack(client, provider, answer);
  await comeBack(client, provider, answer);
  t.internet.asked(login);
}

async function linked(t, provider) {
  const client = t.client();
  const email = `${provider}-linker@example.com`;
  await client.post("/sign-up/email", { name: "Ada", email, password: "correct horse battery" });
  await visit(t, client, provider, `${provider}-linker`, {}, "/link-social");
  const account = await accountOf(client);
  await visit(t, client, provider, `${provider}-stranger`, {}, "/link-social");
  await visit(t, t.client(), provider, `${provider}-linker`);
  if (account) await client.post("/unlink-account", { accountId: account.id });
  await client.get("/list-accounts");
}

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
