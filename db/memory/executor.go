package memory

import (
	"context"

	"github.com/watchword-auth/watchword/db"
)

// runner runs the work of one statement: alone, or within a transaction.
type runner func(context.Context, func(*work) error) error

func (r runner) insert(ctx context.Context, s *db.Insertion) (id string, inserted bool, err error) {
	err = r(ctx, func(w *work) (err error) {
		id, inserted, err = w.insert(s)
		return err
	})
	return id, inserted, err
}

func (r runner) query(ctx context.Context, s *db.Selection, next func() []any) error {
	return r(ctx, func(w *work) error { return w.query(s, next) })
}

func (r runner) update(ctx context.Context, s *db.Change) (n int64, err error) {
	err = r(ctx, func(w *work) (err error) {
		n, err = w.update(s)
		return err
	})
	return n, err
}

func (r runner) remove(ctx context.Context, s *db.Removal, next func() []any) (n int64, err error) {
	err = r(ctx, func(w *work) (err error) {
		n, err = w.remove(s, next)
		return err
	})
	return n, err
}

func (r runner) count(ctx context.Context, s *db.Selection) (n int64, err error) {
	err = r(ctx, func(w *work) (err error) {
		n, err = w.count(s)
		return err
	})
	return n, err
}

// Insert implements [db.Executor].
func (a *Adapter) Insert(ctx context.Context, s *db.Insertion) (string, bool, error) {
	return runner(a.alone).insert(ctx, s)
}

// Select implements [db.Executor]. The rows are those of one moment.
func (a *Adapter) Select(ctx context.Context, s *db.Selection, next func() []any) error {
	return runner(a.alone).query(ctx, s, next)
}

// Update implements [db.Executor].
func (a *Adapter) Update(ctx context.Context, s *db.Change) (int64, error) {
	return runner(a.alone).update(ctx, s)
}

// Delete implements [db.Executor].
func (a *Adapter) Delete(ctx context.Context, s *db.Removal) (int64, error) {
	return runner(a.alone).remove(ctx, s, nil)
}

// Take implements [db.Executor].
func (a *Adapter) Take(ctx context.Context, s *db.Removal, next func() []any) error {
	_, err := runner(a.alone).remove(ctx, s, next)
	return err
}

// Count implements [db.Executor].
func (a *Adapter) Count(ctx context.Context, s *db.Selection) (int64, error) {
	return runner(a.alone).count(ctx, s)
}

// Insert implements [db.Executor].
func (t *transaction) Insert(ctx context.Context, s *db.Insertion) (string, bool, error) {
	return runner(t.run).insert(ctx, s)
}

// Select implements [db.Executor].
func (t *transaction) Select(ctx context.Context, s *db.Selection, next func() []any) error {
	return runner(t.run).query(ctx, s, next)
}

// Update implements [db.Executor].
func (t *transaction) Update(ctx context.Context, s *db.Change) (int64, error) {
	return runner(t.run).update(ctx, s)
}

// Delete implements [db.Executor].
func (t *transaction) Delete(ctx context.Context, s *db.Removal) (int64, error) {
	return runner(t.run).remove(ctx, s, nil)
}

// Take implements [db.Executor].
func (t *transaction) Take(ctx context.Context, s *db.Removal, next func() []any) error {
	_, err := runner(t.run).remove(ctx, s, next)
	return err
}

// Count implements [db.Executor].
func (t *transaction) Count(ctx context.Context, s *db.Selection) (int64, error) {
	return runner(t.run).count(ctx, s)
}
