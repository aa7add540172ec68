package core

import "github.com/watchword-auth/watchword/db"

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
