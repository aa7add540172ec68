package securitytest_test

const noSAML = "there is no SAML yet"

var sa = section{"SA", "SAML", []row{
	{id: "SA-01", refs: "CVE-2022-41912 CVE-2024-8698 GHSA-j2jp-wvqg-wc2g", core: true, what: "of several assertions none counts unsigned", na: noSAML},
	{id: "SA-02", refs: "CVE-2020-29509 CVE-2020-27846 CVE-2020-26290 CVE-2020-27847 GHSA-xhqq-x44f-9fgg GHSA-4hq8-gmxx-h6w9 GHSA-m9hp-7r99-94h5 GHSA-2x32-jm95-2cpx", core: true, what: "what is verified is what was read", na: noSAML},
	{id: "SA-03", refs: "CVE-2026-25922 CVE-2026-47201 CVE-2025-47949 CVE-2024-45409 CVE-2020-15216 GHSA-q547-gmf8-8jr7", core: true, what: "a signature that is wrapped elsewhere is worth nothing", na: noSAML},
	{id: "SA-04", refs: "CVE-2025-25291 CVE-2025-66567", core: true, what: "two readings of one document are refused", na: noSAML},
	{id: "SA-05", refs: "CVE-2026-40165 CVE-2026-57580 CVE-2017-11428", core: true, what: "a comment does not cut a name short", na: noSAML},
	{id: "SA-06", what: "what is unsigned is refused", na: noSAML},
	{id: "SA-07", refs: "CVE-2026-9090 CVE-2023-48703 GHSA-fwgq-j9r9-qjgr GHSA-6h53-q94j-348w", core: true, what: "a certificate inside of the document is not trusted", na: noSAML},
	{id: "SA-08", refs: "CVE-2026-41577 CVE-2026-9093 GHSA-prpr-5gj3-qqhg", core: true, what: "audience, recipient and destination are compared", na: noSAML},
	{id: "SA-09", refs: "CVE-2026-9096", core: true, what: "times are compared", na: noSAML},
	{id: "SA-10", what: "an assertion works once", na: noSAML},
	{id: "SA-11", refs: "CVE-2026-9098", core: true, what: "a response answers a request of this browser", na: noSAML},
	{id: "SA-12", refs: "CVE-2026-2092", core: true, what: "an encrypted assertion is signed too", na: noSAML},
	{id: "SA-13", refs: "GHSA-pcgw-qcv5-h8ch", core: true, what: "a logout is signed", na: noSAML},
	{id: "SA-14", refs: "CVE-2026-29191 CVE-2023-45683 GHSA-prpr-5gj3-qqhg GHSA-pr34-2v5x-6qjq GHSA-267v-3v32-g6q5", core: true, what: "no address of a provider has a script's scheme", na: noSAML},
	{id: "SA-15", refs: "CVE-2026-54714 CVE-2026-27982 GHSA-cpm5-w86q-w85f", what: "a relay state is text, and leads home", na: noSAML},
	{id: "SA-16", refs: "CVE-2023-28119 CVE-2023-26483 CVE-2026-2575 GHSA-5mqj-xc49-246p GHSA-6gc3-crp7-25w5", core: true, what: "inflating is bounded", na: noSAML},
	{id: "SA-17", refs: "CVE-2025-25293 CVE-2025-54572 CVE-2026-7307 GHSA-66r8-42f7-4q74", what: "documents are bounded", na: noSAML},
	{id: "SA-18", refs: "CVE-2026-46490 CVE-2026-55789", core: true, what: "no entity is expanded, and no text is pasted into XML", na: noSAML},
	{id: "SA-19", refs: "CVE-2026-33487 GHSA-hwqm-qvj9-4jr2 GHSA-479m-364c-43vc", core: true, what: "decryption fails without a panic, and tells nothing", na: noSAML},
	{id: "SA-20", refs: "CVE-2020-7731 CVE-2020-7711 GHSA-prjq-f4q3-fvfr GHSA-mqqv-chpx-vq25", core: true, what: "a malformed signature fails without a panic", na: noSAML},
	{id: "SA-21", refs: "CVE-2020-36563 GHSA-5rhg-xhgr-5hfj", what: "weak algorithms are refused", na: noSAML},
	{id: "SA-22", refs: "CVE-2025-54419 CVE-2025-54369", core: true, what: "attributes outside of the signature are not read", na: noSAML},
	{id: "SA-23", what: "a response is for one provider", na: noSAML},
}}
