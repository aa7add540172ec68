// Package input decodes and validates what clients send: bodies, queries and
// path parameters, member by member, with the reference's refusals word for
// word.
//
//	type SignInInput struct {
//		Email       string
//		CallbackURL input.Opt[string]
//	}
//
//	func (in *SignInInput) Bind(b *input.Binder) {
//		body := b.Body()
//		body.Text("email", &in.Email)
//		body.OptText("callbackURL", &in.CallbackURL)
//	}
//
// It reads the values of added columns too ([CreateFields], [UpdateFields]) and
// the lists clients ask for ([Listing]).
//
// # Compatibility
//
// Refusals are those of zod 4 as Better Auth 1.7 words them, and testdata/zod.json
// holds what zod itself said. Absent, null and empty differ; members nobody
// asked for are dropped.
//
// # Hostile input
//
// Bodies are bounded in length and depth before they are decoded. Nothing here
// panics, whatever is sent: the fuzz targets say so.
//
// # Concurrency
//
// A [Binder] belongs to the goroutine of its request. Everything else is safe
// for concurrent use.
package input
