package securitytest_test

// unwritten stands for rows that apply and are proven in process, by the tests
// of their packages, but not yet here.
const unwritten = "proven in process only, by flow/social, oauth, plugin/genericoauth and plugin/passkey: the row waits for its test here"

var so = section{"SO", "providers, identities, linking", []row{
	{id: "SO-01", what: "a callback is for the browser that began", na: unwritten},
	{id: "SO-02", refs: "CVE-2026-67335 GHSA-wxw3-q3m9-c3jr", core: true, what: "a state in a cookie is compared with the one that comes back", na: unwritten},
	{id: "SO-03", refs: "CVE-2026-73419 GHSA-x445-f3h2-j279", what: "a state is for its provider", na: unwritten},
	{id: "SO-04", refs: "CVE-2025-68481 CVE-2026-41425", core: true, what: "a state of linking is for its session", na: unwritten},
	{id: "SO-05", what: "an answer names the provider that was asked", na: unwritten},
	{id: "SO-06", refs: "CVE-2026-53516 GHSA-g38m-r43w-p2q7", core: true, what: "a provider joins no user whose address was never proven here", na: unwritten},
	{id: "SO-07", refs: "CVE-2024-38351 GHSA-m93w-4fxv-r35v", what: "a joined user keeps no password of somebody else", na: unwritten},
	{id: "SO-08", refs: "CVE-2026-44166 GHSA-pq7p-mc74-g65w", core: true, what: "two providers meet in one user by proven addresses only", na: unwritten},
	{id: "SO-09", refs: "CVE-2026-41574", core: true, what: "only a clear yes proves an address", na: unwritten},
	{id: "SO-10", refs: "GHSA-mx9r-x6ww-qjw9", core: true, what: "accounts are told apart by provider and subject", na: unwritten},
	{id: "SO-11", refs: "CVE-2026-42560 GHSA-f6qq-3m3h-4g42", core: true, what: "an identity without a subject is nobody's", na: unwritten},
	{id: "SO-12", refs: "CVE-2026-31813 GHSA-v36f-qvww-8w8m", what: "an ID token is of the issuer that was configured", na: unwritten},
	{id: "SO-13", refs: "CVE-2026-30863", core: true, what: "an ID token is for this client", na: unwritten},
	{id: "SO-14", what: "an ID token and a profile are of one user", na: unwritten},
	{id: "SO-15", what: "an opaque token is of this application", na: unwritten},
	{id: "SO-16", what: "a hosted domain is enforced", na: unwritten},
	{id: "SO-17", what: "an ID token is signed by its own provider", na: unwritten},
	{id: "SO-18", refs: "CVE-2026-27804", core: true, what: "an ID token without a signature, or with another kind of it, is refused", na: unwritten},
	{id: "SO-19", what: "a nonce is compared", na: unwritten},
	{id: "SO-20", what: "linking needs a session that still lives", na: unwritten},
	{id: "SO-21", refs: "CVE-2026-9087 CVE-2025-7365", core: true, what: "an account of one user joins no other", na: unwritten},
	{id: "SO-22", what: "stored tokens are their owner's only", na: unwritten},
	{id: "SO-23", refs: "GHSA-r4xp-prcw-77qf", core: true, what: "what the server sealed for one purpose opens for no other", na: unwritten},
	{id: "SO-24", what: "no further parameter leads elsewhere", na: unwritten},
	{id: "SO-25", what: "additional data changes nothing of the server's own", na: unwritten},
	{id: "SO-26", what: "reserved parameters cannot be replaced", na: unwritten},
	{id: "SO-27", refs: "CVE-2022-31107 GHSA-mx47-6497-3fv2", core: true, what: "users are matched by subject, not by name or address", na: unwritten},
	{id: "SO-28", refs: "CVE-2026-32242", core: true, what: "racing sign-ins do not mix", na: unwritten},
	{id: "SO-29", refs: "CVE-2025-46815 GHSA-g4r8-mp7g-85fq", core: true, what: "a callback works once", na: unwritten},
	{id: "SO-30", what: "required claims are required", na: unwritten},
	{id: "SO-31", what: "errors of providers are text, and lead home", na: unwritten},
}}
