package secret_test

import (
	"fmt"

	"github.com/watchword-auth/watchword/secret"
)

func ExampleRing_Sign() {
	ring, err := secret.New("better-auth-secret-of-this-example-only")
	if err != nil {
		fmt.Println(err)
		return
	}
	value, ok := ring.Verify(ring.Sign("token"))
	fmt.Println(value, ok)
	_, ok = ring.Verify("token.forged")
	fmt.Println(ok)
	fmt.Println(ring)
	// Output:
	// token true
	// false
	// secret.Ring([redacted])
}

func ExampleNewVersioned() {
	old, _ := secret.NewVersioned([]secret.Key{{Version: 1, Value: "first"}}, "")
	sealed, _ := old.Seal([]byte("refresh token"), nil)

	rotated, _ := secret.NewVersioned([]secret.Key{{Version: 2, Value: "second"}, {Version: 1, Value: "first"}}, "")
	plain, err := rotated.Open(sealed)
	fmt.Println(string(plain), err)
	// Output: refresh token <nil>
}
