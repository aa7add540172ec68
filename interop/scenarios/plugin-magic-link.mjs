// The magic-link plugin.
import { everyType, linkPath, noteMessage, PASSWORD, postAll, SILENCE, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { magicLink: true } };
const where = { callbackURL: "/home", newUserCallbackURL: "/welcome", errorCallbackURL: "/oops?x=1#part" };

async function ask(t, email, more = {}) {
  await t.client().post("/sign-in/magic-link", { email, ...more });
  return noteMessage(t, "magic-link", email);
}

export default [
  {
    name: "magic link: new and known",
    config,
    async run(t) {
      const email = "ml-1@example.com";
      const first = await ask(t, email, { name: "Ada", ...where });
      const c = t.client();
      await c.get(linkPath(first));
      await c.get("/get-session");
      await c.get(linkPath(first));
      const second = await ask(t, email, { name: "Other", ...where });
      await t.client().get(linkPath(second));
      const third = await ask(t, email);
      await t.client().get(`/magic-link/verify?token=${third.token}`);
      await t.client().get(`/magic-link/verify?token=${third.token}`);
      await ask(t, email, { callbackURL: "" });
      const fourth = await ask(t, "ml-1b@example.com", { callbackURL: "/a b?c=d e&f=%2F#g h" });
      await t.client().get(linkPath(fourth));
      const fifth = await ask(t, "ml-1c@example.com", { callbackURL: `${t.base}/there` });
      await t.client().get(linkPath(fifth));
      await t.client().get(linkPath(fifth));
      await c.get("/list-sessions");
    },
  },
  {
    name: "magic link: asking",
    config,
    async run(t) {
      await postAll(t.client(), "/sign-in/magic-link", everyType.map((email) => ({ email })));
      for (const member of ["name", "callbackURL", "newUserCallbackURL", "errorCallbackURL", "metadata"]) {
        for (const value of [null, 5, true, ["a"], "https://evil.example"]) await t.client().post("/sign-in/magic-link", { email: "no mail", [member]: value });
      }
      for (const member of ["callbackURL", "newUserCallbackURL", "errorCallbackURL"]) {
        for (const value of ["https://evil.example", "//evil.example", "/\\evil", "javascript:alert(1)"]) {
          await t.client().post("/sign-in/magic-link", { email: "ml-2@example.com", [member]: value });
        }
      }
      await t.client().post("/sign-in/magic-link", { email: "ml-2@example.com" }, { origin: "https://evil.example" });
      await t.client().post("/sign-in/magic-link", { email: "ml-2@example.com" }, { origin: null, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" });
      await t.client().send("POST", "/sign-in/magic-link");
      await noteMessage(t, "magic-link", "ml-2@example.com", SILENCE);
      await t.client().post("/sign-in/magic-link", { email: "ml-2b@example.com", metadata: { a: 1 } });
      const message = await t.box.take("magic-link", "ml-2b@example.com");
      t.note("metadata", message.data.metadata);
    },
  },
  {
    name: "magic link: following",
    config,
    async run(t) {
      for (const query of ["", "?token=", "?token=x", "?token=x&token=y", "?token=x&callbackURL=/home", "?token=x&callbackURL=/home?a=b%23c",
        "?token=x&errorCallbackURL=/oops", "?token=x&callbackURL=https://evil.example", "?token=x&errorCallbackURL=https://evil.example",
        "?token=x&newUserCallbackURL=//evil.example", "?token=x&callbackURL=%252f%252fevil.example", "?token=x&callbackURL=",
        "?token=x&callbackURL=https%253A%252F%252Fevil.example", "?token=x&callbackURL=/home?error=before"]) {
        await t.client().get(`/magic-link/verify${query}`);
      }
      await t.client().post("/magic-link/verify", { token: "x" });
    },
  },
  {
    name: "magic link: an address that was not proven",
    config,
    async run(t) {
      const email = "ml-4@example.com";
      const before = await signedUp(t, email);
      const message = await ask(t, email);
      const owner = t.client();
      await owner.get(`/magic-link/verify?token=${message.token}`);
      await owner.get("/get-session");
      await before.get("/get-session");
      await signedIn(t, email);
      await owner.get("/list-accounts");
      const again = await ask(t, email);
      await t.client().get(`/magic-link/verify?token=${again.token}`);
      await owner.get("/get-session");
    },
  },
  {
    name: "magic link: hashed and short",
    config: { ...config, plugins: { magicLink: { storeToken: "hashed", expiresIn: 1 } } },
    async run(t) {
      const first = await ask(t, "ml-5@example.com");
      await t.client().get(`/magic-link/verify?token=${first.token}`);
      const second = await ask(t, "ml-5@example.com");
      await new Promise((done) => setTimeout(done, 1200));
      await t.client().get(linkPath(second));
    },
  },
  {
    name: "magic link: no sign-up",
    config: { emailAndPassword: { enabled: true }, user: { deleteUser: { enabled: true } }, plugins: { magicLink: { disableSignUp: true } } },
    async run(t) {
      const email = "ml-6@example.com";
      const c = await signedUp(t, email);
      const message = await ask(t, email);
      await c.post("/delete-user", { password: PASSWORD });
      await t.client().get(linkPath(message));
      await t.client().post("/sign-in/magic-link", { email: "ml-6b@example.com" });
    },
  },
  {
    name: "magic link: a browser that forgets",
    config,
    async run(t) {
      const email = "ml-7@example.com";
      await signedUp(t, email);
      const c = await signedIn(t, email, { rememberMe: false });
      const message = await ask(t, email);
      await c.get(`/magic-link/verify?token=${message.token}`);
    },
  },
];
