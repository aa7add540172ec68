package oauth

import (
	"context"
	"fmt"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

// errLocked passes: whoever held the lock may have died, or lost storage before
// it was given back.
var errLocked = fmt.Errorf("oauth: another call has been holding the lock for too long: %w", db.ErrUnavailable)

const (
	lockAge   = 30 * time.Second // after which a lock is given up by one who died
	lockTries = 150
	lockPause = 20 * time.Millisecond

	unlockTime = 5 * time.Second
)

// lock makes calls on one thing wait for each other, on whichever instances
// they run. Release must be called.
func lock(c *core.Context, name string) (release func(), err error) {
	name = "oauth-lock:" + secret.Hash(name)
	timer := time.NewTicker(lockPause)
	defer timer.Stop()
	for range lockTries {
		got, err := c.Verifications().Reserve(name, "held", lockAge)
		if err != nil {
			return nil, err
		}
		if got {
			return func() { unlock(c, name) }, nil
		}
		select {
		case <-timer.C:
		case <-c.Done():
			return nil, c.Err()
		}
	}
	return nil, errLocked
}

// unlock also works for a caller who has gone away meanwhile: the next one is
// not to wait for the lock's end.
func unlock(c *core.Context, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c), unlockTime)
	defer cancel()
	own, err := c.Kernel().NewContext(ctx, c.Request())
	if err == nil {
		err = own.Verifications().Delete(name)
	}
	if err != nil {
		c.Log().WarnContext(c, "a lock stays until it ends by itself", "error", err)
	}
}

// identityLock names an identity: no constraint of the reference's schema
// keeps it from being stored twice.
func identityLock(p *Provider, id *Identity) string {
	return "identity\x00" + p.Name + "\x00" + id.Subject
}
