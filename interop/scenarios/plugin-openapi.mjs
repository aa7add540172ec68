// The open-api plugin: where the document and the page stand, and that they do.
const config = (openAPI) => ({ emailAndPassword: { enabled: true }, plugins: { openAPI, username: true } });

const noted = async (t, path) => {
  const answer = await t.client().get(path);
  t.calls.pop();
  t.note(`document at ${path}`, { status: answer.status, type: answer.type, version: answer.json?.openapi, signUp: Object.keys(answer.json?.paths?.["/sign-up/email"] ?? {}), plugin: Object.keys(answer.json?.paths?.["/sign-in/username"] ?? {}) });
};

export default [
  {
    name: "open api: document and page",
    config: config(true),
    async run(t) {
      await noted(t, "/open-api/generate-schema");
      await t.client().get("/reference");
      await t.client().post("/reference");
      await t.client().post("/open-api/generate-schema");
    },
  },
  {
    name: "open api: elsewhere",
    config: config({ path: "/docs", theme: "moon", nonce: "abc" }),
    async run(t) {
      await t.client().get("/docs");
      await t.client().get("/reference");
    },
  },
  {
    name: "open api: no page",
    config: config({ disableDefaultReference: true }),
    async run(t) {
      await t.client().get("/reference");
      await noted(t, "/open-api/generate-schema");
    },
  },
];
