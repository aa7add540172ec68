// Package core holds the contracts every flow and plugin works with: the
// [Context] of a call, typed endpoints, [Plugin] and [Registrar], hooks,
// refusals, [Options], and the stores of users, sessions, accounts and
// verifications.
//
//	k, err := core.New(core.Options{Secret: secret, Database: adapter}, flows...)
//	http.Handle("/api/auth/", k)
//
// Applications import the root package, which assembles a [Kernel] with the
// built-in flows; plugins import this one.
//
// # Compatibility
//
// Paths, bodies, cookies, codes and rows are those of Better Auth 1.7.
// Interfaces that plugins implement do not grow; structs of options may.
//
// # Concurrency
//
// A Kernel is immutable and safe for concurrent use. A [Context] belongs to
// the goroutine of its call.
package core
