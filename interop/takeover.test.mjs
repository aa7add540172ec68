// One database file and one secret, served first by one side, then by the other, then by the first again: cookies,
// passwords, links and rows stay good. SIDE=reference plays the reference against itself, as a control.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import os from "node:os";
import path from "node:path";
import { describe, test } from "node:test";
import { startServer } from "./harness.mjs";
import { tester } from "./recorder.mjs";
import { linkPath, PASSWORD } from "./steps.mjs";

const additionalFields = {
  nickname: { type: "string", required: false },
  amount: { type: "number", required: false },
  agreed: { type: "boolean", defaultValue: false },
  birthday: { type: "date", required: false },
  tags: { type: "string[]", required: false },
};
const config = (strategy) => ({
  emailAndPassword: { enabled: true },
  session: { cookieCache: { enabled: true, strategy } },
  user: { additionalFields, changeEmail: { enabled: true }, deleteUser: { enabled: true, verify: true } },
});
const filled = { nickname: "lovelace", amount: 3, agreed: true, birthday: "1815-12-10T00:00:00.000Z", tags: ["a", "ü"] };
const NEW = "a brand new password";

const ok = (answer) => {
  assert.ok(answer.status < 400, `${answer.method} ${answer.path}: ${answer.status} ${JSON.stringify(answer.json)}`);
  return answer;
};

async function signUp(t, email, more) {
  const client = t.client();
  ok(await client.post("/sign-up/email", { name: "Ada", email, password: PASSWORD, ...more }));
  return client;
}

const signIn = (t, email, password = PASSWORD) => t.client().post("/sign-in/email", { email, password });

// What is under way when the server changes: sessions, and one link of each kind. `tag` keeps addresses apart.
async function leaveBehind(t, tag) {
  const person = (name) => `${name}-${tag}@example.com`;
  const devices = {
    remembered: await signUp(t, person("ada"), filled),
    short: await signUp(t, person("short"), { rememberMe: false }),
    long: await signUp(t, person("long"), { nickname: "long ".repeat(2000) }),
  };
  const sessions = {};
  for (const [name, device] of Object.entries(devices)) {
    sessions[name] = { cookie: device.jar.header(), answer: ok(await device.get("/get-session?disableCookieCache=true")).json };
  }
  const links = {};
  await signUp(t, person("reset"));
  ok(await t.client().post("/request-password-reset", { email: person("reset"), redirectTo: "/reset" }));
  links.reset = await t.box.take("reset-password", person("reset"));
  const verifying = await signUp(t, person("verify"));
  ok(await verifying.post("/send-verification-email", { email: person("verify") }));
  links.verify = await t.box.take("verification-email", person("verify"));
  const changing = await signUp(t, person("change"));
  ok(await changing.post("/change-email", { newEmail: person("changed") }));
  links.change = await t.box.take("verification-email", person("changed"));
  const leaving = await signUp(t, person("leave"));
  ok(await leaving.post("/delete-user", {}));
  links.leave = await t.box.take("delete-account", person("leave"));
  return { person, sessions, links, leaving: leaving.jar.header() };
}

async function sessionsStayGood(t, { sessions }) {
  for (const [name, { cookie, answer }] of Object.entries(sessions)) {
    assert.deepEqual((await t.client().get("/get-session", { cookie })).json, answer, `${name}, from the cookie`);
    assert.deepEqual((await t.client().get("/get-session?disableCookieCache=true", { cookie })).json, answer, `${name}, from the row`);
  }
}

async function linksStayGood(t, { person, links, leaving }, from) {
  const followed = ok(await t.client().get(linkPath(links.reset)));
  assert.equal(followed.location, `${t.base}/reset?token=${links.reset.token}`);
  ok(await t.client().post("/reset-password", { token: links.reset.token, newPassword: NEW }));
  assert.equal((await t.client().post("/reset-password", { token: links.reset.token, newPassword: NEW })).status, 400);
  ok(await signIn(t, person("reset"), NEW));
  ok(await t.client().get(`/verify-email?token=${links.verify.token}`));
  assert.equal(ok(await signIn(t, person("verify"))).json.user.emailVerified, true);
  const changed = await t.client().get(`/verify-email?token=${links.change.token}`);
  // 1.6 does not bind the link to a person, and 1.7 refuses such a link to change an address.
  if (from === "reference-1.6") assert.equal(changed.json.code, "INVALID_TOKEN");
  else ok(await signIn(t, person("changed")));
  ok(await t.client().get(`/delete-user/callback?token=${links.leave.token}`, { cookie: leaving }));
  assert.equal((await signIn(t, person("leave"))).status, 401);
}

// Changes a person and returns the check that the next server sees the change.
async function write(t, { person, sessions }) {
  const { cookie } = sessions.remembered;
  const device = t.client({ headers: { cookie } });
  ok(await device.post("/update-user", { name: "Grace", birthday: "1906-12-09T00:00:00.000Z", agreed: false, tags: [], amount: 0 }));
  ok(await device.post("/change-password", { currentPassword: PASSWORD, newPassword: NEW }));
  const expected = ok(await device.get("/get-session?disableCookieCache=true")).json;
  return async (later) => {
    assert.deepEqual((await later.client().get("/get-session?disableCookieCache=true", { cookie })).json, expected);
    assert.equal((await signIn(later, person("ada"))).status, 401);
    ok(await signIn(later, person("ada"), NEW));
  };
}

function inspect(file) {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("select name, sql from sqlite_master where sql is not null order by name").all();
  const forms = {};
  for (const { name } of tables.filter(({ sql }) => /^create table/i.test(sql))) {
    const columns = database.prepare(`pragma table_info("${name}")`).all().map((column) => column.name);
    const rows = database.prepare(`select * from "${name}"`).all();
    // The form of every value ever written to a column: a type, and for text whether it is a date.
    forms[name] = Object.fromEntries(columns.map((column) => [column, [...new Set(rows.map((row) => formOf(row[column])))].sort()]));
  }
  database.close();
  return { schema: tables.map(({ name, sql }) => `${name}: ${sql}`), forms };
}

function formOf(value) {
  if (typeof value !== "string") return value === null ? "null" : typeof value;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return "date";
  return /^[[{]/.test(value) ? "json" : "text";
}

function takeover(first, second, strategy) {
  test(`${first}, then ${second}, then ${first} again, cookie cache ${strategy}`, async (context) => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "watchword-takeover-"));
    context.after(() => rmSync(directory, { recursive: true, force: true }));
    const at = path.join(directory, "auth.db");
    const serve = async (side, use) => {
      const server = await startServer(side, config(strategy), { at });
      try {
        return await use(tester(server));
      } finally {
        await server.stop();
      }
    };
    const left = await serve(first, (t) => leaveBehind(t, "first"));
    const before = inspect(at);
    const { check, kept } = await serve(second, async (t) => {
      await sessionsStayGood(t, left);
      await linksStayGood(t, left, first);
      return { check: await write(t, left), kept: await leaveBehind(t, "second") };
    });
    assert.deepEqual(inspect(at).schema, before.schema, "the tables are left as they were");
    await serve(first, async (t) => {
      await check(t);
      await sessionsStayGood(t, kept);
      await linksStayGood(t, kept, second);
    });
  });
}

// Each side in a file of its own: what they write must have the same form, column by column.
function sameRows(side) {
  test(`the reference and ${side} write the same kinds of values`, async (context) => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "watchword-rows-"));
    context.after(() => rmSync(directory, { recursive: true, force: true }));
    async function written(who, name) {
      const at = path.join(directory, name);
      const server = await startServer(who, config("compact"), { at });
      try {
        await leaveBehind(tester(server), "rows");
      } finally {
        await server.stop();
      }
      const { forms } = inspect(at);
      return ["user", "session", "account", "verification"].map((table) => ({ table, columns: forms[table] }));
    }
    assert.deepEqual(await written(side, "other.db"), await written("reference", "reference.db"));
  });
}

// Of its own, because it would hide everything else.
function fractions(side) {
  test(`a fraction that the reference wrote stays a fraction under ${side}`, async (context) => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "watchword-fraction-"));
    context.after(() => rmSync(directory, { recursive: true, force: true }));
    const at = path.join(directory, "auth.db");
    const amounts = [];
    let cookie;
    for (const who of ["reference", side]) {
      const server = await startServer(who, config("compact"), { at });
      try {
        const t = tester(server);
        cookie ??= (await signUp(t, "fraction@example.com", { amount: 1.5 })).jar.header();
        amounts.push((await t.client().get("/get-session?disableCookieCache=true", { cookie })).json?.user.amount);
      } finally {
        await server.stop();
      }
    }
    assert.deepEqual(amounts, [1.5, 1.5]);
  });
}

const side = process.env.SIDE ?? "watchword";
describe(`take-over (${side})`, { concurrency: 2 }, () => {
  for (const strategy of ["compact", "jwt", "jwe"]) takeover("reference", side, strategy);
  takeover(side, "reference", "compact");
  takeover("reference-1.6", side, "compact");
  sameRows(side);
  fractions(side);
});
