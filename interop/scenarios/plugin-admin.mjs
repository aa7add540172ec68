// The admin plugin. Everybody who signs up is an administrator here; users without rights are made by them.
import { cookieValue, everyType, PASSWORD, SESSION_COOKIE, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { admin: { defaultRole: "admin" } } };
const tokenOf = (client) => decodeURIComponent(cookieValue(client, SESSION_COOKIE)).split(".")[0];

const posts = ["set-role", "create-user", "update-user", "list-user-sessions", "ban-user", "unban-user", "impersonate-user",
  "stop-impersonating", "revoke-user-session", "revoke-user-sessions", "remove-user", "set-user-password", "has-permission"];

const valid = (id) => ({
  "set-role": { userId: id, role: "user" }, "create-user": { email: "adm-new@example.com", name: "x" },
  "update-user": { userId: id, data: { name: "x" } }, "list-user-sessions": { userId: id }, "ban-user": { userId: id },
  "unban-user": { userId: id }, "impersonate-user": { userId: id }, "stop-impersonating": {}, "revoke-user-session": { sessionToken: "x" },
  "revoke-user-sessions": { userId: id }, "remove-user": { userId: id }, "set-user-password": { userId: id, newPassword: "new password" },
  "has-permission": { permissions: { user: ["list"] } },
});

/** An administrator, and a user made by it. */
async function people(t, name, more = {}) {
  const boss = await signedUp(t, `${name}-boss@example.com`);
  const made = await boss.post("/admin/create-user", { email: `${name}@example.com`, name: "Ada", password: PASSWORD, role: "user", ...more });
  return { boss, id: made.json?.user?.id, email: `${name}@example.com` };
}

export default [
  {
    name: "admin: nobody and nobody special",
    config,
    async run(t) {
      const { id, email } = await people(t, "adm-1");
      const clients = [t.client(), await signedIn(t, email)];
      for (const c of clients) {
        for (const path of posts) await c.post(`/admin/${path}`, valid(id)[path]);
        await c.get("/admin/list-users");
        await c.get(`/admin/get-user?id=${id}`);
        for (const path of posts) await c.get(`/admin/${path}`);
      }
    },
  },
  {
    name: "admin: bad input",
    config,
    async run(t) {
      const { boss, id } = await people(t, "adm-2");
      for (const path of posts) {
        await boss.send("POST", `/admin/${path}`);
        await boss.post(`/admin/${path}`, {});
        await boss.post(`/admin/${path}`, []);
        await boss.post(`/admin/${path}`, { userId: "nobody", role: "user", data: { name: "x" }, newPassword: "new password", sessionToken: "x" });
      }
      for (const userId of everyType) await boss.post("/admin/unban-user", { userId });
      for (const role of everyType) await boss.post("/admin/set-role", { userId: "nobody", role });
      for (const banReason of everyType) await boss.post("/admin/ban-user", { userId: "nobody", banReason });
      for (const banExpiresIn of everyType) await boss.post("/admin/ban-user", { userId: "nobody", banExpiresIn });
      for (const data of everyType) await boss.post("/admin/update-user", { userId: "nobody", data });
      for (const newPassword of [...everyType, "short", "x".repeat(129)]) await boss.post("/admin/set-user-password", { userId: "nobody", newPassword });
      for (const sessionToken of everyType) await boss.post("/admin/revoke-user-session", { sessionToken });
      for (const permissions of [...everyType, { user: [] }, { user: ["list"] }, { user: ["list", "x"] }, { x: ["y"] }, { user: [1] }])
        await boss.post("/admin/has-permission", { permissions });
      await boss.post("/admin/has-permission", { permission: { user: ["list"] } });
      await boss.post("/admin/has-permission", { permission: {}, permissions: {} });
      await boss.post("/admin/has-permission", { permissions: { user: ["list"] }, role: "user", userId: id });
      await boss.get("/admin/get-user");
      await boss.get("/admin/get-user?id=");
      await boss.get("/admin/get-user?id=a&id=b");
    },
  },
  {
    name: "admin: create and update users",
    config,
    async run(t) {
      const { boss, id } = await people(t, "adm-3");
      await boss.get(`/admin/get-user?id=${id}`);
      for (const more of [{}, { role: ["user", "editor"] }, { data: { role: "user" } }, { data: { role: 5 } }, { data: { emailVerified: true, image: "i", unknown: 1 } },
        { data: { banned: true, banReason: "why" } }, { password: "" }, { password: "x".repeat(129) }, { email: "bad" }, { email: "ADM-3@example.com" }])
        await boss.post("/admin/create-user", { email: `adm-3-${JSON.stringify(more).length}@example.com`, name: "New", ...more });
      for (const data of [{ name: "B" }, { image: "x" }, { image: null }, { emailVerified: true }, { email: "ADM-3-new@example.com" }, { email: "bad" },
        { email: "adm-3-boss@example.com" }, { role: "user,editor" }, { role: ["user"] }, { role: [] }, { role: 1 }, { role: null }, { role: [1] }, { password: "x" },
        { id: "x" }, { unknown: 1 }, { phoneNumber: "1" }, { banReason: "why" }, { banExpires: "2030-01-01T00:00:00.000Z" }, { banExpires: null },
        { banned: true }, { banned: false }])
        await boss.post("/admin/update-user", { userId: id, data });
      await boss.post("/admin/set-user-password", { userId: id, newPassword: "another password" });
      await t.client().post("/sign-in/email", { email: "adm-3-new@example.com", password: "another password" });
      await boss.post("/admin/remove-user", { userId: id });
      await boss.post("/admin/remove-user", { userId: id });
    },
  },
  {
    name: "admin: lists",
    config,
    alone: true,
    async run(t) {
      const { boss } = await people(t, "adm-4");
      await boss.post("/admin/create-user", { email: "adm-4-z@example.com", name: "Zoe", role: "user", data: { banned: true } });
      for (const query of ["", "?limit=1", "?limit=1&offset=1", "?limit=x", "?limit=0", "?limit=-1", "?offset=2", "?sortBy=name&sortDirection=desc", "?sortBy=email",
        "?sortBy=nothing", "?sortDirection=up", "?searchValue=ZOE&searchField=name", "?searchValue=adm-4-z", "?searchValue=ada&searchField=name&searchOperator=starts_with",
        "?searchValue=example.com&searchOperator=ends_with", "?searchField=role", "?searchOperator=eq", "?filterField=role&filterValue=user",
        "?filterField=role&filterOperator=ne&filterValue=user", "?filterField=banned&filterValue=true", "?filterField=banned&filterValue=false",
        "?filterField=nothing&filterValue=1", "?filterOperator=like&filterValue=1", "?filterField=name&filterOperator=in&filterValue=Zoe&filterValue=Ada",
        "?filterField=name&filterOperator=contains&filterValue=o", "?filterValue=adm-4@example.com",
        "?filterField=createdAt&filterOperator=lt&filterValue=2099-01-01T00:00:00.000Z", "?searchValue=a&searchValue=b", "?limit=1&limit=2"])
        await boss.get(`/admin/list-users${query}`);
    },
  },
  {
    name: "admin: bans",
    config,
    async run(t) {
      const { boss, id, email } = await people(t, "adm-5");
      const c = await signedIn(t, email);
      const me = (await boss.get("/get-session")).json.user.id;
      await boss.post("/admin/ban-user", { userId: me });
      await boss.post("/admin/update-user", { userId: me, data: { banned: true } });
      await boss.post("/admin/ban-user", { userId: id, banReason: "spam", banExpiresIn: 3600 });
      await c.get("/get-session");
      await c.post("/sign-in/email", { email, password: PASSWORD });
      await c.post("/sign-in/email", { email, password: "wrong password" });
      await boss.post("/admin/ban-user", { userId: id });
      await boss.post("/admin/unban-user", { userId: id });
      await c.post("/sign-in/email", { email, password: PASSWORD });
      await boss.post("/admin/ban-user", { userId: id, banExpiresIn: -1 });
      await c.get("/get-session");
      await c.post("/sign-in/email", { email, password: PASSWORD });
      await c.get("/get-session");
      await boss.post("/admin/update-user", { userId: id, data: { banned: true } });
      await c.get("/get-session");
    },
  },
  {
    name: "admin: sessions",
    config,
    async run(t) {
      const { boss, id, email } = await people(t, "adm-6");
      const c = await signedIn(t, email);
      const d = await signedIn(t, email);
      await boss.post("/admin/list-user-sessions", { userId: id });
      await boss.post("/admin/revoke-user-session", { sessionToken: tokenOf(c) });
      await c.get("/get-session");
      await d.get("/get-session");
      await boss.post("/admin/revoke-user-sessions", { userId: id });
      await d.get("/get-session");
      await boss.post("/admin/list-user-sessions", { userId: id });
    },
  },
  {
    name: "admin: impersonation",
    config,
    async run(t) {
      const { boss, id, email } = await people(t, "adm-7");
      const c = await signedIn(t, email);
      const me = (await boss.get("/get-session")).json.user.id;
      await boss.post("/admin/stop-impersonating", {});
      await boss.post("/admin/impersonate-user", { userId: me });
      await boss.post("/admin/impersonate-user", { userId: id });
      await boss.get("/get-session");
      await c.get("/list-sessions");
      await boss.get("/admin/list-users");
      await boss.post("/admin/impersonate-user", { userId: id });
      await boss.post("/admin/stop-impersonating", {}, { cookie: `${SESSION_COOKIE}=${cookieValue(boss, SESSION_COOKIE)}` });
      await boss.post("/admin/stop-impersonating", {}, { cookie: `${SESSION_COOKIE}=${cookieValue(boss, SESSION_COOKIE)}; better-auth.admin_session=x.y` });
      await boss.post("/admin/stop-impersonating", {});
      await boss.get("/get-session");
      await boss.post("/admin/stop-impersonating", {});
    },
  },
  {
    name: "admin: impersonation with a session that ends with the browser",
    config,
    async run(t) {
      const { id } = await people(t, "adm-8");
      const boss = await signedIn(t, "adm-8-boss@example.com", { rememberMe: false });
      await boss.post("/admin/impersonate-user", { userId: id });
      await boss.post("/admin/stop-impersonating", {});
      await boss.get("/get-session");
    },
  },
  {
    name: "admin: options",
    config: { emailAndPassword: { enabled: true }, plugins: { admin: { defaultRole: "admin", adminRoles: "admin", defaultBanReason: "because", defaultBanExpiresIn: 60,
      bannedUserMessage: "go away", impersonationSessionDuration: 120, allowImpersonatingAdmins: true } } },
    async run(t) {
      const { boss, id, email } = await people(t, "adm-9");
      await signedUp(t, "adm-9-other@example.com");
      await boss.post("/admin/ban-user", { userId: id });
      await t.client().post("/sign-in/email", { email, password: PASSWORD });
      const other = (await boss.get("/admin/list-users?searchValue=adm-9-other")).json.users[0];
      await boss.post("/admin/impersonate-user", { userId: other.id });
      await boss.get("/get-session");
      await boss.post("/admin/stop-impersonating", {});
      await t.client().post("/sign-up/email", { name: "x", email: "adm-9-x@example.com", password: PASSWORD, role: "user" });
      await t.client().post("/sign-up/email", { name: "x", email: "adm-9-y@example.com", password: PASSWORD, banned: true });
      await boss.post("/update-user", { role: "user" });
      await boss.post("/update-user", { banned: true });
    },
  },
];
