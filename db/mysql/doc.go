// Package mysql keeps rows in MySQL 8, MariaDB 10.5 and later, in the
// reference's tables and column types: timestamp(3), boolean, json, bigint.
//
//	store, err := mysql.Open(ctx, "app:secret@tcp(localhost:3306)/app", mysql.Options{})
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//
// [New] takes a handle that the application has already, [Adapter.UseTx] joins
// its transaction.
//
// The reference creates text columns in the database's own collation, which
// usually disregards case, accents and trailing spaces. Conditions compare by
// bytes all the same; indexes serve them. Unique rules are the server's: there,
// "A" and "a" are one value, and storing both is a conflict.
//
// Servers have limits that show: a timestamp ends in 2038, a text at 64 kB.
// What does not fit is refused, never cut. DDL cannot be undone by these
// servers: a migration that fails half-way is completed by the next one.
//
// An [Adapter] is safe for concurrent use.
package mysql
