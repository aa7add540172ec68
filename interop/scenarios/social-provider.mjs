// Sign-in, linking and tokens at a provider that both sides share, over good and bad input.
import { startUpstream, configured, Visitor } from "../upstream.mjs";
import { everyType, signedUp } from "../steps.mjs";

const one = await startUpstream();
const two = await startUpstream({ slim: true, auth: "client_secret_basic", accessTokenTTL: 4 });
one.people.set("unproven", { email_verified: false });
one.people.set("nameless", { name: undefined, picture: undefined });
one.people.set("noaddress", { email: undefined, email_verified: undefined });
two.people.set("moved", { email: "somewhere-else@upstream.example" });
const upstreams = { one, two, closed: one, strict: one };

const config = (more) => ({
  emailAndPassword: { enabled: true },
  plugins: {
    genericOAuth: {
      config: [
        configured("one", one, { prompt: "consent", authorizationUrlParams: { resource_hint: "a b" } }),
        configured("two", two, { authentication: "basic" }),
        configured("closed", one, { disableImplicitSignUp: true, scopes: ["openid"] }),
        configured("strict", one, { requireEmailVerification: true }),
      ],
    },
  },
  ...more,
});

const begin = async (client, provider, more = {}, path = "/sign-in/social") =>
  (await client.post(path, { provider, callbackURL: "/home", errorCallbackURL: "/failed", ...more })).json?.url;
const approve = async (url, provider, login) => (await new Visitor(upstreams[provider], login).approve(url)).replace(/^https?:\/\/[^/]*\/api\/auth/, "");
const visit = async (t, client, provider, login, more, path) => client.get(await approve(await begin(client, provider, more, path), provider, login));
const accounts = async (client) => (await client.get("/list-accounts")).json ?? [];

const scenario = (name, run, more) => ({ name, config: config(more), run });

const play = async (t) => {
  const c = t.client();
  await visit(t, c, "one", "play", { newUserCallbackURL: "/welcome" });
  await c.get("/get-session");
  await visit(t, t.client(), "one", "play", { newUserCallbackURL: "/welcome" });
  await visit(t, t.client(), "two", "play2");
  for (const login of ["unproven", "nameless", "noaddress"]) await visit(t, t.client(), "one", login);
  await visit(t, t.client(), "strict", "unproven");
  await visit(t, t.client(), "closed", "shy");
  await visit(t, t.client(), "closed", "shy", { requestSignUp: true });
};

export default [
  scenario("sign-up and sign-in", play),
  scenario("sign-up and sign-in, state in a cookie", play, { account: { storeStateStrategy: "cookie" } }),
  scenario("sealed tokens and an account cookie", async (t) => {
    const c = t.client();
    await visit(t, c, "one", "sealed");
    const [account] = await accounts(c);
    await c.post("/get-access-token", { accountId: account?.id });
    await c.post("/refresh-token", { accountId: account?.id });
    await c.post("/sign-out", { callbackURL: "/bye", disableRedirect: true });
    await c.get("/get-session");
  }, { account: { encryptOAuthTokens: true } }),
  scenario("answers that prove nothing", async (t) => {
    const c = t.client();
    const answer = await approve(await begin(c, "one"), "one", "bad");
    await t.client().get(answer);
    const d = t.client();
    const again = await approve(await begin(d, "one"), "one", "bad");
    await d.get(again.replace(/code=[^&]*/, "code=forged"));
    const e = t.client();
    const other = await approve(await begin(e, "one"), "one", "bad");
    await e.get(other.replace(/iss=[^&]*/, "iss=https%3A%2F%2Fevil.example"));
    const f = t.client();
    const spent = await approve(await begin(f, "one"), "one", "bad");
    await f.get(spent);
    await f.get(spent);
  }),
  scenario("linking", async (t) => {
    const c = t.client();
    await visit(t, c, "one", "linker");
    await visit(t, c, "two", "linker", {}, "/link-social");
    await visit(t, c, "two", "linker", { scopes: ["offline_access"] }, "/link-social");
    await visit(t, c, "two", "moved", {}, "/link-social");
    await visit(t, c, "one", "somebody-else", {}, "/link-social");
    const all = await accounts(c);
    await c.post("/unlink-account", { accountId: all.find(({ providerId }) => providerId === "two")?.id });
    await c.post("/unlink-account", { accountId: "none" });
    await accounts(c);
    const gone = await begin(c, "two", {}, "/link-social");
    await c.post("/sign-out");
    await c.get(await approve(gone, "two", "linker"));
    const local = await signedUp(t, "local@upstream.example");
    await local.get("/get-session");
    await visit(t, t.client(), "one", "local");
  }),
  scenario("tokens and account info", async (t) => {
    const c = t.client();
    await visit(t, c, "two", "tokens");
    const [account] = await accounts(c);
    const id = account?.id;
    await c.post("/get-access-token", { accountId: id });
    await c.post("/refresh-token", { accountId: id });
    await c.get(`/account-info?accountId=${id}`);
    for (const path of ["/get-access-token", "/refresh-token"]) {
      await t.client().post(path, { accountId: id });
      for (const value of everyType) await c.post(path, { accountId: value });
      for (const body of [{}, { useAccountCookie: true }, { useAccountCookie: false }, { accountId: id, useAccountCookie: true }, { accountId: id, userId: "x" }, { accountId: id, more: 1 }]) await c.post(path, body);
    }
    for (const query of ["", "?accountId=", "?accountId=none", "?useAccountCookie=true", `?accountId=${id}&more=1`]) await c.get(`/account-info${query}`);
    await t.client().get(`/account-info?accountId=${id}`);
    const local = await signedUp(t, "plain@upstream.example");
    const [credential] = await accounts(local);
    for (const path of ["/get-access-token", "/refresh-token"]) await local.post(path, { accountId: credential?.id });
    await local.get(`/account-info?accountId=${credential?.id}`);
  }),
  scenario("signing out at the provider", async (t) => {
    const c = t.client();
    await visit(t, c, "one", "leaver");
    await c.post("/sign-out", { callbackURL: "https://evil.example" });
    await c.post("/sign-out", { callbackURL: "/bye", state: "s" });
    const d = t.client();
    await visit(t, d, "one", "leaver");
    await d.post("/sign-out", {});
    await d.post("/sign-out", {});
    for (const body of [{ callbackURL: 1 }, { state: 1 }, { disableRedirect: "yes" }]) await d.post("/sign-out", body);
  }),
  scenario("what is asked of a provider", async (t) => {
    for (const provider of ["one", "two", "closed", "none"]) {
      for (const more of [{}, { scopes: ["extra", "openid"] }, { loginHint: "ada" }, { additionalParams: { prompt: "login", custom: "x" } }, { disableRedirect: true }]) await begin(t.client(), provider, more);
    }
    for (const value of everyType) await t.client().post("/sign-in/social", { provider: value });
    for (const token of ["", "x", "a.b.c"]) {
      await t.client().post("/sign-in/social", { provider: "one", idToken: { token } });
    }
    for (const idToken of everyType) await t.client().post("/sign-in/social", { provider: "one", idToken });
  }),
];
