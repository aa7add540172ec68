import assert from "node:assert/strict";
import { test } from "node:test";
import { fromPackage, newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";
import { codeOf } from "../scenarios/plugin-twofactor.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { twoFactor: true } };

withEachClient("two-factor", config, (version, server) => {
  const options = async (more) => ({ plugins: [(await fromPackage(version, "client/plugins")).twoFactorClient(more)] });

  test("enrol, sign in with each factor, trust the device, disable", async () => {
    const { auth, email } = await newPerson(version, server, {}, await options());
    const { data: made } = await auth.twoFactor.enable({ password: PASSWORD });
    assert.equal(made.backupCodes.length, 10);
    assert.equal((await auth.twoFactor.verifyTotp({ code: codeOf(made.totpURI, -1) })).error, null);
    assert.equal((await auth.getSession()).data.user.twoFactorEnabled, true);

    let asked = 0;
    const other = await openClient(version, server, await options({ onTwoFactorRedirect: () => void asked++ }));
    assert.equal((await other.auth.signIn.email({ email, password: PASSWORD })).data.twoFactorRedirect, true);
    assert.equal(asked, 1);
    assert.equal((await other.auth.getSession()).data, null);
    assert.equal((await other.auth.twoFactor.verifyTotp({ code: "000" })).error.code, "INVALID_CODE");
    assert.ok((await other.auth.twoFactor.verifyTotp({ code: codeOf(made.totpURI), trustDevice: true })).data.token);
    await other.auth.signOut();
    assert.ok((await other.auth.signIn.email({ email, password: PASSWORD })).data.token);

    const third = await openClient(version, server, await options());
    await third.auth.signIn.email({ email, password: PASSWORD });
    assert.ok((await third.auth.twoFactor.verifyBackupCode({ code: made.backupCodes[0] })).data.token);
    assert.equal((await third.auth.twoFactor.generateBackupCodes({ password: PASSWORD })).data.backupCodes.length, 10);
    assert.deepEqual((await third.auth.twoFactor.disable({ password: PASSWORD })).data, { status: true });
    assert.ok((await auth.signIn.email({ email, password: PASSWORD })).data.token);
  });
});
