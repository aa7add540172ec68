package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestSS(t *testing.T) { run(t, ss) }

const noSSO = "there is no SSO yet: providers are the configuration's"

var ss = section{"SS", "SSO providers and requests to other servers", []row{
	{id: "SS-01", refs: "CVE-2026-53513 GHSA-5rr4-8452-hf4v", core: true, what: "endpoints of a provider lead to no private address", test: privateEndpoints},
	{id: "SS-02", what: "no spelling of a private address is reached", test: spelledAddresses},
	{id: "SS-03", what: "redirects and names that change reach no private address either", test: redirectingEndpoints},
	{id: "SS-04", refs: "CVE-2025-67494 CVE-2026-82262 CVE-2026-82263 GHSA-7wfc-4796-gmg5 GHSA-3556-624q-c5w3", core: true, what: "headers of a request choose no target of the server's own requests", test: requestsChooseNoTarget},
	{id: "SS-05", refs: "CVE-2026-23603 GHSA-x77v-q46j-393g", what: "a picture's address is not fetched", test: picturesAreText},
	{id: "SS-06", refs: "CVE-2026-53515 GHSA-gv74-j8m3-fg5f", core: true, what: "only who manages an organization registers its provider", na: noSSO},
	{id: "SS-07", what: "a provider is registered for an organization by its members only", na: noSSO},
	{id: "SS-08", refs: "CVE-2026-67328 GHSA-prpr-5gj3-qqhg", core: true, what: "each domain of a provider is proven by itself", na: noSSO},
	{id: "SS-09", refs: "GHSA-prpr-5gj3-qqhg", core: true, what: "accounts of a deleted provider are nobody's", na: noSSO},
	{id: "SS-10", refs: "GHSA-8c5h-wx78-2cfg", core: true, what: "a domain that changes while it is proven stays unproven", na: noSSO},
	{id: "SS-11", refs: "GHSA-phx7-w8x2-3xgf", core: true, what: "nobody joins an organization by an unproven domain", na: noSSO},
	{id: "SS-12", what: "a provider cannot take the name of another", na: noSSO},
	{id: "SS-13", what: "a provider that changes is proven again", na: noSSO},
	{id: "SS-14", what: "state, nonce and verifier bind a callback to its provider", by: "SO-03 SO-05 SO-19 C4.09"},
	{id: "SS-15", what: "what a discovery document names learns nothing that is meant for its own origin", test: discoveredEndpoints},
	{id: "SS-16", refs: "CVE-2024-47000 CVE-2025-64717", core: true, what: "a provider that was deleted signs nobody in", in: []harness.Profile{harness.SQLite, harness.Postgres}, test: removedProviders},
	{id: "SS-17", what: "a provider vouches for addresses of its proven domain only", na: noSSO},
	{id: "SS-18", refs: "CVE-2026-55669", core: true, what: "a token for another client is refused", by: "SO-13"},
}}
