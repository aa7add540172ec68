// Command watchword is the standalone server and its tools.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/watchword-auth/watchword/server"
)

// version is set by the linker.
var version = "dev"

func main() { os.Exit(run()) }

func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return server.Main(ctx, os.Args[1:], server.OS(version))
}
