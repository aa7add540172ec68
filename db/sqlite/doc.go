// Package sqlite keeps rows in a SQLite database, as Better Auth keeps them:
// instants as ISO text, booleans as 0 and 1, lists and JSON as text.
//
//	store, err := sqlite.Open("app.db", sqlite.Options{})
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//
// A file is opened in WAL mode with one connection that writes and several
// that read, so that reads never wait for writes. The engine is compiled into
// the program; no C compiler is needed.
//
// Instants in other spellings (Unix milliseconds, a space for the T) are read
// and compared too; they are replaced by ISO text when a row is changed.
//
// An [Adapter] is safe for concurrent use. A transaction holds the one writing
// connection: code inside of it has to use the executor it was given, as a
// write through the adapter would wait for the transaction to end.
package sqlite
