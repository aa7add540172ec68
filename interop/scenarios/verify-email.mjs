// POST /send-verification-email and GET /verify-email.
import { createHmac } from "node:crypto";
import { SECRET } from "../harness.mjs";
import { everyType, linkPath, noteMessage, PASSWORD, SILENCE, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

function forge(claims, { header = { alg: "HS256" }, secret = SECRET } = {}) {
  const body = `${encode(header)}.${encode(claims)}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

async function verificationToken(t, client, email) {
  await client.post("/send-verification-email", { email });
  return (await t.box.take("verification-email", email))?.token;
}

export default [
  {
    name: "ask and follow",
    config,
    async run(t) {
      const email = "ve-1@example.com";
      const c = await signedUp(t, email);
      await c.post("/send-verification-email", { email, callbackURL: "/verified?x=1" });
      const message = await noteMessage(t, "verification-email", email);
      await t.client().get(linkPath(message));
      await c.get("/get-session");
      await c.get(linkPath(message));
      await c.post("/send-verification-email", { email });
      await t.client().post("/send-verification-email", { email });
      await noteMessage(t, "verification-email", email, SILENCE);
    },
  },
  {
    name: "follow without a target",
    config,
    async run(t) {
      const email = "ve-2@example.com";
      const c = await signedUp(t, email);
      const token = await verificationToken(t, c, email);
      await t.client().get(`/verify-email?token=${token}`);
      await t.client().get(`/verify-email?token=${token}`);
      await c.get("/get-session");
    },
  },
  {
    name: "ask: what is accepted",
    config,
    async run(t) {
      const email = "ve-3@example.com";
      const c = await signedUp(t, email);
      for (const value of everyType.slice(0, 6)) await t.client().post("/send-verification-email", { email: value });
      for (const callbackURL of everyType.slice(0, 8)) await c.post("/send-verification-email", { email: "ve-other@example.com", callbackURL });
      await c.post("/send-verification-email", {});
      await c.send("POST", "/send-verification-email");
      await c.post("/send-verification-email", { email, callbackURL: "https://evil.example/" });
      await noteMessage(t, "verification-email", email, SILENCE);
      await c.post("/send-verification-email", { email: "VE-3@EXAMPLE.com" });
      await noteMessage(t, "verification-email", email);
      await t.client().post("/send-verification-email", { email: "ve-nobody@example.com" });
      await noteMessage(t, "verification-email", "ve-nobody@example.com", SILENCE);
      await t.client().post("/send-verification-email", { email });
      await noteMessage(t, "verification-email", email);
      await t.client().post("/send-verification-email", { email: "a@evil.test,ve-3@example.com" });
      await t.client().post("/send-verification-email", { email }, { origin: "https://evil.example" });
      await c.get("/send-verification-email");
    },
  },
  {
    name: "follow: which tokens are believed",
    config,
    async run(t) {
      const email = "ve-4@example.com";
      const c = await signedUp(t, email);
      const token = (await verificationToken(t, c, email)) ?? "";
      const [header, claims, signature] = token.split(".");
      const { userId } = JSON.parse(Buffer.from(claims ?? "", "base64url").toString() || "{}");
      const exp = inAnHour();
      const tokens = [
        "", "x", "a.b", "a.b.c", "null", "%00", token.slice(0, -1), `${token}x`, `${header}.${claims}.`, `${header}.${claims}`, `${header}.${encode({ email: "admin@example.com", exp })}.${signature}`,
        forge({ email, exp }, { secret: "another secret" }), forge({ email, exp }, { secret: "" }), forge({ email, exp }, { header: { alg: "none" } }), `${encode({ alg: "none" })}.${encode({ email, exp })}.`,
        forge({ email, exp }, { header: { alg: "HS512" } }), forge({ email, exp }, { header: { alg: "HS256", typ: "JWT" } }), forge({ email, exp: 1 }), forge({ email, exp: exp - 3605 }), forge({ email, nbf: exp, exp }), forge({ email: "ve-nobody@example.com", exp }), forge({ email, userId: "somebody-else", exp }),
        forge({ exp }), forge({ email: 5, exp }), forge({ email: "not an address", exp }), forge({ email, exp: "soon" }), forge({ email, updateTo: "ve-4-x@example.com", exp }), forge({ email, updateTo: "ve-4-x@example.com", userId: "other", exp }),
        forge({ email, updateTo: "ve-4-x@example.com", requestType: "unknown", userId, exp }),
      ];
      for (const wrong of tokens) await t.client().get(`/verify-email?token=${wrong}`);
      for (const wrong of tokens.slice(3, 18)) await t.client().get(`/verify-email?token=${wrong}&callbackURL=/verified`);
      await t.client().get("/verify-email");
      await t.client().get("/verify-email?callbackURL=/verified");
      await t.client().get(`/verify-email?token=${token}&token=${token}`);
      await t.client().get(`/verify-email?token=${forge({ email, exp })}&callbackURL=/verified%3Fx%3D1`);
      await c.get("/get-session");
      await t.client().post(`/verify-email?token=${token}`, {});
    },
  },
  {
    name: "a target elsewhere is refused before the token is spent",
    config,
    async run(t) {
      const email = "ve-5@example.com";
      const c = await signedUp(t, email);
      const token = await verificationToken(t, c, email);
      for (const target of ["https://evil.example/", "//evil.example", "/\\evil.example", "/%5cevil.example", "/%2fevil.example", "https:evil.example", "///evil.example", "javascript:alert(1)", "ok"]) {
        await t.client().get(`/verify-email?token=${token}&callbackURL=${encodeURIComponent(target)}`);
      }
      await t.client().get(`/verify-email?token=${token}&callbackURL=/a&callbackURL=https://evil.example`);
      await c.get("/get-session");
      await t.client().get(`/verify-email?token=${token}&callbackURL=`);
      await t.client().get(`/verify-email?token=${token}&callbackURL=${encodeURIComponent(`${t.base}/there?x=1#part`)}`);
    },
  },
  {
    name: "a session after verification",
    config: { emailAndPassword: { enabled: true, requireEmailVerification: true }, emailVerification: { autoSignInAfterVerification: true } },
    async run(t) {
      const email = "ve-6@example.com";
      await t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD, callbackURL: "/welcome" });
      const message = await noteMessage(t, "verification-email", email);
      const c = t.client();
      await c.get(linkPath(message));
      await c.get("/get-session");
      await c.get(linkPath(message));
      await t.client().get(linkPath(message).replace(/&callbackURL=.*/, ""));
      const other = "ve-6b@example.com";
      await t.client().post("/sign-up/email", { name: "Ada", email: other, password: PASSWORD });
      const second = await t.box.take("verification-email", other);
      await c.get(linkPath(second).replace(/&callbackURL=.*/, ""));
      await c.get("/get-session");
    },
  },
  {
    name: "a session after verification, when one is there already",
    config: { emailAndPassword: { enabled: true }, emailVerification: { autoSignInAfterVerification: true, sendOnSignUp: true } },
    async run(t) {
      const email = "ve-7@example.com";
      const c = await signedUp(t, email);
      const message = await t.box.take("verification-email", email);
      await c.get(linkPath(message));
      await c.get("/get-session");
      await c.get("/list-sessions");
    },
  },
  {
    name: "a link that is too old",
    config: { emailAndPassword: { enabled: true }, emailVerification: { expiresIn: 1 } },
    async run(t) {
      const email = "ve-8@example.com";
      const c = await signedUp(t, email);
      const token = await verificationToken(t, c, email);
      await new Promise((done) => setTimeout(done, 2200));
      await t.client().get(`/verify-email?token=${token}`);
      await t.client().get(`/verify-email?token=${token}&callbackURL=/verified`);
      await t.client().get(`/verify-email?token=${token}&callbackURL=/verified?x=1`);
    },
  },
  {
    name: "the person behind the link is another one now",
    config: { emailAndPassword: { enabled: true }, user: { deleteUser: { enabled: true } } },
    async run(t) {
      const email = "ve-9@example.com";
      const c = await signedUp(t, email);
      const token = await verificationToken(t, c, email);
      await c.post("/delete-user", { password: PASSWORD });
      await t.client().get(`/verify-email?token=${token}`);
      const again = await signedUp(t, email);
      await t.client().get(`/verify-email?token=${token}`);
      await t.client().get(`/verify-email?token=${token}&callbackURL=/verified`);
      await again.get("/get-session");
    },
  },
  {
    name: "switched off",
    config: { emailAndPassword: { enabled: true }, emailVerification: { enabled: false } },
    async run(t) {
      const c = await signedUp(t, "ve-10@example.com");
      await c.post("/send-verification-email", { email: "ve-10@example.com" });
      await t.client().post("/send-verification-email", { email: "ve-10@example.com" });
      await t.client().post("/send-verification-email", {});
      await t.client().get(`/verify-email?token=${forge({ email: "ve-10@example.com", exp: inAnHour() })}`);
    },
  },
];
