// A client that proves itself with a key (private_key_jwt) at a certified OpenID Connect server, tokens that are sealed
// in the database, and the routes of 1.6 with its own client.
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, test } from "node:test";
import { startServer } from "../harness.mjs";
import { fromPackage, openClient } from "../official.mjs";
import { configured, startUpstream, Visitor } from "../upstream.mjs";

const side = process.env.SIDE ?? "watchword";

if (side === "watchword") {
  describe("a key in place of a client's secret, sealed tokens, the routes of 1.6", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const upstream = await startUpstream({ auth: "private_key_jwt", key: { ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "ES256", use: "sig" }, accessTokenTTL: 4 });
    const directory = mkdtempSync(path.join(os.tmpdir(), "interop-"));
    const file = path.join(directory, "auth.db");
    const { clientSecret, ...keyed } = configured("keyed", upstream, {
      tokenEndpointAuth: {
        method: "private_key_jwt",
        clientAssertionKey: privateKey.export({ format: "pem", type: "pkcs8" }),
        clientAssertionKeyId: "k1",
        clientAssertionAlgorithm: "ES256",
      },
    });
    assert.ok(clientSecret);
    const server = await startServer(side, {
      account: { encryptOAuthTokens: true },
      plugins: { genericOAuth: { config: [keyed], legacyRoutes: true } },
    }, { at: file });
    after(() => (server.stop(), upstream.close(), rmSync(directory, { recursive: true, force: true })));

    const arrive = async ({ browser }, url, login) => {
      const response = await browser.fetch(await new Visitor(upstream, login).approve(url));
      return response.headers.get("location");
    };

    test("sign-in, sealed rows, refresh, account info", async () => {
      const opened = await openClient("1.7.25", server);
      const { data } = await opened.auth.signIn.social({ provider: "keyed", callbackURL: "/home", disableRedirect: true });
      assert.equal(await arrive(opened, data.url, "kay"), "/home");
      const [account] = (await opened.auth.listAccounts()).data;
      const first = await opened.auth.getAccessToken({ accountId: account.id });
      const second = await opened.auth.getAccessToken({ accountId: account.id });
      assert.ok(first.data.accessToken && second.data.accessToken);
      assert.notEqual(first.data.accessToken, second.data.accessToken);
      const info = await opened.auth.accountInfo({ query: { accountId: account.id } });
      assert.equal(info.data.user.email, "kay@upstream.example");
      const stored = row(file, account.id);
      for (const column of ["accessToken", "refreshToken"]) {
        assert.match(stored[column], /^([0-9a-f]{80,}|\$ba\$.+)$/);
        assert.ok(!stored[column].includes(second.data.accessToken));
      }
      assert.equal((await opened.auth.unlinkAccount({ accountId: account.id })).error.code, "FAILED_TO_UNLINK_LAST_ACCOUNT");
    });

    test("the routes of 1.6, with its client", async () => {
      const { genericOAuthClient } = await fromPackage("1.6.9", "client/plugins");
      const opened = await openClient("1.6.9", server, { plugins: [genericOAuthClient()] });
      const { data, error } = await opened.auth.signIn.oauth2({ providerId: "keyed", callbackURL: "/old", disableRedirect: true });
      assert.equal(error, null);
      assert.match(new URL(data.url).searchParams.get("redirect_uri"), /\/oauth2\/callback\/keyed$/);
      assert.equal(await arrive(opened, data.url, "old"), "/old");
      assert.equal((await opened.auth.getSession()).data.user.email, "old@upstream.example");
      const link = await opened.auth.oauth2.link({ providerId: "keyed", callbackURL: "/linked", errorCallbackURL: "/failed" });
      assert.equal(link.error, null);
      assert.equal(await arrive(opened, link.data.url, "old"), "/linked");
      const stranger = await openClient("1.6.9", server, { plugins: [genericOAuthClient()] });
      assert.equal((await stranger.auth.oauth2.link({ providerId: "keyed", callbackURL: "/linked" })).error.status, 401);
    });
  });
}

// row reads one account as it stands in the file.
function row(file, id) {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare("SELECT * FROM account WHERE id = ?").get(id);
  } finally {
    database.close();
  }
}
