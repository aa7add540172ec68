package securitytest_test

import "github.com/watchword-auth/watchword/securitytest/harness"

var jw = section{"JW", "JSON Web Tokens", []row{
	{id: "JW-01", refs: "CVE-2026-28802 CVE-2026-27804", core: true, in: stored, what: "unsigned tokens are refused, however they say so", test: forged(unsigned)},
	{id: "JW-02", refs: "CVE-2024-37568 CVE-2026-33322", core: true, in: stored, what: "no public key, secret or foreign algorithm signs", test: forged(confused)},
	{id: "JW-03", refs: "CVE-2026-27962", core: true, in: stored, what: "a token does not bring its own key, nor name where to fetch or read one", test: foreignKeys},
	{id: "JW-04", refs: "CVE-2025-59420", core: true, what: "headers that must be understood are", test: forged(critical)},
	{id: "JW-05", refs: "CVE-2026-28498", what: "a hash of the access token that is there is compared", test: hashOfTheAccessToken},
	{id: "JW-06", refs: "CVE-2020-26160 CVE-2024-5798", core: true, what: "the audience is this client, in every form", test: forged(audiences)},
	{id: "JW-07", refs: "CVE-2024-51744", what: "an expired token with a bad signature is an invalid one", test: expiredAndForged},
	{id: "JW-08", refs: "CVE-2024-28180 CVE-2025-27144", config: sealedCache, what: "no token makes the server unpack or derive without bound", test: bombs},
	{id: "JW-09", refs: "CVE-2026-34986 CVE-2016-9121 CVE-2016-9122 CVE-2016-9123", core: true, config: sealedCache, what: "malformed sealed tokens are worth nothing, and cost no error", test: malformedSealedTokens},
	{id: "JW-10", refs: "CVE-2023-4696", core: true, config: signedCache, what: "a token of one kind is none of another", test: kindsOfTokens},
	{id: "JW-11", refs: "GHSA-wxg7-w2v3-w38g", core: true, what: "times of tokens are there, and are now", test: forged(times)},
	{id: "JW-12", what: "published keys are public, and a session that ended gets no token", in: stored, test: publishedKeys},
	{id: "JW-13", what: "proofs of possession are bound and used once", na: "there is no OAuth provider yet"},
}}

var (
	sealedCache = harness.JSON{"session": harness.JSON{"cookieCache": harness.JSON{"enabled": true, "strategy": "jwe"}}}
	signedCache = harness.JSON{"session": harness.JSON{"cookieCache": harness.JSON{"enabled": true, "strategy": "jwt"}}}
)
