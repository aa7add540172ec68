package securitytest_test

import "github.com/watchword-auth/watchword/securitytest/harness"

var ot = section{"OT", "codes and links by mail and telephone", []row{
	{id: "OT-01", refs: "GHSA-965c-763c-88jm", core: true, in: everywhere,
		config: harness.JSON{"user": harness.JSON{"deleteUser": harness.JSON{"verify": true}}},
		what:   "no token is redeemed where one of another kind is expected", test: tokensOfOtherKinds},
	{id: "OT-02", refs: "CVE-2026-4282", core: true, in: everywhere, what: "no name that somebody chooses reaches another flow's values", test: namesReachNoValues},
	{id: "OT-03", refs: "GHSA-hc7v-rggr-4hvx GHSA-hc7v-x88r-fmh4", core: true, in: everywhere, what: "a magic link works once, also when it is opened many times at once", test: linksWorkOnce},
	{id: "OT-04", refs: "", in: everywhere, what: "a code by mail or telephone works once, also when it is sent many times at once", test: mailedCodesWorkOnce},
	{id: "OT-05", refs: "", in: everywhere, what: "no more than three guesses of a code are looked at, also when they race", test: guessesOfMailedCodes},
	{id: "OT-06", refs: "", in: everywhere, what: "a code for one purpose is none for another", test: purposesOfCodes},
	{id: "OT-07", refs: "CVE-2026-67327 GHSA-qq9h-g4jm-xgf3", core: true, in: revoking,
		what: "who signed up with an address without proving it is left with nothing when its owner arrives", test: unprovenUsersAreReplaced},
	{id: "OT-08", refs: "", in: everywhere, what: "codes and links go to the address as it is stored", test: mailGoesToTheStoredAddress},
	{id: "OT-09", in: everywhere, what: "a telephone number is proven by a code that was sent there", test: numbersAreProven},
	{id: "OT-10", in: stored, config: provenNumbers, what: "a telephone number that was not proven resets no password", test: unprovenNumbersReset},
	{id: "OT-11", in: everywhere, what: "a telephone number that somebody has stays theirs", test: numbersStayTheirs},
	{id: "OT-12", what: "a signed message is for this site, once", na: "there is no sign-in with Ethereum yet"}, {id: "OT-13", what: "a signed message is for this site, once", na: "there is no sign-in with Ethereum yet"},
	{id: "OT-14", refs: "", core: true, in: stored, what: "a one-time token works once, and as long as its session", test: oneTimeTokensWorkOnce},
	{id: "OT-15", refs: "", in: everywhere, what: "a target is decoded once", test: targetsAreDecodedOnce},
	{id: "OT-16", refs: "", in: stored, config: harness.JSON{"plugins": harness.JSON{
		"emailOTP": harness.JSON{"disableSignUp": true}, "magicLink": harness.JSON{"disableSignUp": true}}},
		what: "where sign-up is disabled, an unknown address is answered as any other and makes no user", test: strangersMakeNoUsers},
	{id: "OT-17", refs: "", in: stored, what: "an anonymous user stays small, and changes nobody by becoming them", test: visitorsStaySmall},
}}
