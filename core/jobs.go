package core

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"time"

	"github.com/watchword-auth/watchword/internal/background"
	"github.com/watchword-auth/watchword/secret"
)

// Job is a plugin's own background work. It returns when the context ends.
type Job func(ctx context.Context, k *Kernel) error

type namedJob struct {
	name string
	job  Job
}

// Background adds a job that runs from [Kernel.Start] until it is stopped. The
// context ends when the instance is closed.
func (r *Registrar) Background(name string, job Job) {
	r.k.jobs = append(r.k.jobs, namedJob{name, job})
}

// Background runs f after the call, on a bounded pool. Its context outlives
// the request and ends after a minute or when the instance is closed for good.
// A failure is logged under the name.
func (c *Context) Background(name string, f func(ctx context.Context) error) {
	c.k.background.Run(context.WithoutCancel(c.Context), name, f)
}

// cleanup is the job that deletes what has expired, again and again. A failure
// is left to the next round.
func cleanup(ctx context.Context, k *Kernel) error {
	every := k.options.Advanced.CleanupInterval
	for wait := k.spread(every); background.Pause(ctx, wait); wait = every {
		sessions, err := k.cleanSessions(ctx, k.adapter)
		var verifications int64
		if !k.options.Verification.DisableCleanup {
			var failed error
			verifications, failed = k.cleanVerifications(ctx, k.adapter)
			err = errors.Join(err, failed)
		}
		if err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "expired rows could not be deleted; the next round tries again", "error", err)
		}
		if sessions+verifications > 0 {
			k.log.InfoContext(ctx, "expired rows were deleted", "sessions", sessions, "verifications", verifications)
		}
	}
	return nil
}

// spread returns a part of d, so that instances that start at once do not
// work at once.
func (k *Kernel) spread(d time.Duration) time.Duration {
	sum := sha256.Sum256([]byte(secret.ID(k.random)))
	return time.Duration(float64(d) * float64(binary.BigEndian.Uint32(sum[:4])) / (1 << 32))
}
