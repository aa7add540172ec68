package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestWA(t *testing.T) { run(t, wa) }

var verifiedOnly = body{"plugins": body{"passkey": body{"authenticatorSelection": body{"userVerification": "required"}}}}

var wa = section{"WA", "passkeys", []row{
	{id: "WA-01", refs: "GHSA-4vcf-q4xf-f48m", core: true, in: everywhere, what: "passkeys are changed by their owner only", test: passkeysAreTheirOwners},
	{id: "WA-02", in: stored, what: "a challenge is for one ceremony and one browser", test: challengesAreForOneCeremony},
	{id: "WA-03", in: stored, what: "a challenge works once, for five minutes", test: challengesWorkOnce},
	{id: "WA-04", refs: "CVE-2026-30964 GHSA-f7pm-6hr8-7ggm", core: true, in: everywhere, what: "origins are compared letter by letter", test: originsOfCeremonies},
	{id: "WA-05", what: "relying party, type and frame are compared", test: contextsOfCeremonies},
	{id: "WA-06", refs: "CVE-2021-38299", core: true, what: "the user was present, and verified where that is required", test: flagsOfCeremonies},
	{id: "WA-07", refs: "CVE-2023-45669", in: stored, what: "a counter that does not grow is refused", test: countersGrow},
	{id: "WA-08", refs: "CVE-2024-39912 GHSA-875x-g8p7-5w27 GHSA-gq4g-fpc9-vjfq", what: "options tell nothing of other users", test: optionsTellNothing},
	{id: "WA-09", refs: "GHSA-h4fw-6r7f-w494", config: verifiedOnly, what: "the client does not lower what is required", test: policyIsTheServers},
	{id: "WA-10", in: administered, what: "failures do not tell what was wrong", test: failuresAreAlike},
	{id: "WA-11", in: stored, what: "a credential belongs to one user", test: credentialsHaveOneUser},
	{id: "WA-12", what: "a user handle is that of the credential's owner", test: handlesAreTheirOwners},
	{id: "WA-13", in: []harness.Profile{harness.SQLite, harness.Postgres, harness.CookieCache},
		what: "a passkey is added by a fresh session of one's own", test: passkeysNeedAFreshSession},
	{id: "WA-14", what: "algorithms and forms that were not offered are refused", test: oddCredentials},
}}
