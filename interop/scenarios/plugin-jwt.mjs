// The jwt plugin. Tokens are compared by their claims; what the keys are worth is tried here.
import { createLocalJWKSet, jwtVerify } from "jose";
import { cookieValue, CACHE_COOKIE, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { jwt: true } };

async function verified(t, client, token, path = "/jwks") {
  const { json } = await client.get(path);
  try {
    const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(json));
    t.note("verified", { alg: protectedHeader.alg, typ: protectedHeader.typ ?? null, life: payload.exp - payload.iat, aud: payload.aud, iss: payload.iss });
  } catch (error) {
    t.note("not verified", error.code);
  }
}

async function run(t, email, path) {
  const c = await signedUp(t, email);
  const { json } = await c.get("/token");
  await verified(t, t.client(), json.token, path);
  const answer = await c.get("/get-session");
  t.note("header", { token: answer.headers["set-auth-jwt"] ?? null, exposed: answer.headers["access-control-expose-headers"] ?? null });
  if (answer.headers["set-auth-jwt"]) await verified(t, t.client(), answer.headers["set-auth-jwt"], path);
  return c;
}

const algorithms = [{ alg: "EdDSA", crv: "Ed25519" }, { alg: "ES256" }, { alg: "ES512" }, { alg: "RS256" }, { alg: "PS256" }, { alg: "RS256", modulusLength: 3072 }];

export default [
  {
    name: "jwt: tokens",
    config,
    async run(t) {
      const c = await run(t, "jw-1@example.com");
      await t.client().get("/token");
      await c.post("/token");
      await t.client().post("/jwks");
      await t.client().post("/sign-jwt", { payload: {} });
      await t.client().get("/get-session");
      await c.post("/sign-out");
      await c.get("/token");
    },
  },
  ...algorithms.map((keyPairConfig, i) => ({
    name: `jwt: keys for ${Object.values(keyPairConfig).join(" ")}`,
    config: { ...config, plugins: { jwt: { jwks: { keyPairConfig } } } },
    run: (t) => run(t, `jw-2-${i}@example.com`),
  })),
  {
    name: "jwt: other claims, another path, no header",
    config: { ...config, plugins: { jwt: { jwks: { jwksPath: "/.well-known/jwks.json", disablePrivateKeyEncryption: true },
      jwt: { issuer: "https://issuer.example", audience: ["a", "b"], expirationTime: "1h" }, disableSettingJwtHeader: true } } },
    async run(t) {
      await run(t, "jw-3@example.com", "/.well-known/jwks.json");
      await t.client().get("/jwks");
    },
  },
  {
    name: "jwt: keys elsewhere",
    config: { ...config, plugins: { jwt: { jwks: { remoteUrl: "https://keys.example/jwks", keyPairConfig: { alg: "ES256" } } } } },
    async run(t) {
      await t.client().get("/jwks");
    },
  },
  {
    name: "jwt: rotation",
    config: { ...config, plugins: { jwt: { jwks: { rotationInterval: 1, gracePeriod: 3 } } } },
    async run(t) {
      const c = await signedUp(t, "jw-4@example.com");
      const first = (await c.get("/token")).json.token;
      await new Promise((done) => setTimeout(done, 1300));
      await c.get("/token");
      await verified(t, t.client(), first);
      await new Promise((done) => setTimeout(done, 3200));
      await c.get("/token");
      await verified(t, t.client(), first);
    },
  },
  {
    name: "jwt: the cached session",
    config: { ...config, session: { cookieCache: { enabled: true, strategy: "jwt" } }, plugins: { jwt: { sessionCookieCache: true } } },
    async run(t) {
      const c = await signedUp(t, "jw-5@example.com");
      await verified(t, t.client(), cookieValue(c, CACHE_COOKIE));
      await c.get("/get-session");
      const own = (await c.get("/token")).json.token;
      c.jar.cookies.set(CACHE_COOKIE, own);
      await c.get("/get-session");
      c.jar.cookies.set(CACHE_COOKIE, "a.b.c");
      await c.get("/get-session");
    },
  },
];
