package db

import "context"

// Watcher is an [Adapter] that can tell, for less than a read costs, whether
// rows that were read from it are still what is stored. What was read may then
// be kept in memory without ever being stale.
type Watcher interface {
	Adapter
	// Watch begins to follow changes of the tables. It MUST NOT wait for the
	// database. Where the engine, as it is set up, can never tell, it answers
	// with an error that says why. report is told why a watch has stopped
	// telling, and nil when it tells again; it may be called from any
	// goroutine, and MUST NOT be called twice in a row with nil.
	Watch(tables []*Def, report func(error)) (Watch, error)
}

// Watch follows changes of some tables. It is safe for concurrent use.
type Watch interface {
	// Version returns a number that stands for what the tables hold, and
	// false where that is not known at the moment. The numbers never fall.
	//
	// When a change or removal of rows was complete (the caller of this
	// process or another had its answer, the transaction was committed) before
	// Version is called, the number MUST be above all that were returned
	// before the change began. New rows need not count. An engine that learns
	// of other processes' changes later than that MUST say by how much at
	// most.
	Version(ctx context.Context) (version uint64, known bool)
	// Close ends the watch; Version then reports false.
	Close() error
}
