package core

import "github.com/watchword-auth/watchword/db"

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
