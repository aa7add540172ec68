// One Tap, popups and the proxy of previews, as far as they go on one server.
import { startUpstream, configured, Visitor } from "../upstream.mjs";
import { everyType, signedValue } from "../steps.mjs";

const upstream = await startUpstream();
const generic = { config: [configured("one", upstream)] };
const below = (url) => url.replace(/^https?:\/\/[^/]*\/api\/auth/, "");

export default [
  {
    name: "one tap: bad tokens",
    config: { emailAndPassword: { enabled: true }, plugins: { oneTap: { clientId: "tap" } } },
    async run(t) {
      for (const idToken of everyType) await t.client().post("/one-tap/callback", { idToken });
      for (const idToken of ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."]) await t.client().post("/one-tap/callback", { idToken, callbackURL: "/x" });
      await t.client().post("/one-tap/callback", {});
      await t.client().post("/one-tap/callback", { idToken: "x", callbackURL: 1 });
    },
  },
  {
    name: "one tap: no client id",
    config: { emailAndPassword: { enabled: true }, plugins: { oneTap: true } },
    run: (t) => t.client().post("/one-tap/callback", { idToken: "x" }),
  },
  {
    name: "popup",
    config: { emailAndPassword: { enabled: true }, trustedOrigins: ["https://app.example"], plugins: { genericOAuth: generic, oauthPopup: true, bearer: true } },
    async run(t) {
      const start = (query) => t.client().get(`/oauth-popup/start?${new URLSearchParams(query)}`);
      for (const query of [{}, { provider: "one" }, { provider: "one", popupOrigin: "https://evil.example" }, { provider: "none", popupOrigin: "https://app.example" }, { provider: "one", popupOrigin: "https://app.example", callbackURL: "https://evil.example" }, { provider: "one", popupOrigin: "https://app.example", popupNonce: "n", scopes: "a,b", requestSignUp: "true", additionalData: '{"x":1}' }]) await start(query);
      const c = t.client();
      const opened = await c.get("/oauth-popup/start?provider=one&popupOrigin=https%3A%2F%2Fapp.example&popupNonce=n1&callbackURL=%2Fhome");
      await c.get(below(await new Visitor(upstream, "popup").approve(opened.location)));
      await c.get("/get-session");
      await c.get("/callback/one?error=access_denied&state=unknown", { cookie: `better-auth.oauth_popup=${signedValue('{"popupOrigin":"https://app.example","popupNonce":"n"}')}` });
    },
  },
  {
    name: "proxy",
    config: { emailAndPassword: { enabled: true }, plugins: { genericOAuth: generic, oauthProxy: { productionURL: "https://production.example", currentURL: "{{BASE}}" } } },
    async run(t) {
      for (const headers of [{}, { "x-skip-oauth-proxy": "1" }]) {
        const { json } = await t.client().post("/sign-in/social", { provider: "one", callbackURL: "/home", disableRedirect: true }, headers);
        const url = new URL(json?.url ?? "http://none");
        t.note("redirect_uri", url.searchParams.get("redirect_uri"));
        t.note("sealed", url.searchParams.get("state").length > 500);
      }
      for (const path of ["/callback/one/oauth-proxy", "/oauth-proxy-callback"]) {
        for (const query of ["", "?callbackURL=/x", "?callbackURL=/x&profile=", "?callbackURL=/x&profile=nonsense", "?callbackURL=https%3A%2F%2Fevil.example&profile=x"]) await t.client().get(`${path}${query}`);
      }
    },
  },
];
