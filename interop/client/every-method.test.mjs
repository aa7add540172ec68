// Every method of the official clients of twelve plugins, in two versions: what the plugins themselves have for endpoints must
// have been asked for by the end, each through the client's own way to call it. API keys and passkeys are packages of their
// own, whose clients are those of one version.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { apiKey } from "@better-auth/api-key";
import { apiKeyClient } from "@better-auth/api-key/client";
import { passkey } from "@better-auth/passkey";
import { passkeyClient } from "@better-auth/passkey/client";
import { credentialsOf, newPasskey } from "../authenticator.mjs";
import { startServer } from "../harness.mjs";
import { fromPackage, newPerson, openClient, PASSWORD } from "../official.mjs";
import { codeOf } from "../scenarios/plugin-twofactor.mjs";

const newest = "1.7.25";

// What the reference's own roles are made of, so that organizations may make roles too.
const everything = {
  organization: ["update", "delete"], member: ["create", "update", "delete"], invitation: ["create", "cancel"],
  team: ["create", "update", "delete"], ac: ["create", "read", "update", "delete"],
};

// What can be called over HTTP, as the plugins declare it.
async function endpoints(version) {
  const plugins = await fromPackage(version, "plugins");
  const all = [
    plugins.username(), plugins.jwt(), plugins.magicLink({}), plugins.emailOTP({}), plugins.twoFactor(), plugins.admin(), plugins.deviceAuthorization({ schema: {} }), plugins.phoneNumber(),
    plugins.anonymous(), plugins.multiSession(), plugins.oneTimeToken(),
    plugins.organization({ teams: { enabled: true }, ac: { statements: {} }, dynamicAccessControl: { enabled: true } }),
    ...(version === newest ? [apiKey(), passkey()] : []),
  ];
  return all.flatMap((plugin) => Object.values(plugin.endpoints)).filter(({ path }) => path).map(({ path, options }) => `${options.method} /api/auth${path}`);
}

async function options(version) {
  const clients = await fromPackage(version, "client/plugins");
  return {
    plugins: [
      clients.usernameClient(), clients.jwtClient(), clients.magicLinkClient(), clients.emailOTPClient(), clients.twoFactorClient(), clients.adminClient(), clients.deviceAuthorizationClient(), clients.phoneNumberClient(),
      clients.anonymousClient(), clients.multiSessionClient(), clients.oneTimeTokenClient(),
      clients.organizationClient({ teams: { enabled: true }, dynamicAccessControl: { enabled: true } }),
      ...(version === newest ? [apiKeyClient(), passkeyClient()] : []),
    ],
  };
}

const config = {
  emailAndPassword: { enabled: true },
  plugins: {
    bearer: true, username: true, jwt: true, magicLink: true, emailOTP: { changeEmail: { enabled: true } }, twoFactor: true, admin: { defaultRole: "admin" }, deviceAuthorization: true, phoneNumber: { signUpOnVerification: true },
    anonymous: true, multiSession: true, oneTimeToken: true,
    organization: { teams: { enabled: true }, ac: everything, dynamicAccessControl: { enabled: true } },
    apiKey: true, passkey: true,
  },
};

globalThis.PublicKeyCredential = class {};
const hold = (key) => Object.defineProperty(globalThis, "navigator", { configurable: true, value: { credentials: credentialsOf(key) } });

// The data of an answer that must be a good one.
async function good(answer) {
  const { data, error } = await answer;
  assert.equal(error, null, JSON.stringify(error));
  return data;
}

for (const version of [newest, "1.6.9"]) describe(`every method of the plugins' clients ${version} (${process.env.SIDE ?? "watchword"})`, async () => {
  const server = await startServer(process.env.SIDE ?? "watchword", config);
  const asked = new Set();
  const watch = (opened) => {
    const { requests } = opened.browser;
    requests.push = (...calls) => calls.forEach(({ method, path }) => asked.add(`${method} ${path}`));
    return opened;
  };
  const person = async (more) => watch(await newPerson(version, server, more, await options(version)));
  const visitor = async () => watch(await openClient(version, server, await options(version)));
  const mailed = async (type, to) => server.box.take(type, to);
  after(() => server.stop());

  test("username, magic link, jwt", async () => {
    const { auth } = await person({ username: "every_one" });
    assert.equal((await good(auth.isUsernameAvailable({ username: "every_one" }))).available, false);
    assert.ok((await good(auth.token())).token);
    assert.ok((await good(auth.jwks())).keys.length);
    const { auth: other } = await visitor();
    assert.equal((await good(other.signIn.username({ username: "every_one", password: PASSWORD }))).user.username, "every_one");
    await good(other.signIn.magicLink({ email: "every-link@example.com" }));
    const { token } = await mailed("magic-link", "every-link@example.com");
    assert.equal((await good(other.magicLink.verify({ query: { token } }))).user.email, "every-link@example.com");
  });

  test("anonymous", async () => {
    const { auth } = await visitor();
    assert.equal((await good(auth.signIn.anonymous())).user.isAnonymous, true);
    assert.deepEqual(await good(auth.deleteAnonymousUser()), { success: true });
    assert.equal((await auth.getSession()).data, null);
  });

  test("several sessions", async () => {
    const { auth, email } = await person();
    const first = (await auth.getSession()).data.session.token;
    await good(auth.signUp.email({ name: "Bob", email: `bob-${email}`, password: PASSWORD }));
    assert.deepEqual((await good(auth.multiSession.listDeviceSessions())).map(({ user }) => user.email).sort(), [email, `bob-${email}`].sort());
    assert.equal((await good(auth.multiSession.setActive({ sessionToken: first }))).user.email, email);
    assert.deepEqual(await good(auth.multiSession.revoke({ sessionToken: first })), { status: true });
    assert.equal((await auth.getSession()).data.user.email, `bob-${email}`);
  });

  test("one-time tokens", async () => {
    const { auth, email } = await person();
    const { token } = await good(auth.oneTimeToken.generate());
    const { auth: other } = await visitor();
    assert.equal((await good(other.oneTimeToken.verify({ token }))).user.email, email);
    assert.equal((await other.getSession()).data.user.email, email);
    assert.equal((await other.oneTimeToken.verify({ token })).error.message, "Invalid token");
  });

  test("codes by mail", async () => {
    const { auth, email } = await person();
    const code = async (to = email) => (await mailed("email-otp", to)).code;
    const send = (type) => good(auth.emailOtp.sendVerificationOtp({ email, type }));
    await send("sign-in");
    assert.equal((await good((await visitor()).auth.signIn.emailOtp({ email, otp: await code() }))).user.email, email);
    await send("email-verification");
    const otp = await code();
    assert.equal((await good(auth.emailOtp.checkVerificationOtp({ email, type: "email-verification", otp }))).success, true);
    assert.equal((await good(auth.emailOtp.verifyEmail({ email, otp }))).user.emailVerified, true);
    await good(auth.emailOtp.requestPasswordReset({ email }));
    await code();
    await good(auth.forgetPassword.emailOtp({ email }));
    await good(auth.emailOtp.resetPassword({ email, otp: await code(), password: PASSWORD }));
    const { auth: again } = await visitor();
    await good(again.signIn.email({ email, password: PASSWORD }));
    await good(again.emailOtp.requestEmailChange({ newEmail: `moved-${email}` }));
    await good(again.emailOtp.changeEmail({ newEmail: `moved-${email}`, otp: await code(`moved-${email}`) }));
    assert.equal((await again.getSession()).data.user.email, `moved-${email}`);
  });

  test("two factors", async () => {
    const { auth, email } = await person();
    const { totpURI } = await good(auth.twoFactor.enable({ password: PASSWORD }));
    await good(auth.twoFactor.verifyTotp({ code: codeOf(totpURI, -1) }));
    assert.equal((await good(auth.twoFactor.getTotpUri({ password: PASSWORD }))).totpURI, totpURI);
    const { backupCodes } = await good(auth.twoFactor.generateBackupCodes({ password: PASSWORD }));
    const second = async () => {
      const { auth: half } = await visitor();
      assert.equal((await good(half.signIn.email({ email, password: PASSWORD }))).twoFactorRedirect, true);
      return half.twoFactor;
    };
    assert.ok((await good((await second()).verifyBackupCode({ code: backupCodes[0] }))).token);
    const byMail = await second();
    await good(byMail.sendOtp());
    assert.ok((await good(byMail.verifyOtp({ code: (await mailed("two-factor-otp", email)).code }))).token);
    assert.deepEqual(await good(auth.twoFactor.disable({ password: PASSWORD })), { status: true });
  });

  test("admin", async () => {
    const { auth } = await person();
    const { user } = await good(auth.admin.createUser({ email: "every-made@example.com", name: "Made", password: PASSWORD, role: "user" }));
    const userId = user.id;
    assert.equal((await good(auth.admin.getUser({ query: { id: userId } }))).name, "Made");
    assert.equal((await good(auth.admin.updateUser({ userId, data: { name: "Changed" } }))).name, "Changed");
    assert.equal((await good(auth.admin.setRole({ userId, role: "admin" }))).user.role, "admin");
    assert.equal((await good(auth.admin.setRole({ userId, role: "user" }))).user.role, "user");
    assert.ok((await good(auth.admin.listUsers({ query: { limit: 5 } }))).total > 1);
    await good(auth.admin.setUserPassword({ userId, newPassword: `${PASSWORD} 2` }));
    const made = await visitor();
    const enter = () => good(made.auth.signIn.email({ email: user.email, password: `${PASSWORD} 2` }));
    const { token } = await enter();
    assert.equal((await good(auth.admin.listUserSessions({ userId }))).sessions[0].token, token);
    await good(auth.admin.revokeUserSession({ sessionToken: token }));
    assert.equal((await made.auth.getSession()).data, null);
    await enter();
    await good(auth.admin.revokeUserSessions({ userId }));
    assert.equal((await made.auth.getSession()).data, null);
    assert.equal((await good(auth.admin.banUser({ userId }))).user.banned, true);
    assert.equal((await good(auth.admin.unbanUser({ userId }))).user.banned, false);
    assert.equal((await good(auth.admin.hasPermission({ permissions: { user: ["ban"] } }))).success, true);
    assert.equal((await good(auth.admin.impersonateUser({ userId }))).user.id, userId);
    await good(auth.admin.stopImpersonating());
    assert.deepEqual(await good(auth.admin.removeUser({ userId })), { success: true });
  });

  test("organizations", async () => {
    const { auth: { organization: own } } = await person();
    // Who has proven an address may list the invitations for it.
    const { auth: guest } = await visitor();
    const email = "every-guest@example.com";
    await good(guest.emailOtp.sendVerificationOtp({ email, type: "sign-in" }));
    const { user } = await good(guest.signIn.emailOtp({ email, otp: (await mailed("email-otp", email)).code }));
    const theirs = guest.organization;
    assert.deepEqual(await good(own.checkSlug({ slug: "every-one" })), { status: true });
    const { id: organizationId } = await good(own.create({ name: "Org", slug: "every-one" }));
    assert.equal((await good(own.update({ data: { name: "Renamed" } }))).name, "Renamed");
    assert.equal((await good(own.setActive({ organizationId }))).id, organizationId);
    assert.equal((await good(own.getOrganization())).id, organizationId);
    assert.equal((await good(own.getFullOrganization())).members.length, 1);
    assert.equal((await good(own.list())).length, 1);

    const invite = () => good(own.inviteMember({ email, role: "member" }));
    await good(own.cancelInvitation({ invitationId: (await invite()).id }));
    await good(theirs.rejectInvitation({ invitationId: (await invite()).id }));
    const { id: invitationId } = await invite();
    assert.equal((await good(own.listInvitations())).length, 3);
    assert.equal((await good(theirs.listUserInvitations())).filter(({ status }) => status === "pending").length, 1);
    assert.equal((await good(theirs.getInvitation({ query: { id: invitationId } }))).organizationSlug, "every-one");
    const { member } = await good(theirs.acceptInvitation({ invitationId }));
    assert.equal((await good(theirs.getActiveMember())).id, member.id);
    assert.equal((await good(theirs.getActiveMemberRole())).role, "member");
    assert.equal((await good(own.listMembers())).total, 2);
    assert.equal((await good(own.updateMemberRole({ memberId: member.id, role: "admin" }))).role, "admin");
    assert.equal((await good(theirs.hasPermission({ permissions: { member: ["create"] } }))).success, true);

    const { id: teamId } = await good(own.createTeam({ name: "Red" }));
    assert.equal((await good(own.updateTeam({ teamId, data: { name: "Blue" } }))).name, "Blue");
    await good(own.addTeamMember({ teamId, userId: user.id }));
    assert.equal((await good(theirs.setActiveTeam({ teamId }))).name, "Blue");
    assert.equal((await good(theirs.listTeamMembers({ query: { teamId } }))).length, 1);
    assert.equal((await good(theirs.listUserTeams())).length, 1);
    assert.equal((await good(own.listTeams())).length, 2);
    await good(own.removeTeamMember({ teamId, userId: user.id }));
    await good(own.removeTeam({ teamId }));

    await good(own.createRole({ role: "editor", permission: { member: ["create"] } }));
    assert.equal((await good(own.getRole({ query: { roleName: "editor" } }))).role, "editor");
    await good(own.updateRole({ roleName: "editor", data: { permission: { member: ["update"] } } }));
    assert.equal((await good(own.listRoles())).length, 1);
    assert.deepEqual(await good(own.deleteRole({ roleName: "editor" })), { success: true });

    await good(own.removeMember({ memberIdOrEmail: member.id }));
    await good(theirs.acceptInvitation({ invitationId: (await invite()).id }));
    await good(theirs.leave({ organizationId }));
    assert.equal((await good(own.delete({ organizationId }))).id, organizationId);
  });

  test("telephone numbers", async () => {
    const { auth, user } = await person();
    const phoneNumber = `+1555${version.replaceAll(".", "")}`;
    const code = async (to = phoneNumber) => {
      await good(auth.phoneNumber.sendOtp({ phoneNumber: to }));
      return (await mailed("phone-otp", to)).code;
    };
    assert.equal((await good(auth.phoneNumber.verify({ phoneNumber, code: await code(), updatePhoneNumber: true }))).user.phoneNumber, phoneNumber);
    assert.equal((await good((await visitor()).auth.signIn.phoneNumber({ phoneNumber, password: PASSWORD }))).user.id, user.id);
    assert.equal((await good((await visitor()).auth.phoneNumber.verify({ phoneNumber, code: await code() }))).user.id, user.id);
    await good(auth.phoneNumber.requestPasswordReset({ phoneNumber }));
    const { code: otp } = await mailed("phone-reset-otp", phoneNumber);
    assert.deepEqual(await good(auth.phoneNumber.resetPassword({ phoneNumber, otp, newPassword: "another password" })), { status: true });
    const fresh = await visitor();
    assert.equal((await fresh.auth.signIn.phoneNumber({ phoneNumber, password: PASSWORD })).error.code, "INVALID_PHONE_NUMBER_OR_PASSWORD");
    const made = await good(fresh.auth.phoneNumber.verify({ phoneNumber: `${phoneNumber}0`, code: await code(`${phoneNumber}0`) }));
    assert.equal((await good(fresh.auth.getSession())).user.id, made.user.id);
  });

  test("devices", async () => {
    const { auth, user } = await person();
    const { auth: tv } = await visitor();
    const began = async () => {
      const codes = await good(tv.device.code({ client_id: "tv", scope: "films" }));
      assert.equal((await good(auth.device({ query: { user_code: codes.user_code } }))).status, "pending");
      return codes;
    };
    const poll = (device_code) => tv.device.token({ grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code, client_id: "tv" });
    const { device_code, user_code } = await began();
    assert.deepEqual(await good(auth.device.approve({ userCode: user_code })), { success: true });
    const { access_token } = await good(poll(device_code));
    const shown = await good(tv.getSession({ fetchOptions: { headers: { authorization: `Bearer ${access_token}` } } }));
    assert.equal(shown.user.id, user.id);
    const other = await began();
    assert.deepEqual(await good(auth.device.deny({ userCode: other.user_code })), { success: true });
    assert.equal((await poll(other.device_code)).error.error, "access_denied");
  });

  if (version === newest) test("API keys and passkeys", async () => {
    const { auth, user } = await person();
    const { id: keyId } = await good(auth.apiKey.create({ name: "ci" }));
    assert.equal((await good(auth.apiKey.get({ query: { id: keyId } }))).name, "ci");
    assert.equal((await good(auth.apiKey.update({ keyId, name: "cd" }))).name, "cd");
    assert.equal((await good(auth.apiKey.list())).total, 1);
    assert.deepEqual(await good(auth.apiKey.delete({ keyId })), { success: true });

    hold(newPasskey(server.base));
    const { id } = await good(auth.passkey.addPasskey({ name: "phone" }));
    assert.equal((await good((await visitor()).auth.signIn.passkey())).user.id, user.id);
    assert.equal((await good(auth.passkey.updatePasskey({ id, name: "work" }))).passkey.name, "work");
    assert.equal((await good(auth.passkey.listUserPasskeys())).length, 1);
    assert.deepEqual(await good(auth.passkey.deletePasskey({ id })), { status: true });
  });

  test("nothing was left out", async () => {
    assert.deepEqual((await endpoints(version)).filter((endpoint) => !asked.has(endpoint)), []);
  });
});
