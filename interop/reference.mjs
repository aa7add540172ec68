// Serves Better Auth from npm from the configuration file that `watchword serve --config` takes, so that one file
// starts either side. Where the file has a switch instead of a callback, the callback here posts to delivery.webhook.
// usage: node reference.mjs [CONFIG.json]      REFERENCE names the package to load (default better-auth)
// Loading the package takes longer than most scenarios: without a file, the parent sends { start: FILE } and
// { stop: FILE } and many configurations are served by one process.
import { readFileSync } from "node:fs";
import http from "node:http";
import { DatabaseSync } from "node:sqlite";

const packageName = process.env.REFERENCE ?? "better-auth";
const { betterAuth } = await import(packageName);
const { toNodeHandler } = await import(`${packageName}/node`);
// 1.6 keeps the migrations beside the other database exports.
const { getMigrations } = await import(`${packageName}/db/migration`).catch(() => import(`${packageName}/db`));

// Posts every message of one configuration to its webhook.
const senders = ({ webhook } = {}) => (type) => {
  return async ({ user, request, ...data }) => {
    if (!webhook) return;
    // The confirmation names the new address but goes to the one that is about to be given up.
    const asked = type === "change-email-confirmation" ? user.email : undefined;
    const to = asked ?? data.email ?? data.phoneNumber ?? data.newEmail ?? user?.email ?? data.invitation?.email;
    const message = { type, to, url: data.url, token: data.token, code: data.otp ?? data.code, data };
    await fetch(webhook.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    });
  };
};

const builtIn = await import(`${packageName}/plugins`);
const { createAccessControl } = await import(`${packageName}/plugins/access`);
const satellites = {
  passkey: "@better-auth/passkey",
  apiKey: "@better-auth/api-key",
  oauthProvider: "@better-auth/oauth-provider",
  sso: "@better-auth/sso",
  scim: "@better-auth/scim",
};
const renamed = { oauthProxy: "oAuthProxy" };

// The callbacks that a plugin takes and the file cannot name.
const callbacks = {
  magicLink: (given, sender) => ({ sendMagicLink: sender("magic-link") }),
  emailOTP: (given, sender) => ({ sendVerificationOTP: sender("email-otp") }),
  phoneNumber: ({ signUpOnVerification }, sender) => ({
    sendOTP: sender("phone-otp"),
    sendPasswordResetOTP: sender("phone-reset-otp"),
    ...(signUpOnVerification && {
      signUpOnVerification: {
        getTempEmail: (number) => `${number.replace(/\W/g, "")}@phone.example.com`,
        getTempName: (number) => number,
      },
    }),
  }),
  twoFactor: ({ otpOptions }, sender) => ({
    otpOptions: { ...otpOptions, sendOTP: ({ user, otp }) => sender("two-factor-otp")({ email: user.email, otp }) },
  }),
  deviceAuthorization: ({ clientIds }) => (clientIds ? { validateClient: (id) => clientIds.includes(id) } : {}),
  // The file names a preset where the reference calls its function.
  genericOAuth: ({ config = [] }) => ({
    config: config.map(({ preset, ...settings }) => (preset ? builtIn[preset](settings) : settings)),
  }),
  organization: ({ ac }, sender) => ({
    ...(ac && { ac: createAccessControl(ac) }),
    sendInvitationEmail: ({ email, id, role }) => sender("organization-invitation")({ email, id, role }),
  }),
};

async function loadPlugin(name, setting, sender) {
  const source = satellites[name] ? await import(satellites[name]) : builtIn;
  const factory = source[renamed[name] ?? name];
  if (!factory) throw new Error(`unknown plugin ${name}`);
  const given = setting === true ? {} : setting;
  // Of API keys there may be a list of configurations.
  return factory(Array.isArray(given) ? given : { ...given, ...callbacks[name]?.(given, sender) });
}

// The whole interface that 1.7 asks for: without getAndDelete its single-use values fail.
function memoryStorage() {
  const entries = new Map();
  const live = (key) => {
    const entry = entries.get(key);
    return entry && entry.end > Date.now() ? entry.value : null;
  };
  const put = (key, value, seconds) => void entries.set(key, { value, end: seconds ? Date.now() + 1000 * seconds : Infinity });
  return {
    get: async (key) => live(key),
    set: async (key, value, seconds) => put(key, value, seconds),
    delete: async (key) => void entries.delete(key),
    async getAndDelete(key) {
      const value = live(key);
      entries.delete(key);
      return value;
    },
    async increment(key, seconds) {
      const count = live(key);
      if (count === null) put(key, 1, seconds);
      else entries.get(key).value++;
      return (count ?? 0) + 1;
    },
  };
}

// The reference's own layout over Redis: a prefix, and what 1.7 asks for in single commands.
async function redisStorage(url) {
  const { Redis } = await import("ioredis");
  const address = new URL(url);
  const keyPrefix = address.searchParams.get("prefix") ?? "better-auth:";
  address.search = "";
  const client = new Redis(address.href, { keyPrefix });
  return {
    close: () => client.disconnect(),
    storage: {
      get: (key) => client.get(key),
      set: (key, value, seconds) => (seconds ? client.set(key, value, "EX", seconds) : client.set(key, value)),
      delete: (key) => client.del(key),
      getAndDelete: (key) => client.getdel(key),
      async increment(key, seconds) {
        const count = await client.incr(key);
        if (count === 1 && seconds) await client.expire(key, seconds);
        return count;
      },
    },
  };
}

// Opens what the file names, as the reference takes it.
async function connect(source) {
  if (!source) return { close: () => {} };
  if (/^postgres/.test(source)) {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({ connectionString: source });
    return { connection: pool, close: () => pool.end() };
  }
  if (/^mysql/.test(source)) {
    const { createPool } = await import("mysql2/promise");
    const pool = createPool({ uri: source, timezone: "Z" });
    return { connection: pool, close: () => pool.end() };
  }
  const connection = new DatabaseSync(source.replace(/^sqlite:(\/\/)?/, ""));
  connection.exec("PRAGMA journal_mode=WAL");
  return { connection, close: () => connection.close() };
}

async function optionsFrom({ plugins = {}, delivery, database, stateless, listen, secondaryStorage, ...options }, connection) {
  const { passwordReset, ...emailAndPassword } = options.emailAndPassword ?? {};
  const { enabled: mayVerify, ...emailVerification } = options.emailVerification ?? {};
  const user = { ...options.user };
  const sender = senders(delivery);
  if (passwordReset !== false) emailAndPassword.sendResetPassword = sender("reset-password");
  if (mayVerify !== false) emailVerification.sendVerificationEmail = sender("verification-email");
  if (user.changeEmail?.confirm) {
    user.changeEmail = { ...user.changeEmail, sendChangeEmailConfirmation: sender("change-email-confirmation") };
  }
  if (user.deleteUser?.verify) {
    user.deleteUser = { ...user.deleteUser, sendDeleteAccountVerification: sender("delete-account") };
  }
  return {
    ...options,
    emailAndPassword,
    emailVerification,
    user,
    ...(connection && { database: connection }),
    plugins: await Promise.all(Object.entries(plugins).map((entry) => loadPlugin(...entry, sender))),
    telemetry: { enabled: false },
    logger: { level: "error" },
    ...(secondaryStorage === "memory" && { secondaryStorage: memoryStorage() }),
  };
}

async function serve(file) {
  const config = JSON.parse(readFileSync(file, "utf8"));
  const { connection, close } = await connect(config.database);
  const options = await optionsFrom(config, connection);
  const redis = /^redis/.test(config.secondaryStorage ?? "") ? await redisStorage(config.secondaryStorage) : undefined;
  if (redis) options.secondaryStorage = redis.storage;
  const auth = betterAuth(options);
  if (connection) await (await getMigrations(options)).runMigrations();
  const [host, port] = config.listen.split(":");
  const server = http.createServer(toNodeHandler(auth));
  await new Promise((resolve, reject) => server.on("error", reject).listen(Number(port), host, resolve));
  return () => {
    server.close();
    server.closeAllConnections();
    redis?.close();
    close();
  };
}

if (process.argv[2]) {
  await serve(process.argv[2]);
} else {
  const stops = new Map();
  process.on("unhandledRejection", (error) => console.error(error));
  process.on("disconnect", () => process.exit());
  process.on("message", async ({ start, stop }) => {
    stops.get(stop)?.();
    stops.delete(stop);
    if (!start) return;
    try {
      stops.set(start, await serve(start));
      process.send({ file: start });
    } catch (error) {
      process.send({ file: start, error: error.stack });
    }
  });
}
