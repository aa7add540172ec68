package dblimit_test

import (
	"context"
	"fmt"
	"time"

	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/ratelimit/dblimit"
)

func ExampleNew() {
	now := func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }
	store := dblimit.New(memory.New(), dblimit.NewTable(), dblimit.Options{Now: now})
	rule := ratelimit.Rule{Window: 10 * time.Second, Max: 1}
	for range 2 {
		d, err := store.Consume(context.Background(), ratelimit.Key("203.0.113.9", "/sign-in/email"), rule)
		fmt.Println(d.Allowed, d.Seconds(), err)
	}
	// Output:
	// true 0 <nil>
	// false 10 <nil>
}
