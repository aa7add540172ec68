package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestSE(t *testing.T) { run(t, se) }

// administered: profiles whose rows can be written, to make an administrator.
var administered = readable

var se = section{"SE", "sessions, cookies, revocation", []row{
	{id: "SE-01", refs: "CVE-2025-71402 GHSA-wmjr-v86c-m9jj", core: true, in: revoking, what: "a cookie of another session needs its signature", test: signOutNeedsSignatures},
	{id: "SE-02", core: true, in: revoking, what: "a token alone makes no session active", test: tokensAloneSwitchNothing},
	{id: "SE-03", refs: "CVE-2026-67334 GHSA-2vg6-77g8-24mp", core: true, in: administered, what: "the sessions of a removed user are gone", test: removedUsersAreOut},
	{id: "SE-04", core: true, in: administered, what: "who is no administrator any more is none at once", test: demotionHoldsAtOnce},
	{id: "SE-05", core: true, in: revoking, what: "a revoked session drives nothing", test: revokedSessionsDriveNothing},
	{id: "SE-06", core: true, in: []harness.Profile{harness.CookieCache},
		what: "a cached session is for its token, and ends with the session", test: cachesBelongToTokens},
	{id: "SE-07", what: "a cached session is nothing where caching is off", test: cachesThatAreOff},
	{id: "SE-08", in: []harness.Profile{harness.SQLite, harness.CookieCache}, what: "odd pieces of a cached session are nobody's", test: oddChunks},
	{id: "SE-09", core: true, in: stored, config: body{"session": body{"updateAge": 0}},
		what: "no session that was revoked comes back by a refresh that raced", test: refreshesRaceRevocation},
	{id: "SE-10", refs: "CVE-2025-29928", core: true, in: administered, what: "a session deleted in storage is out at once", test: deletedSessionsAreOut},
	{id: "SE-11", refs: "CVE-2024-28197 CVE-2024-7341 CVE-2026-7507", core: true, in: everywhere, what: "nobody can choose another's session", test: plantedCookies},
	{id: "SE-12", refs: "CVE-2023-48309 GHSA-v64w-49xw-qq89", in: everywhere, what: "a signed cookie is good under its own name only", test: cookiesKeepTheirPurpose},
	{id: "SE-13", refs: "CVE-2024-39683 GHSA-cvw9-c57h-3397", in: everywhere, what: "a list of sessions holds one's own", test: listsHoldOnesOwn},
	{id: "SE-14", refs: "CVE-2025-53895", core: true, in: everywhere, what: "nobody changes another's session, nor what is not theirs of their own", test: othersSessions},
	{id: "SE-15", refs: "CVE-2026-27840 GHSA-6mq3-xmgp-pjm5", core: true, in: everywhere, what: "a token that was cut or changed is nobody's", test: changedTokens},
	{id: "SE-16", refs: "CVE-2025-53942 CVE-2025-64521 CVE-2025-65430 CVE-2024-47060", core: true, in: administered,
		what: "a banned user is out, by every way in", test: bannedUsersAreOut},
	{id: "SE-17", refs: "CVE-2026-58422 CVE-2026-55987", core: true, in: administered, what: "a provider does not lift a ban", test: providersLiftNoBan},
	{id: "SE-18", refs: "CVE-2026-8922", in: revoking, what: "a revoked session mints no tokens", test: revokedSessionsMintNothing},
	{id: "SE-19", refs: "CVE-2026-56750", in: revoking, what: "cookies from before signing out are worth nothing", test: oldCookies},
	{id: "SE-20", in: everywhere, what: "cookies have the attributes that keep them", test: cookieAttributes},
	{id: "SE-21", refs: "CVE-2026-33503", core: true, what: "no well-known secret starts a server or signs a cookie", test: knownSecrets},
	{id: "SE-22", in: everywhere, what: "revoking one's own session takes the cookies away", test: revokingOnesOwn},
}}
