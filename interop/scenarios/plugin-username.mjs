// The username plugin.
import { everyType, PASSWORD, postAll, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { username: true } };
const long = "a".repeat(31);
const names = ["", "a", "ab", "abc", "ABC", "a.b_c", "a b", "a-b", "ａｄａ", "ÄÖÜ", "a@b.c", "😀😀", long, long.slice(1), "abc\n", ...everyType.slice(3)];

export default [
  {
    name: "username: sign-up and sign-in",
    config,
    async run(t) {
      const c = await signedUp(t, "un-1@example.com", { username: "Un.One", displayUsername: "The One" });
      await c.get("/get-session");
      await signedUp(t, "un-1b@example.com", { username: "UN_Two" });
      await signedUp(t, "un-1c@example.com", { displayUsername: "Un_Three" });
      await signedUp(t, "un-1d@example.com", { displayUsername: "Un four, the great" });
      await signedUp(t, "un-1e@example.com", { username: "un_five", displayUsername: "" });
      await signedUp(t, "un-1f@example.com", { username: "un_six", displayUsername: null });
      await signedUp(t, "un-1g@example.com", { username: "UN.ONE" });
      await signedUp(t, "un-1h@example.com", { username: null, displayUsername: "un.eight" });
      for (const username of ["un.one", "UN.ONE", "un_two", "un_three", "un_five", "un_six", "un.eight", "un_nobody", "un-1@example.com"]) {
        await t.client().post("/sign-in/username", { username, password: PASSWORD });
      }
      const more = [{ rememberMe: false }, { callbackURL: "/home" }, { callbackURL: "" }, { callbackURL: "https://evil.example" },
        { rememberMe: "no" }, { password: "wrong password" }, { password: "" }, { password: "x".repeat(129) }, { password: null }, { username: "" }];
      for (const extra of more) await t.client().post("/sign-in/username", { username: "un.one", password: PASSWORD, ...extra });
      await t.client().post("/sign-in/username", { username: "un.one", password: PASSWORD }, { origin: "https://evil.example" });
      await t.client().send("POST", "/sign-in/username");
      await t.client().get("/sign-in/username");
    },
  },
  {
    name: "username: what is a name",
    config,
    async run(t) {
      await postAll(t.client(), "/is-username-available", names.map((username) => ({ username })));
      await t.client().post("/is-username-available", {});
      for (const username of names) await t.client().post("/sign-in/username", { username, password: PASSWORD });
      for (const [i, username] of names.slice(0, 15).entries()) await signedUp(t, `un-2-${i}@example.com`, { username });
      await t.client().post("/is-username-available", { username: "ABC" });
    },
  },
  {
    name: "username: change",
    config,
    async run(t) {
      const c = await signedUp(t, "un-3@example.com", { username: "un.three" });
      await signedUp(t, "un-3b@example.com", { username: "un.taken" });
      for (const body of [{ username: "UN.three" }, { username: "Un.Taken" }, { username: "x" }, { username: long }, { username: "a b" },
        { username: "un.new", displayUsername: "Shown" }, { displayUsername: "Other" }, { displayUsername: "" }, { username: null }]) {
        await c.post("/update-user", body);
        await c.get("/get-session");
      }
      await t.client().post("/update-user", { username: "un.taken" });
      await t.client().post("/update-user", { username: "un.free" });
    },
  },
  {
    name: "username: names that stay",
    config: { ...config, plugins: { username: { immutableUsername: true } } },
    async run(t) {
      const c = await signedUp(t, "un-4@example.com");
      await c.post("/update-user", { username: "un.four" });
      await c.post("/update-user", { username: "UN.FOUR" });
      await c.post("/update-user", { username: "un.other" });
      await c.post("/update-user", { displayUsername: "Four" });
      await c.get("/get-session");
    },
  },
  {
    name: "username: other rules",
    config: { ...config, plugins: { username: { minUsernameLength: 5, maxUsernameLength: 6, usernameNormalization: false, displayUsername: false } } },
    async run(t) {
      await signedUp(t, "un-5@example.com", { username: "ABCDE", displayUsername: "Shown" });
      await signedUp(t, "un-5b@example.com", { displayUsername: "abcdef" });
      await signedUp(t, "un-5c@example.com", { username: "abcd" });
      for (const username of ["ABCDE", "abcde", "abcdef", "abcdefg", "abcd"]) {
        await t.client().post("/is-username-available", { username });
        await t.client().post("/sign-in/username", { username, password: PASSWORD });
      }
    },
  },
  {
    name: "username: an address that is not proven",
    config: { emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { sendOnSignIn: true }, plugins: { username: true } },
    async run(t) {
      await signedUp(t, "un-6@example.com", { username: "un.six" });
      await t.box.take("verification-email", "un-6@example.com");
      await t.client().post("/sign-in/username", { username: "un.six", password: PASSWORD, callbackURL: "/proven" });
      const message = await t.box.take("verification-email", "un-6@example.com");
      t.note("link", message?.url);
      await t.client().post("/sign-in/username", { username: "un.six", password: "wrong password" });
      await signedUp(t, "un-6@example.com", { username: "un.other" });
      await signedUp(t, "un-6@example.com", { username: "un.six" });
    },
  },
];
