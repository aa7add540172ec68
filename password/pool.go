package password

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"runtime"
	"sync"
	"time"

	"golang.org/x/text/unicode/norm"
)

// Format is a hash format that a [Pool] writes.
type Format int

const (
	// Scrypt is the reference's format, and the default: a database written with it can move back.
	Scrypt Format = iota
	// Argon2id is a PHC string of Argon2id (RFC 9106). The reference cannot read it.
	Argon2id
)

// Options configures a [Pool]. The zero Options is ready to use.
type Options struct {
	// Format is what Hash writes.
	Format Format
	// Argon2 holds the cost of the format [Argon2id]. The zero value means 19 MiB, 2 passes, 1 lane.
	Argon2 Argon2
	// Firebase holds what Firebase's rows do not contain. It is needed only for such rows.
	Firebase Firebase
	// Workers is how many processors may hash at once: 0 means one fewer than GOMAXPROCS, and at least one. Each takes
	// the memory of a hash, 33 MB of the format [Scrypt], and that of a second one when more callers wait than there
	// are workers.
	Workers int
	// Queue is how many callers may wait: 0 means 128 for each worker, a negative number none.
	Queue int
	// Idle is how long a worker waits for work before it ends and frees its memory: 0 means 30 seconds.
	Idle time.Duration
	// Random is the source of salts, read by many goroutines at once: nil means the system's.
	Random io.Reader
}

// Pool is a [Hasher] with a bound on how many passwords are hashed at once, and on how many wait. Make one with [New],
// share it, and end it with Close. It is safe for concurrent use.
type Pool struct {
	options Options

	mu      sync.Mutex
	closed  bool
	running int        // workers alive
	pending int        // tasks that wait or run
	tasks   chan *task // has room for every pending task: sending never blocks
	workers sync.WaitGroup
}

// New returns a Pool. It starts no goroutine: workers start with the first password. Argon2 options beyond what Verify
// would accept back are a programmer error: New panics.
func New(options Options) *Pool {
	if options.Workers <= 0 {
		options.Workers = max(1, runtime.GOMAXPROCS(0)-1)
	}
	if options.Queue == 0 {
		options.Queue = 128 * options.Workers
	}
	options.Queue = max(0, options.Queue)
	if options.Idle <= 0 {
		options.Idle = 30 * time.Second
	}
	if options.Random == nil {
		options.Random = rand.Reader
	}
	if options.Argon2 == (Argon2{}) {
		options.Argon2 = Argon2{Memory: 19456, Passes: 2, Lanes: 1}
	}
	if err := options.Argon2.check(); err != nil {
		panic("password: Options.Argon2: " + err.Error())
	}
	return &Pool{options: options, tasks: make(chan *task, options.Workers+options.Queue)}
}

// Hash implements [Hasher]. It returns [ErrBusy], [ErrClosed], the error of ctx, or that of the source of salts.
func (p *Pool) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(p.options.Random, salt); err != nil {
		return "", fmt.Errorf("password: reading a salt: %w", err)
	}
	normal := []byte(norm.NFKC.String(password))
	if p.options.Format == Argon2id {
		return submit(ctx, p, func() (string, error) { return p.options.Argon2.hash(normal, salt), nil })
	}
	return hashReference(ctx, p, normal, salt)
}

// Verify implements [Hasher]. It returns [ErrMalformed] and [ErrTooCostly] at once, without hashing (see [Pool.Waste]),
// and otherwise fails as Hash does.
func (p *Pool) Verify(ctx context.Context, hash, password string) (match, stale bool, err error) {
	stored, err := parse(hash, p.options.Firebase)
	if err != nil {
		return false, false, err
	}
	normal := []byte(norm.NFKC.String(password))
	match, err = stored.matches(ctx, p, normal)
	if _, own := stored.(reference); !match && err == nil && !own && string(normal) != password {
		match, err = stored.matches(ctx, p, []byte(password))
	}
	return match, match && p.stale(stored), err
}

// Waste spends what verifying password would, so that a sign-in takes as long for an unknown user as for a known one.
// It fails as Hash does, which a caller treats as it treats the failure of a Verify.
func (p *Pool) Waste(ctx context.Context, password string) error {
	_, err := p.Hash(ctx, password)
	return err
}

func (p *Pool) stale(stored record) bool {
	if p.options.Format == Argon2id {
		own, ok := stored.(argon2Record)
		return !ok || own.variant != "argon2id" || own.cost != p.options.Argon2 || len(own.key) < argon2KeySize
	}
	_, own := stored.(reference)
	return !own
}

// Close fails the callers that wait with [ErrClosed], waits for the passwords that are being hashed, and ends the
// workers. Later calls of any method return ErrClosed; closing again does nothing.
func (p *Pool) Close() error {
	p.mu.Lock()
	if !p.closed {
		p.closed = true
		close(p.tasks)
	}
	p.mu.Unlock()
	p.workers.Wait()
	return nil
}
