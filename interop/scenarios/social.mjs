// Social sign-in as far as it goes without a provider: the address the person is sent to, and callbacks that fail.
import { signedUp } from "../steps.mjs";

const clients = (names) => Object.fromEntries(names.map((name) => [name, { clientId: `${name}-id`, clientSecret: `${name}-secret` }]));
const config = (more) => ({ emailAndPassword: { enabled: true }, socialProviders: clients(["github", "google", "discord"]), ...more });

const stateOf = (answer) => new URL(answer.json?.url ?? "http://none").searchParams.get("state") ?? "";

export default [
  {
    name: "where a provider's sign-in begins",
    config: config(),
    async run(t) {
      for (const provider of ["github", "google", "discord"]) {
        for (const more of [{}, { callbackURL: "/home" }, { callbackURL: "/home", disableRedirect: true }, { scopes: ["extra", "more"] }, { loginHint: "ada@example.com" }, { errorCallbackURL: "/oops", newUserCallbackURL: "/new", requestSignUp: true }, { additionalParams: { prompt: "consent", state: "mine", client_id: "mine", custom: "ü &" } }, { additionalData: { any: { thing: 1 } } }]) {
          await t.client().post("/sign-in/social", { provider, ...more });
        }
      }
      await t.client().post("/sign-in/social", { provider: "gitlab" });
      await t.client().post("/sign-in/social", { provider: "github", idToken: { token: "x" } });
      await t.client().post("/sign-in/social", { provider: "github", callbackURL: "https://evil.example" });
    },
  },
  {
    name: "linking begins with a session",
    config: config(),
    async run(t) {
      await t.client().post("/link-social", { provider: "github" });
      const c = await signedUp(t, "social-link@example.com");
      for (const body of [{ provider: "github" }, { provider: "github", callbackURL: "/linked", errorCallbackURL: "/oops" }, { provider: "github", disableRedirect: true, scopes: ["extra"] }, { provider: "gitlab" }, { provider: "github", callbackURL: "//evil.example" }]) await c.post("/link-social", body);
    },
  },
  {
    name: "callbacks that fail",
    config: config(),
    async run(t) {
      for (const query of ["", "?code=x", "?state=unknown", "?code=x&state=unknown", "?error=access_denied", "?error=access_denied&state=unknown", "?error=access_denied&error_description=no%20way&state=unknown", "?code=&state=", "?error=%3Cscript%3E&state=x", "?code=x&state=a&state=b"]) {
        for (const provider of ["github", "gitlab"]) await t.client().get(`/callback/${provider}${query}`);
        await t.client().send("POST", "/callback/github", query.slice(1), { "content-type": "application/x-www-form-urlencoded" });
      }
      await t.client().post("/callback/github", { code: "x", state: "y", user: "{}" });
      await t.client().post("/callback/github?code=x", { state: "y" });
    },
  },
  {
    name: "a state that is known",
    config: config(),
    async run(t) {
      const begin = async (more) => {
        const c = t.client();
        return [c, stateOf(await c.post("/sign-in/social", { provider: "github", callbackURL: "/home", ...more }))];
      };
      const [first, one] = await begin({});
      await t.client().get(`/callback/github?code=x&state=${one}`);
      await first.get(`/callback/github?error=access_denied&state=${one}`);
      const [second, two] = await begin({ errorCallbackURL: "/oops?x=1" });
      await second.get(`/callback/github?error=access_denied&error_description=no%20way&state=${two}`);
      await second.get(`/callback/github?error=access_denied&state=${two}`);
      const [third, three] = await begin({ errorCallbackURL: "/oops#part" });
      await third.get(`/callback/github?state=${three}`);
      const [fourth, four] = await begin({});
      await fourth.get(`/callback/gitlab?code=x&state=${four}`);
      const [fifth, five] = await begin({});
      await fifth.get(`/callback/github?code=x&state=${five}`, { cookie: "better-auth.state=forged" });
    },
  },
  {
    name: "the state in a cookie",
    config: config({ account: { storeStateStrategy: "cookie" } }),
    async run(t) {
      const c = t.client();
      const state = stateOf(await c.post("/sign-in/social", { provider: "github", callbackURL: "/home", errorCallbackURL: "/oops" }));
      await t.client().get(`/callback/github?code=x&state=${state}`);
      await t.client().get(`/callback/github?code=x&state=${state}`, { cookie: "better-auth.oauth_state=forged" });
      await c.get(`/callback/github?error=access_denied&state=${state}`);
      await c.post("/sign-out");
    },
  },
  {
    name: "providers and their settings",
    config: config({ socialProviders: { github: { clientId: "id", clientSecret: "secret", scope: ["repo"], redirectURI: "https://app.example.com/cb", disableDefaultScope: true, prompt: "consent" }, google: { clientId: "id", clientSecret: "secret", accessType: "offline", prompt: "select_account", hd: "example.com", display: "popup" }, discord: { clientId: "id", clientSecret: "secret", enabled: false } } }),
    async run(t) {
      for (const provider of ["github", "google", "discord"]) await t.client().post("/sign-in/social", { provider, loginHint: "ada@example.com" });
    },
  },
];
