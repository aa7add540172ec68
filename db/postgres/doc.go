// Package postgres keeps rows in PostgreSQL, in the reference's tables and
// column types: timestamptz, boolean, jsonb, bigint.
//
//	store, err := postgres.Open(ctx, "postgres://app@localhost/app", postgres.Options{})
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//
// Statements run on pgx's own pool, which prepares each shape of statement once
// per connection. [New] takes a pool that the application has already, [NewSQL]
// a handle of database/sql. [Adapter.UseTx] and [Adapter.UseSQLTx] join an
// application's transaction.
//
// Behind PgBouncer in transaction mode nothing that is prepared on a connection
// can be found again. Set [Options.Pooler] then, or, in a pool of your own,
// pgx's DefaultQueryExecMode to QueryExecModeSimpleProtocol. (PgBouncer 1.21
// and later can carry prepared statements; with its max_prepared_statements set
// nothing need be done.)
//
// Statements and transactions that lose a deadlock or a serialization conflict
// are run again, a bounded number of times. An [Adapter] is safe for concurrent
// use.
package postgres
