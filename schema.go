package watchword

import (
	"context"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
)

// Schema returns every table an instance with these options wants, before any
// database is open: Options.Database and the secrets may be missing.
func Schema(o Options) (*db.Schema, error) {
	o.Production = false
	if o.Database == nil && !o.Stateless {
		o.Database = memory.New()
	}
	if o.Secret == "" && len(o.Secrets) == 0 {
		o.Secret = "unused" // nothing is signed for a schema
	}
	k, err := core.New(o, flows()...)
	if err != nil {
		return nil, err
	}
	return k.Schema(), k.Close(context.Background())
}

// Plan compares the database with what the instance wants and returns what
// has to be added. It changes nothing.
func (a *Auth) Plan(ctx context.Context) (*db.Plan, error) {
	engine := a.kernel.Adapter()
	live, err := engine.Introspect(ctx)
	if err != nil {
		return nil, err
	}
	return db.MakePlan(a.kernel.Schema(), live, engine.Dialect()), nil
}

// Migrate adds what the database lacks and returns what was done. It never
// drops or rewrites data, and fails, changing nothing, where that would be
// needed. Instances that migrate at once wait for each other.
func (a *Auth) Migrate(ctx context.Context) (*db.Plan, error) {
	engine := a.kernel.Adapter()
	return engine.Apply(ctx, func(live *db.Live) (*db.Plan, error) {
		return db.MakePlan(a.kernel.Schema(), live, engine.Dialect()), nil
	})
}
