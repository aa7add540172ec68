package securitytest_test

import "github.com/watchword-auth/watchword/securitytest/harness"

var (
	clerkRoles = harness.JSON{"plugins": harness.JSON{"admin": harness.JSON{"roles": harness.JSON{
		"clerk":  harness.JSON{"user": []string{"update", "create", "list"}},
		"warden": harness.JSON{"user": []string{"set-role", "get", "list"}},
	}}}}
	twoKinds = harness.JSON{"plugins": harness.JSON{"apiKey": []harness.JSON{
		{"configId": "web", "defaultPrefix": "web_", "enableSessionForAPIKeys": true},
		{"configId": "job", "defaultPrefix": "job_", "apiKeyHeaders": "x-job-key"},
	}}}
	ownFields = harness.JSON{"user": harness.JSON{"additionalFields": harness.JSON{
		"nickname": harness.JSON{"type": "string", "required": false},
		"credit":   harness.JSON{"type": "number", "required": false, "input": false, "defaultValue": 0},
	}}}
)

var ak = section{"AK", "API keys, administrators, mass assignment", []row{
	{id: "AK-01", refs: "CVE-2025-61928 GHSA-99h5-pjcv-gr6v", core: true, in: everywhere,
		what: "nobody makes or changes a key for another user, or sets what is the server's", test: keysAreForOneself},
	{id: "AK-02", refs: "", in: everywhere, what: "somebody else's key is not found", test: keysOfOthers},
	{id: "AK-03", refs: "", in: revoking, what: "a revoked session changes no keys, cached or not", test: revokedSessionsMakeNoKeys},
	{id: "AK-04", refs: "", in: stored, what: "uses that race with a change do not undo it", test: usesUndoNothing},
	{id: "AK-05", refs: "", in: stored, what: "the rate of a key holds under racing uses",
		config: harness.JSON{"plugins": harness.JSON{"apiKey": harness.JSON{"enableSessionForAPIKeys": true, "rateLimit": harness.JSON{"timeWindow": 60000, "maxRequests": 3}}}},
		test:   rateOfAKey},
	{id: "AK-06", refs: "", config: twoKinds, what: "a key of one configuration opens nothing of another", test: kindsOfKeys},
	{id: "AK-07", refs: "CVE-2025-64521", in: stored, what: "a key does no more than its owner may now", test: ownersOfKeys},
	{id: "AK-08", refs: "CVE-2026-56654 CVE-2026-55982", core: true, in: everywhere,
		config: harness.JSON{"plugins": harness.JSON{"apiKey": harness.JSON{"enableSessionForAPIKeys": true, "rateLimit": harness.JSON{"enabled": false}}}},
		what:   "a session made from a key makes itself no more than it is", test: keysStaySmall},
	{id: "AK-09", refs: "", in: stored, config: clerkRoles, what: "each protected field of a user needs its own permission", test: fieldsNeedPermission},
	{id: "AK-10", refs: "CVE-2024-3656 GHSA-2cww-fgmg-4jqc", core: true, in: everywhere,
		what: "every administrative endpoint is closed to others", test: administrationIsClosed},
	{id: "AK-11", refs: "CVE-2026-40172", core: true, in: stored, config: clerkRoles,
		what: "nobody gives a role that may do more than they may", test: rolesAboveOnesOwn},
	{id: "AK-12", refs: "", in: stored, what: "impersonation leads to users only, and back only with proof", test: impersonationEnds},
	{id: "AK-13", refs: "", in: stored, what: "a ban for good does not end with an earlier one, and keys of rows stay", test: bansForGood},
	{id: "AK-14", refs: "", in: everywhere, what: "what is for the program only has no route", test: programsOnly},
	{id: "AK-15", refs: "", in: stored, config: ownFields, what: "columns that are no input are not set by input", test: noMassAssignment},
	{id: "AK-16", refs: "CVE-2025-67717", in: stored, what: "lists of users are for administrators, and are no oracle for secrets", test: listsOfUsers},
	{id: "AK-17", refs: "", in: stored, what: "no answer holds hashes, secrets of factors or providers' tokens", test: answersHoldNoSecrets},
}}
