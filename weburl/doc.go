// Package weburl works on the text of URLs the way browsers and JavaScript do,
// where Go's net/url would write or read them otherwise: links in messages and
// redirects are the reference's byte for byte, and what is checked is what a
// browser will follow.
//
//	link := weburl.AppendQuery(callback, "error", "invalid_token")
//
// It judges nothing: whether a target may be followed says package origin. It
// follows the URL Standard of WHATWG. Nothing here panics, whatever it is given;
// everything is safe for concurrent use.
package weburl
