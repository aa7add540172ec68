package memory

import (
	"context"
	"sync/atomic"

	"github.com/watchword-auth/watchword/db"
)

// watch sees every change at once: nobody but this process makes any.
type watch struct {
	changes *atomic.Uint64
	closed  atomic.Bool
}

// Watch implements [db.Watcher]. Changes of any table count.
func (a *Adapter) Watch([]*db.Def, func(error)) (db.Watch, error) {
	return &watch{changes: &a.changes}, nil
}

// Version implements [db.Watch].
func (w *watch) Version(context.Context) (uint64, bool) { return w.changes.Load(), !w.closed.Load() }

// Close implements [db.Watch].
func (w *watch) Close() error {
	w.closed.Store(true)
	return nil
}
