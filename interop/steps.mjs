// What scenarios do over and over: people who sign up, cookies that are read, forged and combined.
import { createHmac } from "node:crypto";
import { SECRET } from "./harness.mjs";

export const PASSWORD = "correct horse battery";

/** Signs a new person up and returns the client that holds the session. */
export async function signedUp(t, email, extra = {}) {
  const client = t.client();
  await client.post("/sign-up/email", { name: "Ada", email, password: PASSWORD, ...extra });
  return client;
}

/** A second device of somebody who has signed up. */
export async function signedIn(t, email, extra = {}) {
  const client = t.client();
  await client.post("/sign-in/email", { email, password: PASSWORD, ...extra });
  return client;
}

/** The value of one cookie in a client's jar, as it travels, or "" when there is none. */
export const cookieValue = (client, name) => client.jar.cookies.get(name) ?? "";

export const SESSION_COOKIE = "better-auth.session_token";
export const CACHE_COOKIE = "better-auth.session_data";

/** A cookie value signed the way the server signs, with any secret. */
export function signedValue(value, secret = SECRET) {
  return encodeURIComponent(`${value}.${createHmac("sha256", secret).update(value).digest("base64")}`);
}

/** The link in a message, below the base path, so that a client can follow it. */
export function linkPath(message) {
  return message?.url?.replace(/^https?:\/\/[^/]*\/api\/auth/, "") ?? "/no-message";
}

/** Takes the next message and writes down what it says, without what the delivery adds of its own. */
export async function noteMessage(t, type, to, patience) {
  const message = await t.box.take(type, to, patience);
  t.note(`message ${type} to ${to}`, message && { type: message.type, to: message.to, url: message.url, token: message.token, code: message.code });
  return message;
}

/** How long a scenario waits for a message that must not come. */
export const SILENCE = 120;

/** Turns a table of [name, body] into calls of one endpoint. */
export async function postAll(client, path, bodies, headers) {
  for (const body of bodies) await client.post(path, body, headers);
}

/** One value of every JSON type, for a field that wants another. */
export const everyType = [null, "", " ", 0, 1, -1.5, true, false, [], ["a"], {}, { a: 1 }];
