// What people change about themselves: name, picture, fields of the application, address, password, and the end.
import { linkPath, noteMessage, PASSWORD, SILENCE, signedIn, signedUp } from "../steps.mjs";

const base = { emailAndPassword: { enabled: true } };
const withUser = (user, more) => ({ ...base, ...more, user });
const profile = {
  username: { type: "string", required: false },
  age: { type: "number", required: false },
  newsletter: { type: "boolean", defaultValue: false },
  birthday: { type: "date", required: false },
  interests: { type: "string[]", required: false },
  plan: { type: "string", defaultValue: "free", input: false },
  note: { type: "string", required: false, returned: false },
  settings: { type: "json", required: false },
};
const signUp = (t, email, more) => t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD, ...more });

export default [
  {
    name: "name and picture",
    config: base,
    async run(t) {
      const c = await signedUp(t, "me@example.com");
      for (const body of [{ name: "New Name" }, { image: "https://img.example/new.png" }, { name: "Both", image: "https://img.example/2.png" }, { image: null }, { name: "" }, {}, { email: "other@example.com" }, { name: "With address", email: "other@example.com" }, { password: "x" }, { emailVerified: true }, { unknown: "x" }]) {
        await c.post("/update-user", body);
        await c.get("/get-session");
      }
    },
  },
  {
    name: "fields of the application",
    config: withUser({ additionalFields: profile }),
    async run(t) {
      const c = t.client();
      await c.post("/sign-up/email", { name: "Ada", email: "fields@example.com", password: PASSWORD, username: "ada", age: 36, newsletter: true, birthday: "1815-12-10", interests: ["maths", "engines"], note: "hidden", settings: { theme: "dark", n: 1 } });
      await c.get("/get-session");
      for (const body of [{ username: "countess" }, { age: 37 }, { newsletter: false }, { birthday: "1815-12-10T12:00:00.000Z" }, { interests: [] }, { settings: { theme: "light" } }, { settings: null }, { note: "still hidden" }, { plan: "pro" }, { username: null, age: null, birthday: null, interests: null }]) {
        await c.post("/update-user", body);
        await c.get("/get-session");
      }
      await signUp(t, "fields-2@example.com");
      await signUp(t, "fields-3@example.com", { plan: "pro" });
      await signUp(t, "fields-4@example.com", { plan: "" });
      await t.client().post("/sign-in/email", { email: "fields@example.com", password: PASSWORD });
    },
  },
  {
    name: "fields of the wrong type now and then",
    config: withUser({ additionalFields: profile }),
    async run(t) {
      await signUp(t, "type-1@example.com", { age: "36" });
      await signUp(t, "type-2@example.com", { username: 42 });
      await signUp(t, "type-3@example.com", { newsletter: 1 });
      await signUp(t, "type-4@example.com", { age: 36.5 });
      await signUp(t, "type-5@example.com", { birthday: "tomorrow" });
      await signUp(t, "type-6@example.com", { birthday: "December 17, 1995 03:24:00" });
      await signUp(t, "type-7@example.com", { newsletter: null });
      const c = await signedUp(t, "type-8@example.com");
      await c.post("/update-user", { age: "40" });
      await c.post("/update-user", { username: 7 });
      await c.post("/update-user", { name: 42 });
      await c.get("/get-session");
    },
  },
  {
    name: "fields that must be given",
    config: withUser({ additionalFields: { company: { type: "string" }, role: { type: ["owner", "member"], defaultValue: "member" }, seats: { type: "number", required: true, defaultValue: 5 } } }),
    async run(t) {
      await signUp(t, "must-0@example.com");
      await signUp(t, "must-1@example.com", { company: "Analytical" });
      await signUp(t, "must-2@example.com", { company: "Analytical", role: "owner", seats: 9 });
      await signUp(t, "must-3@example.com", { company: "Analytical", role: "king" });
      const c = await signedUp(t, "must-4@example.com", { company: "Analytical" });
      await c.post("/update-user", { company: "Difference" });
      await c.post("/update-user", { role: "owner" });
      await c.get("/get-session");
      await c.post("/sign-in/social", { provider: "github" });
    },
  },
  {
    name: "the password",
    config: base,
    async run(t) {
      const email = "pw@example.com";
      const c = await signedUp(t, email);
      const other = await signedIn(t, email);
      for (const body of [{}, { currentPassword: PASSWORD }, { newPassword: "another password" }, { currentPassword: "wrong password", newPassword: "another password" }, { currentPassword: PASSWORD, newPassword: "short" }, { currentPassword: PASSWORD, newPassword: "" }, { currentPassword: PASSWORD, newPassword: "x".repeat(200) }, { currentPassword: PASSWORD, newPassword: PASSWORD }, { currentPassword: PASSWORD, newPassword: "another password", revokeOtherSessions: "yes" }]) await c.post("/change-password", body);
      await c.post("/change-password", { currentPassword: PASSWORD, newPassword: "another password", revokeOtherSessions: true });
      await other.get("/get-session");
      await c.get("/get-session");
      await c.post("/verify-password", { password: "another password" });
      await c.post("/verify-password", { password: PASSWORD });
      await c.post("/verify-password", {});
      await c.post("/set-password", { newPassword: "x" });
      await c.get("/list-sessions");
    },
  },
  {
    name: "the password is forgotten",
    config: { ...base, trustedOrigins: ["https://app.example.com"] },
    async run(t) {
      const email = "forgot@example.com";
      await signedUp(t, email);
      const c = t.client();
      for (const body of [{}, { email: "no address" }, { email: "nobody@example.com" }, { email, redirectTo: "https://evil.example" }, { email, redirectTo: "https://app.example.com/reset?x=1" }]) await c.post("/request-password-reset", body);
      const message = await noteMessage(t, "reset-password", email);
      await c.get(linkPath(message));
      await c.get("/reset-password/unknown?callbackURL=/reset");
      await c.get("/reset-password/unknown");
      await c.get(`/reset-password/${message?.token}`);
      await c.get(`/reset-password/${message?.token}?callbackURL=https://evil.example`);
      for (const body of [{}, { newPassword: "a new password" }, { token: "unknown", newPassword: "a new password" }, { token: message?.token, newPassword: "short" }, { token: message?.token }]) await c.post("/reset-password", body);
      await c.post(`/reset-password?token=${message?.token}`, { newPassword: "a new password" });
      await c.post("/reset-password", { token: message?.token, newPassword: "a new password" });
      await c.post("/sign-in/email", { email, password: "a new password" });
      await t.client().post("/sign-in/email", { email, password: PASSWORD });
      await c.post("/request-password-reset", { email: email.toUpperCase() });
      await noteMessage(t, "reset-password", email);
      await c.post("/forget-password", { email });
    },
  },
  {
    name: "a new address, at once",
    config: withUser({ changeEmail: { enabled: true, updateEmailWithoutVerification: true } }),
    async run(t) {
      const c = await signedUp(t, "addr-1@example.com");
      await signedUp(t, "addr-1-taken@example.com");
      for (const body of [{}, { newEmail: "no address" }, { newEmail: "addr-1@example.com" }, { newEmail: "addr-1-taken@example.com" }, { newEmail: "Addr-1-New@example.com", callbackURL: "/settings" }]) await c.post("/change-email", body);
      await noteMessage(t, "verification-email", "addr-1-new@example.com");
      await c.get("/get-session");
      await t.client().post("/sign-in/email", { email: "addr-1-new@example.com", password: PASSWORD });
      await t.client().post("/sign-in/email", { email: "addr-1@example.com", password: PASSWORD });
    },
  },
  {
    name: "a new address, proven at the new one",
    config: withUser({ changeEmail: { enabled: true } }),
    async run(t) {
      const c = await signedUp(t, "addr-2@example.com");
      await c.post("/change-email", { newEmail: "addr-2-new@example.com", callbackURL: "/settings" });
      const message = await noteMessage(t, "verification-email", "addr-2-new@example.com", 500);
      const other = await noteMessage(t, "verification-email", "addr-2@example.com", SILENCE);
      await c.get("/get-session");
      await c.get(linkPath(message ?? other));
      await c.get("/get-session");
      await c.get(linkPath(message ?? other));
      await c.post("/change-email", { newEmail: "addr-2-third@example.com" });
    },
  },
  {
    name: "a new address, asked at the old one first",
    config: withUser({ changeEmail: { enabled: true, confirm: true } }, { emailVerification: { sendOnSignUp: true, autoSignInAfterVerification: true } }),
    async run(t) {
      const email = "addr-3@example.com";
      const c = await signedUp(t, email);
      await c.get(linkPath(await noteMessage(t, "verification-email", email)));
      await c.get("/get-session");
      await c.post("/change-email", { newEmail: "addr-3-new@example.com", callbackURL: "/done" });
      const asked = await t.box.take("change-email-confirmation", undefined, 1000);
      t.note("asked", asked && { type: asked.type, url: asked.url });
      await c.get(linkPath(asked));
      const proof = await noteMessage(t, "verification-email", "addr-3-new@example.com", 1000);
      await c.get("/get-session");
      await c.get(linkPath(proof));
      await c.get("/get-session");
    },
  },
  {
    name: "a new address, not here",
    config: base,
    async run(t) {
      const c = await signedUp(t, "addr-4@example.com");
      await c.post("/change-email", { newEmail: "addr-4-new@example.com" });
      await c.post("/change-email", {});
      await t.client().post("/change-email", { newEmail: "addr-4-new@example.com" });
    },
  },
  {
    name: "the end, with a password",
    config: withUser({ deleteUser: { enabled: true } }),
    async run(t) {
      const c = await signedUp(t, "end-1@example.com");
      await c.post("/delete-user", { password: "wrong password" });
      await c.post("/delete-user", { password: 5 });
      await c.post("/delete-user", { token: "unknown" });
      await c.post("/delete-user", { password: PASSWORD });
      await c.get("/get-session");
      await t.client().post("/sign-in/email", { email: "end-1@example.com", password: PASSWORD });
      const d = await signedUp(t, "end-1@example.com");
      await d.post("/delete-user", {});
      await d.get("/get-session");
    },
  },
  {
    name: "the end, by mail",
    config: withUser({ deleteUser: { enabled: true, verify: true } }),
    async run(t) {
      const email = "end-2@example.com";
      const c = await signedUp(t, email);
      await c.post("/delete-user", { callbackURL: "/goodbye" });
      const message = await noteMessage(t, "delete-account", email);
      await c.get("/get-session");
      await t.client().get(linkPath(message));
      await c.get("/delete-user/callback?token=unknown");
      await c.get(linkPath(message));
      await c.get("/get-session");
      await c.get(linkPath(message));
    },
  },
  {
    name: "the end, not here",
    config: base,
    async run(t) {
      const c = await signedUp(t, "end-3@example.com");
      await c.post("/delete-user", { password: PASSWORD });
      await c.post("/delete-user");
      await c.get("/delete-user/callback?token=x");
    },
  },
  {
    name: "the end, too late",
    config: withUser({ deleteUser: { enabled: true } }, { session: { freshAge: 1 } }),
    async run(t) {
      const c = await signedUp(t, "end-4@example.com");
      await new Promise((done) => setTimeout(done, 1200));
      await c.post("/delete-user", {});
      await c.post("/delete-user", { password: PASSWORD });
    },
  },
];
