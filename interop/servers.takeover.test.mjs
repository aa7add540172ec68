// One database server, alone or with Redis, served first by one side, then by the other, then by the first again.
// WATCHWORD_INTEROP_POSTGRES, WATCHWORD_INTEROP_MYSQL and WATCHWORD_INTEROP_REDIS name servers; a suite whose server is
// not there is skipped.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import mysql from "mysql2/promise";
import pg from "pg";
import { startServer } from "./harness.mjs";
import { tester } from "./recorder.mjs";
import { PASSWORD } from "./steps.mjs";

const NEW = "a brand new password";
const redisURL = process.env.WATCHWORD_INTEROP_REDIS ?? "redis://127.0.0.1:6379";
const name = () => `watchword_interop_${randomBytes(6).toString("hex")}`;

// An empty database of the test's own, and how to drop it.
const engines = {
  async postgres() {
    const url = process.env.WATCHWORD_INTEROP_POSTGRES ?? "postgres://root@127.0.0.1:5432/test";
    const [own, admin] = [name(), new pg.Client(url)];
    await admin.connect();
    await admin.query(`CREATE DATABASE ${own}`);
    const database = new URL(url);
    database.pathname = own;
    return { database: `${database.href}?sslmode=disable`, drop: () => admin.query(`DROP DATABASE ${own} WITH (FORCE)`).then(() => admin.end()) };
  },
  async mysql() {
    const url = process.env.WATCHWORD_INTEROP_MYSQL ?? "mysql://root@127.0.0.1:3306/test";
    const [own, admin] = [name(), await mysql.createConnection(url)];
    await admin.query(`CREATE DATABASE ${own}`);
    const database = new URL(url);
    database.pathname = own;
    return { database: database.href, drop: () => admin.query(`DROP DATABASE ${own}`).then(() => admin.end()) };
  },
};

const ok = (answer) => {
  assert.ok(answer.status < 400, `${answer.method} ${answer.path}: ${answer.status} ${JSON.stringify(answer.json)}`);
  return answer;
};
const signIn = (t, email, password = PASSWORD) => t.client().post("/sign-in/email", { email, password });

async function leaveBehind(t, tag) {
  const [email, late] = [`ada-${tag}@example.com`, `late-${tag}@example.com`];
  const laptop = t.client();
  ok(await laptop.post("/sign-up/email", { name: "Ada", email, password: PASSWORD }));
  const phone = t.client();
  ok(await phone.post("/sign-in/email", { email, password: PASSWORD }));
  ok(await t.client().post("/sign-up/email", { name: "Late", email: late, password: PASSWORD }));
  ok(await t.client().post("/request-password-reset", { email: late, redirectTo: "/reset" }));
  const { token } = await t.box.take("reset-password", late);
  return { email, late, token, laptop: laptop.jar.header(), phone: phone.jar.header(), answer: ok(await laptop.get("/get-session")).json };
}

// Everything that was left is good, and what is ended here is ended for the next server too.
async function staysGood(t, left) {
  const laptop = t.client({ headers: { cookie: left.laptop } });
  assert.deepEqual((await laptop.get("/get-session")).json, left.answer);
  assert.equal(ok(await laptop.get("/list-sessions")).json.length, 2);
  ok(await laptop.post("/revoke-other-sessions", {}));
  assert.equal((await t.client().get("/get-session", { cookie: left.phone })).json, null);
  ok(await t.client().post("/reset-password", { token: left.token, newPassword: NEW }));
  assert.equal((await t.client().post("/reset-password", { token: left.token, newPassword: NEW })).status, 400);
  ok(await signIn(t, left.late, NEW));
  ok(await signIn(t, left.email));
}

async function staysEnded(t, left) {
  assert.equal((await t.client().get("/get-session", { cookie: left.phone })).json, null);
  assert.deepEqual((await t.client().get("/get-session", { cookie: left.laptop })).json, left.answer);
  assert.equal((await signIn(t, left.late)).status, 401);
  ok(await signIn(t, left.late, NEW));
}

const side = process.env.SIDE ?? "watchword";
describe(`take-over of servers (${side})`, () => {
  for (const [engine, open] of Object.entries(engines)) {
    for (const redis of [false, true]) {
      for (const [first, second] of [["reference", side], [side, "reference"]]) {
        test(`${engine}${redis ? " and redis" : ""}: ${first}, ${second}, ${first}`, async (context) => {
          const opened = await open().catch((error) => context.skip(`no server: ${error.message}`));
          if (!opened) return;
          context.after(opened.drop);
          const config = {
            emailAndPassword: { enabled: true },
            ...(redis && { secondaryStorage: `${redisURL}?prefix=${name()}:` }),
          };
          const serve = async (who, use) => {
            const server = await startServer(who, config, { database: opened.database });
            try {
              return await use(tester(server));
            } finally {
              await server.stop();
            }
          };
          const left = await serve(first, (t) => leaveBehind(t, "first"));
          const kept = await serve(second, async (t) => {
            await staysGood(t, left);
            return leaveBehind(t, "second");
          });
          await serve(first, async (t) => {
            await staysEnded(t, left);
            await staysGood(t, kept);
          });
        });
      }
    }
  }
});
