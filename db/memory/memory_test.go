package memory_test

import (
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/dbtest"
	"github.com/watchword-auth/watchword/db/memory"
)

func TestAdapter(t *testing.T) {
	t.Parallel()
	dbtest.Run(t, func(*testing.T) db.Adapter { return memory.New() })
}
