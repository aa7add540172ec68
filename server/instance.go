package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/server/delivery"
)

// instance is an assembled library instance with all that it stands on.
type instance struct {
	auth     *watchword.Auth
	database db.Adapter
	mailbox  *delivery.Mailbox // nil in production
	log      *slog.Logger
	closing  []func()
}

// cleanupInterval is how often expired rows are deleted where the file does
// not say.
const cleanupInterval = time.Hour

// posture says how much may be guessed. Tools that plan a database plan it as
// production wants it, so that it can be prepared before.
type posture struct{ production, planning bool }

// assemble opens what the file names and puts the instance together.
func (s *System) assemble(ctx context.Context, f *file, p posture) (in *instance, err error) {
	in = &instance{log: s.logger(f.Logger, p)}
	defer func() {
		if err != nil {
			in.release()
			in = nil
		}
	}()
	o, err := f.options()
	if err != nil {
		return in, err
	}
	f.dropDead(&o, in.log)
	for _, text := range f.warnings() {
		in.log.WarnContext(ctx, text)
	}
	o.Production, o.Logger, o.Random = p.production, in.log, s.Random
	o.Outbox.Enabled = f.keepsMessages(p)
	if f.Advanced.CleanupInterval == nil {
		o.Advanced.CleanupInterval = cleanupInterval
	}
	if err = f.addPlugins(&o); err != nil {
		return in, err
	}
	if !f.Stateless {
		if in.database, err = openDatabase(ctx, f.Database); err != nil {
			return in, f.root.At("database").Errorf("%v", err)
		}
		o.Database = in.database
		in.closing = append(in.closing, func() { _ = in.database.Close() })
	}
	secondary, closing, err := openSecondary(f.SecondaryStorage)
	if err != nil {
		return in, f.root.At("secondaryStorage").Errorf("%v", err)
	}
	in.closing = append(in.closing, closing)
	if secondary != nil {
		o.SecondaryStorage = secondary
	}
	if err = s.deliver(f, p, in, &o); err != nil {
		return in, err
	}
	if in.auth, err = watchword.New(o); err == nil {
		in.database = in.auth.Kernel().Adapter()
	}
	return in, err
}

func (s *System) deliver(f *file, p posture, in *instance, o *watchword.Options) error {
	if !f.Delivery.Any() && p.production {
		return nil
	}
	app := f.AppName
	if app == "" {
		app = "Better Auth"
	}
	env := delivery.Environment{Console: s.Stdout, AppName: app}
	if !p.production {
		in.mailbox = &delivery.Mailbox{}
		env.Mailbox = in.mailbox
	}
	sender, err := delivery.New(f.Delivery, env)
	if err != nil {
		return f.root.At("delivery").Errorf("%v", err)
	}
	o.Deliver = sender.Deliver
	return nil
}

// release closes what was opened, last first.
func (in *instance) release() {
	for _, v := range slices.Backward(in.closing) {
		v()
	}
}

// close drains what was accepted, then closes what was opened.
func (in *instance) close(ctx context.Context) error {
	err := in.auth.Close(ctx)
	in.release()
	return err
}

// migrate brings the database up to date, or refuses where that was not asked
// for and something is pending.
func (in *instance) migrate(ctx context.Context, apply bool) error {
	if apply || in.database.Dialect() == db.Memory {
		plan, err := in.auth.Migrate(ctx)
		if err != nil {
			return fmt.Errorf("the database cannot be migrated: %w", err)
		}
		if n := len(plan.Steps); n > 0 && in.database.Dialect() != db.Memory {
			in.log.Info("the database was migrated", "steps", n)
		}
		return nil
	}
	plan, err := in.auth.Plan(ctx)
	if err != nil {
		return fmt.Errorf("the database cannot be read: %w", err)
	}
	if err := plan.Err(); err != nil {
		return err
	}
	if len(plan.Steps) > 0 {
		return errors.New(pendingText(plan))
	}
	return nil
}
