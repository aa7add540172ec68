// Changing, checking and resetting passwords.
import { everyType, linkPath, noteMessage, PASSWORD, SILENCE, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };
const NEW = "a brand new password";

async function resetToken(t, email) {
  await t.client().post("/request-password-reset", { email });
  return (await t.box.take("reset-password", email))?.token;
}

export default [
  {
    name: "change",
    config,
    async run(t) {
      const email = "pw-1@example.com";
      const c = await signedUp(t, email);
      const d = await signedIn(t, email);
      await c.post("/change-password", { currentPassword: "wrong password", newPassword: NEW });
      await c.post("/change-password", { currentPassword: PASSWORD, newPassword: "short" });
      await c.post("/change-password", { currentPassword: PASSWORD, newPassword: "x".repeat(129) });
      await c.post("/change-password", { currentPassword: "x".repeat(129), newPassword: NEW });
      await c.post("/change-password", { currentPassword: "wrong password", newPassword: "short" });
      await c.post("/change-password", { currentPassword: PASSWORD, newPassword: NEW });
      await d.get("/get-session");
      await signedIn(t, email);
      await t.client().post("/sign-in/email", { email, password: NEW });
      await c.post("/change-password", { currentPassword: NEW, newPassword: NEW, revokeOtherSessions: true });
      await d.get("/get-session");
      await c.get("/get-session");
      await c.get("/list-sessions");
    },
  },
  {
    name: "change: what is accepted",
    config,
    async run(t) {
      const c = await signedUp(t, "pw-2@example.com");
      const good = { currentPassword: "wrong password", newPassword: NEW };
      for (const field of ["currentPassword", "newPassword", "revokeOtherSessions"]) for (const value of everyType) await c.post("/change-password", { ...good, [field]: value });
      await c.post("/change-password", {});
      await c.send("POST", "/change-password");
      await c.post("/change-password", { newPassword: NEW });
      await c.post("/change-password", { currentPassword: PASSWORD });
      await c.get("/change-password");
      await t.client().post("/change-password", { currentPassword: PASSWORD, newPassword: NEW });
      await t.client().post("/change-password", {});
      await c.send("POST", "/change-password", "currentPassword=a&newPassword=bbbbbbbb", { "content-type": "application/x-www-form-urlencoded" });
      await c.send("POST", "/change-password", JSON.stringify(good), { "content-type": "text/plain" });
      await c.post("/change-password", good, { origin: "https://evil.example" });
      await c.post("/change-password", good, { origin: null });
    },
  },
  {
    name: "verify",
    config,
    async run(t) {
      const c = await signedUp(t, "pw-3@example.com");
      await c.post("/verify-password", { password: PASSWORD });
      await c.post("/verify-password", { password: "wrong password" });
      await c.post("/verify-password", { password: "x".repeat(129) });
      for (const password of everyType) await c.post("/verify-password", { password });
      await c.post("/verify-password", {});
      await c.send("POST", "/verify-password");
      await t.client().post("/verify-password", { password: PASSWORD });
      await t.client().post("/verify-password", {});
      await c.get("/verify-password");
    },
  },
  {
    name: "set is for the host program only",
    config,
    async run(t) {
      const c = await signedUp(t, "pw-4@example.com");
      await c.post("/set-password", { newPassword: NEW });
      await t.client().post("/set-password", { newPassword: NEW });
    },
  },
  {
    name: "request a reset",
    config,
    async run(t) {
      const email = "pw-5@example.com";
      await signedUp(t, email);
      const c = t.client();
      await c.post("/request-password-reset", { email });
      await noteMessage(t, "reset-password", email);
      await c.post("/request-password-reset", { email: "PW-5@EXAMPLE.com", redirectTo: "/reset?x=1" });
      await noteMessage(t, "reset-password", email);
      await c.post("/request-password-reset", { email: "pw-nobody@example.com", redirectTo: "/reset" });
      await noteMessage(t, "reset-password", "pw-nobody@example.com", SILENCE);
      for (const value of everyType) await c.post("/request-password-reset", { email: value });
      for (const redirectTo of everyType) await c.post("/request-password-reset", { email: "pw-nobody@example.com", redirectTo });
      for (const redirectTo of ["https://evil.example/r", "//evil.example", "/\\evil", "relative", `${t.base}/reset`, "javascript:alert(1)"]) await c.post("/request-password-reset", { email: "pw-nobody@example.com", redirectTo });
      await c.post("/request-password-reset", { email: "not an address" });
      await c.post("/request-password-reset", { email: "a@evil.test,pw-5@example.com" });
      await c.send("POST", "/request-password-reset");
      await c.get("/request-password-reset");
      await c.post("/forget-password", { email });
      await c.post("/request-password-reset", { email }, { origin: "https://evil.example" });
      await noteMessage(t, "reset-password", email);
    },
  },
  {
    name: "links keep the configured host",
    config,
    async run(t) {
      const email = "pw-6@example.com";
      await signedUp(t, email);
      for (const headers of [{ host: "evil.example" }, { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" }, { forwarded: "host=evil.example;proto=https" }, { "x-original-host": "evil.example", "x-host": "evil.example" }]) {
        await t.client().post("/request-password-reset", { email }, { origin: null, ...headers });
        await noteMessage(t, "reset-password", email);
      }
    },
  },
  {
    name: "follow the link",
    config,
    async run(t) {
      const email = "pw-7@example.com";
      await signedUp(t, email);
      await t.client().post("/request-password-reset", { email, redirectTo: "/reset?x=1" });
      const message = await t.box.take("reset-password", email);
      const c = t.client();
      await c.get(linkPath(message));
      await c.get(linkPath(message));
      const token = message?.token;
      for (const query of ["", "?callbackURL=", "?callbackURL=/plain", "?callbackURL=https://evil.example", "?callbackURL=//evil.example", `?callbackURL=${encodeURIComponent(`${t.base}/abs?y=2#frag`)}`, "?callbackURL=/a&callbackURL=/b", "?callbackURL=%2Fcb%3Fx%3D1%23frag", "?other=1"]) {
        await c.get(`/reset-password/${token}${query}`);
        await c.get(`/reset-password/unknown-token${query}`);
      }
      await c.get("/reset-password/");
      await c.get("/reset-password/a/b");
      await c.get("/reset-password/%00?callbackURL=/plain");
      await c.get("/reset-password/%zz?callbackURL=/plain");
      await c.post(`/reset-password/${token}`, {});
    },
  },
  {
    name: "complete",
    config,
    async run(t) {
      const email = "pw-8@example.com";
      const device = await signedUp(t, email);
      const token = await resetToken(t, email);
      const c = t.client();
      await c.post("/reset-password", { token, newPassword: "short" });
      await c.post("/reset-password", { token, newPassword: "x".repeat(129) });
      await c.post("/reset-password", { token: `${token}x`, newPassword: NEW });
      await c.post("/reset-password", { token: token?.slice(0, -1), newPassword: NEW });
      await c.post("/reset-password", { token: token?.toLowerCase(), newPassword: NEW });
      await c.post("/reset-password", { token: `reset-password:${token}`, newPassword: NEW });
      await c.post("/reset-password", { token, newPassword: NEW });
      await c.post("/reset-password", { token, newPassword: NEW });
      await c.get(`/reset-password/${token}?callbackURL=/plain`);
      await c.get("/get-session");
      await device.get("/get-session");
      await c.post("/sign-in/email", { email, password: PASSWORD });
      await c.post("/sign-in/email", { email, password: NEW });
    },
  },
  {
    name: "complete: what is accepted",
    config,
    async run(t) {
      const email = "pw-9@example.com";
      await signedUp(t, email);
      const token = await resetToken(t, email);
      const c = t.client();
      for (const value of everyType) await c.post("/reset-password", { token: value, newPassword: NEW });
      for (const value of everyType) await c.post("/reset-password", { token: "unknown", newPassword: value });
      await c.post("/reset-password", { newPassword: NEW });
      await c.post("/reset-password", { token });
      await c.send("POST", "/reset-password");
      await c.post(`/reset-password?token=unknown`, { newPassword: NEW });
      await c.post(`/reset-password?token=unknown&token=more`, { newPassword: NEW });
      await c.post(`/reset-password?token=`, { newPassword: NEW });
      await c.post(`/reset-password?token=${token}`, { newPassword: NEW });
      await c.post("/sign-in/email", { email, password: NEW });
      await c.get("/reset-password");
    },
  },
  {
    name: "two links, both counted or not",
    config,
    async run(t) {
      const email = "pw-10@example.com";
      await signedUp(t, email);
      const first = await resetToken(t, email);
      const second = await resetToken(t, email);
      await t.client().post("/reset-password", { token: second, newPassword: NEW });
      await t.client().post("/reset-password", { token: first, newPassword: `${NEW} 2` });
    },
  },
  {
    name: "a reset ends every session when told so",
    config: { emailAndPassword: { enabled: true, revokeSessionsOnPasswordReset: true } },
    async run(t) {
      const email = "pw-11@example.com";
      const device = await signedUp(t, email);
      const token = await resetToken(t, email);
      await t.client().post("/reset-password", { token, newPassword: NEW });
      await device.get("/get-session");
    },
  },
  {
    name: "a reset link that is too old",
    config: { emailAndPassword: { enabled: true, resetPasswordTokenExpiresIn: 1 } },
    async run(t) {
      const email = "pw-12@example.com";
      await signedUp(t, email);
      const token = await resetToken(t, email);
      await new Promise((done) => setTimeout(done, 1300));
      await t.client().get(`/reset-password/${token}?callbackURL=/plain`);
      await t.client().post("/reset-password", { token, newPassword: NEW });
    },
  },
  {
    name: "resets switched off",
    config: { emailAndPassword: { enabled: true, passwordReset: false } },
    async run(t) {
      const email = "pw-13@example.com";
      await signedUp(t, email);
      await t.client().post("/request-password-reset", { email });
      await t.client().post("/request-password-reset", {});
      await t.client().get("/reset-password/token?callbackURL=/plain");
      await t.client().post("/reset-password", { token: "token", newPassword: NEW });
    },
  },
  {
    name: "verification identifiers stored hashed",
    config: { emailAndPassword: { enabled: true }, verification: { storeIdentifier: "hashed" } },
    async run(t) {
      const email = "pw-14@example.com";
      await signedUp(t, email);
      const token = await resetToken(t, email);
      await t.client().get(`/reset-password/${token}?callbackURL=/plain`);
      await t.client().post("/reset-password", { token, newPassword: NEW });
      await t.client().post("/reset-password", { token, newPassword: NEW });
    },
  },
  {
    name: "twenty at once, one wins",
    config,
    async run(t) {
      const email = "pw-15@example.com";
      await signedUp(t, email);
      const token = await resetToken(t, email);
      // Recorded as a count: which of them wins is up to chance.
      const quiet = t.calls.length;
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => t.client().post("/reset-password", { token, newPassword: `${NEW} ${i}` })));
      t.calls.splice(quiet);
      t.note("answers", answers.map(({ status, json }) => `${status} ${json?.code ?? "-"}`).sort());
    },
  },
];
