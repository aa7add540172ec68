// The official client, unmodified, in two versions, with the cookie jar that a browser would have.
// SIDE names the side it talks to: watchword (default), or reference as a control of the tests themselves.
import { after, describe } from "node:test";
import { startServer } from "./harness.mjs";

const packages = { "1.7.25": "better-auth", "1.6.9": "better-auth-16" };

export const PASSWORD = "correct horse battery";

/** Imports a module of the client's package, for example "cookies" or "client/plugins". */
export const fromPackage = (version, module) => import(`${packages[version]}/${module}`);

class Browser {
  cookies = new Map();
  requests = [];

  constructor(server) {
    this.server = server;
  }

  // Same signature as fetch: what the client is given as customFetchImpl.
  fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("origin", this.server.base);
    if (this.cookies.size) headers.set("cookie", this.cookieHeader());
    const response = await fetch(input, { ...init, headers, redirect: "manual" });
    this.requests.push({ method: init.method ?? "GET", path: new URL(input).pathname, status: response.status });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  };

  keep(line) {
    const [pair, ...attributes] = line.split(/; */);
    const cut = pair.indexOf("=");
    const gone = attributes.some((attribute) => attribute.toLowerCase() === "max-age=0");
    if (gone) this.cookies.delete(pair.slice(0, cut));
    else this.cookies.set(pair.slice(0, cut), pair.slice(cut + 1));
  }

  cookieHeader() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

/** A client of one version in a browser of its own. */
export async function openClient(version, server, options = {}) {
  const { createAuthClient } = await fromPackage(version, "client");
  const browser = new Browser(server);
  const auth = createAuthClient({ baseURL: server.base, fetchOptions: { customFetchImpl: browser.fetch }, ...options });
  return { auth, browser };
}

let people = 0;

/** Signs up somebody nobody has met before. */
export async function newPerson(version, server, more = {}, options) {
  const opened = await openClient(version, server, options);
  const email = `person-${++people}@example.com`;
  const { data, error } = await opened.auth.signUp.email({ name: "Ada", email, password: PASSWORD, ...more });
  if (error) throw new Error(`sign-up: ${JSON.stringify(error)}`);
  return { ...opened, email, ...data };
}

/** Runs the same tests with each version of the client against one server of the side under test. */
export function withEachClient(title, config, define) {
  const side = process.env.SIDE ?? "watchword";
  describe(`${title} (${side})`, async () => {
    const server = await startServer(side, config);
    after(() => server.stop());
    for (const version of Object.keys(packages)) describe(`client ${version}`, () => define(version, server));
  });
}
