package securitytest_test

import "testing"

func TestSO(t *testing.T) { run(t, so) }

var (
	stateInCookie = body{"account": body{"storeStateStrategy": "cookie"}}
	joining       = body{"account": body{"accountLinking": body{"requireLocalEmailVerified": false}}}
)

var so = section{"SO", "providers, identities, linking", []row{
	{id: "SO-01", in: stored, what: "a callback is for the browser that began", test: callbacksAreTheirBrowsers},
	{id: "SO-02", refs: "CVE-2026-67335 GHSA-wxw3-q3m9-c3jr", core: true, config: stateInCookie,
		what: "a state in a cookie is compared with the one that comes back", test: statesInCookies},
	{id: "SO-03", refs: "CVE-2026-73419 GHSA-x445-f3h2-j279", in: stored, what: "a state is for its provider", test: statesAreTheirProviders},
	{id: "SO-04", refs: "CVE-2025-68481 CVE-2026-41425", core: true, in: stored, what: "a state of linking is for its session", test: linkingIsForItsBrowser},
	{id: "SO-05", what: "an answer names the provider that was asked", test: answersNameTheirProvider},
	{id: "SO-06", refs: "CVE-2026-53516 GHSA-g38m-r43w-p2q7", core: true, in: everywhere,
		what: "a provider joins no user whose address was never proven here", test: unprovenUsersAreNotJoined},
	{id: "SO-07", refs: "CVE-2024-38351 GHSA-m93w-4fxv-r35v", in: readable, config: joining,
		what: "a joined user keeps no password of somebody else", test: joinedUsersAreCleared},
	{id: "SO-08", refs: "CVE-2026-44166 GHSA-pq7p-mc74-g65w", core: true, in: everywhere,
		what: "two providers meet in one user by proven addresses only", test: providersMeetByProof},
	{id: "SO-09", refs: "CVE-2026-41574", core: true, what: "only a clear yes proves an address", test: onlyYesProves},
	{id: "SO-10", refs: "GHSA-mx9r-x6ww-qjw9", core: true, in: stored, what: "accounts are told apart by provider and subject", test: issuersAreNoAccounts},
	{id: "SO-11", refs: "CVE-2026-42560 GHSA-f6qq-3m3h-4g42", core: true, what: "an identity without a subject is nobody's", test: subjectsAreNeeded},
	{id: "SO-12", refs: "CVE-2026-31813 GHSA-v36f-qvww-8w8m", what: "an ID token is of the issuer that was configured", test: issuersArePinned},
	{id: "SO-13", refs: "CVE-2026-30863", core: true, what: "an ID token is for this client", test: otherAudiences},
	{id: "SO-14", what: "an ID token and a profile are of one user", test: tokensOfTwoUsers},
	{id: "SO-15", what: "an opaque token is of this application", test: opaqueTokens},
	{id: "SO-16", what: "a hosted domain is enforced", config: body{"socialProviders": body{"google": body{"hd": "corp.test"}}}, test: hostedDomains},
	{id: "SO-17", what: "an ID token is signed by its own provider", test: keysAreTheirProviders},
	{id: "SO-18", refs: "CVE-2026-27804", core: true, what: "an ID token without a signature, or with another kind of it, is refused", test: otherSignatures},
	{id: "SO-19", what: "a nonce is compared", test: noncesAreCompared},
	{id: "SO-20", in: revoking, what: "linking needs a session that still lives", test: linkingNeedsASession},
	{id: "SO-21", refs: "CVE-2026-9087 CVE-2025-7365", core: true, in: stored, what: "an account of one user joins no other", test: accountsStayWithTheirUser},
	{id: "SO-22", config: body{"account": body{"storeAccountCookie": true}}, what: "stored tokens are their owner's only", test: tokensAreTheirOwners},
	{id: "SO-23", refs: "GHSA-r4xp-prcw-77qf", core: true, config: proxied, what: "what the server sealed for one purpose opens for no other", test: sealsHaveAPurpose},
	{id: "SO-24", config: proxied, what: "no further parameter leads elsewhere", test: furtherTargets},
	{id: "SO-25", what: "additional data changes nothing of the server's own", test: additionalDataIsData},
	{id: "SO-26", what: "reserved parameters cannot be replaced", test: reservedParameters},
	{id: "SO-27", refs: "CVE-2022-31107 GHSA-mx47-6497-3fv2", core: true, in: everywhere,
		what: "users are matched by subject, not by name or address", test: subjectsMatch},
	{id: "SO-28", refs: "CVE-2026-32242", core: true, in: stored, what: "racing sign-ins do not mix", test: signInsDoNotMix},
	{id: "SO-29", refs: "CVE-2025-46815 GHSA-g4r8-mp7g-85fq", core: true, in: stored, what: "a callback works once", test: callbacksWorkOnce},
	{id: "SO-30", what: "required claims are required", test: requiredClaims},
	{id: "SO-31", what: "errors of providers are text, and lead home", test: errorsAreText},
}}
