// The reference's own helpers for middleware read the cookies that the server sets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SECRET } from "../harness.mjs";
import { fromPackage, newPerson, withEachClient } from "../official.mjs";

for (const strategy of ["compact", "jwt", "jwe"]) {
  const config = {
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: true, strategy } },
    user: { additionalFields: { biography: { type: "string", required: false } } },
  };
  withEachClient(`cookie helpers, ${strategy}`, config, (version, server) => {
    for (const biography of ["short <&>\u2028 ü", "long ".repeat(2000)]) {
      test(`a session with ${biography.length} characters more`, async () => {
        const { getCookieCache, getSessionCookie } = await fromPackage(version, "cookies");
        const { browser, token, email } = await newPerson(version, server, { biography });
        const headers = new Headers({ cookie: browser.cookieHeader() });
        assert.equal(decodeURIComponent(getSessionCookie(headers)).split(".")[0], token);
        const cached = await getCookieCache(headers, { secret: SECRET, strategy, isSecure: false });
        assert.equal(cached.session.token, token);
        assert.equal(cached.user.email, email);
        assert.equal(cached.user.biography, biography);
        assert.equal(await getCookieCache(headers, { secret: "another secret, long enough to be one", strategy, isSecure: false }), null);
      });
    }
  });
}
