// The email-otp plugin.
import { everyType, noteMessage, PASSWORD, postAll, SILENCE, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { emailOTP: true } };
const other = (code) => (code[0] === "0" ? "1" : "0") + code.slice(1);

async function code(t, email, type) {
  await t.client().post("/email-otp/send-verification-otp", { email, type });
  return (await t.box.take("email-otp", email.toLowerCase()))?.code ?? "none";
}

const signIn = (t, email, otp, more) => t.client().post("/sign-in/email-otp", { email, otp, ...more });

export default [
  {
    name: "email otp: sign-up and sign-in",
    config,
    async run(t) {
      const email = "eo-1@example.com";
      const first = await code(t, email, "sign-in");
      await signIn(t, email, other(first));
      await signIn(t, "EO-1@example.com", first, { name: "Ada", image: "https://example.com/ada.png", unknown: 1 });
      await signIn(t, email, first);
      await signIn(t, email, await code(t, "EO-1@Example.com", "sign-in"), { name: "Other" });
      await signIn(t, "eo-1b@example.com", await code(t, "eo-1b@example.com", "sign-in"));
      for (const more of [{ name: 5 }, { image: null }, { otp: null }, { email: 5 }, { otp: 123456 }]) await signIn(t, email, "000000", more);
      await signIn(t, "no address", "000000");
      await t.client().send("POST", "/sign-in/email-otp");
      await t.client().get("/sign-in/email-otp");
    },
  },
  {
    name: "email otp: asking",
    config,
    async run(t) {
      await signedUp(t, "eo-2@example.com");
      const path = "/email-otp/send-verification-otp";
      for (const value of [...everyType, "a@b", "eo-2@example.com "]) await postAll(t.client(), path, [{ email: value, type: "email-verification" }]);
      for (const type of [...everyType, "other", "change-email"]) await t.client().post(path, { email: "eo-2@example.com", type });
      await t.client().post(path, {});
      await t.client().post(path, { email: "eo-2@example.com", type: "sign-in" }, { origin: "https://evil.example" });
      await noteMessage(t, "email-otp", "eo-2@example.com", SILENCE);
      for (const type of ["sign-in", "email-verification", "forget-password"]) {
        await t.client().post(path, { email: "eo-2@example.com", type });
        await noteMessage(t, "email-otp", "eo-2@example.com");
        await t.client().post(path, { email: `eo-2-nobody-${type}@example.com`, type });
        await noteMessage(t, "email-otp", `eo-2-nobody-${type}@example.com`, SILENCE);
      }
      await postAll(t.client(), "/email-otp/request-password-reset", [...everyType.map((email) => ({ email })), {}]);
      await postAll(t.client(), "/forget-password/email-otp", [{ email: "x" }, {}, { email: "eo-2@example.com" }, { email: "eo-2-nobody@example.com" }]);
      await noteMessage(t, "email-otp", "eo-2@example.com");
    },
  },
  {
    name: "email otp: guessing",
    config,
    async run(t) {
      const email = "eo-3@example.com";
      await signedUp(t, email);
      const otp = await code(t, email, "sign-in");
      for (let i = 0; i < 5; i++) await signIn(t, email, other(otp));
      await signIn(t, email, otp);
      const next = await code(t, email, "sign-in");
      const check = (value) => t.client().post("/email-otp/check-verification-otp", { email, type: "sign-in", otp: value });
      await check(next);
      await check(other(next));
      await check(next);
      await check("");
      await signIn(t, email, next);
      await check(next);
      const third = await code(t, email, "email-verification");
      await signIn(t, email, third);
      await t.client().post("/email-otp/reset-password", { email, otp: third, password: "another password" });
      await t.client().post("/email-otp/check-verification-otp", { email, type: "email-verification", otp: third });
      await postAll(t.client(), "/email-otp/check-verification-otp", [{}, { email, otp: "1" }, { email, type: "x", otp: "1" }, { email: "x", type: "sign-in", otp: "1" },
        { email, type: "change-email", otp: "1" }]);
      const unknown = await code(t, "eo-3-nobody@example.com", "sign-in");
      await t.client().post("/email-otp/check-verification-otp", { email: "eo-3-nobody@example.com", type: "sign-in", otp: unknown });
    },
  },
  {
    name: "email otp: verify an address",
    config,
    async run(t) {
      const email = "eo-4@example.com";
      const c = await signedUp(t, email);
      await c.post("/email-otp/verify-email", { email, otp: await code(t, email, "email-verification") });
      await c.get("/get-session");
      await t.client().post("/email-otp/verify-email", { email, otp: await code(t, email, "email-verification") });
      await postAll(t.client(), "/email-otp/verify-email", [{}, { email: "x", otp: "1" }, { email, otp: "1" }, { email: "eo-4-nobody@example.com", otp: "1" }]);
    },
  },
  {
    name: "email otp: verify and sign in, with a cookie cache",
    config: { ...config, session: { cookieCache: { enabled: true } }, emailVerification: { autoSignInAfterVerification: true } },
    async run(t) {
      const email = "eo-5@example.com";
      const c = await signedUp(t, email);
      await c.post("/email-otp/verify-email", { email, otp: await code(t, email, "email-verification") });
      await c.get("/get-session");
      await t.client().post("/email-otp/verify-email", { email, otp: await code(t, email, "email-verification") });
    },
  },
  {
    name: "email otp: an address that was not proven",
    config: { ...config, session: { cookieCache: { enabled: true } } },
    async run(t) {
      const email = "eo-6@example.com";
      const before = await signedUp(t, email);
      await signIn(t, email, await code(t, email, "sign-in"));
      await before.get("/get-session?disableCookieCache=true");
      await signedIn(t, email);
      const second = "eo-6b@example.com";
      const c = await signedUp(t, second);
      await c.post("/email-otp/verify-email", { email: second, otp: await code(t, second, "email-verification") });
      await c.get("/get-session");
      await signIn(t, second, await code(t, second, "sign-in"));
      await signedIn(t, second);
    },
  },
  {
    name: "email otp: reset a password",
    config,
    async run(t) {
      const email = "eo-7@example.com";
      const c = await signedUp(t, email);
      await t.client().post("/email-otp/request-password-reset", { email: "EO-7@example.com" });
      const otp = (await t.box.take("email-otp", email)).code;
      const reset = (more) => t.client().post("/email-otp/reset-password", { email, otp, password: "another password", ...more });
      for (const more of [{ password: "short" }, { password: "x".repeat(129) }, { password: null }, { otp: null }, { email: "x" }, { otp: other(otp) }, {}, {}]) await reset(more);
      await signedIn(t, email);
      await t.client().post("/sign-in/email", { email, password: "another password" });
      await c.get("/get-session");
    },
  },
  {
    name: "email otp: change the address",
    config: { ...config, plugins: { emailOTP: { changeEmail: { enabled: true } } } },
    async run(t) {
      const c = await signedUp(t, "eo-8@example.com");
      await signedUp(t, "eo-8-taken@example.com");
      const bodies = [{}, { newEmail: "x" }, { newEmail: "EO-8@example.com" }, { newEmail: 5 }, { newEmail: "eo-8-new@example.com", otp: 5 }];
      await postAll(c, "/email-otp/request-email-change", bodies);
      await postAll(t.client(), "/email-otp/request-email-change", [{}, { newEmail: "eo-8-new@example.com" }]);
      await c.post("/email-otp/request-email-change", { newEmail: "eo-8-taken@example.com" });
      await noteMessage(t, "email-otp", "eo-8-taken@example.com", SILENCE);
      await c.post("/email-otp/request-email-change", { newEmail: "EO-8-New@example.com" });
      const message = await noteMessage(t, "email-otp", "eo-8-new@example.com");
      await postAll(c, "/email-otp/change-email", [{}, { newEmail: "x", otp: "1" }, { newEmail: "eo-8@example.com", otp: "1" },
        { newEmail: "eo-8-other@example.com", otp: message.code }, { newEmail: "eo-8-new@example.com", otp: other(message.code) }]);
      await t.client().post("/email-otp/change-email", { newEmail: "eo-8-new@example.com", otp: message.code });
      await c.post("/email-otp/change-email", { newEmail: "eo-8-new@example.com", otp: message.code });
      await c.get("/get-session");
      await signedIn(t, "eo-8-new@example.com");
    },
  },
  {
    name: "email otp: change the address, and prove the old one",
    config: { ...config, plugins: { emailOTP: { changeEmail: { enabled: true, verifyCurrentEmail: true } } } },
    async run(t) {
      const c = await signedUp(t, "eo-9@example.com");
      await postAll(c, "/email-otp/request-email-change", [{ newEmail: "eo-9-new@example.com" }, { newEmail: "eo-9-new@example.com", otp: "1" }]);
      await c.post("/email-otp/request-email-change", { newEmail: "eo-9-new@example.com", otp: await code(t, "eo-9@example.com", "email-verification") });
      const message = await noteMessage(t, "email-otp", "eo-9-new@example.com");
      await c.post("/email-otp/change-email", { newEmail: "eo-9-new@example.com", otp: message.code });
    },
  },
  {
    name: "email otp: no change of the address",
    config,
    async run(t) {
      const c = await signedUp(t, "eo-10@example.com");
      await c.post("/email-otp/request-email-change", { newEmail: "eo-10-new@example.com" });
      await c.post("/email-otp/change-email", { newEmail: "eo-10-new@example.com", otp: "1" });
    },
  },
  {
    name: "email otp: no sign-up, hashed, one guess, short",
    config: { ...config, plugins: { emailOTP: { disableSignUp: true, storeOTP: "hashed", allowedAttempts: 1, otpLength: 8, expiresIn: 1 } } },
    async run(t) {
      const email = "eo-11@example.com";
      await signedUp(t, email);
      t.note("no code", await code(t, "eo-11-nobody@example.com", "sign-in"));
      const otp = await code(t, email, "sign-in");
      t.note("length", otp.length);
      await signIn(t, email, other(otp));
      await signIn(t, email, otp);
      await signIn(t, email, await code(t, email, "sign-in"));
    },
  },
  {
    name: "email otp: the same code again, encrypted",
    config: { ...config, plugins: { emailOTP: { resendStrategy: "reuse", storeOTP: "encrypted" } } },
    async run(t) {
      const email = "eo-12@example.com";
      const first = await code(t, email, "sign-in");
      t.note("same", first === (await code(t, email, "sign-in")));
      await signIn(t, email, other(first));
      t.note("still the same", first === (await code(t, email, "sign-in")));
      await signIn(t, email, first);
    },
  },
  {
    name: "email otp: codes instead of links",
    config: { emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { enabled: false, sendOnSignUp: true, sendOnSignIn: true },
      plugins: { emailOTP: { overrideDefaultEmailVerification: true } } },
    async run(t) {
      const email = "eo-13@example.com";
      await signedUp(t, email);
      await noteMessage(t, "email-otp", email);
      await signedIn(t, email);
      await noteMessage(t, "email-otp", email);
      await t.client().post("/send-verification-email", { email });
      const message = await noteMessage(t, "email-otp", email);
      await t.client().post("/email-otp/verify-email", { email, otp: message.code });
      await signedIn(t, email);
    },
  },
  {
    name: "email otp: a code on sign-up",
    config: { ...config, plugins: { emailOTP: { sendVerificationOnSignUp: true } } },
    async run(t) {
      const email = "eo-14@example.com";
      await signedUp(t, email);
      const message = await noteMessage(t, "email-otp", email);
      await t.client().post("/email-otp/verify-email", { email, otp: message.code });
    },
  },
];
