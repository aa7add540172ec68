// The presets of generic OAuth, each at a stub that answers as its provider does.
import { linked, oddities, refusals, visit, whole } from "../visits.mjs";

// What each cannot do without. Keycloak's and Okta's issuers with and without a slash at the end.
const presets = {
  auth0: { domain: "https://tenant.auth0.example/ignored" },
  keycloak: { issuer: "https://id.keycloak.example/realms/company/" },
  okta: { issuer: "https://dev.okta.example/oauth2/default" },
  microsoftEntraId: { tenantId: "11111111-2222-3333-4444-555555555555" },
  gumroad: {},
  hubspot: {},
  line: {},
  patreon: {},
  slack: {},
  yandex: {},
};
const providerOf = (preset) => (preset === "microsoftEntraId" ? "microsoft-entra-id" : preset);
const config = (more = {}, options = {}) => ({
  emailAndPassword: { enabled: true },
  plugins: {
    genericOAuth: {
      config: Object.entries(presets).map(([preset, own]) => ({ preset, clientId: `${preset}-client`, clientSecret: `${preset} s:cret`, ...own, ...more })),
    },
  },
  ...options,
});

const each = (title, run, ...settings) =>
  Object.keys(presets).map((preset) => ({ name: `${preset}: ${title}`, config: config(...settings), run: (t) => run(t, providerOf(preset)) }));

// What only these providers tell of people.
const odd = {
  "microsoft-entra-id": { mixed: { other: "pairwise-somebody" }, named: { claims: { name: undefined, given_name: "Grace", family_name: "Hopper" } }, unnamed: { claims: { name: undefined } }, asked: { claims: { email: undefined, email_verified: undefined } }, pictured: { claims: { picture: "https://img.example/own" } } },
  gumroad: { failing: { failing: true } },
  hubspot: { signed: { id: null, signed: 4711 }, blank: { id: "", signed: 4711 } },
  yandex: { secondary: { secondary: true }, blank: { blank: true }, real: { name: null, real: "Real" } },
};

async function own(t, provider) {
  for (const [kind, person] of Object.entries(odd[provider])) {
    const login = `${provider}-${kind}`;
    t.internet.people.set(login, person);
    const client = t.client();
    await visit(t, client, provider, login);
    await client.get("/get-session");
    const { status, json: accounts } = await client.get("/list-accounts");
    if (status !== 200) continue;
    await client.get(`/account-info?accountId=${accounts[0].id}`);
  }
}

const asks = [{}, { scopes: ["extra", "email"] }, { loginHint: "ada@example.com" }, { additionalParams: { prompt: "login", custom: "ü &+" } }, { additionalParams: { client_id: "mine" } }, { requestSignUp: true }];

async function departures(t) {
  for (const preset of Object.keys(presets)) {
    for (const ask of asks) await t.client().post("/sign-in/social", { provider: providerOf(preset), ...ask });
  }
}

async function closed(t, provider) {
  await visit(t, t.client(), provider, `${provider}-shy`);
  await visit(t, t.client(), provider, `${provider}-shy`, { requestSignUp: true });
  await visit(t, t.client(), provider, `${provider}-shy`);
}

async function leaving(t, provider) {
  const client = t.client();
  await visit(t, client, provider, `${provider}-leaver`);
  const { json } = await client.post("/sign-out", { callbackURL: "/bye", state: "s" });
  t.note("where the provider's session ends", json?.url?.replace(/id_token_hint=[^&]*/, "id_token_hint"));
  await client.get("/get-session");
}

export default [
  ...each("sign-in to unlinking", whole),
  ...each("sign-in to unlinking, sealed, state in a cookie", (t, provider) => whole(t, provider, "-sealed"), {}, { account: { storeStateStrategy: "cookie", encryptOAuthTokens: true, storeAccountCookie: true } }),
  ...each("odd people", oddities),
  ...each("refusals", refusals),
  ...each("linking", linked),
  ...each("signing out at the provider", leaving),
  ...each("sign-up only where it is asked for", closed, { disableImplicitSignUp: true }),
  ...each("the profile anew with every sign-in", async (t, provider) => {
    const login = `${provider}-renamed`;
    await visit(t, t.client(), provider, login);
    t.internet.people.set(login, { name: "Grace", picture: "https://img.example/grace" });
    const client = t.client();
    await visit(t, client, provider, login);
    await client.get("/get-session");
  }, { overrideUserInfo: true }),
  ...Object.keys(odd).map((provider) => ({ name: `${provider}: people of its own`, config: config(), run: (t) => own(t, provider) })),
  { name: "authorization URLs", config: config(), run: departures },
  { name: "authorization URLs: other settings", config: config({ scopes: ["own", "openid"], redirectURI: "https://app.example.com/back", pkce: false }), run: departures },
  { name: "authorization URLs: no scopes", config: config({ scopes: [] }), run: departures },
];
