package password_test

import (
	"context"
	"fmt"

	"github.com/watchword-auth/watchword/password"
)

func Example() {
	pool := password.New(password.Options{})
	defer pool.Close()
	ctx := context.Background()

	hash, err := pool.Hash(ctx, "correct horse battery staple")
	if err != nil {
		fmt.Println(err)
		return
	}
	match, stale, err := pool.Verify(ctx, hash, "correct horse battery staple")
	fmt.Println(match, stale, err)
	match, _, _ = pool.Verify(ctx, hash, "Tr0ub4dor&3")
	fmt.Println(match)
	// Output:
	// true false <nil>
	// false
}
