package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

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
	{id: "RD-11", refs: "CVE-2026-73418 GHSA-xmf8-cvqr-rfgj", core: true, in: everywhere,
		what: "broken tokens and cookies are nobody's, and the connection goes on", test: brokenCredentials},
	{id: "RD-12", core: true, in: everywhere,
		what: "a reset leads to trusted pages only, and nothing is mailed else", test: resetsLeadHome},
	{id: "RD-13", what: "a target keeps its query and fragment, and names no address as a number", test: failedSignInsReturnWhole},
	{id: "RD-14", refs: "GHSA-3529-5m8x-rpv3", core: true, in: everywhere,
		what: "links of mails are the configuration's, whatever the request says of hosts", test: mailedHostsAreConfigured},
	{id: "RD-15", refs: "CVE-2023-49097 CVE-2025-64101 CVE-2026-29067 GHSA-93m4-mfpg-c3xf", core: true, in: everywhere,
		config: harness.JSON{"user": harness.JSON{"deleteUser": harness.JSON{"verify": true}}},
		what:   "so are all other links, and where providers send browsers back", test: func(t *testing.T, s *harness.Site) {
			allLinksAreConfigured(t, s)
			oddRequestLines(t, s)
		}},
	{id: "RD-16", core: true, config: harness.JSON{"baseURL": harness.JSON{"allowedHosts": []string{"auth.test", "other.test"}, "protocol": "http"}},
		what: "a proxy's headers count where they are trusted, and name allowed hosts only", test: proxyHeadersNeedTrust},
	{id: "RD-17", refs: "CVE-2025-71401 GHSA-569q-mpph-wgww",
		what: "the first request fixes no base URL for the next", test: firstRequestFixesNothing},
	{id: "RD-18", config: harness.JSON{"baseURL": harness.JSON{"allowedHosts": []string{"auth.test", "other.test"}, "protocol": "http"}},
		what: "requests to two hosts at once do not mix", test: hostsDoNotMix},
	{id: "RD-19", in: everywhere, what: "a stranger's page signs nobody in or up, cookies or not", test: formsOfStrangersDoNotSignIn},
	{id: "RD-20", in: everywhere, what: "a stranger's page has nobody mailed", test: strangersPagesMailNobody},
	{id: "RD-21", in: everywhere, what: "no origin, or one without a name, changes nothing unless the browser vouches for it", test: opaqueOrigins},
	{id: "RD-22", refs: "CVE-2025-24358 GHSA-rq77-p4h8-4crw CVE-2025-47909", core: true,
		config: harness.JSON{"baseURL": "https://auth.test"},
		what:   "behind a proxy that ends TLS, referers and schemes are compared all the same", test: refererBehindTLS},
	{id: "RD-23", refs: "CVE-2025-46721 GHSA-w9hf-35q4-vcjw", what: "a sibling's page changes nothing, at any endpoint", test: siblingsChangeNothing},
	{id: "RD-24", refs: "CVE-2024-41657 GHSA-mchx-7j67-8mcf", core: true, in: everywhere,
		what: "CORS names trusted origins only, and answers vary by origin", test: corsNamesNoStrangers},
	{id: "RD-25", refs: "CVE-2023-34927", core: true, what: "simple requests of a stranger's page change nothing, at any endpoint", test: simpleRequestsChangeNothing},
	{id: "RD-26", refs: "GHSA-9x4v-xfq5-m8x5", core: true, in: everywhere, what: "the error page shows text, not markup", test: errorPageShowsText},
	{id: "RD-27", refs: "CVE-2019-8400 GHSA-7v6r-w4r6-mhch", what: "no page shows markup of a request", test: pagesShowText},
	{id: "RD-28", refs: "CVE-2026-34969", core: true, in: everywhere, what: "no redirect carries a session", test: locationsHoldNoSessions},
	{id: "RD-29", refs: "CVE-2021-29456", what: "signing out leads nowhere else", test: signOutLeadsNowhere},
	{id: "RD-30", refs: "CVE-2021-21291 CVE-2026-5467", what: "a wildcard of hosts matches whole labels, in any case", test: suffixesAreWholeLabels},
	{id: "RD-31", refs: "CVE-2025-48947", core: true, in: everywhere, what: "answers with secrets are not for shared caches", test: secretsAreNotCached},
}}
