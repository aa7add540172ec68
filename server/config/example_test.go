package config_test

import (
	"fmt"

	"github.com/watchword-auth/watchword/server/config"
)

func Example() {
	root, err := config.Parse("app.yaml", []byte("greeting: hello ${USER:-world}\nshuot: true\n"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var options struct {
		Greeting string `key:"greeting"`
		Shout    bool   `key:"shout"`
	}
	err = config.Decode(root, &options)
	fmt.Println(options.Greeting)
	fmt.Println(err)
	// Output:
	// hello world
	// app.yaml:2:1: shuot: there is no such key; did you mean "shout"?
}
