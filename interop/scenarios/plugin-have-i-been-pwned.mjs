// The plugin that refuses breached passwords. What each password is known for is told to the stub of the service.
import { PASSWORD, signedUp } from "../steps.mjs";

const config = {
  emailAndPassword: { enabled: true },
  plugins: { emailOTP: true, admin: { defaultRole: "admin" }, haveIBeenPwned: true },
};

// A count, or the status with which the service refuses.
const known = { "password known": "1", "password padded": "0", "password counted": "52256179", "password of nine": "9007199254740991",
  "password of more": "9007199254740992", "password of words": "many", "password of none": "", "password with zeros": "007",
  "password negative": "-1", "password halved": "1.5", "password when down": 503, "password when limited": 429 };

function teach(t) {
  for (const [password, text] of Object.entries(known)) t.internet.pwned.set(password, text);
}

export default [
  {
    name: "what the service says",
    config,
    async run(t) {
      teach(t);
      for (const [i, password] of Object.keys(known).entries()) {
        await t.client().post("/sign-up/email", { name: "Ada", email: `pwned-${i}@example.com`, password });
      }
      await t.client().post("/sign-up/email", { name: "Ada", email: "pwned-0@example.com", password: "short" });
      await t.client().post("/sign-up/email", { name: "Ada", email: "pwned-0@example.com", password: "x".repeat(129) });
      await t.client().post("/sign-up/email", { name: "Ada", email: "pwned-1@example.com", password: "password known" });
    },
  },
  {
    name: "wherever one is set",
    config,
    async run(t) {
      teach(t);
      const email = "pwned-all@example.com";
      const c = await signedUp(t, email);
      const bad = "password known";
      await c.post("/change-password", { currentPassword: PASSWORD, newPassword: bad });
      await c.post("/change-password", { currentPassword: "not this one", newPassword: bad });
      await t.client().post("/request-password-reset", { email });
      const { token } = await t.box.take("reset-password", email);
      await t.client().post("/reset-password", { token, newPassword: bad });
      await t.client().post("/reset-password", { token: "unknown", newPassword: bad });
      await c.post("/admin/create-user", { name: "Eve", email: "pwned-made@example.com", password: bad });
      const { json } = await c.get("/get-session");
      await c.post("/admin/set-user-password", { userId: json.user.id, newPassword: bad });
      await t.client().post("/email-otp/request-password-reset", { email });
      const { code } = await t.box.take("email-otp", email);
      await t.client().post("/email-otp/reset-password", { email, otp: code, password: bad });
      await t.client().post("/email-otp/reset-password", { email, otp: code, password: "a new good password" });
      await t.client().post("/sign-in/email", { email, password: PASSWORD });
      await t.client().post("/sign-in/email", { email, password: "a new good password" });
    },
  },
  {
    name: "where addresses are proven",
    config: { ...config, emailAndPassword: { enabled: true, requireEmailVerification: true } },
    async run(t) {
      teach(t);
      const email = "pwned-proven@example.com";
      await t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
      await t.client().post("/sign-up/email", { name: "Ada", email, password: "password known" });
    },
  },
  {
    name: "paths and message of one's own",
    config: { ...config, plugins: { haveIBeenPwned: { paths: ["/change-password"], customPasswordCompromisedMessage: "Pick another" } } },
    async run(t) {
      teach(t);
      const c = t.client();
      await c.post("/sign-up/email", { name: "Ada", email: "pwned-own@example.com", password: "password known" });
      await c.post("/change-password", { currentPassword: "password known", newPassword: "password counted" });
      await c.post("/change-password", { currentPassword: "password known", newPassword: "password fine" });
    },
  },
  {
    name: "switched off",
    config: { ...config, plugins: { haveIBeenPwned: { enabled: false } } },
    async run(t) {
      teach(t);
      await t.client().post("/sign-up/email", { name: "Ada", email: "pwned-off@example.com", password: "password known" });
    },
  },
];
