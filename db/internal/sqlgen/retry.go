package sqlgen

import (
	"context"
	"math/rand/v2"
	"time"
)

// attempts bounds how often a statement or transaction is run that loses
// conflicts. Each deadlock takes a server up to a second to notice.
const attempts = 20

// Pause waits before what lost a conflict for the n-th time is run again, and
// reports whether it is to be: not without end, nor for a caller that is gone.
// The wait is random so that two that were in each other's way part.
func Pause(ctx context.Context, n int) bool {
	if n+1 >= attempts {
		return false
	}
	timer := time.NewTimer(rand.N(time.Duration(min(2<<n, 100)) * time.Millisecond))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
