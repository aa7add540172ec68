package core

import "github.com/watchword-auth/watchword/db"

// entity runs the hooks around changes of one table's rows.
type entity[T any] struct {
	c     *Context
	table *db.Table[T]
	hooks []EntityHooks[T]
}

func (e entity[T]) beforeCreate(row *T) error {
	e.table.Bind(row)
	for _, h := range e.hooks {
		if h.BeforeCreate != nil {
			if err := h.BeforeCreate(e.c, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e entity[T]) create(row *T) error {
	if err := e.beforeCreate(row); err != nil {
		return err
	}
	if err := db.Create(e.c, e.c.x, e.table, row); err != nil {
		return err
	}
	e.created(row)
	return nil
}

func (e entity[T]) created(row *T) {
	e.after(func(h *EntityHooks[T]) func(*Context, *T) error { return h.AfterCreate }, row)
}

// update applies changes to the row with that key and returns the row as it
// is then, or db.ErrNotFound.
func (e entity[T]) update(key db.Field[T, string], changes *Changes[T], where ...db.Where[T]) (*T, error) {
	if err := e.beforeUpdate(changes); err != nil {
		return nil, err
	}
	where = append(where, key.Eq(changes.Key))
	n, err := db.Update(e.c, e.c.x, e.table, changes.Set, where...)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, db.ErrNotFound
	}
	row, err := db.One(e.c, e.c.x, e.table, key.Eq(changes.Key))
	if err != nil {
		return nil, err
	}
	e.updated(row)
	return row, nil
}

func (e entity[T]) beforeUpdate(changes *Changes[T]) error {
	for _, h := range e.hooks {
		if h.BeforeUpdate != nil {
			if err := h.BeforeUpdate(e.c, changes); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e entity[T]) updated(row *T) {
	e.after(func(h *EntityHooks[T]) func(*Context, *T) error { return h.AfterUpdate }, row)
}

func (e entity[T]) beforeDelete(row *T) error {
	for _, h := range e.hooks {
		if h.BeforeDelete != nil {
			if err := h.BeforeDelete(e.c, row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e entity[T]) deleted(row *T) {
	e.after(func(h *EntityHooks[T]) func(*Context, *T) error { return h.AfterDelete }, row)
}

// watchesDeletes reports whether rows must be read before they are deleted.
func (e entity[T]) watchesDeletes() bool {
	for _, h := range e.hooks {
		if h.BeforeDelete != nil || h.AfterDelete != nil {
			return true
		}
	}
	return false
}

func (e entity[T]) after(pick func(*EntityHooks[T]) func(*Context, *T) error, row *T) {
	for i := range e.hooks {
		hook := pick(&e.hooks[i])
		if hook == nil {
			continue
		}
		outer, table := e.c.outer(), e.table.Name
		e.c.AfterCommit(func() {
			if err := hook(outer, row); err != nil {
				outer.Log().ErrorContext(outer, "a hook after a change failed", "table", table, "error", err)
			}
		})
	}
}
