// Plugins together: what one does to the sign-ins, sessions and users of another.
import { newPasskey } from "../authenticator.mjs";
import { cookieValue, linkPath, noteMessage, PASSWORD, SESSION_COOKIE, signedIn, signedUp } from "../steps.mjs";
import { codeOf } from "./plugin-twofactor.mjs";

const base = { emailAndPassword: { enabled: true } };
const tokenOf = (c) => decodeURIComponent(cookieValue(c, SESSION_COOKIE)).split(".")[0];
const org = (path) => `/organization/${path}`;

async function enrolled(t, email, extra = {}) {
  const c = await signedUp(t, email, extra);
  const { json } = await c.post("/two-factor/enable", { password: PASSWORD });
  await c.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI, -1) });
  return { c, uri: json?.totpURI, codes: json?.backupCodes ?? [] };
}

async function emailCode(t, email, type, c = t.client()) {
  await c.post("/email-otp/send-verification-otp", { email, type });
  return (await t.box.take("email-otp", email))?.code ?? "none";
}

export default [
  {
    name: "a second factor and every sign-in",
    config: { ...base, plugins: { username: true, magicLink: true, emailOTP: true, twoFactor: true, bearer: true } },
    async run(t) {
      const email = "co-1@example.com";
      const { uri, codes } = await enrolled(t, email, { username: "co_one" });
      const byName = t.client();
      await byName.post("/sign-in/username", { username: "co_one", password: PASSWORD });
      await byName.get("/get-session");
      await byName.post("/two-factor/verify-totp", { code: codeOf(uri) });
      await byName.get("/get-session");
      const byLink = t.client();
      await byLink.post("/sign-in/magic-link", { email });
      await byLink.get(linkPath(await t.box.take("magic-link", email)));
      await byLink.get("/get-session");
      const byCode = t.client();
      await byCode.post("/sign-in/email-otp", { email, otp: await emailCode(t, email, "sign-in") });
      await byCode.get("/get-session");
      const answer = await t.client().post("/sign-in/email", { email, password: PASSWORD });
      t.note("header", answer.headers["set-auth-token"] ?? null);
      const second = await signedIn(t, email);
      await second.post("/sign-in/username", { username: "co_one", password: PASSWORD, rememberMe: false });
      const last = await second.post("/two-factor/verify-backup-code", { code: codes[0], trustDevice: true });
      t.note("header", Boolean(last.headers["set-auth-token"]));
      await second.post("/sign-in/username", { username: "co_one", password: PASSWORD });
      await second.get("/get-session");
    },
  },
  {
    name: "bans, with a cookie cache and every sign-in",
    config: { ...base, session: { cookieCache: { enabled: true } }, plugins: { admin: { defaultRole: "admin" }, username: true, magicLink: true, emailOTP: true, bearer: true } },
    async run(t) {
      const boss = await signedUp(t, "co-2-boss@example.com");
      const email = "co-2@example.com";
      const c = await signedUp(t, email, { username: "co_two" });
      const id = (await c.get("/get-session")).json?.user?.id;
      await c.post("/email-otp/verify-email", { email, otp: await emailCode(t, email, "email-verification") });
      await boss.post("/admin/set-role", { userId: id, role: "user" });
      const token = tokenOf(c);
      await boss.post("/admin/ban-user", { userId: id, banReason: "spam" });
      await c.get("/get-session?disableCookieCache=true");
      await t.client({ headers: { authorization: `Bearer ${token}` } }).get("/get-session");
      await t.client().post("/sign-in/username", { username: "co_two", password: PASSWORD });
      await t.client().post("/sign-in/email", { email, password: PASSWORD });
      await t.client().post("/sign-in/magic-link", { email });
      await t.client().get(linkPath(await t.box.take("magic-link", email)));
      await t.client().post("/sign-in/magic-link", { email, callbackURL: "/in", errorCallbackURL: "/out" });
      await t.client().get(linkPath(await t.box.take("magic-link", email)));
      await t.client().post("/sign-in/email-otp", { email, otp: await emailCode(t, email, "sign-in") });
      await boss.post("/admin/unban-user", { userId: id });
      await t.client().post("/sign-in/username", { username: "co_two", password: PASSWORD });
      await boss.post("/admin/impersonate-user", { userId: id });
      await boss.get("/get-session");
      await boss.post("/update-user", { name: "Changed" });
      await boss.post("/admin/stop-impersonating");
      await boss.get("/get-session");
      await boss.post("/admin/update-user", { userId: id, data: { username: "co_renamed", displayUsername: "Two" } });
      await boss.get(`/admin/get-user?id=${id}`);
      await boss.post("/admin/create-user", { email: "co-2-new@example.com", name: "New", password: PASSWORD, role: "user", data: { username: "Co_New" } });
      await t.client().post("/sign-in/username", { username: "co_new", password: PASSWORD });
    },
  },
  {
    name: "organizations with a bearer token",
    config: { ...base, plugins: { bearer: true, organization: { teams: { enabled: true } } } },
    async run(t) {
      const owner = await signedUp(t, "co-3@example.com");
      const program = t.client({ headers: { authorization: `Bearer ${tokenOf(owner)}`, origin: null } });
      const made = await program.post(org("create"), { name: "Three", slug: "co-3" });
      await program.get(org("get-full-organization"));
      await program.post(org("invite-member"), { email: "co-3-x@example.com", role: "member" });
      await program.get(org("list-invitations"));
      await program.post(org("set-active"), { organizationId: null });
      await program.get("/get-session");
      await program.get(org("get-full-organization"));
      await program.post(org("set-active"), { organizationId: made.json?.id });
      await program.get(org("get-active-member"));
      await program.post("/sign-out");
      await program.get(org("list"));
    },
  },
  {
    name: "keys of organizations",
    config: { ...base, plugins: { organization: true, apiKey: { references: "organization", enableMetadata: true } } },
    async run(t) {
      const owner = await signedUp(t, "co-4@example.com");
      const organizationId = (await owner.post(org("create"), { name: "Four", slug: "co-4" })).json?.id;
      const join = async (who, role) => {
        const c = await signedUp(t, `co-4-${who}@example.com`);
        const invitation = await owner.post(org("invite-member"), { email: `co-4-${who}@example.com`, role });
        await c.post(org("accept-invitation"), { invitationId: invitation.json?.id });
        return c;
      };
      const people = [owner, await join("admin", "admin"), await join("member", "member"), await signedUp(t, "co-4-x@example.com"), t.client()];
      const { json: key } = await owner.post("/api-key/create", { organizationId, name: "ci", metadata: { a: 1 } });
      for (const c of people) {
        await c.post("/api-key/create", { name: "none" });
        await c.post("/api-key/create", { organizationId, name: "own" });
        await c.post("/api-key/create", { organizationId: "nothing" });
        await c.get(`/api-key/get?id=${key?.id}`);
        await c.post("/api-key/update", { keyId: key?.id, name: "cd" });
        await c.get(`/api-key/list?organizationId=${organizationId}`);
        await c.get("/api-key/list");
        await c.get("/api-key/list?organizationId=nothing");
      }
      for (const c of people.slice().reverse()) await c.post("/api-key/delete", { keyId: key?.id });
    },
  },
  {
    name: "keys of users and of organizations",
    config: { ...base, plugins: { apiKey: [{ configId: "mine", defaultPrefix: "u_", enableSessionForAPIKeys: true }, { configId: "ours", references: "organization", defaultPrefix: "o_", enableSessionForAPIKeys: true, apiKeyHeaders: "x-org-key" }], organization: true } },
    async run(t) {
      const c = await signedUp(t, "co-5@example.com");
      const organizationId = (await c.post(org("create"), { name: "Five", slug: "co-5" })).json?.id;
      const mine = (await c.post("/api-key/create", { configId: "mine" })).json;
      const ours = (await c.post("/api-key/create", { configId: "ours", organizationId })).json;
      await c.post("/api-key/create", {});
      await c.post("/api-key/create", { configId: "ours" });
      await c.post("/api-key/create", { configId: "none" });
      for (const query of ["", "?configId=mine", "?configId=ours", `?organizationId=${organizationId}`, `?organizationId=${organizationId}&configId=ours`, `?organizationId=${organizationId}&configId=mine`]) await c.get(`/api-key/list${query}`);
      await c.get(`/api-key/get?id=${mine?.id}`);
      await c.get(`/api-key/get?id=${mine?.id}&configId=mine`);
      await c.get(`/api-key/get?id=${ours?.id}&configId=ours`);
      await c.get(`/api-key/get?id=${ours?.id}&configId=mine`);
      await t.client().get("/get-session", { "x-api-key": mine?.key ?? "" });
      await t.client().get("/get-session", { "x-org-key": ours?.key ?? "" });
      await c.post("/api-key/delete", { keyId: ours?.id, configId: "mine" });
      await c.post("/api-key/delete", { keyId: ours?.id, configId: "ours" });
    },
  },
  {
    name: "a key's session among plugins",
    config: { ...base, plugins: { apiKey: { enableSessionForAPIKeys: true, rateLimit: { enabled: false } }, organization: true, admin: true, username: true } },
    async run(t) {
      const c = await signedUp(t, "co-6@example.com", { username: "co_six" });
      const { json } = await c.post("/api-key/create", {});
      const headers = { "x-api-key": json?.key ?? "" };
      const program = t.client();
      await program.get("/get-session", headers);
      await program.get(org("list"), headers);
      await program.get("/admin/list-users", headers);
      await program.get("/list-accounts", headers);
      await program.post("/update-user", { name: "Program" }, headers);
      await program.get("/get-session", { ...headers, cookie: `${SESSION_COOKIE}=x.y` });
      await c.get("/get-session", headers);
    },
  },
  {
    name: "passkeys and names",
    config: { ...base, plugins: { passkey: true, username: true, twoFactor: true } },
    async run(t) {
      const { c } = await enrolled(t, "co-7@example.com", { username: "co_seven" });
      const key = newPasskey(t.base);
      const { json: options } = await c.get("/passkey/generate-register-options");
      key.handle ??= options?.user?.id;
      await c.post("/passkey/verify-registration", { response: key.create(options?.challenge) });
      const phone = t.client();
      const { json: asked } = await phone.get("/passkey/generate-authenticate-options");
      await phone.post("/passkey/verify-authentication", { response: key.get(asked?.challenge) });
      await phone.get("/get-session");
      await phone.post("/update-user", { username: "co_new" });
      await phone.get("/passkey/list-user-passkeys");
      await phone.post("/sign-out");
      await phone.get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "a new address by code, among plugins",
    config: { ...base, session: { cookieCache: { enabled: true } }, plugins: { emailOTP: { changeEmail: { enabled: true } }, username: true, bearer: true, jwt: true } },
    async run(t) {
      const c = await signedUp(t, "co-8@example.com", { username: "co_eight" });
      const other = await signedIn(t, "co-8@example.com");
      await c.post("/email-otp/request-email-change", { newEmail: "co-8-new@example.com" });
      const message = await noteMessage(t, "email-otp", "co-8-new@example.com");
      const answer = await c.post("/email-otp/change-email", { newEmail: "co-8-new@example.com", otp: message?.code });
      t.note("header", Boolean(answer.headers["set-auth-token"]));
      await c.get("/get-session");
      await other.get("/get-session?disableCookieCache=true");
      await c.get("/token");
      await t.client().post("/sign-in/username", { username: "co_eight", password: PASSWORD });
      await t.client().post("/sign-in/email", { email: "co-8@example.com", password: PASSWORD });
    },
  },
  {
    name: "columns under other names",
    config: { ...base, plugins: {
      username: { schema: { user: { fields: { username: "user_name", displayUsername: "shown_name" } } } },
      admin: { defaultRole: "admin", schema: { user: { fields: { banned: "is_banned" } }, session: { fields: { impersonatedBy: "impersonated_by" } } } },
      twoFactor: { schema: { user: { fields: { twoFactorEnabled: "two_factor" } }, twoFactor: { modelName: "factors", fields: { backupCodes: "backup_codes" } } } },
      jwt: { schema: { jwks: { modelName: "signing_keys", fields: { publicKey: "public_key" } } } },
      apiKey: { schema: { apikey: { modelName: "keys", fields: { referenceId: "reference_id" } } } },
      organization: { schema: { session: { fields: { activeOrganizationId: "active_org" } }, organization: { modelName: "organizations" }, member: { modelName: "members", fields: { organizationId: "organization_id" } } } },
      magicLink: { allowedAttempts: 3 },
    } },
    async run(t) {
      const { c } = await enrolled(t, "co-9@example.com", { username: "Co_Nine" });
      await c.get("/get-session");
      await c.get("/token");
      await c.post("/api-key/create", { name: "n" });
      await c.get("/api-key/list");
      await c.post(org("create"), { name: "Nine", slug: "co-9" });
      await c.get(org("get-full-organization"));
      await c.get("/admin/list-users?filterField=banned&filterValue=false");
      await c.get("/get-session");
    },
  },
];
