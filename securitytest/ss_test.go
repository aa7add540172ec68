package securitytest_test

const noSSO = "there is no SSO yet"

var ss = section{"SS", "SSO providers and requests to other servers", []row{
	{id: "SS-01", refs: "CVE-2026-53513 GHSA-5rr4-8452-hf4v", core: true, what: "endpoints of a provider that somebody registers lead to no private address", na: noSSO},
	{id: "SS-02", what: "no spelling of a private address is reached", na: noSSO},
	{id: "SS-03", what: "redirects and names that change reach no private address either", na: noSSO},
	{id: "SS-04", refs: "CVE-2025-67494 CVE-2026-82262 CVE-2026-82263 GHSA-7wfc-4796-gmg5 GHSA-3556-624q-c5w3", core: true, what: "headers of a request choose no target of the server's own requests", na: noSSO},
	{id: "SS-05", refs: "CVE-2026-23603 GHSA-x77v-q46j-393g", what: "a picture's address is not fetched", na: noSSO},
	{id: "SS-06", refs: "CVE-2026-53515 GHSA-gv74-j8m3-fg5f", core: true, what: "only who manages an organization registers its provider", na: noSSO},
	{id: "SS-07", what: "a provider is registered for an organization by its members only", na: noSSO},
	{id: "SS-08", refs: "CVE-2026-67328 GHSA-prpr-5gj3-qqhg", core: true, what: "each domain of a provider is proven by itself", na: noSSO},
	{id: "SS-09", refs: "GHSA-prpr-5gj3-qqhg", core: true, what: "accounts of a deleted provider are nobody's", na: noSSO},
	{id: "SS-10", refs: "GHSA-8c5h-wx78-2cfg", core: true, what: "a domain that changes while it is proven stays unproven", na: noSSO},
	{id: "SS-11", refs: "GHSA-phx7-w8x2-3xgf", core: true, what: "nobody joins an organization by an unproven domain", na: noSSO},
	{id: "SS-12", what: "a provider cannot take the name of another", na: noSSO},
	{id: "SS-13", what: "a provider that changes is proven again", na: noSSO},
	{id: "SS-14", what: "state, nonce and verifier bind a callback to its provider", na: noSSO},
	{id: "SS-15", what: "a discovery document speaks for its own issuer", na: noSSO},
	{id: "SS-16", refs: "CVE-2024-47000 CVE-2025-64717", core: true, what: "a provider that was deleted signs nobody in", na: noSSO},
	{id: "SS-17", what: "a provider vouches for addresses of its proven domain only", na: noSSO},
	{id: "SS-18", refs: "CVE-2026-55669", core: true, what: "a token for another client is refused", na: noSSO},
}}
