package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestPW(t *testing.T) { run(t, pw) }

var pw = section{"PW", "passwords, enumeration, verification, reset", []row{
	{id: "PW-01", in: everywhere, config: body{"emailAndPassword": body{"enabled": true, "requireEmailVerification": true}},
		what: "where addresses are to be proven, signing up tells nothing of who is there", test: signUpTellsNothing},
	{id: "PW-02", refs: "CVE-2025-54999 CVE-2023-3462", what: "signing in takes as long for nobody as for somebody", test: signInTakesAsLong},
	{id: "PW-03", refs: "CVE-2024-41952 GHSA-567v-6hmg-6qg7 CVE-2026-23511 CVE-2022-39307", in: everywhere,
		what: "asking for a mail tells nothing of who is there", test: mailsTellNothing},
	{id: "PW-04", in: everywhere, what: "changing an address does not tell whose it is", test: changingTellsNothing},
	{id: "PW-05", in: everywhere, what: "checking a code does not tell whether the address is known", test: codesTellNothing},
	{id: "PW-06", core: true, in: stored, what: "of racing resets with one link one succeeds", test: resetsRace},
	{id: "PW-07", in: everywhere, what: "a reset that is refused leaves its link", test: refusedResetsLeaveTheLink},
	{id: "PW-08", refs: "GHSA-7hgr-xvrr-xpw3", core: true, in: revoking,
		config: body{"emailAndPassword": body{"enabled": true, "revokeSessionsOnPasswordReset": true}},
		what:   "a new password ends the other sessions at once, in every form they have", test: newPasswordsEndSessions},
	{id: "PW-09", in: everywhere, what: "links and codes for an old password or address die with it", test: oldLinksDie},
	{id: "PW-10", core: true, in: stored, what: "a reset does not pass the second factor", test: resetsPassNoFactor},
	{id: "PW-11", core: true, in: everywhere, what: "a link of verification is for its user, address and purpose", test: verificationIsBound},
	{id: "PW-12", refs: "CVE-2026-32700", in: stored, what: "racing changes of an address end with one that was proven", test: changesRace},
	{id: "PW-13", refs: "CVE-2019-16109 CVE-2015-8314", core: true, in: everywhere, what: "an empty token is nobody's", test: emptyTokens},
	{id: "PW-14", refs: "CVE-2026-27946 GHSA-282g-fhmx-xf54 CVE-2026-54693", core: true, in: everywhere,
		what: "nobody proves, promotes or unbans themselves by their profile", test: profilesPromoteNobody},
	{id: "PW-15", refs: "CVE-2022-35924 GHSA-xv97-c62v-4587", core: true, what: "one address is one address", test: twoAddresses},
	{id: "PW-16", refs: "GHSA-5jpx-9hw9-2fx4", what: "no quoted or named form of an address is mailed to", test: quotedAddresses},
	{id: "PW-17", refs: "CVE-2026-73420 GHSA-7rqj-j65f-68wh", core: true, in: everywhere, what: "an address that looks like another is not the other", test: lookAlikes},
	{id: "PW-18", refs: "CVE-2026-40574", core: true, what: "an address with two domains is none", test: twoDomains},
	{id: "PW-19", refs: "CVE-2022-31127 GHSA-pgjx-7f9g-9463", core: true, what: "names in mails are text", test: namesInMails},
	{id: "PW-20", refs: "CVE-2025-8419 GHSA-m4j5", what: "an address adds nothing to the conversation with the mail server", test: addressesInSMTP},
	{id: "PW-21", config: breachChecked, what: "a breached password is refused wherever one is set", test: breachedNowhere},
	{id: "PW-22", refs: "CVE-2024-49757 CVE-2026-29193", core: true, in: everywhere,
		what: "where signing up is off, no way in makes a user", test: signUpIsOffEverywhere},
	{id: "PW-23", in: everywhere, config: body{"user": body{"deleteUser": body{"enabled": true, "verify": true}}},
		what: "a link of deletion is for its user's session, and works once", test: deletionIsBound},
	{id: "PW-24", refs: "CVE-2026-55670", in: revoking, what: "a new user with an old address inherits nothing", test: nothingIsInherited},
	{id: "PW-25", in: []harness.Profile{harness.SQLite, harness.Postgres}, what: "what needs a recent proof or the password refuses without", test: sensitiveChanges},
}}
