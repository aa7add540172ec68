// A certified OpenID Connect server (npm: oidc-provider) as the provider that people come from, and a person who goes
// through its login pages with a cookie jar, as a browser would.
import http from "node:http";
import Provider from "oidc-provider";

export const CLIENT = { clientId: "interop", clientSecret: "interop-secret-0123456789" };

/**
 * Starts a server of its own issuer. People exist as soon as they sign in: a login is the subject, `people` holds the
 * claims of those who want others than `<login>@upstream.example`. `slim` keeps the profile out of ID tokens, so that
 * it has to be asked for. `key`, a public JWK, takes the place of the client's secret.
 */
export async function startUpstream({ slim = false, auth = "client_secret_post", key, accessTokenTTL = 3600 } = {}) {
  const people = new Map();
  const requests = [];
  let provider;
  const server = http.createServer((request, response) => {
    requests.push(`${request.method} ${request.url.split("?")[0]}`);
    provider.callback()(request, response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://localhost:${server.address().port}`;
  const quiet = console.warn;
  console.warn = console.info = () => {}; // it warns of its development pages and keys
  provider = new Provider(issuer, {
    clients: [{
      client_id: CLIENT.clientId,
      ...(key ? { jwks: { keys: [key] } } : { client_secret: CLIENT.clientSecret }),
      redirect_uris: ["https://registered.example/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: auth,
    }],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "picture"] },
    conformIdTokenClaims: slim,
    cookies: { keys: ["upstream-cookie-key"] },
    issueRefreshToken: async () => true,
    ttl: { AccessToken: accessTokenTTL, Session: 3600, Grant: 3600, IdToken: 3600, Interaction: 600, RefreshToken: 3600, AuthorizationCode: 60 },
    async findAccount(ctx, login) {
      const claims = { email: `${login}@upstream.example`, email_verified: true, name: login, picture: `https://img.example/${login}`, ...people.get(login) };
      return { accountId: login, claims: async () => ({ sub: login, ...claims }) };
    },
  });
  console.warn = quiet;
  // The servers under test choose their ports when they start.
  provider.Client.prototype.redirectUriAllowed = (uri) => /^http:\/\/localhost:\d+\/api\/auth\/(oauth2\/)?callback\//.test(uri);
  provider.Client.prototype.postLogoutRedirectUriAllowed = (uri) => /^http:\/\/localhost:\d+\//.test(uri);
  return {
    issuer,
    people,
    requests,
    discoveryUrl: `${issuer}/.well-known/openid-configuration`,
    close: () => (server.closeAllConnections(), server.close()),
  };
}

/** The configuration of one upstream for `plugins.genericOAuth.config`. */
export const configured = (providerId, upstream, more = {}) => ({
  providerId,
  discoveryUrl: upstream.discoveryUrl,
  ...CLIENT,
  scopes: ["openid", "email", "profile"],
  allowPrivateAddresses: true,
  ...more,
});

const field = (form, name) => new RegExp(`<${name}[^>]*>`, "g")[Symbol.match](form) ?? [];
const attribute = (tag, name) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];

/** A person with a browser at one upstream. */
export class Visitor {
  cookies = new Map();

  constructor(upstream, login) {
    Object.assign(this, { upstream, login });
  }

  async fetch(url, init = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { ...init, redirect: "manual", headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      if (value) this.cookies.set(name, value);
      else this.cookies.delete(name);
    }
    return response;
  }

  /** Goes from an authorization URL through every page, and returns the URL the upstream sends the browser back to. */
  async approve(url) {
    let response = await this.fetch(url);
    for (let step = 0; step < 20; step++) {
      const location = response.headers.get("location");
      if (location) {
        const next = new URL(location, response.url || url).href;
        if (!next.startsWith(this.upstream.issuer)) return next;
        url = next;
        response = await this.fetch(next);
        continue;
      }
      const page = await response.text();
      const form = /<form[^>]*action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/.exec(page);
      if (!form) throw new Error(`${response.status} at ${url}: ${page.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").slice(0, 300)}`);
      const body = new URLSearchParams();
      for (const tag of field(form[2], "input")) {
        const name = attribute(tag, "name");
        if (name) body.set(name, { login: this.login, password: "any" }[name] ?? attribute(tag, "value") ?? "");
      }
      url = new URL(form[1], url).href;
      response = await this.fetch(url, { method: "POST", body });
    }
    throw new Error(`no end at ${url}`);
  }
}
