package securitytest_test

import "github.com/watchword-auth/watchword/securitytest/harness"

var rd = section{"RD", "origins, CSRF, redirects, hosts, error pages", []row{
	{id: "RD-01", refs: "CVE-2024-56734 GHSA-8jhw-6pjj-8723", core: true, in: everywhere,
		config: harness.JSON{"user": harness.JSON{"deleteUser": harness.JSON{"verify": true}}},
		what:   "links of mails lead to trusted pages only, and are not spent by an attempt", test: mailedLinksStayHome},
	{id: "RD-02", refs: "CVE-2025-27143 GHSA-hjpm-7mrm-26w8", core: true, in: everywhere,
		what: "targets without a scheme or with backslashes are not taken for relative ones", test: oddTargetsAreForeign},
	{id: "RD-03", refs: "CVE-2025-71403 GHSA-vp58-j275-797x", core: true, in: everywhere,
		what: "origins are compared as origins, not as beginnings or patterns of a URL's text", test: originsAreParsed},
	{id: "RD-04", refs: "CVE-2025-53535 GHSA-36rg-gfq2-3h56",
		what: "what is taken as a relative target resolves to the site's own origin in browsers", test: relativeTargetsResolveHome},
	{id: "RD-05", refs: "", core: true,
		config: harness.JSON{"trustedOrigins": []string{"*.example.com"}},
		what:   "a wildcard without a scheme admits web addresses only", test: wildcardsWantASchemeOfTheWeb},
	{id: "RD-06", refs: "", in: everywhere,
		what: "no target with control characters or encoded slashes is taken, and none adds a line to a head", test: targetsAddNoLines},
	{id: "RD-07", refs: "", config: harness.JSON{"trustedOrigins": []string{"http://192.168.*.*:3000"}},
		what: "a wildcard of addresses admits no names", test: addressWildcards},
	{id: "RD-08", refs: "", what: "an app's scheme is trusted with its host only", test: appSchemes},
	{id: "RD-09", refs: "CVE-2022-24858 GHSA-f9wg-5f46-cjmw CVE-2022-29214 GHSA-q2mx-j4x2-2h74",
		what: "sign-in leads to trusted pages only, by password and by provider", test: signInLeadsHome},
	{id: "RD-10", refs: "CVE-2022-31093 GHSA-g5fm-jp9v-2432", core: true, in: everywhere,
		what: "targets that cannot be read are refused, and the server goes on", test: brokenTargets},
}}
