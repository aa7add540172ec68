package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestC1(t *testing.T) { run(t, c1) }
func TestC2(t *testing.T) { run(t, c2) }
func TestC3(t *testing.T) { run(t, c3) }

const (
	noNotices  = "there are no notices of changes to an account yet"
	byAddress  = "wrong passwords are limited by address and path, as in the reference, not by account"
	noACR      = "nothing says how somebody signed in (acr, amr), and nothing asks for it"
	noAuditLog = "there is no log of security events yet"
)

var c1 = section{"C1", "checklist: passwords, authenticators (NIST SP 800-63B-4, ASVS 6)", []row{
	{id: "C1.01", what: "a password of seven characters is refused, one of eight taken", test: passwordsByLength},
	{id: "C1.02", what: "64 characters of any script are taken, whole; 129 are refused", test: passwordsByLength},
	{id: "C1.03", what: "no composition is asked for", test: passwordsByLength},
	{id: "C1.04", what: "a breached password is refused", by: "PW-21"},
	{id: "C1.05", what: "a password is the same however its accents are composed", test: passwordsAreNormalised},
	{id: "C1.06", what: "no expiry, hints or questions", na: "the API has none of them"},
	{id: "C1.07", what: "failed attempts at an account are limited", na: byAddress},
	{id: "C1.08", config: limited, what: "nobody can lock somebody else out for good", test: nobodyLocksOut},
	{id: "C1.09", what: "a mailed code is short-lived, works once and has six random digits", by: "OT-04 OT-05 RC-05"},
	{id: "C1.10", what: "a mail is not claimed to be a second factor", na: noACR},
	{id: "C1.11", what: "a code of an app is accepted once, within its window", by: "MF-06 MF-16"},
	{id: "C1.12", what: "backup codes are stored sealed, work once and are limited", by: "MF-18 IN-10 RL-10"},
	{id: "C1.13", what: "a factor is added with a recent proof, and told of", na: noNotices},
	{id: "C1.14", what: "a session's secret is random and changes at sign-in", by: "SE-11 SE-15 C3.10"},
	{id: "C1.15", what: "sessions end by age and idleness", by: "C2.03 PW-25"},
	{id: "C1.16", what: "changing the password needs the current one", by: "PW-25"},
	{id: "C1.17", what: "stuffing is limited by address", by: "RL-04 RL-08"},
	{id: "C1.18", what: "a fresh database has no users", test: freshIsEmpty},
	{id: "C1.19", what: "no way in skips the second factor but those that are meant to", by: "MF-03"},
	{id: "C1.20", what: "the user is told of changes", na: noNotices},
	{id: "C1.21", what: "valid users cannot be told from others", by: "PW-01 PW-02 PW-03 PW-04 PW-05 TM-01 TM-02 TM-03 TM-04 TM-05 TM-06 TM-07"},
	{id: "C1.22", what: "a first secret is random, short-lived and works once", by: "OT-03 PW-06"},
	{id: "C1.23", what: "a reset does not pass the second factor", by: "PW-10"},
	{id: "C1.24", what: "mailed secrets work once and are limited by code", by: "OT-05 RC-10"},
	{id: "C1.25", what: "a new request takes the place of the old one", by: "PW-09 OT-05"},
	{id: "C1.26", core: true, in: stored, what: "one subject at two providers is two users", test: subjectsAreTheirProviders},
	{id: "C1.27", what: "unsigned tokens are refused", by: "JW-01"},
	{id: "C1.28", what: "an assertion works once", na: noSAML},
	{id: "C1.29", what: "how a provider's user signed in is checked where it was asked for", na: noACR},
}}

var c2 = section{"C2", "checklist: sessions and web front ends (ASVS 3, 7, 14)", []row{
	{id: "C2.01", what: "sessions are verified by the server", by: "SE-06 SE-07"},
	{id: "C2.02", what: "a sign-in makes a new token", by: "SE-11 MF-14"},
	{id: "C2.03", what: "a session ends when its time has come", in: []harness.Profile{harness.SQLite, harness.Postgres, harness.Redis},
		config: body{"session": body{"expiresIn": 2, "updateAge": 60}}, test: sessionsEnd},
	{id: "C2.04", what: "signing out ends a session on all ways", by: "SE-18 SE-19"},
	{id: "C2.05", what: "removing or banning a user ends all sessions", by: "SE-03 SE-16"},
	{id: "C2.06", what: "a new password can end all other sessions", by: "PW-08"},
	{id: "C2.07", what: "sensitive changes need a recent proof", by: "PW-25 MF-12"},
	{id: "C2.08", what: "users see and end their own sessions only", by: "SE-13 SE-14"},
	{id: "C2.09", what: "a session ends with that of the provider", na: noProvider},
	{id: "C2.10", what: "cookies are prefixed and secure on https", by: "SE-20"},
	{id: "C2.11", what: "cookies are out of reach of scripts and other sites", by: "SE-20"},
	{id: "C2.12", what: "pages cannot be framed or sniffed", by: "RD-26"},
	{id: "C2.13", what: "changes need an origin", by: "RD-19 RD-23 RD-25"},
	{id: "C2.14", what: "nothing changes by GET, HEAD or OPTIONS but by mailed links", by: "RD-25 C3.05"},
	{id: "C2.15", what: "no secrets in URLs but those that are mailed, none in logs", by: "RD-28 IN-06"},
	{id: "C2.16", what: "answers are not stored by caches", by: "RD-31"},
	{id: "C2.17", what: "two cookies of one name do no harm", by: "SE-08"},
}}

var c3 = section{"C3", "checklist: input, errors, cryptography (ASVS 1, 2, 4, 8, 11, 13, 16)", []row{
	{id: "C3.01", what: "line breaks and markup stay text", by: "RD-06 RD-27 PW-19 PW-20 IN-06"},
	{id: "C3.02", what: "every endpoint checks types", by: "IN-04"},
	{id: "C3.03", what: "no step of a flow comes before another", by: "MF-12 MF-13"},
	{id: "C3.04", what: "what sends mail is limited", by: "RL-05"},
	{id: "C3.05", what: "other methods and content types are refused", test: otherMethods},
	{id: "C3.06", what: "headers of proxies cannot be set by clients", by: "RD-14 RD-15 RL-04"},
	{id: "C3.07", what: "objects of others are out of reach", by: "AK-02 OR-13 SE-14"},
	{id: "C3.08", what: "authority follows current data", by: "SE-04 OR-14"},
	{id: "C3.09", what: "passwords are hashed", by: "IN-10"},
	{id: "C3.10", core: true, what: "tokens are random, and never the same", test: tokensAreRandom},
	{id: "C3.11", what: "secrets can be rotated", test: secretsAreRotated},
	{id: "C3.12", what: "requests of the server's own are guarded", by: "SS-01 SS-02 SS-03"},
	{id: "C3.13", what: "security events are logged", na: noAuditLog},
	{id: "C3.14", what: "a failure lets nobody in", by: "IN-07"},
}}
