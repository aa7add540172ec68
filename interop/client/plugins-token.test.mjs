// Official clients of username, magic-link, email-otp, anonymous, jwt, and bearer tokens.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPackage, newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";

const config = {
  emailAndPassword: { enabled: true },
  plugins: { username: true, magicLink: true, emailOTP: { changeEmail: { enabled: true } }, anonymous: true, jwt: true, bearer: true },
};

async function options(version) {
  const { usernameClient, magicLinkClient, emailOTPClient, anonymousClient, jwtClient } = await fromPackage(version, "client/plugins");
  return { plugins: [usernameClient(), magicLinkClient(), emailOTPClient(), anonymousClient(), ...(jwtClient ? [jwtClient()] : [])] };
}

withEachClient("plugins that sign in", config, (version, server) => {
  const tag = version.replaceAll(".", "");
  const code = async (email) => (await server.box.take("email-otp", email)).code;

  test("username", async () => {
    const person = await newPerson(version, server, { username: `Ada_${tag}` }, await options(version));
    assert.equal(person.user.username, `ada_${tag}`);
    const { auth } = await openClient(version, server, await options(version));
    assert.equal((await auth.isUsernameAvailable({ username: `ADA_${tag}` })).data.available, false);
    assert.equal((await auth.signIn.username({ username: `ada_${tag}`, password: "wrong password" })).error.code, "INVALID_USERNAME_OR_PASSWORD");
    const { data } = await auth.signIn.username({ username: `ADA_${tag}`, password: PASSWORD });
    assert.equal(data.user.id, person.user.id);
  });

  test("magic link", async () => {
    const { auth } = await openClient(version, server, await options(version));
    const email = `link-${tag}@example.com`;
    assert.deepEqual((await auth.signIn.magicLink({ email, name: "Ada" })).data, { status: true });
    const { token } = await server.box.take("magic-link", email);
    assert.equal((await auth.magicLink.verify({ query: { token } })).data.user.email, email);
    assert.equal((await auth.getSession()).data.user.name, "Ada");
  });

  test("email otp", async () => {
    const { auth } = await openClient(version, server, await options(version));
    const email = `code-${tag}@example.com`;
    assert.deepEqual((await auth.emailOtp.sendVerificationOtp({ email, type: "sign-in" })).data, { success: true });
    assert.equal((await auth.signIn.emailOtp({ email, otp: "no code" })).error.code, "INVALID_OTP");
    await auth.emailOtp.sendVerificationOtp({ email, type: "sign-in" });
    await code(email);
    const { data } = await auth.signIn.emailOtp({ email, otp: await code(email) });
    assert.equal(data.user.emailVerified, true);
    await auth.emailOtp.sendVerificationOtp({ email, type: "forget-password" });
    const otp = await code(email);
    assert.deepEqual((await auth.emailOtp.resetPassword({ email, otp, password: PASSWORD })).data, { success: true });
    assert.equal((await auth.signIn.email({ email, password: PASSWORD })).data.user.email, email);
    await auth.emailOtp.requestEmailChange({ newEmail: `new-${email}` });
    await auth.emailOtp.changeEmail({ newEmail: `new-${email}`, otp: await code(`new-${email}`) });
    assert.equal((await auth.getSession()).data.user.email, `new-${email}`);
  });

  test("anonymous", async () => {
    const { auth } = await openClient(version, server, await options(version));
    const { data } = await auth.signIn.anonymous();
    assert.equal(data.user.isAnonymous, true);
    assert.equal((await auth.signIn.anonymous()).error.code, "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY");
    const email = `nobody-${tag}@example.com`;
    assert.equal((await auth.signUp.email({ name: "Ada", email, password: PASSWORD })).data.user.email, email);
    assert.equal((await auth.getSession()).data.user.isAnonymous, false);
    assert.equal((await auth.deleteAnonymousUser()).error.code, "USER_IS_NOT_ANONYMOUS");
    const { auth: other } = await openClient(version, server, await options(version));
    await other.signIn.anonymous();
    assert.deepEqual((await other.deleteAnonymousUser()).data, { success: true });
    assert.equal((await other.getSession()).data, null);
  });

  test("jwt and bearer", async () => {
    let token, signed;
    const more = await options(version);
    const { auth } = await newPerson(version, server, {}, { ...more });
    await auth.getSession({ fetchOptions: { onSuccess: ({ response }) => { token = response.headers.get("set-auth-jwt"); } } });
    assert.equal(token.split(".").length, 3);
    assert.equal((await auth.$fetch("/token")).data.token.split(".").length, 3);
    const keys = auth.jwks ? await auth.jwks() : await auth.$fetch("/jwks");
    assert.equal(keys.data.keys[0].alg, "EdDSA");
    const email = `bearer-${tag}@example.com`;
    const other = await openClient(version, server, more);
    await other.auth.signUp.email({ name: "Ada", email, password: PASSWORD, fetchOptions: { onSuccess: ({ response }) => { signed = response.headers.get("set-auth-token"); } } });
    const { auth: bare } = await openClient(version, server, more);
    assert.equal((await bare.getSession({ fetchOptions: { headers: { authorization: `Bearer ${signed}` } } })).data.user.email, email);
  });
});
