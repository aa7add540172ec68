// POST /update-user, and additional fields of every type on sign-up and update.
import { everyType, PASSWORD, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };
const withFields = (additionalFields) => ({ emailAndPassword: { enabled: true }, user: { additionalFields } });

const types = withFields({
  text: { type: "string", required: false },
  amount: { type: "number", required: false },
  agreed: { type: "boolean", required: false },
  birthday: { type: "date", required: false },
  tags: { type: "string[]", required: false },
});

const numbers = withFields({ scores: { type: "number[]", required: false } });

const rules = withFields({
  role: { type: "string", defaultValue: "user", input: false },
  plan: { type: "string", defaultValue: "free" },
  internal: { type: "string", required: false, returned: false },
  locked: { type: "boolean", required: false, input: false },
  level: { type: "number", defaultValue: 0 },
  newsletter: { type: "boolean", defaultValue: false },
  quiet: { type: "boolean", defaultValue: true, returned: false },
});

const signUp = (t, email, more) => t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD, ...more });

export default [
  {
    name: "the core fields",
    config,
    async run(t) {
      const c = await signedUp(t, "uu-1@example.com");
      await c.post("/update-user", { name: "Grace" });
      await c.get("/get-session");
      await c.post("/update-user", { image: "https://example.com/a.png" });
      await c.post("/update-user", { image: null });
      await c.post("/update-user", { name: "Both", image: "b" });
      await c.get("/get-session");
      for (const field of ["name", "image", "email"]) for (const value of everyType) await c.post("/update-user", { [field]: value });
      await c.get("/get-session");
    },
  },
  {
    name: "fields that are not for the person to set",
    config,
    async run(t) {
      const c = await signedUp(t, "uu-2@example.com");
      const forbidden = { id: "x", emailVerified: true, createdAt: "2001-01-01T00:00:00.000Z", updatedAt: "2001-01-01T00:00:00.000Z", role: "admin", banned: true, banExpires: 1, phoneNumberVerified: true, phoneNumber: "+1", twoFactorEnabled: true, isAnonymous: true, stripeCustomerId: "c", password: "p", unknown: 1 };
      for (const [field, value] of Object.entries(forbidden)) await c.post("/update-user", { [field]: value });
      await c.post("/update-user", { ...forbidden, name: "All at once" });
      await c.post("/update-user", { name: "With mail", email: "uu-2-new@example.com" });
      await c.post("/update-user", { email: "uu-2@example.com" });
      await c.get("/get-session");
    },
  },
  {
    name: "bodies that are nothing useful, and nobody",
    config,
    async run(t) {
      const c = await signedUp(t, "uu-3@example.com");
      await c.send("POST", "/update-user");
      for (const body of [{}, [], "null", '"text"', "{", "1", "[1]"]) await c.post("/update-user", body);
      await c.send("POST", "/update-user", "name=Form", { "content-type": "application/x-www-form-urlencoded" });
      await c.send("POST", "/update-user", '{"name":"Plain"}', { "content-type": "text/plain" });
      await c.get("/update-user");
      await c.get("/get-session");
      const nobody = t.client();
      await nobody.post("/update-user", { name: "Nobody" });
      await nobody.post("/update-user", {});
      await nobody.send("POST", "/update-user");
      await nobody.post("/update-user", []);
    },
  },
  {
    name: "additional fields of every type on sign-up",
    config: types,
    async run(t) {
      let i = 0;
      for (const field of ["text", "amount", "agreed", "birthday", "tags"]) for (const value of everyType) await signUp(t, `uu-type-${i++}@example.com`, { [field]: value });
    },
  },
  {
    name: "additional fields of every type on update",
    config: types,
    async run(t) {
      const c = await signedUp(t, "uu-4@example.com", { text: "t", amount: 2, agreed: true, birthday: "2000-01-02", tags: ["a", "b"] });
      await c.get("/get-session");
      for (const field of ["text", "amount", "agreed", "birthday", "tags"]) for (const value of everyType) await c.post("/update-user", { [field]: value });
      await c.post("/update-user", { birthday: "2001-02-03T04:05:06.007Z" });
      await c.get("/get-session");
      await c.post("/update-user", { birthday: "not a date" });
      await c.post("/update-user", { tags: ["ü", "\"", ""] });
      await c.get("/get-session");
      await c.post("/update-user", { amount: 1.5 });
      await c.post("/update-user", { text: null, amount: null, agreed: null, birthday: null, tags: null });
      await c.get("/get-session");
    },
  },
  {
    name: "lists of numbers",
    config: numbers,
    async run(t) {
      for (const [i, scores] of everyType.entries()) await signUp(t, `uu-number-${i}@example.com`, { scores });
      const c = await signedUp(t, "uu-numbers@example.com", { scores: [1, 2] });
      for (const scores of everyType) await c.post("/update-user", { scores });
      await c.post("/update-user", { scores: [0, -1, 2.5] });
      await c.get("/get-session");
    },
  },
  {
    name: "defaults, and fields that are hidden or not for input",
    config: rules,
    async run(t) {
      const c = await signedUp(t, "uu-5@example.com");
      await c.get("/get-session");
      await c.post("/update-user", { plan: "pro", level: 3, newsletter: true });
      await c.get("/get-session");
      for (const value of everyType) await c.post("/update-user", { role: value });
      for (const value of everyType) await c.post("/update-user", { locked: value });
      await c.post("/update-user", { internal: "i" });
      await c.post("/update-user", { quiet: false });
      await c.get("/get-session");
      for (const [i, more] of [{ role: "admin" }, { role: "" }, { role: null }, { role: 0 }, { locked: true }, { locked: false }, { internal: "i" }, { plan: null }, { plan: "" }, { level: null }, { level: "3" }, { newsletter: "yes" }, { quiet: false }].entries()) {
        await signUp(t, `uu-rule-${i}@example.com`, more);
      }
    },
  },
  {
    name: "a required field",
    config: withFields({ company: { type: "string", required: true }, seats: { type: "number", required: true } }),
    async run(t) {
      await signUp(t, "uu-req-0@example.com");
      await signUp(t, "uu-req-1@example.com", { company: "" });
      await signUp(t, "uu-req-2@example.com", { company: "c" });
      await signUp(t, "uu-req-3@example.com", { company: null, seats: 1 });
      await signUp(t, "uu-req-4@example.com", { company: "c", seats: 0 });
      await signUp(t, "uu-req-5@example.com", { company: 5, seats: "2" });
      const c = await signedUp(t, "uu-req-6@example.com", { company: "c", seats: 2 });
      await c.post("/update-user", { company: null });
      await c.post("/update-user", { company: "" });
      await c.post("/update-user", { seats: 9 });
      await c.get("/get-session");
    },
  },
  {
    name: "additional fields while nobody learns who exists",
    config: { ...rules, emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { sendOnSignUp: false } },
    async run(t) {
      await signUp(t, "uu-6@example.com", { plan: "pro" });
      await signUp(t, "uu-6@example.com", { plan: "gold", level: 7 });
      await signUp(t, "uu-6@example.com", { role: "admin" });
      await signUp(t, "uu-7@example.com", { role: "admin" });
    },
  },
  {
    name: "additional fields stored under another name",
    config: { emailAndPassword: { enabled: true }, user: { additionalFields: { nickname: { type: "string", required: false, fieldName: "nick_name" } }, fields: { name: "full_name" }, modelName: "people" } },
    async run(t) {
      const c = await signedUp(t, "uu-8@example.com", { nickname: "n" });
      await c.get("/get-session");
      await c.post("/update-user", { nickname: "m", name: "Other" });
      await c.get("/get-session");
      await t.client().post("/sign-in/email", { email: "uu-8@example.com", password: PASSWORD });
    },
  },
];
