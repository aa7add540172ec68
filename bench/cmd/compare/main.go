// Command compare measures Watchword, the reference and the floors side by
// side: the same rows, the same requests, interleaved, in one run. It prints
// tables of server CPU per request and the ratios that matter.
//
//	go run ./bench/cmd/compare [-rounds 3] [-duration 1500ms] [-only W1,W7] [-users 100000] [-write docs/performance.md]
//
// It needs bin/watchword, interop's node_modules for the reference, and gcc with
// OpenSSL's headers for scrypt in C; what is missing is left out and named.
// Linux only: it reads /proc.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"time"
)

type config struct {
	rounds, users, connections int
	duration                   time.Duration
	only, write, binary        string
	interop, postgres          string
}

func main() {
	log.SetFlags(0)
	var c config
	flag.IntVar(&c.rounds, "rounds", 3, "how often every pair is measured; medians are printed")
	flag.IntVar(&c.users, "users", 100_000, "users in the database; each has three sessions")
	flag.IntVar(&c.connections, "connections", 64, "connections of the closed loops")
	flag.DurationVar(&c.duration, "duration", 1500*time.Millisecond, "of each measurement")
	flag.StringVar(&c.only, "only", "", "workloads to run, joined by commas; HASH is scrypt by itself")
	flag.StringVar(&c.write, "write", "", "Markdown file to write the tables to, between its markers")
	flag.StringVar(&c.binary, "binary", "bin/watchword", "the binary to measure")
	flag.StringVar(&c.interop, "interop", "interop", "where the reference is")
	flag.StringVar(&c.postgres, "postgres", "postgres://root@127.0.0.1:5432/postgres?sslmode=disable", "PostgreSQL on this machine, as one who may make databases")
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
	b := &bench{config: c, dir: dir}
	b.buildFloor = b.makeFloor()
	defer b.stop()
	if b.picked("HASH") {
		b.hash(ctx)
	}
	if len(b.workloads()) > 0 {
		if err := b.load(ctx); err != nil {
			return err
		}
	}
	report := b.report()
	fmt.Fprint(os.Stdout, report)
	if c.write != "" {
		return splice(c.write, report)
	}
	return nil
}

// load measures the servers.
func (b *bench) load(ctx context.Context) (err error) {
	log.Printf("filling a database with %d users and %d sessions …", b.users, 3*b.users)
	if b.seed, err = fillSQLite(ctx, filepath.Join(b.dir, "seed.db"), b.users); err != nil {
		return err
	}
	if err := b.start(ctx); err != nil {
		return err
	}
	err = b.each(func(w workload, p *process) error {
		if w.setup == nil {
			return nil
		}
		return w.setup(p)
	})
	for round := 0; err == nil && round < b.rounds; round++ {
		err = b.each(func(w workload, p *process) error { return b.measure(ctx, round, w, p) })
	}
	return err
}
