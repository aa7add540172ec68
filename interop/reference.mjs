// Serves Better Auth from npm from the configuration file that `watchword serve --config` takes, so that one file
// starts either side. Where the file has a switch instead of a callback, the callback here posts to delivery.webhook.
// usage: node reference.mjs CONFIG.json      REFERENCE names the package to load (default better-auth)
import { readFileSync } from "node:fs";
import http from "node:http";
import { DatabaseSync } from "node:sqlite";

const packageName = process.env.REFERENCE ?? "better-auth";
const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { betterAuth } = await import(packageName);
const { toNodeHandler } = await import(`${packageName}/node`);
// 1.6 keeps the migrations beside the other database exports.
const { getMigrations } = await import(`${packageName}/db/migration`).catch(() => import(`${packageName}/db`));

function sender(type) {
  return async ({ user, request, ...data }) => {
    if (!config.delivery?.webhook) return;
    // The confirmation names the new address but goes to the one that is about to be given up.
    const asked = type === "change-email-confirmation" ? user.email : undefined;
    const to = asked ?? data.email ?? data.phoneNumber ?? data.newEmail ?? user?.email ?? data.invitation?.email;
    const message = { type, to, url: data.url, token: data.token, code: data.otp ?? data.code, data };
    await fetch(config.delivery.webhook.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    });
  };
}

const builtIn = await import(`${packageName}/plugins`);
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
  magicLink: () => ({ sendMagicLink: sender("magic-link") }),
  emailOTP: () => ({ sendVerificationOTP: sender("email-otp") }),
  phoneNumber: ({ signUpOnVerification }) => ({
    sendOTP: sender("phone-otp"),
    sendPasswordResetOTP: sender("phone-reset-otp"),
    ...(signUpOnVerification && {
      signUpOnVerification: {
        getTempEmail: (number) => `${number.replace(/\W/g, "")}@phone.example.com`,
        getTempName: (number) => number,
      },
    }),
  }),
  twoFactor: ({ otpOptions }) => ({
    otpOptions: { ...otpOptions, sendOTP: ({ user, otp }) => sender("two-factor-otp")({ email: user.email, otp }) },
  }),
  organization: () => ({
    sendInvitationEmail: ({ email, id, role }) => sender("organization-invitation")({ email, id, role }),
  }),
};

async function loadPlugin(name, setting) {
  const source = satellites[name] ? await import(satellites[name]) : builtIn;
  const factory = source[renamed[name] ?? name];
  if (!factory) throw new Error(`unknown plugin ${name}`);
  const given = setting === true ? {} : setting;
  return factory({ ...given, ...callbacks[name]?.(given) });
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

async function optionsFrom({ plugins = {}, delivery, database, listen, secondaryStorage, ...options }, connection) {
  const { passwordReset, ...emailAndPassword } = options.emailAndPassword ?? {};
  const { enabled: mayVerify, ...emailVerification } = options.emailVerification ?? {};
  const user = { ...options.user };
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
    database: connection,
    plugins: await Promise.all(Object.entries(plugins).map((entry) => loadPlugin(...entry))),
    telemetry: { enabled: false },
    logger: { level: "error" },
    ...(secondaryStorage === "memory" && { secondaryStorage: memoryStorage() }),
  };
}

const connection = new DatabaseSync(config.database.replace(/^sqlite:(\/\/)?/, ""));
connection.exec("PRAGMA journal_mode=WAL");
const options = await optionsFrom(config, connection);
const auth = betterAuth(options);
await (await getMigrations(options)).runMigrations();
const [host, port] = config.listen.split(":");
http.createServer(toNodeHandler(auth)).listen(Number(port), host);
