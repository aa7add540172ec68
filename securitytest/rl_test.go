package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestRL(t *testing.T) { run(t, rl) }

var limited = body{"rateLimit": body{"enabled": true}}

var rl = section{"RL", "paths, limits, lockout, exhaustion", []row{
	{id: "RL-01", refs: "CVE-2025-71399 GHSA-x732-6j76-qmhm", core: true, in: everywhere, what: "no spelling of a path passes its guards", test: spellingsOfPaths},
	{id: "RL-02", refs: "CVE-2026-41248 CVE-2026-48794", core: true, config: captchaAsked, what: "no spelling of a path passes the captcha", test: spellingsPassNoCaptcha},
	{id: "RL-03", refs: "CVE-2026-45364 GHSA-p6v2-xcpg-h6xw", core: true, config: limited, in: everywhere,
		what: "an IPv6 network, and all spellings of an address, share one limit", test: addressesShareLimits},
	{id: "RL-04", core: true, what: "a client cannot choose the address it is counted by", test: claimedAddresses},
	{id: "RL-05", config: limited, what: "nor at endpoints that send or check codes", test: claimedAddressesAtCodes},
	{id: "RL-06", refs: "CVE-2024-47070", core: true, in: everywhere, what: "an address that cannot be read skips no limit and no check", test: brokenAddresses},
	{id: "RL-07", what: "callers without the configured header are limited", test: missingAddresses},
	{id: "RL-08", refs: "GHSA-44jh-23m7-hpcf", core: true, in: []harness.Profile{harness.SQLite, harness.Postgres, harness.Redis},
		what: "racing requests do not pass a limit, wherever it is kept", test: limitsUnderRaces},
	{id: "RL-09", refs: "CVE-2025-24806 GHSA-m5mf-3963-4x26 CVE-2026-47203", what: "another spelling of a name is no further attempt", test: spellingsOfNames},
	{id: "RL-10", refs: "CVE-2025-6004 GHSA-qgj7-fmq2-6cc4 CVE-2025-54998", in: stored,
		what: "guesses of a second factor are counted over methods and challenges", test: guessesAddUp},
	{id: "RL-11", refs: "CVE-2023-47111 CVE-2019-5421", core: true, in: stored,
		what: "racing guesses of a second factor do not pass the cap", test: racingGuesses},
	{id: "RL-12", what: "a password that is too long costs no hash", test: longPasswords},
	{id: "RL-13", refs: "CVE-2026-62317 CVE-2026-4634", core: true, what: "large and deep input is refused at little cost", test: largeInput},
	{id: "RL-14", refs: "CVE-2025-30204 GHSA-mh63-6h87-95cp CVE-2025-22868", core: true, what: "a token of dots costs little", test: dots},
	{id: "RL-15", refs: "GHSA-737v-mqg7-c878", core: true, in: everywhere, what: "members that name prototypes are data", test: prototypes},
	{id: "RL-16", config: captchaAsked, what: "a captcha's verifier that fails lets nobody pass", test: captchasFailClosed},
	{id: "RL-17", what: "unknown keys in tokens do not drive the server to ask for keys again and again", test: keysAreAskedForSeldom},
}}
