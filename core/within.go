package core

import "github.com/watchword-auth/watchword/db"

// Within returns a view of the instance whose calls run in a transaction that
// the caller began and will end, and a function to call after its commit,
// which runs what waits for it. The view belongs to the transaction's
// goroutine.
func (k *Kernel) Within(x db.Executor) (view *Kernel, committed func()) {
	inside, pending := *k, []func(){}
	inside.tx, inside.pending = x, &pending
	return &inside, func() {
		waiting := pending
		pending = nil
		for _, f := range waiting {
			f()
		}
	}
}
