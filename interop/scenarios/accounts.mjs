// Accounts without a provider: lists, unlinking, tokens, and social sign-in that is not configured.
import { everyType, PASSWORD, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true } };

export default [
  {
    name: "list and unlink",
    config,
    async run(t) {
      const c = await signedUp(t, "ac-1@example.com");
      const listed = await c.get("/list-accounts");
      const id = listed.json?.[0]?.id;
      await c.post("/unlink-account", { accountId: id });
      await c.post("/unlink-account", { accountId: "unknown" });
      await c.post("/unlink-account", { providerId: "credential" });
      await c.post("/unlink-account", { providerId: "credential", accountId: id });
      for (const accountId of everyType) await c.post("/unlink-account", { accountId });
      await c.send("POST", "/unlink-account");
      await c.get("/unlink-account");
      await c.get("/list-accounts");
      await c.post("/list-accounts", {});
    },
  },
  {
    name: "the last account may go when told so",
    config: { emailAndPassword: { enabled: true }, account: { accountLinking: { allowUnlinkingAll: true } } },
    async run(t) {
      const c = await signedUp(t, "ac-2@example.com");
      const listed = await c.get("/list-accounts");
      await c.post("/unlink-account", { accountId: "unknown" });
      await c.post("/unlink-account", { accountId: listed.json?.[0]?.id });
      await c.get("/list-accounts");
      await c.post("/verify-password", { password: PASSWORD });
      await c.post("/change-password", { currentPassword: PASSWORD, newPassword: "another password" });
      await t.client().post("/sign-in/email", { email: "ac-2@example.com", password: PASSWORD });
      await t.client().post("/request-password-reset", { email: "ac-2@example.com" });
      const message = await t.box.take("reset-password", "ac-2@example.com");
      await t.client().post("/reset-password", { token: message?.token, newPassword: PASSWORD });
      await c.get("/list-accounts");
      await t.client().post("/sign-in/email", { email: "ac-2@example.com", password: PASSWORD });
    },
  },
  {
    name: "tokens of accounts",
    config,
    async run(t) {
      const c = await signedUp(t, "ac-3@example.com");
      const listed = await c.get("/list-accounts");
      const id = listed.json?.[0]?.id;
      for (const path of ["/get-access-token", "/refresh-token"]) {
        for (const body of [{ accountId: id }, { accountId: "unknown" }, { providerId: "github" }, { accountId: id, userId: "x" }, { useAccountCookie: true }, { useAccountCookie: false }, { accountId: id, useAccountCookie: true }, {}, { accountId: 5 }, { accountId: "" }, { accountId: id, extra: 1 }, [], "null"]) await c.post(path, body);
        await c.send("POST", path);
        await t.client().post(path, { accountId: id });
        await t.client().post(path, { accountId: id, userId: "x" });
        await c.get(path);
      }
      for (const query of [`accountId=${id}`, "accountId=unknown", "", "useAccountCookie=true", "useAccountCookie=false", "accountId=", `accountId=${id}&userId=x`, "accountId=a&accountId=b", "providerId=github"]) await c.get(`/account-info?${query}`);
      await t.client().get(`/account-info?accountId=${id}`);
      await c.post("/account-info", { accountId: id });
    },
  },
  {
    name: "social sign-in without providers",
    config,
    async run(t) {
      const c = await signedUp(t, "ac-4@example.com");
      for (const path of ["/sign-in/social", "/link-social"]) {
        for (const body of [{ provider: "github" }, { provider: "" }, { provider: "unknown" }, {}, { provider: 1 }, { provider: "credential" }, { provider: "__proto__" }, { provider: "github", callbackURL: "https://evil.example" }, { provider: "github", errorCallbackURL: "https://evil.example" }, { provider: "github", newUserCallbackURL: "//evil.example" }, { provider: "github", callbackURL: 5 }, { provider: "github", scopes: "a" }, { provider: "github", scopes: ["a"] }, { provider: "github", idToken: {} }, { provider: "github", idToken: { token: "x" } }, { provider: "github", disableRedirect: "yes" }, { provider: "github", additionalParams: { a: 1 } }, { provider: "github", requestSignUp: 1 }]) await c.post(path, body);
        await t.client().post(path, { provider: "github" });
        await t.client().post(path, {});
        await c.send("POST", path);
      }
      for (const path of ["/callback/github", "/callback/github?code=x", "/callback/github?code=x&state=y", "/callback/github?error=access_denied", "/callback/github?error=access_denied&error_description=no&state=x", "/callback/unknown?code=x&state=y", "/callback/", "/callback"]) await t.client().get(path);
      await t.client().post("/callback/github", { code: "x", state: "y" });
      await t.client().send("POST", "/callback/github", "code=x&state=y", { "content-type": "application/x-www-form-urlencoded" });
    },
  },
];
