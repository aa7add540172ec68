// The passkey plugin, with an authenticator made of software.
import { newPasskey } from "../authenticator.mjs";
import { everyType, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { passkey: true } };

const register = async (c, key, { query = "", body = { name: "laptop" }, ...lie } = {}) => {
  const { json } = await c.get(`/passkey/generate-register-options${query}`);
  key.handle ??= json.user?.id;
  return c.post("/passkey/verify-registration", { response: key.create(json.challenge, lie), ...body });
};
const enter = async (c, key, lie) => {
  const { json } = await c.get("/passkey/generate-authenticate-options");
  return c.post("/passkey/verify-authentication", { response: key.get(json.challenge, lie) });
};

// Register, sign in, rename, delete.
async function life(t, email) {
  const c = await signedUp(t, email);
  await c.get("/passkey/list-user-passkeys");
  for (const kind of ["ES256", "EdDSA", "RS256"]) {
    const key = newPasskey(t.base, { kind, synced: kind === "ES256", counter: kind === "RS256" ? 5 : 0 });
    await register(c, key);
    await enter(t.client(), key);
    await enter(c, key);
    await enter(t.client(), key, { handle: undefined });
  }
  const { json: list } = await c.get("/passkey/list-user-passkeys");
  await c.get("/passkey/generate-register-options?name=Work&authenticatorAttachment=platform&context=x");
  await c.post("/passkey/update-passkey", { id: list[0].id, name: "  phone " });
  await c.post("/passkey/delete-passkey", { id: list[0].id });
  await c.post("/passkey/delete-passkey", { id: list[0].id });
  await c.get("/passkey/list-user-passkeys");
}

export default [
  { name: "passkey: a life", config, run: (t) => life(t, "pk-1@example.com") },
  ...Object.entries({
    "beside a cookie cache": { session: { cookieCache: { enabled: true } } },
    "in secondary storage": { secondaryStorage: "memory" },
    "with UUIDs": { advanced: { database: { generateId: "uuid" } } },
    "below another path": { basePath: "/auth" },
    "with cookies of another name": { advanced: { cookiePrefix: "shop" } },
    "with serial keys": { advanced: { database: { generateId: "serial" } } },
    "named": { plugins: { passkey: { rpID: "localhost", rpName: "Shop", authenticatorSelection: { userVerification: "discouraged", residentKey: "discouraged" } } } },
  }).map(([name, more]) => ({ name: `passkey: a life, ${name}`, config: { ...config, ...more }, run: (t) => life(t, "pk-1@example.com") })),
  {
    name: "passkey: registering with a session of its own",
    config,
    async run(t) {
      const c = await signedUp(t, "pk-2@example.com");
      await register(c, newPasskey(t.base), { body: { createSession: true } });
      await register(c, newPasskey(t.base), { body: { createSession: false, name: " \t" } });
      await register(c, newPasskey(t.base), { body: {}, transports: [] });
      await c.get("/passkey/generate-authenticate-options");
      await c.get("/list-sessions");
    },
  },
  {
    name: "passkey: input",
    config,
    async run(t) {
      const c = await signedUp(t, "pk-3@example.com");
      for (const query of ["?authenticatorAttachment=usb", "?authenticatorAttachment=", "?name=", "?name=a&name=b"]) await c.get(`/passkey/generate-register-options${query}`);
      for (const value of everyType) {
        await c.post("/passkey/verify-registration", { response: {}, name: value });
        await c.post("/passkey/verify-registration", { response: {}, createSession: value });
        if (value === null || typeof value !== "object" || Array.isArray(value)) await c.post("/passkey/verify-authentication", { response: value });
        await c.post("/passkey/delete-passkey", { id: value });
        await c.post("/passkey/update-passkey", { id: "x", name: value });
        await c.post("/passkey/update-passkey", { id: value, name: "x" });
      }
      for (const path of ["verify-registration", "verify-authentication", "delete-passkey", "update-passkey"]) {
        await c.post(`/passkey/${path}`, {});
        await c.send("POST", `/passkey/${path}`);
        await t.client().post(`/passkey/${path}`, { id: "x", name: "y", response: {} });
      }
      for (const path of ["generate-register-options", "list-user-passkeys"]) await t.client().get(`/passkey/${path}`);
    },
  },
  {
    name: "passkey: challenges",
    config,
    async run(t) {
      const c = await signedUp(t, "pk-4@example.com");
      const key = newPasskey(t.base);
      await register(c, key);
      const { json: registering } = await c.get("/passkey/generate-register-options");
      await c.post("/passkey/verify-authentication", { response: key.get(registering.challenge) });
      const { json: entering } = await c.get("/passkey/generate-authenticate-options");
      await c.post("/passkey/verify-registration", { response: newPasskey(t.base).create(entering.challenge) });
      const phone = t.client();
      const { json } = await phone.get("/passkey/generate-authenticate-options");
      const response = key.get(json.challenge);
      await t.client().post("/passkey/verify-authentication", { response });
      await phone.post("/passkey/verify-authentication", { response });
      await phone.post("/passkey/verify-authentication", { response });
      const other = await signedUp(t, "pk-4b@example.com");
      await other.get("/passkey/generate-register-options");
      other.jar.cookies.set("better-auth.session_token", c.jar.cookies.get("better-auth.session_token"));
      await other.post("/passkey/verify-registration", { response: {} });
    },
  },
  {
    name: "passkey: lies about a sign-in",
    config,
    async run(t) {
      const c = await signedUp(t, "pk-5@example.com");
      const key = newPasskey(t.base, { counter: 10 });
      await register(c, key);
      for (const lie of Object.values({
        origin: { says: { origin: "http://evil.example" } },
        slash: { says: { origin: `${t.base}/` } },
        challenge: { says: { challenge: "AAAA" } },
        type: { says: { type: "webauthn.create" } },
        rpId: { rpId: "evil.example" },
        absent: { flags: 4 },
        "backed up, not eligible": { flags: 21 },
        signature: { forge: true },
        counter: { counter: 3 },
        rawId: { more: { rawId: "AAAA" } },
        kind: { more: { type: "password" } },
        "no response": { more: { response: undefined } },
        "unknown credential": { more: { id: "AAAA", rawId: "AAAA" } },
        "no credential": { more: { id: undefined } },
      })) await enter(t.client(), key, lie);
      await enter(t.client(), key);
      await c.get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "passkey: lies about a registration",
    config,
    async run(t) {
      const c = await signedUp(t, "pk-6@example.com");
      for (const lie of Object.values({
        origin: { says: { origin: "http://evil.example" } },
        challenge: { says: { challenge: "AAAA" } },
        type: { says: { type: "webauthn.get" } },
        rpId: { rpId: "evil.example" },
        absent: { flags: 4 },
        "backed up, not eligible": { flags: 21 },
        format: { format: "mine" },
        statement: { statement: new Map([["alg", -7]]) },
        rawId: { more: { rawId: "AAAA" } },
        kind: { more: { type: "password" } },
        "no response": { more: { response: undefined } },
        transports: { transports: "usb" },
      })) await register(c, newPasskey(t.base), lie);
      await c.get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "passkey: other people's",
    config,
    async run(t) {
      const ada = await signedUp(t, "pk-7@example.com");
      const eve = await signedUp(t, "pk-7b@example.com");
      const key = newPasskey(t.base);
      await register(ada, key);
      const { json: list } = await ada.get("/passkey/list-user-passkeys");
      await eve.post("/passkey/delete-passkey", { id: list[0].id });
      await eve.post("/passkey/update-passkey", { id: list[0].id, name: "mine" });
      await enter(eve, key);
      await ada.get("/passkey/list-user-passkeys");
      await (await signedIn(t, "pk-7@example.com")).get("/passkey/generate-authenticate-options");
    },
  },
  {
    name: "passkey: options",
    config: {
      ...config,
      plugins: {
        passkey: {
          rpName: "Example",
          origin: ["http://app.example", "http://other.example"],
          authenticatorSelection: { residentKey: "required", authenticatorAttachment: "cross-platform" },
          advanced: { webAuthnChallengeCookie: "challenge" },
          registration: { extensions: { largeBlob: { support: "preferred" } } },
          authentication: { extensions: { uvm: true } },
          schema: { passkey: { modelName: "credentials", fields: { publicKey: "public_key" } } },
        },
      },
    },
    async run(t) {
      const c = await signedUp(t, "pk-8@example.com");
      const key = newPasskey("http://other.example");
      await register(c, key);
      await enter(t.client(), key);
      await enter(t.client(), key, { says: { origin: t.base } });
      await c.get("/passkey/list-user-passkeys");
    },
  },
  {
    name: "passkey: registering without a session",
    config: { ...config, plugins: { passkey: { registration: { requireSession: false } } } },
    async run(t) {
      await t.client().get("/passkey/generate-register-options");
      await t.client().post("/passkey/verify-registration", { response: {} });
      await register(await signedUp(t, "pk-9@example.com"), newPasskey(t.base));
    },
  },
  {
    name: "passkey: several people, several devices",
    config,
    async run(t) {
      const people = [];
      for (const name of ["ada", "bob", "eve", "joe"]) {
        const c = await signedUp(t, `pk-10-${name}@example.com`);
        const keys = [newPasskey(t.base), newPasskey(t.base, { kind: "EdDSA", synced: true })];
        for (const [i, key] of keys.entries()) await register(c, key, { query: `?name=${name}-${i}`, body: { name: `${name} ${i}` } });
        people.push({ c, keys });
      }
      for (const { c, keys } of people) {
        await c.get("/passkey/list-user-passkeys");
        await c.get("/passkey/generate-register-options");
        await c.get("/passkey/generate-authenticate-options");
        for (const key of keys) {
          const phone = t.client();
          await enter(phone, key);
          await phone.get("/get-session");
          await phone.get("/passkey/list-user-passkeys");
          await phone.post("/sign-out");
          await phone.get("/passkey/list-user-passkeys");
        }
        await c.get("/list-sessions");
      }
      const [ada] = people;
      for (const { id, name } of (await ada.c.get("/passkey/list-user-passkeys")).json) {
        await ada.c.post("/passkey/update-passkey", { id, name: `${name}, renamed` });
        await ada.c.post("/passkey/delete-passkey", { id });
      }
      await ada.c.get("/passkey/list-user-passkeys");
      for (const key of ada.keys) await enter(t.client(), key);
      for (const key of ada.keys) await register(ada.c, key);
      for (const key of ada.keys) await enter(t.client(), key);
    },
  },
  {
    name: "passkey: every way to ask for options",
    config,
    async run(t) {
      const c = await signedUp(t, "pk-11@example.com");
      for (const query of ["", "?authenticatorAttachment=platform", "?authenticatorAttachment=cross-platform", "?authenticatorAttachment=x", "?name=N", "?name=", "?context=x", "?name=a&name=b", "?unknown=1"]) {
        for (const who of [c, t.client()]) {
          await who.get(`/passkey/generate-register-options${query}`);
          await who.get(`/passkey/generate-authenticate-options${query}`);
        }
      }
      for (const path of ["generate-register-options", "generate-authenticate-options", "list-user-passkeys", "verify-registration", "verify-authentication", "delete-passkey", "update-passkey"]) {
        for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) await t.client().send(method, `/passkey/${path}`, method === "GET" ? undefined : { id: "x", name: "x" });
        await t.client().get(`/passkey/${path}/`);
        await t.client().post(`/passkey/${path}`, "not json");
        await t.client().post(`/passkey/${path}`, { id: "x", name: "x" }, { origin: "http://evil.example", cookie: "a=b" });
      }
    },
  },
];
