package server

import (
	"context"
	"strings"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/ddl"
)

// pendingText says what a database lacks and what to do.
func pendingText(plan *db.Plan) string {
	var b strings.Builder
	b.WriteString("the database lacks what this configuration needs:\n")
	for _, step := range plan.Steps {
		b.WriteString("  " + ddl.Describe(step) + "\n")
	}
	b.WriteString("apply it with `watchword migrate`, or start with --migrate")
	return b.String()
}

// ping asks the database for one row of the smallest kind.
func (in *instance) ping(ctx context.Context) error {
	tables := in.auth.Kernel().Tables()
	_, err := in.database.Count(ctx, &db.Selection{Table: tables.Users.Def, Where: []db.Cond{}, Limit: 1})
	return err
}
