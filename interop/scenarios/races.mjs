// Many at once: how many win is compared, not who.
import { linkPath, PASSWORD, signedIn, signedUp } from "../steps.mjs";

const config = { emailAndPassword: { enabled: true }, user: { deleteUser: { enabled: true, verify: true }, changeEmail: { enabled: true } } };

/** Sends all at once and notes the sorted outcomes instead of the calls. */
async function race(t, name, sends) {
  const quiet = t.calls.length;
  const answers = await Promise.all(sends.map((send) => send()));
  t.calls.splice(quiet);
  t.note(name, answers.map(({ status, json }) => `${status} ${json?.code ?? "-"}`).sort());
}

// All alike, so that no answer tells who won.
const times = (count, send) => Array.from({ length: count }, () => send);

export default [
  {
    name: "one address, ten sign-ups",
    config,
    async run(t) {
      const email = "race-1@example.com";
      await race(t, "sign-ups", times(10, () => t.client().post("/sign-up/email", { name: "Ada", email, password: PASSWORD })));
      const c = await signedIn(t, email);
      await c.get("/list-accounts");
    },
  },
  {
    name: "one verification link, opened ten times",
    config,
    async run(t) {
      const email = "race-2@example.com";
      const c = await signedUp(t, email);
      await c.post("/send-verification-email", { email });
      const message = await t.box.take("verification-email", email);
      await race(t, "links", times(10, () => t.client().get(linkPath(message).replace(/&callbackURL=.*/, ""))));
      await c.get("/get-session");
    },
  },
  {
    name: "one deletion link, opened ten times",
    config,
    async run(t) {
      const email = "race-3@example.com";
      const c = await signedUp(t, email);
      await c.post("/delete-user", {});
      const message = await t.box.take("delete-account", email);
      const cookie = c.jar.header();
      const quiet = t.calls.length;
      const answers = await Promise.all(times(10, () => t.client().get(linkPath(message).replace(/&callbackURL=.*/, ""), { cookie })).map((send) => send()));
      t.calls.splice(quiet);
      // Who comes late is refused as unknown or as signed out: chance decides.
      t.note("deletions", answers.filter(({ status }) => status === 200).length);
      await t.client().post("/sign-in/email", { email, password: PASSWORD });
    },
  },
  {
    name: "two sign-ins, ten sign-outs",
    config,
    async run(t) {
      const email = "race-4@example.com";
      const c = await signedUp(t, email);
      const cookie = c.jar.header();
      await race(t, "sign-outs", times(10, () => t.client().post("/sign-out", {}, { cookie })));
      await t.client().get("/get-session", { cookie });
    },
  },
];
