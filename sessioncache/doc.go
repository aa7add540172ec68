// Package sessioncache keeps values that were read from a database for as long
// as the database is known not to have changed.
//
//	cache := sessioncache.New(sessioncache.Options[*Row]{
//		Watch: func() (db.Watch, error) { return adapter.Watch(tables, report) },
//		Size:  func(r *Row) int { return len(r.Text) },
//	})
//	defer cache.Close()
//	row, err := cache.Read(ctx, key, load)
//
// Before every answer the engine is asked for its version (see [db.Watch]). A
// value is good for the version that was asked for before it was read, and for
// no other: a write by any process drops all values before the next answer.
// While the version is not known nothing is kept and every read goes to the
// database, so that trouble costs speed and never truth.
//
// [Memo] is the same memory without a database behind it, for values that are
// made from text and looked up by it.
//
// All types are safe for concurrent use. Values are shared by their readers
// and must not be changed.
package sessioncache
