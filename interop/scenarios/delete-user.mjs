// POST /delete-user and its link, in every mode.
import { everyType, linkPath, noteMessage, PASSWORD, SILENCE, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, user: { deleteUser: { enabled: true } } };
const verify = { emailAndPassword: { enabled: true }, user: { deleteUser: { enabled: true, verify: true } } };

export default [
  {
    name: "switched off",
    config: { emailAndPassword: { enabled: true } },
    async run(t) {
      const c = await signedUp(t, "du-0@example.com");
      await c.post("/delete-user", {});
      await c.post("/delete-user", { password: PASSWORD });
      await c.get("/delete-user/callback?token=x");
      await t.client().get("/delete-user/callback?token=x");
      await t.client().get("/delete-user/callback");
      await t.client().post("/delete-user", {});
      await c.get("/get-session");
    },
  },
  {
    name: "with a fresh session",
    config,
    async run(t) {
      const email = "du-1@example.com";
      const c = await signedUp(t, email);
      const d = await signedIn(t, email);
      await c.post("/delete-user", {});
      await c.get("/get-session");
      await d.get("/get-session");
      await signedIn(t, email);
      const again = await signedUp(t, email);
      await again.get("/list-accounts");
      await again.get("/list-sessions");
      await again.send("POST", "/delete-user");
    },
  },
  {
    name: "with the password",
    config,
    async run(t) {
      const email = "du-2@example.com";
      const c = await signedUp(t, email);
      await c.post("/delete-user", { password: "wrong password" });
      await c.post("/delete-user", { password: "x".repeat(129) });
      for (const password of everyType.filter((v) => typeof v !== "string")) await c.post("/delete-user", { password });
      for (const token of everyType.filter((v) => v !== "")) await c.post("/delete-user", { token });
      for (const callbackURL of ["https://evil.example", "//evil.example", 1, {}]) await c.post("/delete-user", { callbackURL, password: "wrong password" });
      await c.post("/delete-user", { token: "unknown" });
      await c.post("/delete-user", [], {});
      await c.send("POST", "/delete-user", "not json");
      await c.send("POST", "/delete-user", "{}", { "content-type": "text/plain" });
      await c.get("/delete-user");
      await t.client().post("/delete-user", { password: PASSWORD });
      await c.post("/delete-user", { password: PASSWORD, callbackURL: "/bye" });
      await c.get("/get-session");
    },
  },
  {
    name: "an empty password",
    config,
    async run(t) {
      const c = await signedUp(t, "du-3@example.com");
      await c.post("/delete-user", { password: "", token: "" });
      await c.get("/get-session");
    },
  },
  {
    name: "by a link",
    config: verify,
    async run(t) {
      const email = "du-4@example.com";
      const c = await signedUp(t, email);
      await c.post("/delete-user", { password: "wrong password" });
      await c.post("/delete-user", { callbackURL: "/bye?x=1" });
      const message = await noteMessage(t, "delete-account", email);
      await c.get("/get-session");
      await t.client().get(linkPath(message));
      await c.get("/delete-user/callback?token=wrong");
      await c.get("/delete-user/callback");
      await c.get("/delete-user/callback?token=");
      await c.get(linkPath(message).replace(/callbackURL=.*/, "callbackURL=https://evil.example"));
      await c.get(linkPath(message));
      await c.get(linkPath(message));
      await c.get("/get-session");
      await signedIn(t, email);
    },
  },
  {
    name: "by a link without a target",
    config: verify,
    async run(t) {
      const email = "du-5@example.com";
      const c = await signedUp(t, email);
      await c.post("/delete-user", { password: PASSWORD });
      const message = await noteMessage(t, "delete-account", email);
      await c.get(linkPath(message).replace(/&callbackURL=.*/, ""));
      await c.get("/get-session");
    },
  },
  {
    name: "by the token in the body",
    config: verify,
    async run(t) {
      const email = "du-6@example.com";
      const c = await signedUp(t, email);
      await c.post("/delete-user", {});
      const message = await t.box.take("delete-account", email);
      await c.post("/delete-user", { token: "wrong" });
      await noteMessage(t, "delete-account", email, SILENCE);
      await c.post("/delete-user", { token: message?.token });
      await c.get("/get-session");
    },
  },
  {
    name: "somebody else's link",
    config: verify,
    async run(t) {
      const a = await signedUp(t, "du-7a@example.com");
      const b = await signedUp(t, "du-7b@example.com");
      await a.post("/delete-user", {});
      const message = await t.box.take("delete-account", "du-7a@example.com");
      await b.get(linkPath(message));
      await a.get(linkPath(message));
      await a.get("/get-session");
      await b.get("/get-session");
    },
  },
  {
    name: "a link that is too old",
    config: { emailAndPassword: { enabled: true }, user: { deleteUser: { enabled: true, verify: true, deleteTokenExpiresIn: 1 } } },
    async run(t) {
      const c = await signedUp(t, "du-8@example.com");
      await c.post("/delete-user", {});
      const message = await t.box.take("delete-account", "du-8@example.com");
      await new Promise((done) => setTimeout(done, 1300));
      await c.get(linkPath(message));
      await c.get("/get-session");
    },
  },
  {
    name: "by a link with the cookie cache, after the session was revoked",
    config: { ...verify, session: { cookieCache: { enabled: true } } },
    async run(t) {
      const email = "du-9@example.com";
      const c = await signedUp(t, email);
      const d = await signedIn(t, email);
      await c.post("/delete-user", {});
      const message = await t.box.take("delete-account", email);
      await d.post("/revoke-other-sessions", {});
      await c.get(linkPath(message));
      await d.get("/get-session");
    },
  },
];
