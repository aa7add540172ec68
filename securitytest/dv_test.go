package securitytest_test

const noDevice = "there is no device authorization yet"

var dv = section{"DV", "device authorization", []row{
	{id: "DV-01", refs: "CVE-2026-45337 GHSA-cq3f-vc6p-68fh", core: true, what: "a user code is approved by the session that saw it", na: noDevice},
	{id: "DV-02", refs: "GHSA-q84f-53jg-9ppm", core: true, what: "the page of approval names client and scopes", na: noDevice},
	{id: "DV-03", what: "polling keeps its interval and its client, and gives one token", na: noDevice},
	{id: "DV-04", what: "racing claims of a user code end with one owner", na: noDevice},
	{id: "DV-05", what: "guesses of user codes are limited", na: noDevice},
	{id: "DV-06", what: "a device gets no more than was agreed, and nothing for a banned user", na: noDevice},
}}
