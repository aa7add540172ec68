// Records what the reference's providers send, and make of answers, into
// reference.json. Run it with Node where better-auth 1.7.25 is installed:
//   node record.mjs > reference.json
import { socialProviders } from "@better-auth/core/social-providers";
const b64 = (v) => Buffer.from(JSON.stringify(v)).toString("base64url");
const jwt = (claims) => `${b64({ alg: "RS256", kid: "k1" })}.${b64(claims)}.c2ln`;
let calls = [], answers = {};
globalThis.fetch = async (input, init = {}) => {
  const req = new Request(input, { ...init, redirect: "follow" });
  const body = init.body === undefined || init.body === null ? "" : String(init.body);
  const headers = {};
  for (const [k, v] of new Headers(init.headers)) headers[k] = v;
  calls.push({ method: req.method, url: req.url, authorization: headers.authorization ?? "", contentType: headers["content-type"] ?? "", accept: headers.accept ?? "", userAgent: headers["user-agent"] ?? "", notionVersion: headers["notion-version"] ?? "", body });
  const a = answers[req.url.split("?")[0]] ?? answers["*"];
  if (a === undefined) return new Response("{}", { status: 404, headers: { "content-type": "application/json" } });
  return new Response(JSON.stringify(a), { status: 200, headers: { "content-type": "application/json" } });
};
const base = { clientId: "client", clientSecret: "s e:cret" };
const special = {
  cognito: { domain: "https://pool.auth.test", region: "eu-west-1", userPoolId: "eu-west-1_abc" },
  tiktok: { clientId: undefined, clientKey: "key" },
};
// Further configurations whose URLs differ.
const variants = {
  apple: [{ clientId: ["client", "other"] }],
  cognito: [{ identityProvider: "Google", prompt: "login" }],
  discord: [{ permissions: 8, scope: ["bot"] }, { prompt: "consent" }],
  dropbox: [{ accessType: "offline" }],
  facebook: [{ configId: "cfg" }],
  gitlab: [{ issuer: "https://gitlab.corp.test//" }],
  google: [{ accessType: "offline", prompt: "select_account consent", hd: "corp.test", display: "popup" }, { includeGrantedScopes: false, clientId: ["client", "ios"] }],
  microsoft: [{ tenantId: "organizations", authority: "https://login.corp.test//", prompt: "select_account" }],
  paybin: [{ issuer: "https://idp.corp.test" }],
  paypal: [{ environment: "live", prompt: "login" }],
  reddit: [{ duration: "permanent" }],
  roblox: [{ prompt: "login" }],
  salesforce: [{ environment: "sandbox" }, { loginUrl: "corp.my.salesforce.test" }],
  twitch: [{ claims: ["email"] }],
  wechat: [{ lang: "en" }],
  zoom: [{ pkce: false }],
  vercel: [{ scope: ["openid", "email"] }],
  github: [{ prompt: "select_account", authorizationEndpoint: "https://ghe.test/login?a=%20b&scope=drop#frag" }],
  polar: [{ prompt: "consent" }],
  atlassian: [{ prompt: "consent" }],
};
const claims = (extra) => ({ sub: "sub-1", name: "Ada L", email: "Ada@Example.com", picture: "https://img.test/a.png", ...extra });
const verifieds = [undefined, true, false, "true", "false", "False", 0, 1, null];
const each = (key, make) => verifieds.map((v) => make(v === undefined ? {} : { [key]: v }));
const profiles = {
  apple: [...each("email_verified", (v) => ({ claims: claims({ picture: undefined, ...v }) })), { claims: claims({ name: undefined }), user: { name: { firstName: "Ada", lastName: "Love" }, email: "x@y.z" } }, { claims: claims({ name: undefined }) }],
  atlassian: [{ answers: { "*": { account_id: "acc-1", name: "Ada", email: "ada@x.test", picture: "https://p" } } }],
  cloudflare: [{ answers: { "*": { success: true, result: { id: "cf-1", email: "ada@x.test", first_name: "Ada", last_name: null } } } }, { answers: { "*": { success: true, result: { id: "cf-1", email: "ada@x.test", first_name: null, last_name: null } } } }, { answers: { "*": { success: false, result: null } } }],
  cognito: [...each("email_verified", (v) => ({ claims: claims(v) })), { claims: claims({ name: undefined, given_name: "Given" }) }, { answers: { "*": { sub: "sub-2", username: "ada", email: "ada@x.test", email_verified: "true" } } }],
  discord: [...each("verified", (v) => ({ answers: { "*": { id: "80351110224678912", username: "ada", global_name: null, email: "ada@x.test", avatar: null, discriminator: "0", ...v } } })), { answers: { "*": { id: "80351110224678912", username: "ada", global_name: "Ada!", email: "ada@x.test", avatar: "a_1", discriminator: "0007" } } }, { answers: { "*": { id: "80351110224678912", username: "ada", avatar: null, discriminator: "1337", email: null } } }, { answers: { "*": { id: "1", username: "ada", avatar: "xyz", discriminator: "1337" } } }],
  dropbox: [...each("email_verified", (v) => ({ answers: { "*": { account_id: "dbid:1", name: { display_name: "Ada" }, email: "ada@x.test", profile_photo_url: "https://p", ...v } } }))],
  facebook: [{ claims: claims({}) }, { claims: claims({ email_verified: true }) }, ...each("email_verified", (v) => ({ answers: { "https://graph.facebook.com/debug_token": { data: { is_valid: true, app_id: "client", user_id: "fb-1" } }, "https://graph.facebook.com/me": { id: "fb-1", name: "Ada", email: "ada@x.test", picture: { data: { url: "https://p" } }, ...v } } })), { answers: { "https://graph.facebook.com/debug_token": { data: { is_valid: true, app_id: "other", user_id: "fb-1" } }, "https://graph.facebook.com/me": { id: "fb-1", name: "Ada", email: "ada@x.test", picture: { data: { url: "https://p" } } } } }, { answers: { "https://graph.facebook.com/debug_token": { data: { is_valid: true, app_id: "client", user_id: "fb-2" } }, "https://graph.facebook.com/me": { id: "fb-1", name: "Ada", email: "ada@x.test", picture: { data: { url: "https://p" } } } } }],
  figma: [{ answers: { "*": { id: "f-1", handle: "ada", email: "ada@x.test", img_url: "https://p" } } }],
  github: [{ answers: { "https://api.github.com/user": { id: 583231, login: "ada", name: null, email: "ada@x.test", avatar_url: "https://p" }, "https://api.github.com/user/emails": [{ email: "ada@x.test", primary: true, verified: true }] } }, { answers: { "https://api.github.com/user": { id: 583231, login: "ada", name: "Ada", email: null, avatar_url: "https://p" }, "https://api.github.com/user/emails": [{ email: "a@x.test", primary: false, verified: true }, { email: "b@x.test", primary: true, verified: false }] } }, { answers: { "https://api.github.com/user": { id: 583231, login: "ada", name: "Ada", email: null, avatar_url: "https://p" }, "https://api.github.com/user/emails": [{ email: "a@x.test", primary: false, verified: true }] } }, { answers: { "https://api.github.com/user": { id: 583231, login: "ada", name: "Ada", email: "ada@x.test", avatar_url: "https://p" } } }],
  gitlab: [...each("email_verified", (v) => ({ answers: { "*": { id: 7, username: "ada", name: "Ada", state: "active", locked: false, email: "ada@x.test", avatar_url: "https://p", ...v } } })), { answers: { "*": { id: 7, username: "ada", name: "Ada", state: "blocked", email: "ada@x.test" } } }, { answers: { "*": { id: 7, username: "ada", name: "Ada", state: "active", locked: true, email: "ada@x.test" } } }, { answers: { "*": { id: 7, username: "ada", state: "active", email: "ada@x.test" } } }],
  google: [...each("email_verified", (v) => ({ claims: claims(v) }))],
  huggingface: [...each("email_verified", (v) => ({ answers: { "*": claims({ preferred_username: "ada", ...v }) } })), { answers: { "*": claims({ name: "", preferred_username: "ada" }) } }],
  kakao: [{ answers: { "*": { id: 1234567890, kakao_account: { is_email_valid: true, is_email_verified: true, email: "ada@x.test", profile: { nickname: "Ada", profile_image_url: "https://p" } } } } }, { answers: { "*": { id: 1234567890, kakao_account: { is_email_valid: true, is_email_verified: false, email: "ada@x.test", name: "N", profile: { thumbnail_image_url: "https://t" } } } } }, { answers: { "*": { id: 1234567890 } } }],
  kick: [{ answers: { "*": { data: [{ user_id: 42, name: "ada", email: "ada@x.test", profile_picture: "https://p" }] } } }],
  line: [{ claims: claims({}) }, { answers: { "*": { sub: "U1", name: "Ada", picture: "https://p" } } }],
  linear: [{ answers: { "*": { data: { viewer: { id: "l-1", name: "Ada", email: "ada@x.test", avatarUrl: "https://p", active: true } } } } }, { answers: { "*": { data: {} } } }],
  linkedin: [...each("email_verified", (v) => ({ answers: { "*": claims(v) } }))],
  microsoft: [...each("email_verified", (v) => ({ claims: claims({ oid: "oid-1", tid: "t", ...v }) })), { claims: claims({ oid: "oid-1", verified_primary_email: ["Ada@Example.com"] }) }, { claims: claims({ oid: "oid-1", verified_secondary_email: ["Ada@Example.com"] }) }, { claims: claims({ oid: "oid-1", verified_primary_email: ["other@x"] }) }, { claims: claims({ oid: " " }) }],
  naver: [{ answers: { "*": { resultcode: "00", response: { id: "n-1", name: "Ada", nickname: "A", email: "ada@x.test", profile_image: "https://p" } } } }, { answers: { "*": { resultcode: "00", response: { id: "n-1", nickname: "A", email: "ada@x.test" } } } }, { answers: { "*": { resultcode: "024" } } }],
  notion: [{ answers: { "*": { bot: { owner: { user: { id: "no-1", name: "Ada", avatar_url: "https://p", person: { email: "ada@x.test" } } } } } } }, { answers: { "*": { bot: { owner: { user: { id: "no-1", name: null, avatar_url: null } } } } } }, { answers: { "*": { bot: {} } } }],
  paybin: [...each("email_verified", (v) => ({ claims: claims(v) })), { claims: claims({ name: undefined, preferred_username: "ada" }) }],
  paypal: [...each("email_verified", (v) => ({ answers: { "*": { user_id: "https://www.paypal.com/webapps/auth/identity/user/1", name: "Ada", email: "ada@x.test", picture: "https://p", ...v } } }))],
  polar: [...each("email_verified", (v) => ({ answers: { "*": { id: "p-1", public_name: "Ada", username: "ada", email: "ada@x.test", avatar_url: "https://p", ...v } } })), { answers: { "*": { id: "p-1", public_name: "", username: "ada", email: "ada@x.test" } } }],
  railway: [{ answers: { "*": claims({ email_verified: true }) } }],
  reddit: [{ answers: { "*": { id: "t2x", name: "ada", icon_img: "https://p/i.png?x=1" } } }],
  roblox: [{ answers: { "*": { sub: "77", nickname: "", preferred_username: "ada", picture: "https://p" } } }],
  salesforce: [...each("email_verified", (v) => ({ answers: { "*": { user_id: "005", name: "Ada", email: "ada@x.test", photos: { picture: "", thumbnail: "https://t" }, ...v } } }))],
  slack: [...each("email_verified", (v) => ({ answers: { "*": { sub: "U1", "https://slack.com/user_id": "U1", name: "Ada", email: "ada@x.test", "https://slack.com/user_image_512": "https://p", ...v } } }))],
  spotify: [{ answers: { "*": { id: "sp", display_name: "Ada", email: "ada@x.test", images: [{ url: "https://p" }] } } }, { answers: { "*": { id: "sp", display_name: "Ada", email: "ada@x.test", images: [] } } }],
  tiktok: [{ answers: { "*": { data: { user: { open_id: "o1", display_name: "Ada", username: "ada", avatar_large_url: "https://p" } } } } }, { answers: { "*": { data: { user: { open_id: "o1", username: "ada", email: "ada@x.test" } } } } }],
  twitch: [...each("email_verified", (v) => ({ claims: claims({ preferred_username: "ada", ...v }) }))],
  twitter: [{ answers: { "*": { data: { id: "9", name: "Ada", username: "ada", profile_image_url: "https://p", confirmed_email: "ada@x.test" } } } }, { answers: { "*": { data: { id: "9", name: "Ada", username: "ada" } } } }],
  vercel: [...each("email_verified", (v) => ({ answers: { "*": claims(v) } })), { answers: { "*": { sub: "v-1", preferred_username: "ada", email: "ada@x.test" } } }],
  vk: [{ answers: { "*": { user: { user_id: "55", first_name: "Ada", last_name: "L", email: "ada@x.test", avatar: "https://p", sex: 1, birthday: "1.1.2000" } } } }, { answers: { "*": { user: { user_id: "55", first_name: "Ada", last_name: "L" } } } }],
  wechat: [{ raw: { openid: "op1" }, answers: { "*": { openid: "op1", unionid: "un1", nickname: "Ada", headimgurl: "https://p" } } }, { raw: { openid: "op1" }, answers: { "*": { openid: "op1", nickname: "Ada" } } }, { raw: { openid: "op1" }, answers: { "*": { errcode: 40003 } } }, { answers: { "*": { openid: "op1" } } }],
  zoom: [...each("verified", (v) => ({ answers: { "*": { id: "z1", display_name: "Ada", email: "ada@x.test", pic_url: "https://p", ...v } } }))],
};
const verifier = "v".repeat(128);
const out = {};
for (const name of Object.keys(socialProviders).sort()) {
  const common = { ...base, ...(special[name] ?? {}) };
  const rec = (out[name] = { urls: [], exchange: null, refresh: null, profiles: [] });
  const make = (o) => socialProviders[name]({ ...common, ...o });
  const url = async (options, input) => {
    const u = await make(options).createAuthorizationURL({ state: "st-ate_1", codeVerifier: verifier, redirectURI: `https://app.test/api/auth/callback/${name}`, ...input });
    rec.urls.push({ options, input, url: u.toString() });
  };
  await url({}, {});
  await url({ scope: ["extra", "more"], redirectURI: "https://other.test/cb" }, { scopes: ["req"], loginHint: "ada@x.test", additionalParams: { foo: "b ar", scope: "no" } });
  await url({ disableDefaultScope: true }, {});
  for (const v of variants[name] ?? []) await url(v, {});
  const tokens = { access_token: "at", refresh_token: "rt2", expires_in: 3600, refresh_token_expires_in: 7200, scope: name === "wechat" ? "a,b" : "a  b", token_type: "bearer", openid: "op1" };
  const p = make({});
  rec.title = p.name;
  answers = { "*": tokens };
  calls = [];
  const got = await p.validateAuthorizationCode({ code: "co/de", codeVerifier: verifier, deviceId: "dev", redirectURI: `https://app.test/api/auth/callback/${name}` });
  rec.exchange = { call: calls[0], scopes: got.scopes, expires: !!got.accessTokenExpiresAt, refreshExpires: !!got.refreshTokenExpiresAt, refreshToken: got.refreshToken };
  if (p.refreshAccessToken) {
    calls = [];
    await p.refreshAccessToken("rt1");
    rec.refresh = calls[0];
  }
  rec.idToken = !!p.idToken;
  for (const c of profiles[name] ?? []) {
    calls = [];
    answers = c.answers ?? {};
    let result = null, subject = null, error = null;
    try {
      result = await p.getUserInfo({ accessToken: "at", ...(c.claims ? { idToken: jwt(c.claims) } : {}), ...(c.user ? { user: c.user } : {}), ...(c.raw ?? {}) });
      if (result) subject = String(p.accountSubject({ profile: result.data, tokens: {} }));
    } catch (e) { error = String(e); }
    const u = result?.user;
    const verified = (v) => v === true || v === "true";
    rec.profiles.push({ ...c, calls, error, result: u ? { name: u.name ?? "", email: u.email ?? "", image: u.image ?? "", emailVerified: verified(u.emailVerified), subject } : null });
  }
  if (!profiles[name]) console.error("no profile for", name);
}
const lines = Object.entries(out).map(([k, v]) => JSON.stringify(k) + ":" + JSON.stringify(v));
process.stdout.write("{\n" + lines.join(",\n") + "\n}\n");
