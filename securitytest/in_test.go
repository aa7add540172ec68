package securitytest_test

import (
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

func TestIN(t *testing.T) { run(t, in) }

var in = section{"IN", "storage, injection, logs, failures", []row{
	{id: "IN-01", refs: "CVE-2024-23656 GHSA-gr79-9v6v-gc9r", core: true, what: "no old TLS is served", na: "the server speaks plain HTTP behind a proxy that ends TLS"},
	{id: "IN-02", refs: "CVE-2026-33503 CVE-2026-33504 CVE-2026-33505", core: true, in: administered, what: "pages are asked for by numbers", test: oddPages},
	{id: "IN-03", refs: "CVE-2022-24124 GHSA-m358-g4rp-533r", core: true, in: administered, what: "columns and patterns of lists are read, not pasted", test: oddFilters},
	{id: "IN-04", refs: "CVE-2026-30941", core: true, what: "a text is a text, at every endpoint", test: textsAreTexts},
	{id: "IN-05", refs: "CVE-2025-48370 GHSA-8r88-6cj9-9fh5 CVE-2026-33494", in: everywhere, what: "a segment of a path reaches no other endpoint", test: segmentsStay},
	{id: "IN-06", refs: "CVE-2023-6484", what: "logs hold no secrets, and each entry is a line", test: logsAreClean},
	{id: "IN-07", refs: "CVE-2026-73421 GHSA-8fpg-xm3f-6cx3", core: true, in: []harness.Profile{harness.Postgres, harness.Redis},
		what: "without its storage the server lets nobody in", test: failsClosed},
	{id: "IN-08", in: []harness.Profile{harness.Postgres, harness.Redis}, what: "failures tell a code and a message", test: failuresAreShort},
	{id: "IN-09", refs: "CVE-2026-33495 CVE-2026-33496 CVE-2025-64484", core: true, what: "no identity is taken from headers of the client",
		na: "the server emits no identity headers for applications behind it"},
	{id: "IN-10", in: []harness.Profile{harness.SQLite, harness.Postgres}, what: "keys, factors and passwords are stored hashed or sealed", test: storedSecrets},
}}
