// What the built-in providers answer, one entry each: the shapes are those of their documentation, quirks included.
import { createHash } from "node:crypto";

const number = (login) => createHash("sha256").update(login).digest().readUInt32BE(0) % 1e9;
const now = () => Math.floor(Date.now() / 1000);

function personOf(world, login) {
  return { login, id: `id-${login}`, number: number(login), name: `Name of ${login}`, email: `${login}@example.com`, verified: true, picture: `https://img.example/${login}`, ...world.people.get(login) };
}

const openid = (p) => ({ sub: p.id, name: p.name, email: p.email, email_verified: p.verified, picture: p.picture });
const bearer = (p, more) => ({ access_token: p.access, token_type: "Bearer", expires_in: 3600, refresh_token: p.refresh, ...more });

/**
 * token: where codes are redeemed; tokens: what that answers; issuer and claims: of the ID token it signs;
 * info: what else is asked, by address.
 */
const providers = {
  apple: { token: "appleid.apple.com/auth/token", issuer: "https://appleid.apple.com", claims: (p) => ({ sub: p.id, email: p.email, email_verified: String(p.verified), is_private_email: "false", nonce_supported: true }), info: { "appleid.apple.com/auth/keys": "keys" } },
  atlassian: { token: "auth.atlassian.com/oauth/token", tokens: (p) => bearer(p, { scope: "read:jira-user offline_access" }), info: { "api.atlassian.com/me": (p) => ({ account_type: "atlassian", account_id: p.id, email: p.email, name: p.name, picture: p.picture, account_status: "active", nickname: p.login }) } },
  cloudflare: { token: "dash.cloudflare.com/oauth2/token", tokens: (p) => bearer(p, { scope: "user-details.read" }), info: { "api.cloudflare.com/client/v4/user": (p) => ({ success: true, errors: [], messages: [], result: { id: p.id, email: p.email, first_name: p.name, last_name: null, two_factor_authentication_enabled: false } }) } },
  cognito: { token: "pool.auth.example/oauth2/token", issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc", claims: (p) => ({ ...openid(p), token_use: "id", "cognito:username": p.login }), info: { "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc/.well-known/jwks.json": "keys", "pool.auth.example/oauth2/userinfo": openid } },
  discord: { token: "discord.com/api/oauth2/token", tokens: (p) => bearer(p, { expires_in: 604800, scope: "identify email" }), info: { "discord.com/api/users/@me": (p) => ({ id: p.id && String(p.number), username: p.login, discriminator: "0", global_name: p.name, avatar: "a_1f0e", verified: p.verified, email: p.email, flags: 0, locale: "en-US", mfa_enabled: false, premium_type: 0 }) } },
  dropbox: { token: "api.dropboxapi.com/oauth2/token", tokens: (p) => ({ access_token: p.access, expires_in: 14400, token_type: "bearer", scope: "account_info.read", account_id: p.id, uid: String(p.number) }), info: { "api.dropboxapi.com/2/users/get_current_account": (p) => ({ account_id: p.id, name: { given_name: p.name, display_name: p.name }, email: p.email, email_verified: p.verified, disabled: false, profile_photo_url: p.picture }) } },
  facebook: {
    token: "graph.facebook.com/v24.0/oauth/access_token", tokens: (p) => ({ access_token: p.access, token_type: "bearer", expires_in: 5183944 }),
    info: {
      "graph.facebook.com/debug_token": (p, url) => ({ data: { app_id: p.app ?? url.searchParams.get("access_token").split("|")[0], type: "USER", is_valid: true, user_id: p.id, scopes: ["email", "public_profile"] } }),
      "graph.facebook.com/me": (p) => ({ id: p.id, name: p.name, email: p.email, picture: { data: { height: 50, is_silhouette: false, url: p.picture, width: 50 } } }),
      "limited.facebook.com/.well-known/oauth/openid/jwks/": "keys",
    },
  },
  figma: { token: "api.figma.com/v1/oauth/token", tokens: (p) => ({ user_id: p.number, access_token: p.access, token_type: "bearer", expires_in: 7776000, refresh_token: p.refresh }), info: { "api.figma.com/v1/me": (p) => ({ id: p.id, email: p.email, handle: p.name, img_url: p.picture }) } },
  github: {
    token: "github.com/login/oauth/access_token", tokens: (p) => ({ access_token: p.access, scope: "read:user,user:email", token_type: "bearer" }), refusal: { status: 200, json: { error: "bad_verification_code", error_description: "The code passed is incorrect or expired." } },
    info: {
      "api.github.com/user": (p) => ({ login: p.login, id: p.id && p.number, node_id: "MDQ6VXNlcjE=", avatar_url: p.picture, type: "User", site_admin: false, name: p.name, company: null, email: null }),
      "api.github.com/user/emails": (p) => [{ email: `other-${p.email}`, primary: false, verified: true, visibility: null }, { email: p.email, primary: true, verified: p.verified, visibility: "private" }],
    },
  },
  gitlab: { token: "gitlab.com/oauth/token", tokens: (p) => bearer(p, { expires_in: 7200, scope: "read_user", created_at: now() }), info: { "gitlab.com/api/v4/user": (p) => ({ id: p.id && p.number, username: p.login, name: p.name, state: p.state ?? "active", locked: false, avatar_url: p.picture, email: p.email, email_verified: p.verified, confirmed_at: "2020-01-01T00:00:00.000Z" }) } },
  google: { token: "oauth2.googleapis.com/token", issuer: "https://accounts.google.com", claims: (p, client) => ({ ...openid(p), azp: client, given_name: p.name }), tokens: (p) => bearer(p, { expires_in: 3599, scope: "openid https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile" }), info: { "www.googleapis.com/oauth2/v3/certs": "keys" } },
  huggingface: { token: "huggingface.co/oauth/token", tokens: (p) => bearer(p, { expires_in: 28800, scope: "openid profile email" }), info: { "huggingface.co/oauth/userinfo": (p) => ({ ...openid(p), preferred_username: p.login, isPro: false, orgs: [] }) } },
  kakao: { token: "kauth.kakao.com/oauth/token", tokens: (p) => ({ access_token: p.access, token_type: "bearer", refresh_token: p.refresh, expires_in: 21599, scope: "account_email profile_image profile_nickname", refresh_token_expires_in: 5183999 }), info: { "kapi.kakao.com/v2/user/me": (p) => ({ id: p.id && p.number, connected_at: "2024-01-01T00:00:00Z", kakao_account: { profile_nickname_needs_agreement: false, profile: { nickname: p.name, thumbnail_image_url: p.picture, profile_image_url: p.picture, is_default_image: false }, has_email: true, is_email_valid: true, is_email_verified: p.verified, email: p.email } }) } },
  kick: { token: "id.kick.com/oauth/token", tokens: (p) => bearer(p, { expires_in: 7200, scope: "user:read" }), info: { "api.kick.com/public/v1/users": (p) => ({ data: [{ email: p.email, name: p.name, profile_picture: p.picture, user_id: p.id && p.number }], message: "OK" }) } },
  line: { token: "api.line.me/oauth2/v2.1/token", issuer: "https://access.line.me", claims: (p) => ({ sub: p.id, name: p.name, picture: p.picture, email: p.email, amr: ["pwd"] }), tokens: (p) => bearer(p, { expires_in: 2592000, scope: "profile openid email" }), info: { "api.line.me/oauth2/v2.1/verify": "verify", "api.line.me/oauth2/v2.1/userinfo": (p) => ({ sub: p.id, name: p.name, picture: p.picture }) } },
  linear: { token: "api.linear.app/oauth/token", tokens: (p) => ({ access_token: p.access, token_type: "Bearer", expires_in: 315705599, scope: "read" }), info: { "api.linear.app/graphql": (p) => ({ data: { viewer: { id: p.id, name: p.name, email: p.email, avatarUrl: p.picture, active: true, createdAt: "2024-01-01T00:00:00.000Z", updatedAt: "2024-01-01T00:00:00.000Z" } } }) } },
  linkedin: { token: "www.linkedin.com/oauth/v2/accessToken", tokens: (p) => ({ access_token: p.access, expires_in: 5183999, scope: "email,openid,profile", token_type: "Bearer" }), info: { "api.linkedin.com/v2/userinfo": (p) => ({ ...openid(p), given_name: p.name, locale: { country: "US", language: "en" } }) } },
  microsoft: { token: "login.microsoftonline.com/common/oauth2/v2.0/token", issuer: "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", claims: (p) => ({ sub: `pairwise-${p.login}`, oid: p.id, tid: "11111111-2222-3333-4444-555555555555", ver: "2.0", name: p.name, email: p.email, preferred_username: p.email, verified_primary_email: p.verified ? [p.email] : [] }), tokens: (p) => bearer(p, { expires_in: 3600, ext_expires_in: 3600, scope: "openid profile email User.Read" }), info: { "login.microsoftonline.com/common/discovery/v2.0/keys": "keys", "graph.microsoft.com/v1.0/me/photos/48x48/$value": "photo" } },
  naver: { token: "nid.naver.com/oauth2.0/token", tokens: (p) => ({ access_token: p.access, refresh_token: p.refresh, token_type: "bearer", expires_in: "3600" }), info: { "openapi.naver.com/v1/nid/me": (p) => ({ resultcode: "00", message: "success", response: { id: p.id, nickname: p.login, name: p.name, email: p.email, profile_image: p.picture, age: "40-49" } }) } },
  notion: { token: "api.notion.com/v1/oauth/token", tokens: (p) => ({ access_token: p.access, token_type: "bearer", bot_id: "bot-1", workspace_name: "Work", workspace_icon: null, workspace_id: "w-1", owner: { type: "user" }, duplicated_template_id: null }), info: { "api.notion.com/v1/users/me": (p) => ({ object: "user", id: "bot-1", type: "bot", bot: { owner: { type: "user", user: { object: "user", id: p.id, name: p.name, avatar_url: p.picture, type: "person", person: { email: p.email } } }, workspace_name: "Work" } }) } },
  paybin: { token: "idp.paybin.io/oauth2/token", issuer: "https://idp.paybin.io", claims: (p) => ({ ...openid(p), preferred_username: p.login }) },
  paypal: { token: "api-m.sandbox.paypal.com/v1/oauth2/token", tokens: (p) => bearer(p, { scope: "openid email profile https://uri.paypal.com/services/paypalattributes", nonce: "2024-01-01T00:00:00Z", expires_in: 28800 }), info: { "api-m.sandbox.paypal.com/v1/identity/oauth2/userinfo": (p) => ({ user_id: p.id && `https://www.paypal.com/webapps/auth/identity/user/${p.id}`, sub: p.id && `https://www.paypal.com/webapps/auth/identity/user/${p.id}`, name: p.name, payer_id: "P1", email: p.email, email_verified: p.verified, picture: p.picture, verified_account: "true" }) } },
  polar: { token: "api.polar.sh/v1/oauth2/token", tokens: (p) => bearer(p, { expires_in: 864000, scope: "openid profile email" }), info: { "api.polar.sh/v1/oauth2/userinfo": (p) => ({ id: p.id, email: p.email, username: p.login, avatar_url: p.picture, public_name: p.name, email_verified: p.verified, accounts: [] }) } },
  railway: { token: "backboard.railway.com/oauth/token", tokens: (p) => bearer(p, { scope: "openid email profile" }), info: { "backboard.railway.com/oauth/me": (p) => ({ sub: p.id, email: p.email, name: p.name, picture: p.picture }) } },
  reddit: { token: "www.reddit.com/api/v1/access_token", tokens: (p) => ({ access_token: p.access, token_type: "bearer", expires_in: 86400, scope: "identity", refresh_token: p.refresh }), info: { "oauth.reddit.com/api/v1/me": (p) => ({ id: p.id, name: p.login, icon_img: `${p.picture}?width=256&s=abc`, oauth_client_id: "c", has_verified_email: p.verified }) } },
  roblox: { token: "apis.roblox.com/oauth/v1/token", tokens: (p) => bearer(p, { expires_in: 899, scope: "openid profile" }), info: { "apis.roblox.com/oauth/v1/userinfo": (p) => ({ sub: p.id && String(p.number), name: p.name, nickname: p.name, preferred_username: p.login, created_at: 1607354232, profile: `https://www.roblox.com/users/${p.number}/profile`, picture: p.picture }) } },
  salesforce: { token: "login.salesforce.com/services/oauth2/token", tokens: (p) => ({ access_token: p.access, refresh_token: p.refresh, signature: "c2ln", scope: "refresh_token openid email profile", instance_url: "https://corp.my.salesforce.com", id: `https://login.salesforce.com/id/00D/${p.id}`, token_type: "Bearer", issued_at: "1700000000000" }), info: { "login.salesforce.com/services/oauth2/userinfo": (p) => ({ sub: `https://login.salesforce.com/id/00D/${p.id}`, user_id: p.id, organization_id: "00D", preferred_username: p.login, name: p.name, email: p.email, email_verified: p.verified, zoneinfo: "Europe/Berlin", photos: { picture: p.picture, thumbnail: p.picture }, active: true }) } },
  slack: { token: "slack.com/api/openid.connect.token", tokens: (p) => ({ ok: true, access_token: p.access, token_type: "Bearer" }), refusal: { status: 200, json: { ok: false, error: "invalid_code" } }, info: { "slack.com/api/openid.connect.userInfo": (p) => ({ ok: true, sub: p.id, "https://slack.com/user_id": p.id, "https://slack.com/team_id": "T1", email: p.email, email_verified: p.verified, date_email_verified: 1622128723, name: p.name, picture: p.picture, given_name: p.name, locale: "en-US", "https://slack.com/user_image_512": p.picture }) } },
  spotify: { token: "accounts.spotify.com/api/token", tokens: (p) => bearer(p, { scope: "user-read-email" }), info: { "api.spotify.com/v1/me": (p) => ({ display_name: p.name, email: p.email, external_urls: {}, followers: { href: null, total: 0 }, href: "h", id: p.id, images: [{ url: p.picture, height: 64, width: 64 }], product: "premium", type: "user", uri: "u" }) } },
  tiktok: { token: "open.tiktokapis.com/v2/oauth/token/", tokens: (p) => ({ access_token: p.access, expires_in: 86400, open_id: p.id, refresh_expires_in: 31536000, refresh_token: p.refresh, scope: "user.info.profile", token_type: "Bearer" }), refusal: { status: 200, json: { error: "invalid_grant", error_description: "Authorization code is expired.", log_id: "2022" } }, info: { "open.tiktokapis.com/v2/user/info/": (p) => ({ data: { user: { open_id: p.id, avatar_large_url: p.picture, display_name: p.name, username: p.login } }, error: { code: "ok", message: "", log_id: "2022" } }) } },
  twitch: { token: "id.twitch.tv/oauth2/token", issuer: "https://id.twitch.tv/oauth2", claims: (p, client) => ({ sub: p.id && String(p.number), azp: client, email: p.email, email_verified: p.verified, picture: p.picture, preferred_username: p.name }), tokens: (p) => ({ access_token: p.access, expires_in: 14124, refresh_token: p.refresh, scope: ["openid", "user:read:email"], token_type: "bearer" }), info: { "id.twitch.tv/oauth2/keys": "keys" } },
  twitter: { token: "api.x.com/2/oauth2/token", tokens: (p) => ({ token_type: "bearer", expires_in: 7200, access_token: p.access, scope: "users.read users.email tweet.read offline.access", refresh_token: p.refresh }), info: { "api.x.com/2/users/me": (p, url) => ({ data: { id: p.id && String(p.number), name: p.name, username: p.login, ...(url.search.includes("confirmed_email") ? p.verified && { confirmed_email: p.email } : { profile_image_url: p.picture }) } }) } },
  vercel: { token: "api.vercel.com/login/oauth/token", tokens: (p) => bearer(p, { scope: "openid email profile" }), info: { "api.vercel.com/login/oauth/userinfo": (p) => ({ ...openid(p), preferred_username: p.login }) } },
  vk: { token: "id.vk.com/oauth2/auth", tokens: (p) => ({ refresh_token: p.refresh, access_token: p.access, token_type: "Bearer", expires_in: 3600, user_id: p.number, state: "x", scope: "email phone" }), info: { "id.vk.com/oauth2/user_info": (p) => ({ user: { user_id: p.id && String(p.number), first_name: p.name, last_name: "Last", phone: "79991234567", avatar: p.picture, email: p.email, sex: 2, verified: p.verified, birthday: "01.01.2000" } }) } },
  wechat: { token: "api.weixin.qq.com/sns/oauth2/access_token", renew: "api.weixin.qq.com/sns/oauth2/refresh_token", tokens: (p) => ({ access_token: p.access, expires_in: 7200, refresh_token: p.refresh, openid: `open-${p.login}`, scope: "snsapi_login", unionid: p.id }), refusal: { status: 200, json: { errcode: 40029, errmsg: "invalid code" } }, info: { "api.weixin.qq.com/sns/userinfo": (p) => ({ openid: p.id && `open-${p.login}`, nickname: p.name, sex: 1, province: "P", city: "C", country: "CN", headimgurl: p.picture, privilege: [], unionid: p.id }) } },
  zoom: { token: "zoom.us/oauth/token", tokens: (p) => bearer(p, { expires_in: 3599, scope: "user:read:user" }), info: { "api.zoom.us/v2/users/me": (p) => ({ id: p.id, first_name: p.name, last_name: "Last", display_name: p.name, email: p.email, type: 1, verified: p.verified ? 1 : 0, pic_url: p.picture, status: "active" }) } },
};

export const names = Object.keys(providers);

const endpoints = (base, info) => ({
  issuer: base,
  authorization_endpoint: `${base}/authorize?tenant=1`,
  token_endpoint: `${base}/token`,
  ...(info && { userinfo_endpoint: `${base}/userinfo` }),
  jwks_uri: `${base}/keys`,
  end_session_endpoint: `${base}/logout`,
  id_token_signing_alg_values_supported: ["RS256"],
});
const issued = (base, claims, info) => ({
  token: `${base}/token`, issuer: `https://${base}`, claims,
  info: { [`${base}/.well-known/openid-configuration`]: endpoints(`https://${base}`, info), [`${base}/keys`]: "keys", ...(info && { [`${base}/userinfo`]: info }) },
});
const TENANT = "11111111-2222-3333-4444-555555555555";
const entra = `login.microsoftonline.com/${TENANT}`;

/** Those that only the presets of generic OAuth reach. The presets line and slack share the built-in providers' servers. */
const others = {
  auth0: issued("tenant.auth0.example", (p) => ({ ...openid(p), nickname: p.login })),
  // Its ID tokens name nobody's address: the profile has to be asked for.
  keycloak: issued("id.keycloak.example/realms/company", (p) => ({ sub: p.id, preferred_username: p.login }), (p) => ({ ...openid(p), preferred_username: p.login })),
  okta: issued("dev.okta.example/oauth2/default", (p) => ({ ...openid(p), email_verified: String(p.verified), ver: 1 }), (p) => ({ ...openid(p), zoneinfo: "Europe/Berlin" })),
  "microsoft-entra-id": {
    token: `${entra}/oauth2/v2.0/token`, issuer: `https://${entra}/v2.0`,
    claims: (p) => ({ sub: p.id && `pairwise-${p.login}`, oid: p.id, tid: TENANT, ver: "2.0", name: p.name, email: p.email, email_verified: p.verified }),
    info: {
      [`${entra}/v2.0/.well-known/openid-configuration`]: { ...endpoints(`https://${entra}/v2.0`), authorization_endpoint: "https://unused.example", token_endpoint: "https://unused.example" },
      [`${entra}/v2.0/keys`]: "keys",
      "graph.microsoft.com/oidc/userinfo": (p) => ({ sub: p.other ?? `pairwise-${p.login}`, name: p.name, given_name: p.name, family_name: "Last", email: p.email, picture: p.picture }),
    },
  },
  gumroad: { token: "api.gumroad.com/oauth/token", tokens: (p) => bearer(p, { scope: "view_profile", created_at: now() }), info: { "api.gumroad.com/v2/user": (p) => ({ success: !p.failing, user: { user_id: p.id, name: p.name, email: p.email, profile_url: p.picture, bio: "b" } }) } },
  hubspot: { token: "api.hubapi.com/oauth/v1/token", tokens: (p) => bearer(p, { expires_in: 1800 }), info: { "api.hubapi.com/oauth/v1/access-tokens/": (p) => ({ user: p.email, user_id: p.id && p.number, hub_id: 7, hub_domain: "d", scopes: ["oauth"], token_type: "access", signed_access_token: { userId: p.signed } }) } },
  patreon: { token: "www.patreon.com/api/oauth2/token", tokens: (p) => bearer(p, { expires_in: 2678400, scope: "identity[email]", version: "0.0.1" }), info: { "www.patreon.com/api/oauth2/v2/identity": (p) => ({ data: { id: p.id && String(p.number), type: "user", attributes: { email: p.email, full_name: p.name, image_url: p.picture, is_email_verified: p.verified } }, links: {} }) } },
  yandex: { token: "oauth.yandex.com/token", tokens: (p) => bearer(p, { expires_in: 31536000, scope: "login:info login:email login:avatar" }), info: { "login.yandex.ru/info": (p) => ({ id: p.id && String(p.number), login: p.login, client_id: "c", display_name: p.name, real_name: p.real, emails: p.email ? [p.email] : [], default_email: p.secondary ? undefined : p.email, default_avatar_id: p.picture ? "131652443" : null, is_avatar_empty: p.blank ?? false, psuid: "1.A" }) } },
};

// What is answered at an address: [provider, role].
const routes = new Map();
const served = { ...providers, ...others };
for (const [name, provider] of Object.entries(served)) {
  routes.set(provider.token, [name, "token"]);
  if (provider.renew) routes.set(provider.renew, [name, "token"]);
  for (const [address, role] of Object.entries(provider.info ?? {})) routes.set(address, [name, role]);
}

const PWNED = "api.pwnedpasswords.com";
const captchas = new Set([
  "challenges.cloudflare.com/turnstile/v0/siteverify", "www.google.com/recaptcha/api/siteverify",
  "api.hcaptcha.com/siteverify", "api.captchafox.com/siteverify",
]);
export const hosts = [...new Set([...routes.keys(), ...captchas, PWNED].map((address) => address.split("/")[0]))];

/** What the service of breached passwords answers for a prefix of a hash: `world.pwned` holds the passwords it knows. */
function pwned(world, prefix) {
  const padding = `${"0".repeat(35)}:0`;
  const found = [...world.pwned].map(([password, text]) => [createHash("sha1").update(password).digest("hex").toUpperCase(), text]).filter(([hash]) => hash.startsWith(prefix));
  const down = found.find(([, text]) => typeof text === "number");
  return { type: "text/plain", status: down?.[1], raw: [padding, ...found.map(([hash, text]) => `${hash.slice(5)}:${text}`)].join("\r\n") };
}

/** Redeems a code or a refresh token. */
function tokens(world, provider, form) {
  const refresh = form.get("refresh_token");
  const grant = refresh ? world.grants.get(refresh) : world.grants.get(form.get("code"));
  if (!grant) return provider.refusal ?? { status: 400, json: { error: "invalid_grant" } };
  if (!refresh) world.grants.delete(form.get("code"));
  const verifier = form.get("code_verifier");
  const { login } = grant;
  const wrong = grant.challenge && createHash("sha256").update(verifier ?? "").digest("base64url") !== grant.challenge;
  if (wrong) return { login, status: 400, json: { error: "invalid_grant", error_description: "code_verifier" } };
  const serial = (world.serials.get(`token ${login}`) ?? 0) + 1;
  world.serials.set(`token ${login}`, serial);
  const person = { ...personOf(world, login), access: `at.${login}.${serial}`, refresh: `rt.${login}.${serial}` };
  world.grants.set(person.access, { login });
  world.grants.set(person.refresh, { ...grant, challenge: undefined });
  const json = (provider.tokens ?? bearer)(person);
  if (provider.claims) {
    const claims = { iss: provider.issuer, aud: grant.client, iat: now(), exp: now() + 3600, nonce: grant.nonce, ...provider.claims(person, grant.client), ...person.claims };
    json.id_token = (person.signer ?? world.signer).sign(claims);
  }
  return { login, json: person.tokens ? person.tokens(json) : json };
}

const loginOf = (token) => /^[a-z]+\.(.*)\.\d+$/.exec(token ?? "")?.[1];

/** Answers one request as the provider whose host it names. */
export function serve(world, request, body) {
  const url = new URL(request.url, `https://${request.headers.host}`);
  const address = url.host + decodeURIComponent(url.pathname);
  if (url.host === PWNED) return pwned(world, address.split("/").at(-1));
  if (captchas.has(address)) {
    const solved = body.startsWith("{") ? JSON.parse(body).response : new URLSearchParams(body).get("response");
    return { login: solved, ...world.captchas.get(solved) };
  }
  // HubSpot is told the token by the path.
  const [, told] = /^api\.hubapi\.com\/oauth\/v1\/access-tokens\/(.+)$/.exec(address) ?? [];
  const [name, role] = routes.get(told ? address.slice(0, -told.length) : address) ?? [];
  const form = new URLSearchParams(request.method === "POST" ? body : url.search);
  const provider = served[name];
  if (role === undefined) return { status: 404 };
  if (role.issuer) return { json: role };
  if (role === "keys") return { json: { keys: [world.signer.jwk] } };
  if (role === "token") return tokens(world, provider, form);
  if (role === "verify") {
    const claims = JSON.parse(Buffer.from(form.get("id_token").split(".")[1] ?? "", "base64url"));
    return { login: claims.sub?.replace(/^id-/, ""), json: claims };
  }
  const shown = request.headers.authorization?.replace(/^(Bearer|OAuth) /i, "") ?? form.get("access_token") ?? told;
  const token = world.grants.has(shown) ? shown : form.get("input_token");
  const login = world.grants.get(token)?.login;
  if (!login) return { login: loginOf(token), status: 401, json: { error: "invalid_token" } };
  const person = personOf(world, login);
  if (role === "photo") return { login, type: "image/jpeg", raw: Buffer.from([0xff, 0xd8, 0xff]) };
  if (person.down) return { login, status: 503, json: {} };
  return { login, json: role(person, url) };
}

/** What an ID token says that a client got from a provider by itself, or undefined where there is none. */
export function claimsOf(world, name, login, client) {
  const { issuer, claims } = served[name];
  return claims && { iss: issuer, aud: client, iat: now(), exp: now() + 3600, ...claims(personOf(world, login), client) };
}
