package securitytest_test

const noSCIM = "there is no SCIM yet"

var sc = section{"SC", "SCIM", []row{
	{id: "SC-01", refs: "GHSA-j8v8-g9cx-5qf4", core: true, what: "a token belongs to who made it", na: noSCIM},
	{id: "SC-02", refs: "GHSA-2g28-66mv-wghh", core: true, what: "members of an organization make no tokens for it", na: noSCIM},
	{id: "SC-03", refs: "CVE-2026-67330 GHSA-rjg6-39jm-rgg4", core: true, what: "a SCIM provider cannot take the name of another", na: noSCIM},
	{id: "SC-04", refs: "GHSA-rjg6-39jm-rgg4", core: true, what: "who is deactivated is out at once", na: noSCIM},
	{id: "SC-05", refs: "GHSA-rjg6-39jm-rgg4", core: true, what: "no address of another user can be taken", na: noSCIM},
	{id: "SC-06", what: "neither creation nor deletion reaches users of others", na: noSCIM},
	{id: "SC-07", refs: "CVE-2025-41115 GHSA-w62r-7c53-fmc5", core: true, what: "an external id is no internal one", na: noSCIM},
	{id: "SC-08", refs: "CVE-2026-72534", core: true, what: "a group gives no role by its name", na: noSCIM},
	{id: "SC-09", refs: "CVE-2025-4210", core: true, what: "every endpoint asks for its token", na: noSCIM},
	{id: "SC-10", refs: "CVE-2024-52307", what: "tokens are compared in constant time", na: noSCIM},
	{id: "SC-11", refs: "CVE-2026-44671 CVE-2026-32248", core: true, what: "filters are read, not pasted", na: noSCIM},
	{id: "SC-12", what: "a tenant sees its own users only", na: noSCIM},
	{id: "SC-13", what: "a patch is whole or nothing", na: noSCIM},
}}
