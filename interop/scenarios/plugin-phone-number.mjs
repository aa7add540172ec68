// The phone-number plugin.
import { everyType, noteMessage, PASSWORD, postAll, SILENCE, signedIn, signedUp } from "../steps.mjs";
import { codeOf } from "./plugin-twofactor.mjs";

const on = { emailAndPassword: { enabled: true }, plugins: { phoneNumber: { signUpOnVerification: true } } };
const plain = { ...on, plugins: { phoneNumber: true } };
const strict = { ...on, plugins: { phoneNumber: { requireVerification: true }, admin: { defaultRole: "admin" } } };
const other = (code) => (code[0] === "0" ? "1" : "0") + code.slice(1);

async function code(t, phoneNumber) {
  await t.client().post("/phone-number/send-otp", { phoneNumber });
  return (await t.box.take("phone-otp", phoneNumber))?.code ?? "none";
}

async function resetCode(t, phoneNumber) {
  await t.client().post("/phone-number/request-password-reset", { phoneNumber });
  return (await t.box.take("phone-reset-otp", phoneNumber))?.code ?? "none";
}

const verify = (c, phoneNumber, code, more) => c.post("/phone-number/verify", { phoneNumber, code, ...more });

/** Somebody with a password who has proven a number. */
async function phoned(t, email, phoneNumber) {
  const c = await signedUp(t, email);
  await verify(c, phoneNumber, await code(t, phoneNumber), { updatePhoneNumber: true });
  return c;
}

const bySign = (t, phoneNumber, password = PASSWORD, more = {}) => t.client().post("/sign-in/phone-number", { phoneNumber, password, ...more });

export default [
  {
    name: "phone: sign-up and sign-in",
    config: on,
    async run(t) {
      const number = "+15550101";
      const c = t.client();
      const first = await code(t, number);
      await verify(c, number, other(first));
      await verify(c, number, first, { name: "Ada", email: "mine@example.com", phoneNumberVerified: false, emailVerified: true, unknown: 1, role: "admin" });
      await verify(t.client(), number, first);
      await c.get("/get-session");
      await verify(t.client(), number, await code(t, number));
      await verify(t.client(), number, await code(t, number), { disableSession: true });
      await verify(t.client(), "+15550102", await code(t, "+15550102"), { disableSession: true });
      await c.get("/list-accounts");
      await c.post("/update-user", { name: "Ada" });
      await c.get("/get-session");
    },
  },
  {
    name: "phone: the same digits",
    config: on,
    async run(t) {
      await verify(t.client(), "+1 555 0103", await code(t, "+1 555 0103"));
      const again = await code(t, "+15550103");
      await verify(t.client(), "+15550103", again);
      await verify(t.client(), "+15550103", again);
    },
  },
  {
    name: "phone: no sign-up",
    config: plain,
    async run(t) {
      const c = await phoned(t, "pn-2@example.com", "+15550201");
      await c.get("/get-session");
      await verify(t.client(), "+15550201", await code(t, "+15550201"));
      await verify(t.client(), "+15550202", await code(t, "+15550202"));
      await bySign(t, "+15550201");
      await bySign(t, "+15550201", "wrong password");
      await bySign(t, "+15550201", PASSWORD, { rememberMe: false });
      await bySign(t, "+15550201", "x".repeat(200));
      await bySign(t, "+15550209");
      await bySign(t, "");
    },
  },
  {
    name: "phone: a number of one's own",
    config: plain,
    async run(t) {
      const ada = await phoned(t, "pn-3@example.com", "+15550301");
      const eve = await signedUp(t, "pn-3b@example.com");
      const link = { updatePhoneNumber: true };
      await verify(eve, "+15550301", await code(t, "+15550301"), link);
      await verify(ada, "+15550301", await code(t, "+15550301"), link);
      await verify(t.client(), "+15550302", await code(t, "+15550302"), link);
      await verify(ada, "+15550302", await code(t, "+15550302"), link);
      await bySign(t, "+15550301");
      await bySign(t, "+15550302");
      await verify(eve, "+15550301", await code(t, "+15550301"), link);
      await ada.get("/get-session");
      for (const phoneNumber of ["+15550309", "", 5, true, {}, []]) await ada.post("/update-user", { phoneNumber });
      await t.client().post("/update-user", { phoneNumber: "+15550309" });
      for (const phoneNumberVerified of [true, false, null]) await ada.post("/update-user", { phoneNumberVerified });
      await ada.post("/update-user", { name: "x", phoneNumberVerified: true });
      await ada.post("/update-user", { phoneNumber: null });
      await ada.get("/get-session");
      await bySign(t, "+15550302");
    },
  },
  {
    name: "phone: sign-up with a number",
    config: { ...plain, plugins: { phoneNumber: true, emailOTP: true } },
    async run(t) {
      const extra = [{ phoneNumber: "+15550401" }, { phoneNumber: "+15550401", phoneNumberVerified: true }, { phoneNumberVerified: true }, { phoneNumber: null },
        { phoneNumber: "" }, { phoneNumber: null, phoneNumberVerified: null }];
      for (const [i, more] of extra.entries()) {
        const c = await signedUp(t, `pn-4-${i}@example.com`, more);
        await c.get("/get-session");
      }
      const email = "pn-4o@example.com";
      await t.client().post("/email-otp/send-verification-otp", { email, type: "sign-in" });
      const { code: otp } = await t.box.take("email-otp", email);
      await t.client().post("/sign-in/email-otp", { email, otp, phoneNumber: "+15550402" });
      await bySign(t, "+15550401");
    },
  },
  {
    name: "phone: guessing",
    config: on,
    async run(t) {
      const number = "+15550501";
      const otp = await code(t, number);
      for (let i = 0; i < 5; i++) await verify(t.client(), number, other(otp));
      await verify(t.client(), number, otp);
      const old = await code(t, number);
      const next = await code(t, number);
      if (old !== next) await verify(t.client(), number, old);
      await verify(t.client(), number, "");
      await verify(t.client(), number, next);
      await verify(t.client(), "+15550502", "000000");
      const mine = await code(t, "+15550503");
      await verify(t.client(), "+15550504", mine);
      await t.client().post("/phone-number/reset-password", { phoneNumber: "+15550503", otp: mine, newPassword: "another password" });
      await verify(t.client(), "+15550503", mine);
    },
  },
  {
    name: "phone: few and long codes",
    config: { ...on, plugins: { phoneNumber: { signUpOnVerification: true, otpLength: 8, allowedAttempts: 1, expiresIn: 1 } } },
    async run(t) {
      const number = "+15550601";
      const otp = await code(t, number);
      t.note("digits", otp.length);
      await verify(t.client(), number, other(otp));
      await verify(t.client(), number, otp);
      await verify(t.client(), number, otp);
      const late = await code(t, number);
      await new Promise((done) => setTimeout(done, 1200));
      await verify(t.client(), number, late);
      await verify(t.client(), number, late);
    },
  },
  {
    name: "phone: reset",
    config: { ...plain, emailAndPassword: { enabled: true, revokeSessionsOnPasswordReset: true } },
    async run(t) {
      const number = "+15550701";
      const c = await phoned(t, "pn-7@example.com", number);
      const reset = (otp, newPassword, phoneNumber = number) => t.client().post("/phone-number/reset-password", { phoneNumber, otp, newPassword });
      const otp = await resetCode(t, number);
      await reset(otp, "short");
      await reset(otp, "x".repeat(129));
      await reset(other(otp), "another password");
      await verify(t.client(), number, otp);
      await reset(otp, "another password");
      await reset(otp, "another password");
      await c.get("/get-session");
      await bySign(t, number);
      await bySign(t, number, "another password");
      const spent = await resetCode(t, number);
      for (let i = 0; i < 4; i++) await reset(other(spent), "another password");
      await reset(spent, "another password");
      await reset("000000", "another password", "+15550709");
      await t.client().post("/phone-number/request-password-reset", { phoneNumber: "+15550709" });
      await noteMessage(t, "phone-reset-otp", "+15550709", SILENCE);
    },
  },
  {
    name: "phone: reset of a user without a password",
    config: on,
    async run(t) {
      const number = "+15550711";
      const c = t.client();
      await verify(c, number, await code(t, number));
      await bySign(t, number);
      await t.client().post("/phone-number/reset-password", { phoneNumber: number, otp: await resetCode(t, number), newPassword: PASSWORD });
      await c.get("/get-session");
      await c.get("/list-accounts");
      await bySign(t, number);
    },
  },
  {
    name: "phone: proof is asked for",
    config: strict,
    async run(t) {
      const boss = await signedUp(t, "pn-8@example.com");
      const number = "+15550801";
      const made = await boss.post("/admin/create-user", { email: "pn-8b@example.com", name: "Bob", password: PASSWORD, data: { phoneNumber: number } });
      await boss.post("/admin/update-user", { userId: made.json?.user?.id, data: { phoneNumber: number } });
      await bySign(t, number);
      const sent = await noteMessage(t, "phone-otp", number);
      await bySign(t, number, "wrong password");
      await t.client().post("/phone-number/request-password-reset", { phoneNumber: number });
      await noteMessage(t, "phone-reset-otp", number, SILENCE);
      await verify(t.client(), number, (await t.box.take("phone-otp", number, SILENCE))?.code ?? sent.code);
      await bySign(t, number);
      await t.client().post("/phone-number/reset-password", { phoneNumber: number, otp: await resetCode(t, number), newPassword: "another password" });
      await bySign(t, number, "another password");
    },
  },
  {
    name: "phone: administrators",
    config: { ...plain, plugins: { phoneNumber: true, admin: { defaultRole: "admin" } } },
    async run(t) {
      const boss = await signedUp(t, "pn-9@example.com");
      const { json } = await boss.post("/admin/create-user", { email: "pn-9b@example.com", name: "Bob", password: PASSWORD, role: "user",
        data: { phoneNumber: "+15550901", phoneNumberVerified: true } });
      const userId = json?.user?.id;
      await boss.post("/admin/create-user", { email: "pn-9c@example.com", name: "Bob", password: PASSWORD, phoneNumber: "+15550902" });
      await boss.post("/admin/create-user", { email: "pn-9d@example.com", name: "Bob", password: PASSWORD, phoneNumber: "+15550902", data: { phoneNumber: "+15550902" } });
      await bySign(t, "+15550901");
      for (const data of [{ phoneNumber: "+15550903" }, { phoneNumberVerified: false }, { phoneNumber: "+15550904", phoneNumberVerified: true }, { phoneNumber: null }]) {
        await boss.post("/admin/update-user", { userId, data });
        await boss.get(`/admin/get-user?id=${userId}`);
      }
      const bob = await signedIn(t, "pn-9b@example.com");
      await bob.post("/admin/update-user", { userId, data: { phoneNumber: "+15550905" } });
      await boss.get("/admin/list-users?filterField=phoneNumber&filterValue=%2B15550901");
    },
  },
  {
    name: "phone: two factors",
    config: { ...plain, plugins: { phoneNumber: true, twoFactor: true } },
    async run(t) {
      const number = "+15551001";
      const c = await phoned(t, "pn-10@example.com", number);
      const { json } = await c.post("/two-factor/enable", { password: PASSWORD });
      await c.post("/two-factor/verify-totp", { code: codeOf(json?.totpURI) });
      await bySign(t, number);
      await bySign(t, number, "wrong password");
      const asked = t.client();
      await asked.post("/sign-in/phone-number", { phoneNumber: number, password: PASSWORD });
      await asked.get("/get-session");
      await asked.post("/two-factor/verify-totp", { code: "000000" });
      await verify(t.client(), number, await code(t, number));
      await t.client().post("/phone-number/reset-password", { phoneNumber: number, otp: await resetCode(t, number), newPassword: "another password" });
      await bySign(t, number, "another password");
    },
  },
  {
    name: "phone: columns of the application",
    config: { ...on, user: { additionalFields: { nickname: { type: "string", required: false }, level: { type: "number", required: false, input: false } } } },
    async run(t) {
      const number = "+15551101";
      await verify(t.client(), number, await code(t, number), { nickname: "ada", image: "i" });
      await verify(t.client(), "+15551102", await code(t, "+15551102"), { nickname: 5 });
      await verify(t.client(), "+15551103", await code(t, "+15551103"), { level: 5 });
      await verify(t.client(), number, await code(t, number), { nickname: "other", level: 5 });
    },
  },
  {
    name: "phone: bodies",
    config: on,
    async run(t) {
      const c = t.client();
      const valid = {
        "/sign-in/phone-number": { phoneNumber: "+15551201", password: PASSWORD, rememberMe: true },
        "/phone-number/send-otp": { phoneNumber: "+15551201" },
        "/phone-number/verify": { phoneNumber: "+15551202", code: "000000", disableSession: false, updatePhoneNumber: false },
        "/phone-number/request-password-reset": { phoneNumber: "+15551203" },
        "/phone-number/reset-password": { phoneNumber: "+15551203", otp: "000000", newPassword: PASSWORD },
      };
      for (const [path, body] of Object.entries(valid)) {
        for (const member of Object.keys(body)) {
          // Of texts, what is no number is compared below.
          for (const value of everyType) if (typeof value !== "string" || path !== "/phone-number/send-otp") await c.post(path, { ...body, [member]: value });
        }
        await postAll(c, path, [{}, "[]", "null", "5", "{", '"x"']);
        await c.send("POST", path);
        await c.get(path);
        await c.post(path, "phoneNumber=%2B15551201", { "content-type": "application/x-www-form-urlencoded" });
      }
      for (const path of ["consume-otp", "update", ""]) await c.post(`/phone-number/${path}`, { phoneNumber: "+1" });
    },
  },
  {
    name: "phone: what is no number",
    config: on,
    async run(t) {
      for (const phoneNumber of ["+1 (555) 012-01", "00155512 02", "1-555-1203"]) await code(t, phoneNumber);
      for (const phoneNumber of ["", "ada@example.com", "x"]) await t.client().post("/phone-number/send-otp", { phoneNumber });
    },
  },
  {
    name: "phone: foreign pages",
    config: plain,
    async run(t) {
      const c = await phoned(t, "pn-13@example.com", "+15551301");
      for (const origin of ["https://evil.example", "null", null]) {
        for (const path of ["send-otp", "request-password-reset"]) {
          await c.post(`/phone-number/${path}`, { phoneNumber: "+15551301" }, { origin });
          await t.client().post(`/phone-number/${path}`, { phoneNumber: "+15551302" }, { origin });
        }
        await verify(c, "+15551303", "000000", { updatePhoneNumber: true });
      }
    },
  },
  {
    name: "phone: many at once",
    config: on,
    async run(t) {
      for (const [i, more] of [{}, { disableSession: true }].entries()) {
        const number = `+1555140${i}`;
        const otp = await code(t, number);
        const quiet = t.calls.length;
        const answers = await Promise.all(Array.from({ length: 8 }, () => verify(t.client(), number, otp, more)));
        t.calls.splice(quiet);
        t.note("one code", answers.filter(({ status }) => status === 200).length);
        await verify(t.client(), number, await code(t, number));
      }
    },
  },
  {
    name: "phone: with a cookie cache",
    config: { ...plain, session: { cookieCache: { enabled: true } } },
    async run(t) {
      const c = await phoned(t, "pn-15@example.com", "+15551501");
      await c.get("/get-session?disableCookieCache=true");
      await c.post("/update-user", { phoneNumber: null });
      await c.get("/get-session");
      const thief = await signedIn(t, "pn-15@example.com");
      await c.post("/revoke-sessions");
      await verify(thief, "+15551502", await code(t, "+15551502"), { updatePhoneNumber: true });
    },
  },
  {
    name: "phone: names in the database",
    config: { ...on, plugins: { phoneNumber: { signUpOnVerification: true, schema: { user: { fields: { phoneNumber: "phone", phoneNumberVerified: "phone_ok" } } } } } },
    async run(t) {
      const c = t.client();
      await verify(c, "+15551601", await code(t, "+15551601"));
      await c.get("/get-session");
    },
  },
];
