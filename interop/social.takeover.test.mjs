// Accounts with a provider's tokens, plain and encrypted, in one database that is served by one side, then by the
// other, then by the first again; and sign-ins that were begun at one side and come back to the other.
// SIDE=reference plays the reference against itself, as a control.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import os from "node:os";
import path from "node:path";
import { after, describe, test } from "node:test";
import pg from "pg";
import { startServer } from "./harness.mjs";
import { tester } from "./recorder.mjs";
import { PASSWORD } from "./steps.mjs";
import { configured, startUpstream, Visitor } from "./upstream.mjs";

const side = process.env.SIDE ?? "watchword";
// Its access tokens are about to end as soon as they are made, so that each asking for one refreshes.
const upstream = await startUpstream({ accessTokenTTL: 4 });
after(() => upstream.close());

const engines = {
  sqlite() {
    const directory = mkdtempSync(path.join(os.tmpdir(), "watchword-social-"));
    const at = path.join(directory, "auth.db");
    const rows = async () => {
      const database = new DatabaseSync(at, { readOnly: true });
      const found = database.prepare(`select * from account where "providerId" = 'one'`).all();
      database.close();
      return found;
    };
    return { place: { at }, rows, drop: () => rmSync(directory, { recursive: true, force: true }) };
  },
  async postgres() {
    const url = new URL(process.env.WATCHWORD_INTEROP_POSTGRES ?? "postgres://root@127.0.0.1:5432/test");
    const own = `watchword_social_${randomBytes(6).toString("hex")}`;
    const admin = new pg.Client(url.href);
    await admin.connect();
    await admin.query(`CREATE DATABASE ${own}`);
    url.pathname = own;
    const rows = async () => {
      const client = new pg.Client(url.href);
      await client.connect();
      const found = await client.query(`select * from account where "providerId" = 'one'`);
      await client.end();
      return found.rows;
    };
    return { place: { database: `${url.href}?sslmode=disable` }, rows, drop: () => admin.query(`DROP DATABASE ${own} WITH (FORCE)`).then(() => admin.end()) };
  },
};

const ok = (answer) => {
  assert.ok(answer.status < 400, `${answer.method} ${answer.path}: ${answer.status} ${JSON.stringify(answer.json)}`);
  return answer;
};
const begin = async (client, route = "/sign-in/social") => ok(await client.post(route, { provider: "one", callbackURL: "/home", errorCallbackURL: "/failed" })).json.url;
const approve = async (url, login) => (await new Visitor(upstream, login).approve(url)).replace(/^https?:\/\/[^/]*\/api\/auth/, "");
const visit = async (client, login, route) => assert.equal((await client.get(await approve(await begin(client, route), login))).location, "/home");
const accountOf = async (client) => ok(await client.get("/list-accounts")).json.find(({ providerId }) => providerId === "one");

// People of a server: one who signed up at the provider, one who linked it, and one who is on the way.
async function leaveBehind(t, tag) {
  const logins = { new: `new-${tag}`, linked: `linked-${tag}` };
  const people = { new: t.client(), linked: t.client() };
  await visit(people.new, logins.new);
  ok(await people.linked.post("/sign-up/email", { name: "Ada", email: `${logins.linked}@upstream.example`, password: PASSWORD }));
  await visit(people.linked, logins.linked, "/link-social");
  const left = {};
  for (const [name, client] of Object.entries(people)) {
    const account = await accountOf(client);
    left[name] = { login: logins[name], cookie: client.jar.header(), account, user: ok(await client.get("/get-session")).json.user };
  }
  const traveller = t.client();
  const answer = await approve(await begin(traveller), `traveller-${tag}`);
  return { left, way: { answer, cookie: traveller.jar.header(), email: `traveller-${tag}@upstream.example` } };
}

// The other side goes on with what was left: reads and renews tokens, knows whose identity it is, ends the journey.
async function goOn(t, { left, way }) {
  for (const { login, cookie, account, user } of Object.values(left)) {
    const client = t.client({ headers: { cookie } });
    // Whoever renews the tokens renews that date too.
    assert.deepEqual({ ...(await accountOf(client)), updatedAt: "" }, { ...account, updatedAt: "" });
    const body = { accountId: account.id };
    const first = ok(await client.post("/get-access-token", body)).json;
    assert.deepEqual(first.scopes.sort(), ["email", "openid", "profile"]);
    const second = ok(await client.post("/refresh-token", body)).json;
    assert.ok(first.accessToken && second.accessToken && first.accessToken !== second.accessToken);
    const { json } = ok(await client.get(`/account-info?accountId=${account.id}`));
    assert.equal(json.data.sub, login);
    assert.equal(json.user.email, `${login}@upstream.example`);
    const again = t.client();
    await visit(again, login);
    assert.equal(ok(await again.get("/get-session")).json.user.id, user.id);
  }
  if (!way) return;
  const client = t.client();
  assert.equal((await client.get(way.answer, { cookie: way.cookie })).location, "/home");
  assert.equal(ok(await client.get("/get-session")).json.user.email, way.email);
}

function takeover(engine, first, second, encryptOAuthTokens, storeStateStrategy) {
  test(`${engine}, ${encryptOAuthTokens ? "encrypted" : "plain"}, state in ${storeStateStrategy}: ${first}, ${second}, ${first}`, async (context) => {
    const opened = await Promise.resolve(engines[engine]()).catch((error) => context.skip(`no server: ${error.message}`));
    if (!opened) return;
    context.after(opened.drop);
    const config = {
      emailAndPassword: { enabled: true },
      emailVerification: { enabled: false },
      // One address for both, as a journey that one of them began ends at the other.
      baseURL: "http://localhost:3000",
      trustedOrigins: ["{{BASE}}"],
      account: { encryptOAuthTokens, storeStateStrategy },
      plugins: { genericOAuth: { config: [configured("one", upstream)] } },
    };
    const serve = async (who, use) => {
      const server = await startServer(who, config, opened.place);
      try {
        return await use(tester(server));
      } finally {
        await server.stop();
      }
    };
    const sealed = async () => (await opened.rows()).map(({ accessToken, refreshToken }) => [accessToken, refreshToken].every((token) => /^(\$ba\$|[0-9a-f]{60})/.test(token)));
    const left = await serve(first, (t) => leaveBehind(t, "one"));
    assert.deepEqual(await sealed(), [encryptOAuthTokens, encryptOAuthTokens]);
    const kept = await serve(second, async (t) => {
      await goOn(t, left);
      return leaveBehind(t, "two");
    });
    assert.deepEqual(new Set(await sealed()), new Set([encryptOAuthTokens]));
    await serve(first, async (t) => {
      await goOn(t, kept);
      await goOn(t, { left: left.left }); // rows that the other side has renewed
    });
  });
}

describe(`take-over of providers' tokens (${side})`, { concurrency: 1 }, () => {
  for (const engine of Object.keys(engines)) {
    for (const encrypted of [false, true]) {
      takeover(engine, "reference", side, encrypted, encrypted ? "cookie" : "database");
      takeover(engine, side, "reference", encrypted, encrypted ? "database" : "cookie");
    }
  }
});
