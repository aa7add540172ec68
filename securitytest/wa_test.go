package securitytest_test

var wa = section{"WA", "passkeys", []row{
	{id: "WA-01", refs: "GHSA-4vcf-q4xf-f48m", core: true, what: "passkeys are changed by their owner only", na: unwritten},
	{id: "WA-02", what: "a challenge is for one ceremony", na: unwritten},
	{id: "WA-03", what: "a challenge works once, for five minutes", na: unwritten},
	{id: "WA-04", refs: "CVE-2026-30964 GHSA-f7pm-6hr8-7ggm", core: true, what: "origins are compared letter by letter", na: unwritten},
	{id: "WA-05", what: "relying party, type and frame are compared", na: unwritten},
	{id: "WA-06", refs: "CVE-2021-38299", core: true, what: "the user was present, and verified where that is required", na: unwritten},
	{id: "WA-07", refs: "CVE-2023-45669", what: "a counter that does not grow is refused", na: unwritten},
	{id: "WA-08", refs: "CVE-2024-39912 GHSA-875x-g8p7-5w27 GHSA-gq4g-fpc9-vjfq", what: "options tell nothing of other users", na: unwritten},
	{id: "WA-09", refs: "GHSA-h4fw-6r7f-w494", what: "the client does not lower what is required", na: unwritten},
	{id: "WA-10", what: "failures do not tell what was wrong", na: unwritten},
	{id: "WA-11", what: "a credential belongs to one user", na: unwritten},
	{id: "WA-12", what: "a user handle is that of the credential's owner", na: unwritten},
	{id: "WA-13", what: "a passkey is added by a fresh session of one's own", na: unwritten},
	{id: "WA-14", what: "algorithms and forms that were not offered are refused", na: unwritten},
}}
