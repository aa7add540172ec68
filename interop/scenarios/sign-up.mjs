// POST /sign-up/email: what is accepted, what is refused and how it is said.
import { everyType, noteMessage, PASSWORD, postAll, SILENCE, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };
const path = "/sign-up/email";
const good = (email, more) => ({ name: "Ada", email, password: PASSWORD, ...more });

const wrongTypes = (field) => ({
  name: `every JSON type as ${field}`,
  config,
  async run(t) {
    for (const [i, value] of everyType.entries()) {
      const c = t.client();
      await c.post(path, { ...good(`type-${field.toLowerCase()}-${i}@example.com`), [field]: value });
    }
    const { [field]: gone, ...without } = good(`type-${field.toLowerCase()}-none@example.com`);
    await t.client().post(path, without);
  },
});

const badAddresses = [
  "plain", "@", "a@", "@b.c", "a@b", "a@b.", "a@.b", "a b@example.com", "a@b c.com", "a@@b.com", "a@b@c.com", "a.@example.com",
  ".a@example.com", "a..b@example.com", "a@example..com", "a@-example.com", "a@example.c", "a@127.0.0.1", "a@[127.0.0.1]", "a@localhost",
  '"e@attacker.test"@victim.test', "<e@attacker.test>@victim.test", "Name <v@victim.test>", "a@evil.test,v@victim.test",
  "a@evil.test v@victim.test", "a@evil.test;v@victim.test", "a@evil.test\nbcc:v@victim.test", "a@example.com\r\nRCPT TO:<x>",
  "a%0d%0a@example.com", "a\u2028@example.com", "v＠victim.test@evil.test", "victim@ｅxample.com", "\u212Aelvin@example.com",
  "zero\u200bwidth@example.com", "ü@example.com", "a@exämple.com", "a@xn--exmple-cua.com", " lead@example.com", "trail@example.com ",
  "a'b@example.com", "a+b@example.com", "a_b-c@example.com", "a!b@example.com", "a/b@example.com", "a@ex_ample.com", "a@example.technology",
  "a@1example.com", "1@example.com", "-a@example.com", "a-@example.com", "_a@example.com", "+a@example.com", "a'@example.com", "A@EXAMPLE.COM",
];

export default [
  {
    name: "a person, then a session",
    config,
    async run(t) {
      const c = await signedUp(t, "first@example.com");
      await c.get("/get-session");
      await t.client().post(path, good("first@example.com"));
      await t.client().post(path, good("FIRST@example.com", { password: "another password" }));
      await c.post(path, good("second@example.com"));
      await c.get("/get-session");
    },
  },
  ...["name", "email", "password", "image", "callbackURL", "rememberMe"].map(wrongTypes),
  {
    name: "nothing, or nothing useful, as body",
    config,
    async run(t) {
      const c = t.client();
      await c.send("POST", path);
      await c.send("POST", path, undefined, { "content-type": "application/json" });
      await postAll(c, path, [{}, [], "null", "true", "1", '"text"', "[1]", "{", "}", "{]", '{"name":"Ada",}', "{'name':'Ada'}", " ", "\n", "undefined", "NaN", '{"a":1}{"b":2}', "\ufeff{}", '{"__proto__":{"email":"p@example.com"}}']);
      await c.post(path, '{"name":"Ada","email":"twice@example.com","email":"twice-b@example.com","password":"correct horse"}');
      await c.post(path, `${" ".repeat(500)}${JSON.stringify(good("spaces@example.com"))}\n\n`);
    },
  },
  {
    name: "addresses that are odd or none",
    config,
    async run(t) {
      for (const email of badAddresses) await t.client().post(path, good(email));
      await t.client().post(path, good(`${"a".repeat(64)}@example.com`));
      await t.client().post(path, good(`${"b".repeat(65)}@example.com`));
      await t.client().post(path, good(`a@${"c".repeat(63)}.com`));
      await t.client().post(path, good(`a@${"d".repeat(64)}.com`));
      await t.client().post(path, good(`${"e".repeat(400)}@example.com`));
      await t.client().post(path, good(`a@${"a.".repeat(500)}com`));
    },
  },
  {
    name: "lower case on write and on look-up",
    config,
    async run(t) {
      await signedUp(t, "MiXeD.Case@Example.COM");
      await t.client().post(path, good("mixed.case@example.com"));
      await t.client().post("/sign-in/email", { email: "mixed.CASE@example.com", password: PASSWORD });
    },
  },
  {
    name: "names",
    config,
    async run(t) {
      const names = ["", " ", "名前", "👩‍👩‍👧", "a".repeat(300), "<b>bold</b> & \"quoted\"", "line\nbreak", "nul\u0000byte", "\ud800 lone", "\u2028", "Ada\u202egnirts", "' or 1=1 --"];
      for (const [i, name] of names.entries()) {
        const c = t.client();
        await c.post(path, good(`name-${i}@example.com`, { name }));
        await c.get("/get-session");
      }
    },
  },
  {
    name: "length of the password in UTF-16 units",
    config,
    async run(t) {
      const passwords = ["1234567", "12345678", "a".repeat(128), "a".repeat(129), "😀".repeat(3), "😀".repeat(4), "😀".repeat(64), "😀".repeat(65), "        ", "é".repeat(8), "e\u0301".repeat(4), "\u0000".repeat(8), "x".repeat(5000)];
      for (const [i, password] of passwords.entries()) await t.client().post(path, good(`length-${i}@example.com`, { password }));
      for (const password of ["é".repeat(8), "e\u0301".repeat(8)]) await t.client().post("/sign-in/email", { email: "length-9@example.com", password });
    },
  },
  {
    name: "limits on the password from the configuration",
    config: { emailAndPassword: { enabled: true, minPasswordLength: 4, maxPasswordLength: 6 } },
    async run(t) {
      for (const [i, password] of ["abc", "abcd", "abcdef", "abcdefg"].entries()) await t.client().post(path, good(`limit-${i}@example.com`, { password }));
      await t.client().post("/sign-in/email", { email: "limit-1@example.com", password: "abcdefg" });
      await t.client().post("/sign-in/email", { email: "limit-1@example.com", password: "abc" });
    },
  },
  {
    name: "fields that are not for the person to set",
    config,
    async run(t) {
      const c = t.client();
      await c.post(path, good("fields@example.com", {
        id: "chosen", emailVerified: true, createdAt: "2001-01-01T00:00:00.000Z", updatedAt: "2001-01-01T00:00:00.000Z", role: "admin", banned: false,
        twoFactorEnabled: true, phoneNumber: "+1", isAnonymous: true, token: "mine", userId: "other", accountId: "x", providerId: "github", expiresAt: "2099-01-01T00:00:00.000Z", nested: { a: 1 }, "": 1,
      }));
      await c.get("/get-session");
      await c.get("/list-accounts");
    },
  },
  {
    name: "image and remember me",
    config,
    async run(t) {
      for (const [i, more] of [{ image: "https://example.com/a.png" }, { image: "javascript:alert(1)" }, { image: "" }, { image: null }, { rememberMe: false }, { rememberMe: true }, { rememberMe: null }].entries()) {
        const c = t.client();
        await c.post(path, good(`more-${i}@example.com`, more));
        await c.get("/get-session");
      }
    },
  },
  {
    name: "as a form and as other types of content",
    config,
    async run(t) {
      const form = (fields) => new URLSearchParams(fields).toString();
      const send = (body, type, more) => t.client().send("POST", path, body, { "content-type": type, ...more });
      await send(form(good("form-1@example.com")), "application/x-www-form-urlencoded");
      await send(form(good("form-2@example.com")), "application/x-www-form-urlencoded; charset=utf-8");
      await send(form(good("form-3@example.com", { rememberMe: "false" })), "application/x-www-form-urlencoded");
      await send(form(good("form-4@example.com", { image: "" })), "application/x-www-form-urlencoded");
      await send("name=A+B&email=form-5%40example.com&password=correct%20horse&name=Twice", "application/x-www-form-urlencoded");
      await send("", "application/x-www-form-urlencoded");
      await send("&&==&a=%ZZ", "application/x-www-form-urlencoded");
      await send(JSON.stringify(good("form-6@example.com")), "application/x-www-form-urlencoded");
      for (const [i, type] of ["text/plain", "application/json; charset=utf-8", "APPLICATION/JSON", "application/jsonp", "application/vnd.api+json", "text/json", "application/xml", "multipart/form-data; boundary=x", "application/octet-stream", "", "json", "text/plain; application/json"].entries()) {
        await send(JSON.stringify(good(`content-${i}@example.com`)), type);
      }
      await send(JSON.stringify(good("content-none@example.com")), null);
    },
  },
  {
    name: "callback addresses",
    config,
    async run(t) {
      const targets = ["/welcome", "welcome", "https://evil.example/", "//evil.example", "/\\evil.example", "{{BASE}}/ok", "javascript:alert(1)", "", "http://localhost:1/"];
      for (const [i, callbackURL] of targets.entries()) await t.client().post(path, good(`callback-${i}@example.com`, { callbackURL: callbackURL.replace("{{BASE}}", t.base) }));
    },
  },
  {
    name: "switched off, as a whole or only sign-up",
    config: { emailAndPassword: { enabled: true, disableSignUp: true } },
    async run(t) {
      await t.client().post(path, good("off@example.com"));
      await t.client().post(path, {});
      await t.client().post("/sign-in/email", { email: "off@example.com", password: PASSWORD });
    },
  },
  {
    name: "no passwords at all",
    config: {},
    async run(t) {
      const c = t.client();
      await c.post(path, good("none@example.com"));
      await c.post(path, {});
      await c.post("/sign-in/email", { email: "none@example.com", password: PASSWORD });
      await c.post("/sign-in/email", {});
      await c.post("/request-password-reset", { email: "none@example.com" });
      await c.post("/reset-password", { newPassword: PASSWORD, token: "x" });
      await c.post("/send-verification-email", { email: "none@example.com" });
      await c.post("/change-email", { newEmail: "x@example.com" });
      await c.post("/sign-in/social", { provider: "github" });
      await c.get("/get-session");
      await c.get("/ok");
    },
  },
  {
    name: "no session without verification, and no word about who exists",
    config: { emailAndPassword: { enabled: true, requireEmailVerification: true } },
    async run(t) {
      const c = t.client();
      await c.post(path, good("verify-me@example.com", { image: "https://example.com/a.png" }));
      await noteMessage(t, "verification-email", "verify-me@example.com");
      await c.get("/get-session");
      await c.post(path, good("Verify-Me@example.com", { name: "Somebody else" }));
      await c.post(path, good("verify-me@example.com", { image: "https://example.com/b.png" }));
      await c.post(path, good("verify-me@example.com", { password: "short" }));
      await c.post(path, good("verify-me@example.com", { role: "admin", id: "x" }));
      await noteMessage(t, "verification-email", "verify-me@example.com", SILENCE);
      await c.post("/sign-in/email", { email: "verify-me@example.com", password: PASSWORD });
    },
  },
  {
    name: "no automatic sign-in, and no word about who exists",
    config: { emailAndPassword: { enabled: true, autoSignIn: false } },
    async run(t) {
      const c = t.client();
      await c.post(path, good("no-auto@example.com"));
      await c.post(path, good("no-auto@example.com", { name: "Somebody else" }));
      await c.get("/get-session");
      await noteMessage(t, "verification-email", "no-auto@example.com", SILENCE);
      await c.post("/sign-in/email", { email: "no-auto@example.com", password: PASSWORD });
      await c.get("/get-session");
    },
  },
  {
    name: "a verification message on sign-up, with and without a target",
    config: { emailAndPassword: { enabled: true }, emailVerification: { sendOnSignUp: true } },
    async run(t) {
      await t.client().post(path, good("mail-1@example.com"));
      await noteMessage(t, "verification-email", "mail-1@example.com");
      await t.client().post(path, good("mail-2@example.com", { callbackURL: "/welcome?a=1&b=2" }));
      await noteMessage(t, "verification-email", "mail-2@example.com");
      await t.client().post(path, good("mail-1@example.com"));
      await noteMessage(t, "verification-email", "mail-1@example.com", SILENCE);
    },
  },
  {
    name: "verification required but not sent on sign-up",
    config: { emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { sendOnSignUp: false } },
    async run(t) {
      await t.client().post(path, good("quiet@example.com"));
      await noteMessage(t, "verification-email", "quiet@example.com", SILENCE);
      await t.client().post("/sign-in/email", { email: "quiet@example.com", password: PASSWORD });
      await noteMessage(t, "verification-email", "quiet@example.com", SILENCE);
    },
  },
];
