package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/background"
	"github.com/watchword-auth/watchword/outbox"
)

// Outbox keeps messages in a table of the database until they are sent, so
// that those of a committed change survive a crash. Instances that share the
// database send each message once; where one dies while it sends, another
// sends again, with the same [Message.ID]. It needs [Kernel.Start] for what
// was left behind. Payloads are sealed under the instance's secret.
type Outbox struct {
	Mapping
	Enabled bool
	// Interval is how often the table is searched for messages that are due
	// again or were left by an instance that died. 0 means five seconds.
	Interval time.Duration
}

const (
	outboxInterval = 5 * time.Second
	outboxBatch    = 20
	outboxSenders  = 4
	// outboxLease outlives an attempt and some difference of clocks.
	outboxLease = 2 * background.TaskTime
	// outboxKeeps is when a message is given up: what it holds has expired.
	outboxKeeps                    = 24 * time.Hour
	outboxFirstWait, outboxMaxWait = 5 * time.Second, 15 * time.Minute
)

func (k *Kernel) setOutbox() error {
	o := &k.options.Outbox
	if !o.Enabled {
		return nil
	}
	k.outbox = outbox.NewTable()
	if err := addFields(k.outbox.Table, nil, o.Mapping); err != nil {
		return fmt.Errorf("watchword: Options.Outbox: %w", err)
	}
	for name, physical := range o.Fields {
		c := k.outbox.Column(name)
		if c == nil {
			return fmt.Errorf("watchword: Options.Outbox.Fields: there is no column %q", name)
		}
		c.Rename(physical)
	}
	k.own("Options.Outbox", k.outbox.Def)
	k.schema.Tables = append(k.schema.Tables, k.outbox.Def)
	k.jobs = append(k.jobs, namedJob{"send what the outbox holds", sendOutbox})
	return nil
}

// posted is a message as the outbox keeps it.
type posted struct {
	*Message
	UserID string `json:"userId,omitempty"`
}

// post puts a message into the outbox, within the transaction in hand, and
// sends it after the commit.
func (c *Context) post(m *Message) error {
	k, p := c.k, posted{Message: m}
	if m.User != nil {
		p.UserID = m.User.ID
	}
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	payload, err := k.ring.Seal(data, k.random)
	if err != nil {
		return err
	}
	e := &outbox.Entry{ID: c.NewID("outbox"), Key: m.ID, Payload: payload, DueAt: c.Now(), CreatedAt: c.Now()}
	if err := k.outbox.Add(c, c.x, e); err != nil {
		return err
	}
	outer := c.outer()
	c.AfterCommit(func() {
		outer.Background("deliver "+m.Type, func(ctx context.Context) error { return k.dispatch(ctx, e, m) })
	})
	return nil
}

// open reads a message back.
func (k *Kernel) open(ctx context.Context, e *outbox.Entry) (*Message, error) {
	data, err := k.ring.Open(e.Payload)
	if err != nil {
		return nil, err
	}
	p := posted{Message: &Message{}}
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, err
	}
	p.ID = e.Key
	if p.UserID == "" {
		return p.Message, nil
	}
	t := k.tables.Users
	p.User, err = db.One(ctx, k.adapter, t.Table, t.ID.Eq(p.UserID))
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return p.Message, err
}

// dispatch sends a message that no other instance is sending. A nil message
// is read from the entry.
func (k *Kernel) dispatch(ctx context.Context, e *outbox.Entry, m *Message) error {
	mine, err := k.outbox.Claim(ctx, k.adapter, e, k.now().Add(outboxLease))
	if err != nil || !mine {
		return err
	}
	err = background.Guard(ctx, func(ctx context.Context) (err error) {
		if m == nil {
			if m, err = k.open(ctx, e); err != nil {
				return err
			}
		}
		return k.options.Deliver(ctx, m)
	})
	// What came of it is noted even where the attempt used its time up.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outboxFirstWait)
	defer cancel()
	if err == nil {
		return k.outbox.Done(ctx, k.adapter, e)
	}
	if k.now().Sub(e.CreatedAt) >= outboxKeeps {
		return errors.Join(fmt.Errorf("message %s was given up: %w", e.Key, err), k.outbox.Done(ctx, k.adapter, e))
	}
	return errors.Join(err, k.outbox.Retry(ctx, k.adapter, e, k.now().Add(outboxWait(e.Attempts))))
}

// outboxWait is the pause after an attempt, the first being 1.
func outboxWait(attempt int64) time.Duration {
	wait := outboxFirstWait
	for ; attempt > 1 && wait < outboxMaxWait; attempt-- {
		wait *= 2
	}
	return min(wait, outboxMaxWait)
}

// sendOutbox is the job that sends what is due.
func sendOutbox(ctx context.Context, k *Kernel) error {
	if k.options.Deliver == nil {
		return nil
	}
	every := or(k.options.Outbox.Interval, outboxInterval)
	for wait := k.spread(every); background.Pause(ctx, wait); {
		wait = every
		entries, err := k.outbox.Due(ctx, k.adapter, k.now(), outboxBatch)
		if err != nil && ctx.Err() == nil {
			k.log.WarnContext(ctx, "the outbox could not be read; the next round tries again", "error", err)
		}
		k.dispatchAll(entries)
		if len(entries) == outboxBatch {
			wait = 0
		}
	}
	return nil
}

// dispatchAll sends entries, several at once. An attempt that has begun when
// the instance is closed may end, as long as closing waits.
func (k *Kernel) dispatchAll(entries []*outbox.Entry) {
	var running sync.WaitGroup
	slots := make(chan struct{}, outboxSenders)
	for _, e := range entries {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			k.background.Do("deliver from the outbox", func(ctx context.Context) error { return k.dispatch(ctx, e, nil) })
		})
	}
	running.Wait()
}
