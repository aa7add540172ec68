// Package oauth is the client side of OAuth 2.0 and OpenID Connect: what it
// takes to let users sign in at another provider.
//
// A [Provider] says how to reach one provider; package provider has the ones
// that are built in. [States] carries a sign-in from the browser's departure
// to its return, bound to the browser, to the provider and to one use.
// [SignIn] and [Link] decide which user an identity belongs to.
//
//	p := &oauth.Provider{Name: "example", Authorize: …, Exchange: …, UserInfo: …}
//	r.SocialProvider(p)
//
// # What it defends
//
// Requests to providers go through a [Client] that refuses private addresses,
// redirects to other origins and answers without end. ID tokens are believed
// only with a signature by the provider's own keys, a permitted algorithm, and
// the right issuer, audience, nonce and times. An identity joins an existing
// user only where both sides have proven the address.
//
// # Compatibility
//
// States, cookies, accounts and error codes are those of Better Auth 1.7.
//
// # Concurrency
//
// Providers, clients and key sets are safe for concurrent use.
package oauth
