package token_test

import (
	"fmt"
	"time"

	"github.com/watchword-auth/watchword/token"
)

func Example() {
	key := []byte("a key of this example, thirty-two bytes or more")
	signed := token.SignHS256(key, []byte(`{"email":"ada@example.com","exp":2000000000}`))

	payload, err := token.VerifyHS256(key, signed)
	fmt.Println(string(payload), err)
	fmt.Println(token.CheckTimes(payload, time.Unix(1999999999, 0), 0))
	fmt.Println(token.CheckTimes(payload, time.Unix(2000000000, 0), 0))
	// Output:
	// {"email":"ada@example.com","exp":2000000000} <nil>
	// <nil>
	// token: expired
}
