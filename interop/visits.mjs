// Whole visits at a provider that answers by its real name: from the button to the account's row and back, with people
// about whom something is odd, and answers that prove nothing. Scenarios of built-in providers and of presets share them.

// Brings the browser back as the provider would have it.
async function comeBack(client, provider, { code, state }, more = {}) {
  const answer = new URLSearchParams({ code, state, ...more });
  if (provider === "google") answer.set("iss", "https://accounts.google.com");
  if (provider === "vk") answer.set("device_id", "device-1");
  if (provider !== "apple") return client.get(`/callback/${provider}?${answer}`);
  const form = { "content-type": "application/x-www-form-urlencoded", origin: "https://appleid.apple.com", cookie: null };
  const posted = await client.send("POST", "/callback/apple", String(answer), form);
  return client.get(posted.location);
}

/** A whole sign-in; `path` is that of a linking. */
export async function visit(t, client, provider, login, more = {}, path = "/sign-in/social") {
  const { json } = await client.post(path, { provider, callbackURL: "/home", errorCallbackURL: "/failed", newUserCallbackURL: path === "/link-social" ? undefined : "/welcome", ...more });
  if (!json?.url) return undefined;
  const user = JSON.stringify({ name: { firstName: "Ada", lastName: login }, email: "not-believed@example.com" });
  const back = await comeBack(client, provider, t.internet.approve(json.url, login), provider === "apple" ? { user } : {});
  t.note(`${provider} was asked for ${login}`, t.internet.asked(login));
  return back;
}

const accountOf = async (client) => (await client.get("/list-accounts")).json?.find(({ providerId }) => providerId !== "credential");

export async function whole(t, provider, suffix = "") {
  const login = `${provider}-ada${suffix}`;
  const client = t.client();
  await visit(t, client, provider, login);
  await client.get("/get-session");
  const account = await accountOf(client);
  if (!account) return;
  await client.post("/get-access-token", { accountId: account.id });
  await client.post("/refresh-token", { accountId: account.id });
  await client.post("/get-access-token", { accountId: account.id });
  await client.get(`/account-info?accountId=${account.id}`);
  t.note(`${provider} was asked for ${login} later`, t.internet.asked(login));
  const again = t.client();
  await visit(t, again, provider, login);
  await again.get("/get-session");
  await accountOf(again);
  await again.post("/unlink-account", { accountId: account.id });
}

// People about whom something is odd.
const odd = {
  unproven: { verified: false },
  addressless: { email: null },
  nobody: { id: "" },
  numbered: { id: null },
  nameless: { name: "" },
  faceless: { picture: null },
  away: { down: true },
};

export async function oddities(t, provider) {
  for (const [kind, person] of Object.entries(odd)) {
    const login = `${provider}-${kind}`;
    t.internet.people.set(login, person);
    const client = t.client();
    await visit(t, client, provider, login);
    await client.get("/get-session");
  }
}

export async function refusals(t, provider) {
  const login = `${provider}-refused`;
  for (const change of [{ code: "forged" }, { code: "" }, { error: "access_denied", error_description: "No way" }]) {
    const client = t.client();
    const { json } = await client.post("/sign-in/social", { provider, callbackURL: "/home", errorCallbackURL: "/failed?x=1" });
    await comeBack(client, provider, t.internet.approve(json.url, login), change);
  }
  const client = t.client();
  const { json } = await client.post("/sign-in/social", { provider, callbackURL: "/home" });
  const answer = t.internet.approve(json.url, login);
  await comeBack(client, provider, answer);
  await comeBack(client, provider, answer);
  t.internet.asked(login);
}

export async function linked(t, provider) {
  const client = t.client();
  const email = `${provider}-linker@example.com`;
  await client.post("/sign-up/email", { name: "Ada", email, password: "correct horse battery" });
  await visit(t, client, provider, `${provider}-linker`, {}, "/link-social");
  const account = await accountOf(client);
  await visit(t, client, provider, `${provider}-stranger`, {}, "/link-social");
  await visit(t, t.client(), provider, `${provider}-linker`);
  if (account) await client.post("/unlink-account", { accountId: account.id });
  await client.get("/list-accounts");
}
