// The api-key plugin: what clients may do. Keys are used as sessions.
import { everyType, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { apiKey: { enableMetadata: true, enableSessionForAPIKeys: true, rateLimit: { maxRequests: 5 } } } };
const plain = { emailAndPassword: { enabled: true }, plugins: { apiKey: true } };

const posts = ["create", "update", "delete"];

export default [
  {
    name: "api-key: make, read, change, delete",
    config,
    async run(t) {
      const c = await signedUp(t, "ak-1@example.com");
      const { json } = await c.post("/api-key/create", { name: "ci", prefix: "ci_", metadata: { team: "a", n: [1, null] }, expiresIn: 86400 });
      const keyId = json?.id;
      await c.get(`/api-key/get?id=${keyId}`);
      await c.post("/api-key/create", {});
      await c.get("/api-key/list");
      await c.get("/api-key/list?limit=1");
      await c.get("/api-key/list?limit=1&offset=1&sortBy=createdAt&sortDirection=desc");
      await c.get("/api-key/list?offset=5");
      await c.post("/api-key/update", { keyId, name: "cd" });
      await c.post("/api-key/update", { keyId, metadata: { x: 1 } });
      await c.post("/api-key/update", { keyId, metadata: null });
      await c.post("/api-key/update", { keyId, expiresIn: null });
      await c.post("/api-key/update", { keyId, enabled: false });
      await c.post("/api-key/update", { keyId });
      await c.get(`/api-key/get?id=${keyId}`);
      await c.post("/api-key/delete", { keyId });
      await c.post("/api-key/delete", { keyId });
      await c.get(`/api-key/get?id=${keyId}`);
      await c.post("/api-key/update", { keyId, name: "x" });
    },
  },
  {
    name: "api-key: a key for a session",
    config,
    async run(t) {
      const c = await signedUp(t, "ak-2@example.com");
      const { json } = await c.post("/api-key/create", {});
      const headers = { "x-api-key": json?.key ?? "" };
      const program = t.client();
      await program.get("/get-session", headers);
      await program.get("/api-key/list", headers);
      await program.post("/update-user", { name: "Program" }, headers);
      await program.get("/get-session", { "x-api-key": "short" });
      await program.get("/get-session", { "x-api-key": "x".repeat(64) });
      await c.post("/api-key/update", { keyId: json?.id, enabled: false });
      await program.get("/get-session", headers);
      await c.post("/api-key/update", { keyId: json?.id, enabled: true });
      for (let i = 0; i < 4; i++) await program.get("/get-session", headers).then(({ json }) => delete json?.details);
      await c.get(`/api-key/get?id=${json?.id}`);
      await c.post("/api-key/delete", { keyId: json?.id });
      await program.get("/get-session", headers);
    },
  },
  {
    name: "api-key: of somebody else",
    config,
    async run(t) {
      const c = await signedUp(t, "ak-3@example.com");
      const d = await signedUp(t, "ak-4@example.com");
      const { json } = await c.post("/api-key/create", { name: "mine" });
      for (const other of [d, t.client()]) {
        await other.get(`/api-key/get?id=${json?.id}`);
        await other.post("/api-key/update", { keyId: json?.id, name: "x" });
        await other.post("/api-key/update", { keyId: json?.id, name: "x", userId: json?.referenceId });
        await other.post("/api-key/delete", { keyId: json?.id });
        await other.post("/api-key/create", { userId: json?.referenceId });
        await other.get("/api-key/list");
        for (const member of ["remaining", "refillAmount", "refillInterval", "rateLimitMax", "rateLimitTimeWindow"]) {
          await other.post("/api-key/create", { [member]: 5 });
          await other.post("/api-key/update", { keyId: json?.id, [member]: 5 });
        }
        await other.post("/api-key/create", { rateLimitEnabled: false });
        await other.post("/api-key/create", { permissions: { a: ["b"] } });
      }
    },
  },
  {
    name: "api-key: bad input",
    config: plain,
    async run(t) {
      const c = await signedUp(t, "ak-5@example.com");
      for (const client of [c, t.client()]) {
        for (const path of posts) {
          await client.send("POST", `/api-key/${path}`);
          await client.post(`/api-key/${path}`, []);
          await client.post(`/api-key/${path}`, { keyId: "nothing", metadata: { a: 1 } });
          await client.get(`/api-key/${path}`);
        }
        for (const query of ["", "?id=", "?id=nothing", "?id=nothing&configId=x", "?id=a&id=b"]) await client.get(`/api-key/get${query}`);
        for (const query of ["limit=x", "limit=-1", "limit=1.5", "limit=0", "limit=", "offset=x", "sortDirection=up", "configId=x", "organizationId=x", "configId=default"])
          await client.get(`/api-key/list?${query}`);
      }
      for (const value of everyType) {
        for (const member of ["name", "expiresIn", "prefix", "remaining", "metadata", "refillAmount", "rateLimitEnabled", "permissions", "configId", "userId"])
          await c.post("/api-key/create", { [member]: value });
        for (const member of ["keyId", "name", "enabled", "expiresIn", "remaining", "permissions", "metadata", "userId"])
          await c.post("/api-key/update", { keyId: "nothing", [member]: value });
        await c.post("/api-key/delete", { keyId: value });
      }
      await c.post("/api-key/create", { name: "x".repeat(33) });
      await c.post("/api-key/create", { prefix: "x".repeat(33) });
      await c.post("/api-key/create", { prefix: "a b" });
      await c.post("/api-key/create", { expiresIn: 86399 });
      await c.post("/api-key/create", { expiresIn: 366 * 86400 });
      await c.post("/api-key/create", { organizationId: "x" });
      await c.post("/api-key/create", { permissions: { a: 1 } });
      await c.post("/api-key/verify", { key: "x" });
      await c.post("/api-key/delete-all-expired-api-keys", {});
    },
  },
];
