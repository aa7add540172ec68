package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestC4(t *testing.T) { run(t, c4) }
func TestC5(t *testing.T) { run(t, c5) }
func TestC6(t *testing.T) { run(t, c6) }

const tokensOfOurOwn = "there is no OAuth provider yet: sessions are the only tokens"

var c4 = section{"C4", "checklist: OAuth, as a client (RFC 6749, 6750, 9126 to 9728)", []row{
	{id: "C4.01", what: "redirect URIs are compared as texts", na: noProvider},
	{id: "C4.02", what: "nothing redirects to where it is told", by: "RD-01 RD-02 RD-03 RD-04 RD-09 SO-24"},
	{id: "C4.03", what: "public clients prove themselves by S256", na: noProvider},
	{id: "C4.04", what: "there is no implicit grant", na: noProvider},
	{id: "C4.05", what: "there is no grant by password", na: noProvider},
	{id: "C4.06", what: "refresh tokens rotate", na: noProvider},
	{id: "C4.07", what: "the issuer of an answer is compared", by: "SO-05"},
	{id: "C4.08", what: "codes work once", na: noProvider},
	{id: "C4.09", what: "states work once, and each request has a challenge of its own", test: challengesArePerRequest},
	{id: "C4.10", what: "no redirect repeats a posted body", in: stored, test: redirectsDropBodies},
	{id: "C4.11", what: "codes and states do not leak by referer", test: callbacksKeepTheirURL},
	{id: "C4.12", what: "pages cannot be framed", by: "RD-26"},
	{id: "C4.13", what: "unknown clients are not redirected", na: noProvider},
	{id: "C4.14", what: "a client proves itself in one way, and not in a URL", test: clientsProveThemselvesOnce},
	{id: "C4.15", what: "a parameter comes once", in: stored, test: repeatedParameters},
	{id: "C4.16", what: "errors of the token endpoint are the registered ones", na: noProvider},
	{id: "C4.17", what: "consent is bound to session and origin", na: noProvider},
	{id: "C4.18", what: "a bearer token comes in its header only", in: everywhere, test: bearersComeInHeaders},
	{id: "C4.19", what: "revocation tells nothing", na: noProvider},
	{id: "C4.20", what: "introspection is for clients", na: noProvider},
	{id: "C4.21", what: "invalid metadata of clients is refused", na: noProvider},
	{id: "C4.22", what: "registrations are changed with their own token", na: noProvider},
	{id: "C4.23", what: "metadata names the issuer it came from", na: noProvider},
	{id: "C4.24", what: "redirects of native apps are bound", na: noProvider},
	{id: "C4.25", what: "devices poll with patience", by: "DV-02 DV-03 DV-05"},
	{id: "C4.26", what: "resources are granted ones", na: noProvider},
	{id: "C4.27", what: "access tokens are marked as such", na: tokensOfOurOwn},
	{id: "C4.28", what: "pushed requests work once", na: noProvider},
	{id: "C4.29", what: "proofs of possession are bound", na: noProvider},
	{id: "C4.30", what: "assertions of clients are short-lived", na: noProvider},
	{id: "C4.31", what: "metadata of protected resources names the issuer", na: noProvider},
}}

var c5 = section{"C5", "checklist: OpenID Connect, as a relying party; RFC 8725", []row{
	{id: "C5.01", what: "prompt=none shows nothing", na: noProvider},
	{id: "C5.02", what: "max_age is honoured", na: noProvider},
	{id: "C5.03", what: "errors go back with the state", na: noProvider},
	{id: "C5.04", what: "every claim that must be checked is", by: "SO-12 SO-13 SO-18 SO-19 SO-30"},
	{id: "C5.05", what: "a hash of the access token is compared", by: "JW-05"},
	{id: "C5.06", what: "a profile is of the token's subject", by: "SO-14 SO-30"},
	{id: "C5.07", what: "only provider and subject name an account", by: "SO-10 SO-27 C1.26"},
	{id: "C5.08", what: "pairwise subjects are stable", na: noProvider},
	{id: "C5.09", what: "offline access needs consent", na: noProvider},
	{id: "C5.10", what: "hints are verified", na: noProvider},
	{id: "C5.11", what: "signing out by a relying party is confirmed", na: noProvider},
	{id: "C5.12", what: "logout tokens are what they must be", na: noProvider},
	{id: "C5.13", what: "discovery reaches no private address, and is kept for a while", by: "SS-01 SS-03 SS-15 RL-17"},
	{id: "C5.14", what: "tokens are verified by pinned algorithms and keys", by: "JW-01 JW-02 JW-03 JW-04 JW-08 JW-10"},
}}

var c6 = section{"C6", "checklist: WebAuthn Level 3, 7.1 and 7.2", []row{
	{id: "C6.01", what: "challenges are random, short-lived and of one ceremony", by: "WA-02 WA-03"},
	{id: "C6.02", what: "the type is exact", by: "WA-05"},
	{id: "C6.03", what: "the origin is exact", by: "WA-04"},
	{id: "C6.04", what: "frames are refused", by: "WA-05"},
	{id: "C6.05", what: "the relying party is the configured one", by: "WA-04 WA-05"},
	{id: "C6.06", what: "flags are consistent", by: "WA-06"},
	{id: "C6.07", what: "the algorithm was offered, the key is well-formed", by: "WA-14"},
	{id: "C6.08", what: "attestation is none, or holds", by: "WA-14"},
	{id: "C6.09", what: "credential ids are bounded and unique", by: "WA-11 WA-14"},
	{id: "C6.10", what: "a named credential is the one that answers", by: "WA-12"},
	{id: "C6.11", what: "the user handle is the owner's", by: "WA-12"},
	{id: "C6.12", core: true, what: "signatures are over the bytes that were sent", test: signaturesAreOverBytes},
	{id: "C6.13", what: "counters grow", by: "WA-07"},
	{id: "C6.14", in: []harness.Profile{harness.SQLite, harness.Redis}, what: "handles tell nobody's address", test: handlesTellNothing},
}}

var c7 = section{"C7", "checklist: SAML 2.0, as a service provider", []row{
	{id: "C7.01", what: "subject confirmations are ours, and now", na: noSAML},
	{id: "C7.02", what: "conditions hold", na: noSAML},
	{id: "C7.03", what: "status, destination and version are compared", na: noSAML},
	{id: "C7.04", what: "a signature is enveloped and over its parent", na: noSAML},
	{id: "C7.05", what: "ids are unique", na: noSAML},
	{id: "C7.06", what: "assertions work once", na: noSAML},
	{id: "C7.07", what: "signatures of redirects are over the raw query", na: noSAML},
	{id: "C7.08", what: "relay states are bound", na: noSAML},
	{id: "C7.09", what: "logout requests are signed and fresh", na: noSAML},
	{id: "C7.10", what: "metadata is parsed with bounds", na: noSAML},
	{id: "C7.11", what: "encryption is authenticated", na: noSAML},
	{id: "C7.12", what: "XML has no entities and no depth", na: noSAML},
}}

var c8 = section{"C8", "checklist: SCIM 2.0", []row{
	{id: "C8.01", what: "every resource needs a bearer token", na: noSCIM},
	{id: "C8.02", what: "a token sees its own tenant", na: noSCIM},
	{id: "C8.03", what: "names are unique", na: noSCIM},
	{id: "C8.04", what: "filters are parsed", na: noSCIM},
	{id: "C8.05", what: "patches are atomic", na: noSCIM},
	{id: "C8.06", what: "versions are honoured", na: noSCIM},
	{id: "C8.07", what: "passwords are never returned", na: noSCIM},
	{id: "C8.08", what: "who is not active is out", na: noSCIM},
	{id: "C8.09", what: "tokens are revocable", na: noSCIM},
	{id: "C8.10", what: "bulk has bounds", na: noSCIM},
	{id: "C8.11", what: "who has left uses no token", na: noSCIM},
}}
