package securitytest_test

import "github.com/watchword-auth/watchword/securitytest/harness"

// aged are the profiles whose sessions are rows that nothing hides.
var aged = []harness.Profile{harness.SQLite, harness.Postgres, harness.DynamicURL}

var cachedSessions = harness.JSON{"session": harness.JSON{"cookieCache": harness.JSON{"enabled": true}}}

var mf = section{"MF", "second factors", []row{
	{id: "MF-01", refs: "CVE-2026-67337 GHSA-xg6x-h9c9-2m83", core: true, in: everywhere, config: cachedSessions,
		what: "the password alone gives nothing that is worth a session", test: passwordAloneIsNothing},
	{id: "MF-02", refs: "GHSA-xg6x-h9c9-2m83", core: true, in: everywhere,
		what: "nor do other plugins show a token before the second factor", test: passwordAloneIsNothing},
	{id: "MF-03", refs: "CVE-2025-64103 CVE-2024-45042", core: true, in: readable,
		what: "every sign-in by password asks for the factor; those that prove an address do not, as documented", test: whichSignInsAsk},
	{id: "MF-04", refs: "", in: stored, what: "a challenge takes five guesses, an account ten", test: guessesAreCounted},
	{id: "MF-05", refs: "CVE-2025-64102 CVE-2024-32868 CVE-2025-6015", core: true, in: stored,
		what: "guesses count over all methods, challenges and sessions, also when they race", test: guessesCountTogether},
	{id: "MF-06", refs: "CVE-2026-55370 CVE-2025-6014", in: stored, what: "a code of an authenticator works once, in every spelling", test: codesWorkOnce},
	{id: "MF-07", refs: "CVE-2026-20779", core: true, in: stored, what: "of racing uses of one code one succeeds", test: racingCodes},
	{id: "MF-08", refs: "", in: stored, what: "a challenge makes one session", test: challengesMakeOneSession},
	{id: "MF-09", refs: "", in: everywhere, what: "a challenge is its user's, whatever else is sent", test: challengesAreBound},
	{id: "MF-10", refs: "", in: everywhere, what: "a secret of which no code was seen asks and opens nothing", test: unprovenSecrets},
	{id: "MF-11", refs: "", in: readable, what: "a factor in use is not replaced by enrolling again", test: factorsStay},
	{id: "MF-12", refs: "CVE-2026-3429 CVE-2025-3910", core: true, in: readable, what: "factors are managed with a whole session and the password", test: factorsNeedBoth},
	{id: "MF-13", refs: "CVE-2026-9091 CVE-2026-49448", core: true, in: everywhere, what: "the step is not skipped by odd codes or methods", test: oddCodes},
	{id: "MF-14", refs: "CVE-2026-55377", core: true, in: aged, what: "enrolling makes no session fresh", test: enrolmentIsNotFresh},
	{id: "MF-15", refs: "CVE-2026-37982", core: true, in: everywhere, what: "no mailed link enrols a factor", test: linksEnrolNothing},
	{id: "MF-16", refs: "CVE-2024-7318", what: "codes of two steps ago or ahead are refused", test: codesOfOtherTimes},
	{id: "MF-17", refs: "", in: stored, what: "trust in a device is one user's, works once, and ends with the factor", test: trustedDevices},
	{id: "MF-18", refs: "", in: stored, what: "a backup code works once, and codes are shown when they are made only", test: backupCodesWorkOnce},
	{id: "MF-19", refs: "", in: stored, what: "an anonymous user is linked after the second factor", test: factorsLinkVisitors},
}}
