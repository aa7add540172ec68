package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/crypto/scrypt"

	"github.com/watchword-auth/watchword/password"
)

//go:embed c/scrypt.c
var scryptInC []byte

// hashed is what one implementation of the reference's scrypt took of the
// processor for one password, in each round.
type hashed struct {
	name string
	took []time.Duration
}

const hashesEach = 10

// crowd is how many passwords wait at once where sign-ins are many.
const crowd = 21

// hash measures scrypt by itself, interleaved.
func (b *bench) hash(ctx context.Context) {
	pool := password.New(password.Options{Workers: 1})
	defer pool.Close()
	ways := []struct {
		name string
		run  func() (time.Duration, error)
	}{
		{"Watchword, when others wait", func() (time.Duration, error) {
			took, err := threadTime(1, func() error { return wasteAtOnce(ctx, pool) })
			return took / crowd, err
		}},
		{"Watchword, one by itself", func() (time.Duration, error) {
			return threadTime(hashesEach, func() error { return pool.Waste(ctx, benchPassword) })
		}},
		{"golang.org/x/crypto/scrypt", func() (time.Duration, error) {
			return threadTime(hashesEach, func() error {
				_, err := scrypt.Key([]byte(benchPassword), []byte("0123456789abcdef0123456789abcdef"), 16384, 16, 1, 64)
				return err
			})
		}},
	}
	if program, err := compileC(ctx, b.dir); err != nil {
		b.missing = append(b.missing, fmt.Sprintf("scrypt in C: %v", err))
	} else {
		ways = append(ways, struct {
			name string
			run  func() (time.Duration, error)
		}{"C, OpenSSL's EVP_PBE_scrypt", func() (time.Duration, error) { return runC(ctx, program) }})
	}
	for _, w := range ways {
		b.hashes = append(b.hashes, hashed{name: w.name})
	}
	for round := range b.rounds {
		for i, w := range ways {
			took, err := w.run()
			if err != nil {
				b.missing = append(b.missing, fmt.Sprintf("%s: %v", w.name, err))
				continue
			}
			log.Printf("round %d  HASH %-30s %9.1f ms CPU", round+1, w.name, float64(took)/1e6)
			b.hashes[i].took = append(b.hashes[i].took, took)
		}
	}
}

// wasteAtOnce hashes the passwords of a crowd.
func wasteAtOnce(ctx context.Context, pool *password.Pool) error {
	var waiting sync.WaitGroup
	errs := make([]error, crowd)
	for i := range errs {
		waiting.Go(func() { errs[i] = pool.Waste(ctx, benchPassword) })
	}
	waiting.Wait()
	return errors.Join(errs...)
}

// threadTime returns what one of some calls takes of the processor. Nothing
// else runs in this process then, but the collection of what the calls leave.
func threadTime(calls int, f func() error) (time.Duration, error) {
	if err := f(); err != nil {
		return 0, err
	}
	before := ownCPU()
	for range calls {
		if err := f(); err != nil {
			return 0, err
		}
	}
	runtime.GC()
	return (ownCPU() - before) / time.Duration(calls), nil
}

func ownCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// compileC builds the program in C, which is for this comparison only.
func compileC(ctx context.Context, dir string) (string, error) {
	source, program := filepath.Join(dir, "scrypt.c"), filepath.Join(dir, "scrypt")
	if err := os.WriteFile(source, scryptInC, 0o600); err != nil {
		return "", err
	}
	if out, err := exec.CommandContext(ctx, "gcc", "-O2", "-o", program, source, "-lcrypto").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: gcc and libssl-dev are needed: %w %.200s", errMissing, err, out)
	}
	return program, nil
}

// runC returns the nanoseconds that the program prints.
func runC(ctx context.Context, program string) (time.Duration, error) {
	out, err := exec.CommandContext(ctx, program, strconv.Itoa(hashesEach)).Output()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return time.Duration(n), err
}
