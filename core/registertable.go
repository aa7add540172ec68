package core

import (
	"fmt"

	"github.com/watchword-auth/watchword/db"
)

// Table adds a table. Its rows may refer to tables added before.
func (r *Registrar) Table(t *db.Def) {
	if owner, ok := r.k.owners["table "+t.Name]; ok {
		r.fail("table %q belongs to %s", t.Name, owner)
		return
	}
	r.k.own(r.owner(), t)
	r.k.schema.Tables = append(r.k.schema.Tables, t)
}

// AddField adds a nullable column to a table of the core or of another plugin
// and returns its handle.
func AddField[V db.Data, T any](r *Registrar, t *db.Table[T], name string, options ...db.FieldOption) db.Field[T, V] {
	f, err := db.AddField[V](t, name, options...)
	if err != nil {
		if owner, ok := r.k.owners["field "+t.Name+"."+name]; ok {
			err = fmt.Errorf("column %q of table %q belongs to %s", name, t.Name, owner)
		}
		r.fail("%w", err)
		return f
	}
	r.k.owners["field "+t.Name+"."+name] = r.owner()
	return f
}

// TableAs adds a table under names of the application's choosing.
func (r *Registrar) TableAs(t *db.Def, m Mapping) {
	if m.ModelName != "" {
		t.Rename(m.ModelName)
	}
	for name, physical := range m.Fields {
		c := t.Column(name)
		if c == nil {
			r.fail("the mapping of table %q names a column %q that is not there", t.Name, name)
			continue
		}
		c.Rename(physical)
	}
	r.Table(t)
}

// ExtendTable gives a plugin's own table the names and columns that an
// application wants, as the options do for the core's tables. It is called
// before the table is registered.
func ExtendTable[T any](r *Registrar, t *db.Table[T], fields []AdditionalField, m Mapping) {
	if err := addFields(t, fields, m); err != nil {
		r.fail("table %q: %w", t.Name, err)
	}
	for name, physical := range m.Fields {
		if c := t.Column(name); c != nil {
			c.Rename(physical)
		} else {
			r.fail("table %q has no column %q to rename", t.Name, name)
		}
	}
}
