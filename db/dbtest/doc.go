// Package dbtest proves that an engine keeps the contract of package db. An
// engine's own tests call it:
//
//	func TestAdapter(t *testing.T) {
//		dbtest.Run(t, func(t *testing.T) db.Adapter {
//			return openEmptyDatabase(t)
//		})
//	}
//
// What it asks for may grow in minor versions, as the contract may.
package dbtest

import (
	"testing"

	"github.com/watchword-auth/watchword/db"
)

// Run runs the whole suite as subtests of t. Each subtest calls open for a
// database of its own, which must be empty; open registers with t what
// removes it. Tables are made with the planner and the engine's own Apply.
// Subtests run in parallel.
func Run(t *testing.T, open func(t *testing.T) db.Adapter) {
	for _, group := range []struct {
		name  string
		cases []testCase
	}{
		{"values", valueCases},
		{"keys", keyCases},
		{"conditions", conditionCases},
		{"order", orderCases},
		{"joins", joinCases},
		{"writes", writeCases},
		{"rules", ruleCases},
		{"transactions", transactionCases},
		{"races", raceCases},
		{"schema", schemaCases},
		{"names", nameCases},
		{"watch", watchCases},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, c := range group.cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(t, open(t))
				})
			}
		})
	}
}

type testCase struct {
	name string
	run  func(*testing.T, db.Adapter)
}
