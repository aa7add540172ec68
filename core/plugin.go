package core

import (
	"slices"

	"github.com/watchword-auth/watchword/db"
)

// Plugin adds to an instance: routes, tables, columns, hooks, limits, codes.
// Everything it adds is visible in Register.
//
//	type Notes struct{}
//
//	func (Notes) ID() string { return "notes" }
//
//	func (n Notes) Register(r *core.Registrar) error {
//		core.Get(r, ListNotes, "/notes", n.list, core.Op{Session: core.SessionRequired})
//		return nil
//	}
//
// Register is called once for each instance, while it is assembled. A plugin
// that serves several instances keeps nothing in itself that belongs to one.
type Plugin interface {
	// ID names the plugin, in the reference's kebab-case.
	ID() string
	// Register adds what the plugin brings. Its error fails the assembly.
	Register(r *Registrar) error
}

// EntityHooks run around changes of rows of T. A Before hook may change the
// row or the assignments, or refuse with an error. An After hook runs when the
// change is final: outside of any transaction, or after its commit. Its error
// is logged and changes nothing. Nil members do nothing.
type EntityHooks[T any] struct {
	BeforeCreate func(c *Context, row *T) error
	AfterCreate  func(c *Context, row *T) error
	BeforeUpdate func(c *Context, set *Changes[T]) error
	AfterUpdate  func(c *Context, row *T) error
	BeforeDelete func(c *Context, row *T) error
	AfterDelete  func(c *Context, row *T) error
}

// Changes are the assignments of one update, and the row they are for as far
// as it is known: Row is nil where only its key is.
type Changes[T any] struct {
	Key string
	Row *T
	Set []db.Assign[T]
}

// Add adds assignments, each in place of what was assigned to its column
// before.
func (ch *Changes[T]) Add(set ...db.Assign[T]) {
	for _, a := range set {
		ch.Set = slices.DeleteFunc(slices.Clone(ch.Set), func(b db.Assign[T]) bool { return b.Column == a.Column })
		ch.Set = append(ch.Set, a)
	}
}

// Apply makes assignments in a row of the table.
func Apply[T any](t *db.Table[T], row *T, set []db.Assign[T]) error {
	t.Bind(row)
	for _, a := range set {
		if err := t.Set(row, a.Column, a.Value); err != nil {
			return err
		}
	}
	return nil
}

// Assigned returns the value an update gives to a field; ok is false where it
// leaves the field alone or sets NULL.
func Assigned[T any, V db.Data](set []db.Assign[T], f db.Field[T, V]) (value V, ok bool) {
	for _, a := range set {
		if a.Column == f.Column() {
			value, ok = a.Value.(V)
		}
	}
	return value, ok
}
