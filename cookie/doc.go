// Package cookie defines the cookies of an instance, reads those of a request
// and gathers those of its answer, in the reference's spelling.
//
//	theme := cookie.Define("better-auth.theme", cookie.Attributes{Path: "/"}, nil)
//	jar := cookie.NewJar(r.Header, ring, r.TLS != nil)
//	value, ok := jar.Get(theme)
//	jar.Set(theme, "dark", time.Hour)
//	jar.AddTo(w.Header())
//
// Plugins get their definitions from core's Registrar and the jar of a call from
// its Context.
//
// # Compatibility
//
// Names, attributes, their order, signatures and the spreading of long values
// over chunks are those of Better Auth 1.7 (RFC 6265).
//
// # Concurrency
//
// A [Def] does not change. A [Jar] belongs to the goroutine of its request.
package cookie
