// The device-authorization plugin.
import { everyType, PASSWORD, postAll, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, plugins: { deviceAuthorization: { interval: "1s" }, bearer: true } };
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const form = { "content-type": "application/x-www-form-urlencoded" };

const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));

/** What a device does first. */
async function begin(t, more = {}) {
  const { json } = await t.client().post("/device/code", { client_id: "tv", ...more });
  return json ?? {};
}

const poll = (t, { device_code }, more = {}) => t.client().post("/device/token", { grant_type: GRANT, client_id: "tv", device_code, ...more });

const look = (c, { user_code }) => c.get(`/device?user_code=${encodeURIComponent(user_code)}`);

export default [
  {
    name: "device: signed in",
    config,
    async run(t) {
      const ada = await signedUp(t, "da-1@example.com");
      for (const scope of [undefined, "", "openid profile"]) {
        const device = await begin(t, { scope });
        await look(t.client(), device);
        await look(ada, device);
        await look(t.client(), device);
        await look(ada, device);
        await ada.post("/device/approve", { userCode: device.user_code });
        await ada.post("/device/approve", { userCode: device.user_code });
        await ada.post("/device/deny", { userCode: device.user_code });
        await look(ada, device);
        const { json, jar } = await poll(t, device);
        t.note("cookies of the device", [...(jar?.cookies?.keys() ?? [])]);
        await poll(t, device);
        await look(ada, device);
        await t.client().get("/get-session", { authorization: `Bearer ${json?.access_token}` });
        await t.client().post("/sign-out", {}, { authorization: `Bearer ${json?.access_token}` });
      }
      await ada.get("/list-sessions");
    },
  },
  {
    name: "device: turned away",
    config,
    async run(t) {
      const ada = await signedUp(t, "da-2@example.com");
      const device = await begin(t);
      await ada.post("/device/deny", { userCode: device.user_code });
      await ada.post("/device/approve", { userCode: device.user_code });
      await look(ada, device);
      await ada.post("/device/deny", { userCode: device.user_code });
      await ada.post("/device/deny", { userCode: device.user_code });
      await ada.post("/device/approve", { userCode: device.user_code });
      await look(ada, device);
      await poll(t, device);
      await poll(t, device);
      await look(ada, device);
    },
  },
  {
    name: "device: somebody else's",
    config,
    async run(t) {
      const ada = await signedUp(t, "da-3@example.com");
      const eve = await signedUp(t, "da-3b@example.com");
      const device = await begin(t, { scope: "all" });
      for (const c of [t.client(), eve]) {
        await c.post("/device/approve", { userCode: device.user_code });
        await c.post("/device/deny", { userCode: device.user_code });
      }
      await look(ada, device);
      await look(eve, device);
      for (const c of [t.client(), eve]) {
        await c.post("/device/approve", { userCode: device.user_code });
        await c.post("/device/deny", { userCode: device.user_code });
      }
      await poll(t, device);
      await ada.post("/sign-out");
      await look(ada, device);
      await ada.post("/device/approve", { userCode: device.user_code });
      await ada.post("/sign-in/email", { email: "da-3@example.com", password: PASSWORD });
      await ada.post("/device/approve", { userCode: device.user_code });
      await look(eve, device);
    },
  },
  {
    name: "device: made for a user",
    config,
    async run(t) {
      const ada = await signedUp(t, "da-4@example.com");
      const eve = await signedUp(t, "da-4b@example.com");
      const { json } = await ada.get("/get-session");
      const device = await begin(t, { user_id: json.user.id });
      await eve.post("/device/approve", { userCode: device.user_code });
      await look(eve, device);
      await ada.post("/device/approve", { userCode: device.user_code });
      await poll(t, device);
      const nobodys = await begin(t, { user_id: "nobody" });
      await look(ada, nobodys);
      await ada.post("/device/approve", { userCode: nobodys.user_code });
    },
  },
  {
    name: "device: patience",
    config,
    async run(t) {
      const ada = await signedUp(t, "da-5@example.com");
      const device = await begin(t);
      await poll(t, device);
      await poll(t, device);
      await poll(t, device, { client_id: "radio" });
      await look(ada, device);
      await ada.post("/device/approve", { userCode: device.user_code });
      await poll(t, device);
      await pause(1.1);
      await poll(t, device, { client_id: "radio" });
      await poll(t, device);
      await poll(t, device);
    },
  },
  {
    name: "device: as it is typed",
    config,
    async run(t) {
      const ada = await signedUp(t, "da-6@example.com");
      const device = await begin(t);
      const code = device.user_code ?? "";
      const spelled = [code.toLowerCase(), `${code.slice(0, 4)}-${code.slice(4)}`, ` ${code} `, code.split("").join(" ")];
      for (const user_code of spelled) await look(ada, { user_code });
      const others = [code.slice(1), `${code}A`, "", " ", "-", "0", "IIIIIIII", "OOOOOOOO", "AAAAAAAA", "%", "_", "ÄÄÄÄÄÄÄÄ", "' or 1=1 --", "x".repeat(300)];
      for (const user_code of others) {
        await look(ada, { user_code });
        await ada.post("/device/approve", { userCode: user_code });
        await ada.post("/device/deny", { userCode: user_code });
      }
      await ada.get("/device");
      await ada.get("/device?user_code=a&user_code=b");
      await ada.get(`/device?userCode=${code}`);
      await ada.post("/device", { user_code: code });
      await ada.post("/device/approve", { userCode: spelled[1] });
      await poll(t, device, { device_code: device.device_code?.toLowerCase() });
      await poll(t, device, { device_code: device.device_code?.slice(1) });
      await poll(t, device, { device_code: code });
      await poll(t, device);
    },
  },
  {
    name: "device: bodies",
    config,
    async run(t) {
      const c = t.client();
      const ada = await signedUp(t, "da-7@example.com");
      await postAll(c, "/device/code", everyType.map((client_id) => ({ client_id })));
      await postAll(c, "/device/code", everyType.map((scope) => ({ client_id: "tv", scope })));
      await postAll(c, "/device/code", everyType.map((user_id) => ({ client_id: "tv", user_id })));
      await postAll(c, "/device/token", everyType.map((grant_type) => ({ grant_type, device_code: "x", client_id: "tv" })));
      await postAll(c, "/device/token", everyType.map((device_code) => ({ grant_type: GRANT, device_code, client_id: "tv" })));
      await postAll(c, "/device/token", everyType.map((client_id) => ({ grant_type: GRANT, device_code: "x", client_id })));
      for (const path of ["/device/approve", "/device/deny"]) {
        for (const who of [c, ada]) await postAll(who, path, everyType.map((userCode) => ({ userCode })));
      }
      for (const path of ["/device/code", "/device/token", "/device/approve", "/device/deny"]) {
        await c.send("POST", path);
        await c.get(path);
        for (const body of ["[]", "null", "5", "{", '"x"']) await c.post(path, body);
        await c.post(path, "client_id=tv", { "content-type": "text/plain" });
      }
    },
  },
  {
    name: "device: forms",
    config,
    async run(t) {
      const c = t.client();
      const bodies = ["client_id=tv", "client_id=tv&scope=a+b%20c", "client_id=tv&scope=", "client_id=", "", "scope=a", "client_id=tv&client_id=tv",
        "client_id=tv&client_id=", "client_id=&client_id=tv", "client_id=tv&scope=a&scope=b", "client_id=tv&user_id=a&user_id=b", "client_id=tv&other=a&other=b",
        "client_id=%zz", "client_id", "=tv"];
      for (const body of bodies) await c.post("/device/code", body, form);
      await c.post("/device/code", "client_id=tv", { "content-type": "application/x-www-form-urlencoded; charset=utf-8" });
      const { json } = await c.post("/device/code", "client_id=tv&scope=a+b", form);
      const ada = await signedUp(t, "da-8@example.com");
      await look(ada, json);
      await c.post("/device/token", `grant_type=${encodeURIComponent(GRANT)}&client_id=tv&device_code=${json.device_code}`, form);
      await ada.post("/device/approve", `userCode=${json.user_code}`, form);
    },
  },
  {
    name: "device: clients that are known",
    config: { ...config, plugins: { deviceAuthorization: { interval: "1s", clientIds: ["tv", "radio"] } } },
    async run(t) {
      const ada = await signedUp(t, "da-9@example.com");
      for (const client_id of ["tv", "radio", "TV", "phone", "tv ", ""]) await t.client().post("/device/code", { client_id });
      const device = await begin(t);
      await look(ada, device);
      await ada.post("/device/approve", { userCode: device.user_code });
      for (const client_id of ["radio", "phone", "", "tv"]) await poll(t, device, { client_id });
    },
  },
  {
    name: "device: codes and pages",
    config: { ...config, plugins: { deviceAuthorization: { deviceCodeLength: 64, userCodeLength: 12, expiresIn: "1h", interval: "10s", verificationUri: "/go/device?lang=en" } } },
    async run(t) {
      const { verification_uri, verification_uri_complete } = await begin(t);
      t.note("pages", [verification_uri, verification_uri_complete]);
    },
  },
  ...["https://example.com", "https://example.com/a?user_code=x&b=c#d", "device", "link/device/", "tv://device", "/Ä b"].map((verificationUri) => ({
    name: `device: the page ${verificationUri}`,
    config: { ...config, plugins: { deviceAuthorization: { verificationUri } } },
    run: (t) => begin(t),
  })),
  {
    name: "device: too late",
    config: { ...config, plugins: { deviceAuthorization: { expiresIn: "1s", interval: "1s" } } },
    async run(t) {
      const ada = await signedUp(t, "da-11@example.com");
      const device = await begin(t);
      const seen = await begin(t);
      const agreed = await begin(t);
      for (const d of [seen, agreed]) await look(ada, d);
      await ada.post("/device/approve", { userCode: agreed.user_code });
      await pause(1.2);
      for (const d of [device, seen, agreed]) {
        await look(ada, d);
        await ada.post("/device/approve", { userCode: d.user_code });
        await ada.post("/device/deny", { userCode: d.user_code });
        await poll(t, d);
        await poll(t, d);
        await look(ada, d);
      }
    },
  },
  {
    name: "device: many at once",
    config,
    async run(t) {
      const ada = await signedUp(t, "da-12@example.com");
      const eve = await signedUp(t, "da-12b@example.com");
      for (let round = 0; round < 3; round++) {
        const device = await begin(t);
        const quiet = t.calls.length;
        await Promise.all([ada, eve, ada, eve].map((c) => look(c, device)));
        const settled = await Promise.all([ada, eve].map((c) => c.post("/device/approve", { userCode: device.user_code })));
        const polled = await Promise.all([1, 2, 3, 4, 5, 6].map(() => poll(t, device)));
        t.calls.splice(quiet);
        // Whoever comes second finds it somebody else's, or settled.
        t.note("approvals", settled.filter(({ status }) => status === 200).length);
        t.note("polls", polled.map(({ status, json }) => `${status} ${json?.error ?? "-"}`).sort());
      }
    },
  },
  {
    name: "device: a user who is banned or gone",
    config: { ...config, user: { deleteUser: { enabled: true } }, plugins: { admin: { defaultRole: "admin" }, deviceAuthorization: { interval: "1s" } } },
    async run(t) {
      const boss = await signedUp(t, "da-13b@example.com");
      for (const fate of ["banned", "gone"]) {
        const ada = await signedUp(t, `da-13-${fate}@example.com`);
        const { json } = await ada.get("/get-session");
        const device = await begin(t);
        await look(ada, device);
        await ada.post("/device/approve", { userCode: device.user_code });
        if (fate === "banned") await boss.post("/admin/ban-user", { userId: json.user.id });
        else await ada.post("/delete-user", { password: PASSWORD });
        await poll(t, device);
        await pause(1.1);
        await poll(t, device);
        await look(boss, device);
      }
    },
  },
  {
    name: "device: foreign pages",
    config,
    async run(t) {
      const ada = await signedUp(t, "da-14@example.com");
      const device = await begin(t);
      await look(ada, device);
      for (const path of ["/device/approve", "/device/deny"]) {
        for (const origin of ["https://evil.example", "null", null]) await ada.post(path, { userCode: device.user_code }, { origin });
      }
      for (const origin of ["https://evil.example", null]) {
        await t.client().post("/device/code", { client_id: "tv" }, { origin });
        await t.client().post("/device/token", { grant_type: GRANT, client_id: "tv", device_code: device.device_code }, { origin });
      }
      await ada.post("/device/approve", { userCode: device.user_code });
    },
  },
];
