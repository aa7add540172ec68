// The reactive session of the client: it asks again after every change and, when told so, renews with a POST.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newPerson, openClient, PASSWORD, withEachClient } from "../official.mjs";

const config = { emailAndPassword: { enabled: true }, session: { updateAge: 0, deferSessionRefresh: true } };

// As much of a browser as the store looks at.
before(() => {
  globalThis.window = Object.assign(new EventTarget(), { location: { href: "http://localhost/", origin: "http://localhost" } });
  globalThis.document = Object.assign(new EventTarget(), { visibilityState: "visible" });
});

async function until(condition) {
  for (const end = Date.now() + 3000; Date.now() < end; await sleep(10)) if (condition()) return;
  assert.fail("the session store did not change in time");
}

withEachClient("the session store", config, (version, server) => {
  test("follows sign-in, update and sign-out, and renews with a POST", async () => {
    const { email } = await newPerson(version, server);
    const { auth, browser } = await openClient(version, server);
    let state;
    const stop = auth.useSession.subscribe((value) => (state = value));
    await until(() => state && !state.isPending);
    assert.equal(state.data, null);
    await auth.signIn.email({ email, password: PASSWORD });
    await until(() => state.data?.user?.email === email);
    // The newer client renews at once, the older one when the window gets the focus.
    document.dispatchEvent(new Event("visibilitychange"));
    await until(() => browser.requests.some(({ method, path, status }) => method === "POST" && path.endsWith("/get-session") && status === 200));
    await auth.updateUser({ name: "Grace" });
    await until(() => state.data?.user?.name === "Grace");
    await auth.signOut();
    await until(() => state.data === null);
    stop();
  });
});
