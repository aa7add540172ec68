package apikey

import (
	"context"
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// NoInput is empty.
type NoInput struct{}

// Bind reads nothing.
func (*NoInput) Bind(*input.Binder) {}

// DeletedExpiredOutput says that it was done.
type DeletedExpiredOutput struct {
	Success bool    `json:"success"`
	Error   *string `json:"error"`
}

func (a *apiKey) deleteAllExpired(c *core.Context, _ *NoInput) (*DeletedExpiredOutput, error) {
	_, err := db.Delete(c, c.DB(), a.table.Table, a.table.expiresAt.Lt(c.Now()))
	return &DeletedExpiredOutput{Success: err == nil}, err
}

// sweepInterval is how often expired keys are looked for, in milliseconds.
const sweepInterval = 10_000

// sweep deletes expired keys in the background, now and then.
func (a *apiKey) sweep(c *core.Context) {
	now, last := c.Now(), a.swept.Load()
	if now.UnixMilli()-last < sweepInterval || !a.swept.CompareAndSwap(last, now.UnixMilli()) {
		return
	}
	adapter := c.Kernel().Adapter()
	c.Background("delete expired API keys", func(ctx context.Context) error {
		_, err := db.Delete(ctx, adapter, a.table.Table, a.table.expiresAt.Lt(now))
		return err
	})
}

// removeOf deletes the keys of a user who is gone.
func (a *apiKey) removeOf(c *core.Context, u *core.User) error {
	for _, inKV := range []bool{false, true} {
		i := slices.IndexFunc(a.configs, func(f Config) bool { return (f.Storage == SecondaryStorage) == inKV })
		if i < 0 {
			continue
		}
		if err := a.store(&a.configs[i]).removeOf(c, u.ID, a.configsOf(true)); err != nil {
			return err
		}
	}
	return nil
}
