// Package origin decides what a request may claim about where it comes from and
// where it may be sent: trusted origins and redirect targets, the host a request
// was addressed to, and the address of the client.
//
//	trusted, err := origin.NewTrusted([]string{"https://app.example.com", "*.example.org", "myapp://"})
//	trusted.Allows(r.Header.Get("Origin"))
//	trusted.AllowsRedirect("/dashboard")
//
// # Compatibility
//
// Patterns and matching are those of Better Auth 1.7.25. Where the two differ
// this package refuses: everything it accepts is accepted by the reference, and
// resolves in a browser to the origin that was checked. It refuses in addition
//
//   - URLs with user information, leading or trailing blanks, or control
//     characters, which a browser would strip silently;
//   - http and https URLs without exactly two forward slashes, with an empty or
//     zero-padded port, with a percent-encoded or non-ASCII host, or with an
//     IPv4 address in any but the dotted decimal form;
//   - URLs of other schemes where a wildcard pattern names no scheme: there
//     "javascript://x.example.com/%0aalert(1)" must not match "*.example.com";
//   - relative targets whose path turns into "//host" once its dot segments are
//     resolved;
//   - URLs longer than 8192 bytes.
//
// Client addresses differ on purpose: the reference trusts a forwarding header
// from anyone, this package only from a peer that is a trusted proxy.
//
// All types are immutable after construction and safe for concurrent use.
package origin
