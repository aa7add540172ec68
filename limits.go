package watchword

import (
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/ratelimit/dblimit"
	"github.com/watchword-auth/watchword/secret"
)

// DatabaseRateLimit is a plugin that counts requests for the rate limit in the
// database, so that all instances share the counts: the reference's
// rateLimit.storage "database". The zero value is ready.
type DatabaseRateLimit struct {
	Mapping // renames the table rateLimit and its columns
}

// ID names the plugin.
func (DatabaseRateLimit) ID() string { return "database-rate-limit" }

// Register adds the table and the store.
func (d DatabaseRateLimit) Register(r *Registrar) error {
	table := dblimit.NewTable()
	if d.ModelName != "" {
		table.Rename(d.ModelName)
	}
	for name, physical := range d.Fields {
		if c := table.Column(name); c != nil {
			c.Rename(physical)
		}
	}
	r.Table(table.Def)
	o := r.Options()
	r.RateLimitStorage(dblimit.New(o.Database, table, dblimit.Options{Now: o.Now, NewID: func() string {
		if o.Advanced.GenerateID.Type == db.IDUUID {
			return secret.UUID(o.Random)
		}
		return secret.ID(o.Random)
	}}))
	return nil
}
