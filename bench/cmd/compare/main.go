// Command compare measures Watchword, the reference and the floor side by
// side: the same rows, the same requests, interleaved, in one run. It prints a
// table of server CPU per request and the ratios that matter.
//
//	go run ./bench/cmd/compare [-rounds 3] [-duration 3s] [-only W1,W7] [-users 20000] [-write docs/performance.md]
//
// It needs bin/watchword, and interop's node_modules for the reference; without
// those it says so and measures the rest. Linux only: it reads /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"
)

type config struct {
	rounds, users, connections int
	duration                   time.Duration
	only, write, binary        string
	interop                    string
}

func main() {
	log.SetFlags(0)
	var c config
	flag.IntVar(&c.rounds, "rounds", 3, "how often every pair is measured; medians are printed")
	flag.IntVar(&c.users, "users", 100_000, "users in the database; each has three sessions")
	flag.IntVar(&c.connections, "connections", 64, "connections of the closed loops")
	flag.DurationVar(&c.duration, "duration", 3*time.Second, "of each measurement")
	flag.StringVar(&c.only, "only", "", "workloads to run, joined by commas")
	flag.StringVar(&c.write, "write", "", "Markdown file to write the tables to, between its markers")
	flag.StringVar(&c.binary, "binary", "bin/watchword", "the binary to measure")
	flag.StringVar(&c.interop, "interop", "interop", "where the reference is")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, c); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, c config) error {
	dir, err := os.MkdirTemp("", "watchword-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log.Printf("filling a database with %d users and %d sessions …", c.users, 3*c.users)
	seed, err := fill(ctx, filepath.Join(dir, "seed.db"), c.users)
	if err != nil {
		return err
	}
	b := &bench{config: c, dir: dir, seed: seed}
	defer b.stop()
	if err := b.start(ctx); err != nil {
		return err
	}
	for round := range c.rounds {
		for _, w := range b.workloads() {
			if c.only != "" && !strings.Contains(","+c.only+",", ","+w.name+",") {
				continue
			}
			for _, t := range w.targets {
				if err := b.measure(ctx, round, w, t); err != nil {
					return fmt.Errorf("%s on %s: %w", w.name, t.name, err)
				}
			}
		}
	}
	report := b.report()
	fmt.Fprint(os.Stdout, report)
	if c.write != "" {
		return splice(c.write, report)
	}
	return nil
}
