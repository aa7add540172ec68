// Which addresses a pattern in trustedOrigins admits, as Origin, as callbackURL and as redirectTo.

const patterns = {
  exact: ["https://app.example.com"],
  "with a port": ["https://app.example.com:8443", "http://localhost:5173"],
  "with a slash": ["https://app.example.com/"],
  "with a path": ["https://other.example.com/path"],
  "wildcard host": ["*.example.com"],
  "wildcard host with a scheme": ["https://*.example.com"],
  "wildcard in the middle": ["https://app-*.example.com", "https://?.example.com"],
  "wildcard of the port": ["http://localhost:*", "https://app.example.com:*"],
  "wildcard of addresses": ["http://192.168.*.*:3000", "10.0.0.?"],
  "everything of a scheme": ["https://*"],
  everything: ["*"],
  "double star": ["https://**.example.com"],
  "upper case": ["HTTPS://APP.EXAMPLE.COM", "https://*.Other.Example.com"],
  "custom scheme": ["myapp://"],
  "custom scheme and host": ["myapp://auth"],
  "custom scheme, host and path": ["myapp://auth/cb"],
  "custom scheme and wildcard": ["myapp://*", "exp://192.168.*.*:*/*"],
  "no scheme": ["app.example.com", "localhost:5173"],
  "empty and blank": ["", " ", "https://app.example.com"],
};

const addresses = [
  "https://app.example.com", "https://app.example.com/", "https://app.example.com/p?q=1#f", "http://app.example.com", "https://app.example.com:443", "https://app.example.com:8443/x", "https://app.example.com:444", "HTTPS://APP.EXAMPLE.COM/x", "https://x.EXAMPLE.com",
  "https://a.example.com", "https://a.b.example.com", "https://example.com", "https://example.com.", "https://app.example.com.", "https://badexample.com", "https://evilexample.com", "https://app.example.com.evil.test", "https://app.example.com@evil.test", "https://evil.test@app.example.com", "https://evil.test/?x=.example.com", "https://evil.test#.example.com", "https://evil.test/.example.com", "https://evil.test\\.example.com", "https://EXAMPLE.com.evil",
  "https://app-1.example.com", "https://app-.example.com", "https://app-1.evil.test/.example.com", "https://other.example.com/path", "https://other.example.com/path/x", "https://z.other.example.com",
  "http://localhost:5173", "http://localhost:5173/x", "http://localhost", "localhost:5173", "http://192.168.4.7:3000", "http://192.168.evil.com:3000", "http://192.168.1.1.evil.com:3000", "http://192.168.4.7:3001", "http://192.168.999.1:3000", "http://10.0.0.5", "https://10.0.0.x", "http://2130706433/",
  "myapp://", "myapp://auth", "myapp://auth/", "myapp://auth/cb", "myapp://auth/cb/x", "myapp://auth/cbx", "myapp://auth/x/../cb", "myapp://evil", "myapp://auth@evil", "myapp://auth.evil", "myapp:evil", "myapp://auth\n", "MYAPP://auth", "myapp2://auth", "exp://192.168.1.5:8081/--/x", "exp://evil.test:8081/x",
  "app.example.com", "foo.example.com", "app.example.com.evil.test", "javascript:alert(1)", "javascript:alert(1)//x.example.com", "data:text/html,x", "https:evil.example", "https:/evil.example", "//evil.example", "///evil.example", "*", "https://*.example.com", "null", "undefined", "https://",
];

const relative = [
  "/", "/a", "/a/b?c=d", "/a?b=https://evil.example", "/a#b", "/a b", "/ü", "/%41", "/a%2fb", "/a%2Fb", "/a%5cb", "/%2fevil", "/%5cevil", "/a?x=%2f", "/a?x=%5c", "/a#%2f", "/\\evil", "/a\\b", "/a?x=\\", "//", "//evil", "/.//evil", "/..//evil", "/@evil", "/%2e%2e/%2fevil", "/%2e%2e//evil", "/;evil", "/\t/evil", "/\n/evil", "/\r\n", "/a\u0000", "/a\u007f", "/a\u0085", "/a\u2028", "/%09/evil", "/%0d%0a", "/a:b", "/:80", "/[", "/%", "/%zz", "/a*", "/~a", "/a,b", "/(a)", "/a'b", '/a"b', "/<a>", "/{a}", "/a|b", "/a^b", "/a`b", "/a!b$c&d", "/a?b?c", "/a??", "/a#b#c", `/${"a".repeat(3000)}`, "a", "./a", "../a", "?a=b", "#a", " /a", "/a ", "\\evil", "\\\\evil", "%2f", ".",
];

// GET /reset-password answers 302 to what is admitted and 403 to what is not, without any state.
const callback = (t, address) => t.client().get(`/reset-password/x?callbackURL=${encodeURIComponent(address)}`);

const admitted = Object.entries(patterns).map(([name, trustedOrigins]) => ({
  name: `pattern: ${name}`,
  config: { emailAndPassword: { enabled: true }, trustedOrigins },
  async run(t) {
    for (const address of addresses) {
      await callback(t, address);
      if (!/[\n\r]/.test(address)) await t.client().post("/sign-out", {}, { cookie: "a=b", origin: address });
    }
    await t.client().post("/sign-out", {}, { cookie: "a=b", origin: t.base });
  },
}));

export default [
  ...admitted,
  {
    name: "relative addresses",
    config: { emailAndPassword: { enabled: true } },
    async run(t) {
      for (const address of relative) {
        await callback(t, address);
        await t.client().post("/request-password-reset", { email: "nobody@example.com", redirectTo: address });
        await t.client().post("/sign-out", { callbackURL: address });
      }
    },
  },
  {
    name: "a base URL with a path is trusted by its origin",
    config: { emailAndPassword: { enabled: true }, baseURL: "{{BASE}}/deep" },
    async run(t) {
      for (const address of [t.base, `${t.base}/deep/x`, `${t.base}/other`, "/x"]) await callback(t, address);
    },
  },
];
