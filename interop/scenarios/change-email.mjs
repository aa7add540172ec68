// POST /change-email in every configuration, and the links it sends.
import { everyType, linkPath, noteMessage, SILENCE, signedIn, signedUp } from "../steps.mjs";

const emailAndPassword = { enabled: true };
const changeEmail = (more, rest) => ({ emailAndPassword, user: { changeEmail: { enabled: true, ...more } }, ...rest });

async function verified(t, email) {
  const c = await signedUp(t, email);
  await c.post("/send-verification-email", { email });
  const message = await t.box.take("verification-email", email);
  await c.get(linkPath(message));
  return c;
}

export default [
  {
    name: "switched off",
    config: { emailAndPassword },
    async run(t) {
      const c = await signedUp(t, "ce-0@example.com");
      await c.post("/change-email", { newEmail: "ce-0-new@example.com" });
      await c.post("/change-email", {});
      await t.client().post("/change-email", { newEmail: "x@example.com" });
    },
  },
  {
    name: "what is accepted",
    config: changeEmail(),
    async run(t) {
      const c = await signedUp(t, "ce-1@example.com");
      for (const newEmail of everyType) await c.post("/change-email", { newEmail });
      for (const callbackURL of everyType) await c.post("/change-email", { newEmail: "ce-1-x@example.com", callbackURL });
      await c.post("/change-email", {});
      await c.send("POST", "/change-email");
      await c.post("/change-email", { newEmail: "ce-1@example.com" });
      await c.post("/change-email", { newEmail: "CE-1@example.com" });
      await c.post("/change-email", { newEmail: "a@b,c@d.ef" });
      await c.post("/change-email", { newEmail: "ce-1-new@example.com", callbackURL: "https://evil.example" });
      await t.client().post("/change-email", { newEmail: "ce-1-new@example.com" });
      await t.client().post("/change-email", { newEmail: "nope" });
      await c.get("/change-email");
      await c.send("POST", "/change-email", "newEmail=a%40b.cd", { "content-type": "application/x-www-form-urlencoded" });
    },
  },
  {
    name: "not verified: to the new address",
    config: changeEmail(),
    async run(t) {
      const c = await signedUp(t, "ce-2@example.com");
      await c.post("/change-email", { newEmail: "Ce-2-New@example.com", callbackURL: "/changed" });
      await noteMessage(t, "verification-email", "ce-2@example.com", SILENCE);
      const message = await noteMessage(t, "verification-email", "ce-2-new@example.com");
      await c.get("/get-session");
      await t.client().get(linkPath(message).replace(/.{4}&/, "&"));
      await t.client().get(linkPath(message));
      await c.get("/get-session?disableCookieCache=true");
      await c.get(linkPath(message));
      await signedIn(t, "ce-2@example.com");
      await signedIn(t, "ce-2-new@example.com");
    },
  },
  {
    name: "not verified, opened with the session",
    config: changeEmail(),
    async run(t) {
      const c = await signedUp(t, "ce-3@example.com");
      await c.post("/change-email", { newEmail: "ce-3-new@example.com" });
      const message = await noteMessage(t, "verification-email", "ce-3-new@example.com");
      await c.get(linkPath(message).replace(/&callbackURL=.*/, ""));
      await c.get("/get-session");
    },
  },
  {
    name: "verified: to the new address",
    config: changeEmail(),
    async run(t) {
      const c = await verified(t, "ce-4@example.com");
      await c.post("/change-email", { newEmail: "ce-4-new@example.com", callbackURL: "/changed?x=1" });
      const message = await noteMessage(t, "verification-email", "ce-4-new@example.com");
      await c.get(linkPath(message));
      await c.get("/get-session");
    },
  },
  {
    name: "an address that is taken",
    config: changeEmail(),
    async run(t) {
      const c = await verified(t, "ce-5@example.com");
      await signedUp(t, "ce-5-taken@example.com");
      await c.post("/change-email", { newEmail: "ce-5-taken@example.com" });
      await noteMessage(t, "verification-email", "ce-5-taken@example.com", SILENCE);
      await c.post("/change-email", { newEmail: "ce-5-free@example.com" });
      const message = await noteMessage(t, "verification-email", "ce-5-free@example.com");
      await signedUp(t, "ce-5-free@example.com");
      await c.get(linkPath(message));
      await c.get("/get-session");
    },
  },
  {
    name: "two links, only the first counts",
    config: changeEmail(),
    async run(t) {
      const c = await verified(t, "ce-6@example.com");
      await c.post("/change-email", { newEmail: "ce-6-a@example.com" });
      const first = await t.box.take("verification-email", "ce-6-a@example.com");
      await c.post("/change-email", { newEmail: "ce-6-b@example.com" });
      const second = await t.box.take("verification-email", "ce-6-b@example.com");
      await c.get(linkPath(second));
      await c.get(linkPath(first));
      await c.get("/get-session");
    },
  },
  {
    name: "verified, confirmed at the old address first",
    config: changeEmail({ confirm: true }),
    async run(t) {
      const c = await verified(t, "ce-7@example.com");
      await c.post("/change-email", { newEmail: "ce-7-new@example.com", callbackURL: "/changed" });
      const confirmation = await noteMessage(t, "change-email-confirmation", "ce-7@example.com");
      await noteMessage(t, "verification-email", "ce-7-new@example.com", SILENCE);
      await t.client().get(linkPath(confirmation));
      const final = await noteMessage(t, "verification-email", "ce-7-new@example.com");
      await c.get("/get-session");
      await c.get(linkPath(final));
      await c.get("/get-session");
      await c.get(linkPath(confirmation));
      await noteMessage(t, "verification-email", "ce-7-new@example.com", SILENCE);
    },
  },
  {
    name: "confirmed at the old address, without a target",
    config: changeEmail({ confirm: true }),
    async run(t) {
      const c = await verified(t, "ce-8@example.com");
      await c.post("/change-email", { newEmail: "ce-8-new@example.com" });
      const confirmation = await noteMessage(t, "change-email-confirmation", "ce-8@example.com");
      await c.get(linkPath(confirmation).replace(/&callbackURL=.*/, ""));
      const final = await noteMessage(t, "verification-email", "ce-8-new@example.com");
      await c.get(linkPath(final).replace(/&callbackURL=.*/, ""));
      await c.get("/get-session");
    },
  },
  {
    name: "not verified, though confirmation is on",
    config: changeEmail({ confirm: true }),
    async run(t) {
      const c = await signedUp(t, "ce-9@example.com");
      await c.post("/change-email", { newEmail: "ce-9-new@example.com" });
      await noteMessage(t, "change-email-confirmation", "ce-9@example.com", SILENCE);
      await noteMessage(t, "verification-email", "ce-9-new@example.com");
    },
  },
  {
    name: "not verified: changed at once",
    config: changeEmail({ updateEmailWithoutVerification: true }),
    async run(t) {
      const c = await signedUp(t, "ce-10@example.com");
      await c.post("/change-email", { newEmail: "ce-10-new@example.com", callbackURL: "/changed" });
      const message = await noteMessage(t, "verification-email", "ce-10-new@example.com");
      await c.get("/get-session");
      await c.get(linkPath(message));
      await c.get("/get-session");
      await signedUp(t, "ce-10-taken@example.com");
      const d = await signedUp(t, "ce-10-d@example.com");
      await d.post("/change-email", { newEmail: "ce-10-taken@example.com" });
      await d.get("/get-session");
    },
  },
  {
    name: "verified, though changes at once are allowed",
    config: changeEmail({ updateEmailWithoutVerification: true }),
    async run(t) {
      const c = await verified(t, "ce-11@example.com");
      await c.post("/change-email", { newEmail: "ce-11-new@example.com" });
      await noteMessage(t, "verification-email", "ce-11-new@example.com");
      await c.get("/get-session");
    },
  },
  {
    name: "without a way to send messages",
    config: changeEmail({}, { emailVerification: { enabled: false } }),
    async run(t) {
      const c = await signedUp(t, "ce-12@example.com");
      await c.post("/change-email", { newEmail: "ce-12-new@example.com" });
      await c.post("/change-email", { newEmail: "ce-12@example.com" });
    },
  },
  {
    name: "changed at once without a way to send messages",
    config: changeEmail({ updateEmailWithoutVerification: true }, { emailVerification: { enabled: false } }),
    async run(t) {
      const c = await signedUp(t, "ce-13@example.com");
      await c.post("/change-email", { newEmail: "ce-13-new@example.com" });
      await c.get("/get-session");
    },
  },
  {
    name: "with the cookie cache, the session shows the new address",
    config: changeEmail({}, { session: { cookieCache: { enabled: true } } }),
    async run(t) {
      const c = await verified(t, "ce-14@example.com");
      await c.post("/change-email", { newEmail: "ce-14-new@example.com" });
      const message = await t.box.take("verification-email", "ce-14-new@example.com");
      await c.get(linkPath(message));
      await c.get("/get-session");
    },
  },
];
