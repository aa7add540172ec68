package fault

import (
	"context"

	"github.com/watchword-auth/watchword/db"
)

// DB returns the engine with the plan's faults.
func DB(a db.Adapter, p *Plan) db.Adapter { return &adapter{a, executor{x: a, plan: p}} }

type adapter struct {
	db.Adapter

	direct executor
}

// executor runs statements until the plan lets one fail.
type executor struct {
	x    db.Executor
	plan *Plan
	gone *bool // the transaction's connection is; nil outside of one
}

func (e executor) run(statement func() error) error {
	if e.gone != nil && *e.gone {
		return errDBGone
	}
	switch e.plan.next() {
	case Refused, Outage:
		return e.fail(nil)
	case Lost:
		return e.fail(statement())
	}
	return statement()
}

// fail keeps an error the engine itself gave.
func (e executor) fail(err error) error {
	if e.gone != nil {
		*e.gone = true
	}
	if err != nil {
		return err
	}
	return errDB
}

// Insert implements [db.Executor].
func (e executor) Insert(ctx context.Context, s *db.Insertion) (id string, inserted bool, err error) {
	err = e.run(func() (err error) {
		id, inserted, err = e.x.Insert(ctx, s)
		return err
	})
	return id, inserted, err
}

// Select implements [db.Executor].
func (e executor) Select(ctx context.Context, s *db.Selection, next func() []any) error {
	return e.run(func() error { return e.x.Select(ctx, s, next) })
}

// Update implements [db.Executor].
func (e executor) Update(ctx context.Context, s *db.Change) (n int64, err error) {
	err = e.run(func() (err error) {
		n, err = e.x.Update(ctx, s)
		return err
	})
	return n, err
}

// Delete implements [db.Executor].
func (e executor) Delete(ctx context.Context, s *db.Removal) (n int64, err error) {
	err = e.run(func() (err error) {
		n, err = e.x.Delete(ctx, s)
		return err
	})
	return n, err
}

// Take implements [db.Executor].
func (e executor) Take(ctx context.Context, s *db.Removal, next func() []any) error {
	return e.run(func() error { return e.x.Take(ctx, s, next) })
}

// Count implements [db.Executor].
func (e executor) Count(ctx context.Context, s *db.Selection) (n int64, err error) {
	err = e.run(func() (err error) {
		n, err = e.x.Count(ctx, s)
		return err
	})
	return n, err
}

// The statements of [adapter] are those of its executor.

func (a *adapter) Insert(ctx context.Context, s *db.Insertion) (string, bool, error) {
	return a.direct.Insert(ctx, s)
}

func (a *adapter) Select(ctx context.Context, s *db.Selection, next func() []any) error {
	return a.direct.Select(ctx, s, next)
}

func (a *adapter) Update(ctx context.Context, s *db.Change) (int64, error) {
	return a.direct.Update(ctx, s)
}

func (a *adapter) Delete(ctx context.Context, s *db.Removal) (int64, error) {
	return a.direct.Delete(ctx, s)
}

func (a *adapter) Take(ctx context.Context, s *db.Removal, next func() []any) error {
	return a.direct.Take(ctx, s, next)
}

func (a *adapter) Count(ctx context.Context, s *db.Selection) (int64, error) {
	return a.direct.Count(ctx, s)
}

// Transaction counts its beginning and its commit. A lost beginning is a
// refused one: the server undoes what was begun.
func (a *adapter) Transaction(ctx context.Context, fn func(db.Executor) error) error {
	plan := a.direct.plan
	if plan.next() != 0 {
		return errDB
	}
	var commit Kind
	err := a.Adapter.Transaction(ctx, func(x db.Executor) error {
		gone := false
		err := fn(executor{x, plan, &gone})
		switch {
		case err != nil:
			return err
		case gone: // whoever swallowed the failure learns of it all the same
			return errDBGone
		}
		if commit = plan.next(); commit == Refused || commit == Outage {
			return errDB
		}
		return nil
	})
	if err == nil && commit == Lost {
		return errDB
	}
	return err
}
