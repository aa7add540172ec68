package verify_test

import (
	"fmt"

	"github.com/watchword-auth/watchword/verify"
)

func ExampleNew() {
	_, err := verify.New(verify.Options{
		URL:    "https://auth.example.com/api/auth/jwks",
		Issuer: "https://auth.example.com",
	})
	fmt.Println(err)
	// Output: verify: Options.Issuer and Options.Audience are needed: tokens for others must not count
}
