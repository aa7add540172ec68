// Sign-in at a certified OpenID Connect server, from the official client to the row and back, in both state
// strategies and over each database.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, describe, test } from "node:test";
import { startServer } from "../harness.mjs";
import { openClient } from "../official.mjs";
import { configured, startUpstream, Visitor } from "../upstream.mjs";

const side = process.env.SIDE ?? "watchword";
const version = "1.7.25";

// An own database of the server that the adapters' tests use too; none where it does not answer.
function postgres() {
  if (side !== "watchword") return undefined;
  const base = process.env.TEST_POSTGRES ?? "postgres://root@127.0.0.1:5432/test?sslmode=disable";
  const name = `interop_${process.pid}_${Date.now()}`;
  const run = (sql) => execFileSync("psql", [base, "-qc", sql], { stdio: "pipe" });
  try {
    run(`CREATE DATABASE ${name}`);
  } catch {
    return undefined;
  }
  after(() => run(`DROP DATABASE ${name} WITH (FORCE)`));
  return base.replace(/\/[^/?]*(\?|$)/, `/${name}$1`);
}

const databases = { sqlite: () => undefined, ...(side === "watchword" && { postgres }) };

for (const [engine, database] of Object.entries(databases)) {
  for (const storeStateStrategy of ["database", "cookie"]) {
    describe(`generic OAuth, ${engine}, state in ${storeStateStrategy} (${side})`, async () => {
      const one = await startUpstream();
      const two = await startUpstream({ slim: true, auth: "client_secret_basic", accessTokenTTL: 4 });
      const url = database();
      if (engine !== "sqlite" && !url) return test("no such database", { skip: true }, () => {});
      const config = [
        configured("one", one),
        configured("two", two, { authentication: "basic" }),
        configured("closed", one, { disableImplicitSignUp: true }),
      ];
      const server = await startServer(side, {
        emailAndPassword: { enabled: true },
        account: { storeStateStrategy },
        plugins: { genericOAuth: { config } },
      }, { database: url });
      after(() => (server.stop(), one.close(), two.close()));
      const upstreams = { one, two, closed: one };

      const depart = async ({ auth }, provider, more = {}) => {
        const { data, error } = await auth.signIn.social({ provider, callbackURL: "/home", errorCallbackURL: "/failed", disableRedirect: true, ...more });
        assert.equal(error, null);
        return data.url;
      };
      const arrive = async ({ browser }, callback) => {
        const response = await browser.fetch(callback);
        assert.equal(response.status, 302);
        return response.headers.get("location");
      };
      const visit = async (opened, provider, login, more) =>
        arrive(opened, await new Visitor(upstreams[provider], login).approve(await depart(opened, provider, more)));
      const accountOf = async ({ auth }, provider) => (await auth.listAccounts()).data.find(({ providerId }) => providerId === provider);

      test("sign-up, then sign-in", async () => {
        const first = await openClient(version, server);
        assert.equal(await visit(first, "one", "ada", { newUserCallbackURL: "/welcome" }), "/welcome");
        const { data } = await first.auth.getSession();
        assert.equal(data.user.email, "ada@upstream.example");
        assert.equal(data.user.emailVerified, true);
        assert.equal(data.user.name, "ada");
        assert.equal(data.user.image, "https://img.example/ada");
        const again = await openClient(version, server);
        assert.equal(await visit(again, "one", "ada", { newUserCallbackURL: "/welcome" }), "/home");
        assert.equal((await again.auth.getSession()).data.user.id, data.user.id);
      });

      test("sign-up only where it is asked for", async () => {
        const opened = await openClient(version, server);
        assert.equal(await visit(opened, "closed", "shy"), "/failed?error=signup_disabled");
        assert.equal((await opened.auth.getSession()).data, null);
        assert.equal(await visit(opened, "closed", "shy", { requestSignUp: true }), "/home");
      });

      test("link, account info, unlink", async () => {
        const opened = await openClient(version, server);
        await visit(opened, "one", "lin");
        const { data } = await opened.auth.linkSocial({ provider: "two", callbackURL: "/linked", disableRedirect: true });
        assert.equal(await arrive(opened, await new Visitor(two, "lin").approve(data.url)), "/linked");
        const linked = await accountOf(opened, "two");
        assert.equal(linked.accountId, "lin");
        assert.deepEqual(linked.scopes.sort(), ["email", "openid", "profile"]);
        const info = await opened.auth.accountInfo({ query: { accountId: linked.id } });
        assert.equal(info.data.user.email, "lin@upstream.example");
        assert.equal(info.data.data.sub, "lin");
        assert.equal((await opened.auth.unlinkAccount({ accountId: linked.id })).data.status, true);
        assert.equal(await accountOf(opened, "two"), undefined);
        const last = await accountOf(opened, "one");
        assert.equal((await opened.auth.unlinkAccount({ accountId: last.id })).error.code, "FAILED_TO_UNLINK_LAST_ACCOUNT");
      });

      test("another person's identity is not linked", async () => {
        const victim = await openClient(version, server);
        await visit(victim, "two", "vic");
        const other = await openClient(version, server);
        await visit(other, "one", "mal");
        const { data } = await other.auth.linkSocial({ provider: "two", callbackURL: "/linked", errorCallbackURL: "/failed", disableRedirect: true });
        assert.match(await arrive(other, await new Visitor(two, "vic").approve(data.url)), /^\/failed\?error=email_does_not_match|^\/failed\?error=account_already_linked/);
        assert.equal(await accountOf(other, "two"), undefined);
      });

      test("tokens are refreshed", async () => {
        const opened = await openClient(version, server);
        await visit(opened, "two", "ref");
        const { id } = await accountOf(opened, "two");
        // Its access tokens live for four seconds, which is less than what counts as about to end.
        const first = await opened.auth.getAccessToken({ accountId: id });
        const second = await opened.auth.getAccessToken({ accountId: id });
        assert.ok(first.data.accessToken && second.data.accessToken);
        assert.notEqual(first.data.accessToken, second.data.accessToken);
        const renewed = await opened.auth.$fetch("/refresh-token", { method: "POST", body: { accountId: id } });
        assert.equal(renewed.error, null);
        assert.ok(renewed.data.refreshToken);
        assert.equal(renewed.data.providerId, "two");
        const info = await opened.auth.accountInfo({ query: { accountId: id } });
        assert.equal(info.data.user.email, "ref@upstream.example");
      });

      test("one provider's answer is not another's", async () => {
        // SO-03, C4.05: the state of a sign-in at one, an answer of the other.
        const opened = await openClient(version, server);
        const forOne = new URL(await depart(opened, "one"));
        const elsewhere = await openClient(version, server);
        const answer = new URL(await new Visitor(two, "mix").approve(await depart(elsewhere, "two")));
        answer.searchParams.set("state", forOne.searchParams.get("state"));
        const mixed = answer.href.replace("/callback/two", "/callback/one");
        assert.match(await arrive(opened, mixed), /error=issuer_mismatch/);
        assert.equal((await opened.auth.getSession()).data, null);
        assert.equal(one.requests.filter((line) => line === "POST /token").length > 0, true);
      });

      test("a code of one goes to one only", async () => {
        // The attacker's provider sends the browser back with a code of the honest one.
        const opened = await openClient(version, server);
        const departure = new URL(await depart(opened, "two"));
        const honest = await openClient(version, server);
        const answer = new URL(await new Visitor(one, "mix2").approve(await depart(honest, "one")));
        answer.searchParams.set("state", departure.searchParams.get("state"));
        answer.searchParams.delete("iss");
        const to = await arrive(opened, answer.href.replace("/callback/one", "/callback/two"));
        assert.match(to, /error=(issuer_missing|invalid_code)/);
        assert.equal((await opened.auth.getSession()).data, null);
      });

      test("another browser gains nothing", async () => {
        const opened = await openClient(version, server);
        const callback = await new Visitor(one, "csrf").approve(await depart(opened, "one"));
        const thief = await openClient(version, server);
        assert.match(await arrive(thief, callback), /error=state_mismatch/);
        assert.equal((await thief.auth.getSession()).data, null);
      });

      test("signing out leads through the provider", async () => {
        const opened = await openClient(version, server);
        await visit(opened, "one", "out");
        const { data } = await opened.auth.$fetch("/sign-out", { method: "POST", body: { callbackURL: "/bye", state: "s1", disableRedirect: true } });
        const end = new URL(data.url);
        assert.equal(end.origin, one.issuer);
        assert.equal(end.searchParams.get("post_logout_redirect_uri"), `${server.base}/bye`);
        assert.equal(end.searchParams.get("state"), "s1");
        assert.equal(end.searchParams.get("id_token_hint").split(".").length, 3);
        assert.equal(data.redirect, false);
        assert.equal((await opened.auth.getSession()).data, null);
      });
    });
  }
}
