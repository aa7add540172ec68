// Package securitytest is the catalogue of negative tests: published
// vulnerabilities of authentication software, and contracts of the protocol,
// each as a row that is played over HTTP against the built binary.
//
//	cd securitytest && go test -count 1                 # all; the last lines count
//	go test -count 1 -short                             # high and critical rows, default profile
//	go test -run 'TestRD/RD-03' -v .                    # one row in all its profiles
//
// # Rows
//
// A row stands in the table of its section, in the file named after it:
//
//	{id: "RD-03", refs: "CVE-2025-71403 GHSA-vp58-j275-797x", core: true, in: everywhere,
//		what: "origins are compared as origins, not as prefixes of text", test: originsAreParsed},
//
// Its test is a function of the site it attacks, with a name that says what
// holds. It runs as TestRD/RD-03_CVE-2025-71403/sqlite, once for each profile
// in `in`: everywhere for what is cheap, readable for what looks into or ages
// storage, alone (the default) for what is expensive or the same in all.
//
// A row that cannot apply has `na` in place of a test, and says why. A line of
// a checklist that other rows hold names them in `by`. Every row of the
// catalogue is in a table; nothing is left out silently.
//
// # Sites
//
// [harness.Site] is an instance with all features on. Rows of a section share
// it, so use addresses nobody else has ([harness.Site.Address]) and look at
// those only. What needs other options asks for them, in the row (`config`) or
// in the test ([harness.Site.With]); limits, logs and whatever the instance as
// a whole is seen by need an instance of one's own ([harness.Site.Own]). Rate
// limits are off unless a row switches them on. All addresses of the
// configuration are http://auth.test; requests go to loopback.
//
// [harness.Provider] are OpenID providers on loopback, which instances are
// allowed to reach. Those of production, Google's and others, are played by
// [harness.Internet]: an outbound proxy that answers for every host.
//
// There is no clock to shift: short lifetimes in the configuration,
// [harness.Store.Age] and [harness.Store.Expire] stand for time that passes.
//
// # Refused
//
// means all of: a status of 4xx, or a redirect with an error to a page of the
// site's own; no cookie worth a session; no token in a header; storage as it
// was. [harness.Site.Watch] before and [harness.Watch.Refused] after check
// them. Each row also does properly what it has refused, so that an endpoint
// that is broken does not pass for one that is safe.
package securitytest
