// Names and attributes of cookies under every option.
import { PASSWORD, signedIn, signedUp } from "../steps.mjs";

const emailAndPassword = { enabled: true };

// Sign-up, renewal, a short session and sign-out: every way in which core sets or clears its cookies.
async function walk(t, headers) {
  const email = "cookies@example.com";
  const c = t.client({ headers });
  await c.post("/sign-up/email", { name: "Ada", email, password: PASSWORD });
  await c.get("/get-session");
  await c.post("/update-user", { name: "Grace" });
  const short = t.client({ headers });
  await short.post("/sign-in/email", { email, password: PASSWORD, rememberMe: false });
  await short.get("/get-session");
  await short.post("/sign-out", {});
  await c.post("/revoke-sessions", {});
  await c.get("/get-session");
}

const walked = (name, more, headers) => ({ name, config: { emailAndPassword, ...more }, alone: true, run: (t) => walk(t, headers) });
const cookieCache = { enabled: true };

export default [
  walked("as they come", {}),
  walked("a prefix", { advanced: { cookiePrefix: "my-app" } }),
  walked("secure by option", { advanced: { useSecureCookies: true } }),
  walked("secure by option, with a cache", { advanced: { useSecureCookies: true }, session: { cookieCache } }),
  walked("secure by base URL", { baseURL: "https://auth.example.com" }, { origin: "https://auth.example.com" }),
  walked("not secure though the base URL is", { baseURL: "https://auth.example.com", advanced: { useSecureCookies: false } }, { origin: "https://auth.example.com" }),
  walked("across subdomains", { advanced: { crossSubDomainCookies: { enabled: true } } }),
  walked("across subdomains of a given domain", { advanced: { crossSubDomainCookies: { enabled: true, domain: ".example.com" } }, session: { cookieCache } }),
  walked("default attributes", { advanced: { defaultCookieAttributes: { sameSite: "strict", path: "/auth", httpOnly: false } } }),
  walked("default attributes that secure", { advanced: { defaultCookieAttributes: { sameSite: "none", secure: true, partitioned: true } } }),
  walked("a name and attributes of one cookie", { advanced: { cookies: { session_token: { name: "sid", attributes: { sameSite: "strict", path: "/x" } }, session_data: { attributes: { httpOnly: false } }, dont_remember: { name: "short" } } }, session: { cookieCache } }),
  walked("a name and the secure prefix", { advanced: { useSecureCookies: true, cookiePrefix: "p", cookies: { session_token: { name: "sid" } } } }),
  walked("a lifetime of one cookie", { advanced: { cookies: { session_token: { attributes: { maxAge: 60 } } } } }),
  walked("a short session", { session: { expiresIn: 100.9, updateAge: 0 } }),
  walked("the longest lifetime", { session: { expiresIn: 34560000 } }),
  {
    name: "what a browser of another prefix sends",
    config: { emailAndPassword, advanced: { cookiePrefix: "other" } },
    async run(t) {
      const c = await signedUp(t, "cookies-prefix@example.com");
      const value = c.jar.cookies.get("other.session_token");
      for (const name of ["other.session_token", "better-auth.session_token", "__Secure-other.session_token", "other-session_token"]) await t.client().get("/get-session", { cookie: `${name}=${value}` });
    },
  },
  {
    name: "secure cookies need their prefix",
    config: { emailAndPassword, advanced: { useSecureCookies: true } },
    async run(t) {
      const c = await signedUp(t, "cookies-secure@example.com");
      const value = c.jar.cookies.get("__Secure-better-auth.session_token");
      for (const name of ["better-auth.session_token", "__Secure-better-auth.session_token", "__Host-better-auth.session_token"]) await t.client().get("/get-session", { cookie: `${name}=${value}` });
      const d = await signedIn(t, "cookies-secure@example.com");
      await d.post("/sign-out");
    },
  },
];
