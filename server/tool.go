package server

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// configFlag adds the flag that all tools have. Without it they work on the
// development server's files.
func configFlag(c *cobra.Command, into *string) {
	c.PersistentFlags().StringVarP(into, "config", "c", "", "configuration, JSON or YAML; without it, the development server's")
}

// open assembles the instance a tool works on. What it logs is kept to
// faults, so that what the tool prints stays readable.
func (s *System) open(ctx context.Context, config string) (*instance, *file, error) {
	f, err := s.configure(config, false)
	if err != nil {
		return nil, nil, err
	}
	f.Logger = loggerOptions{Level: "warn", Format: "text"}
	in, err := s.assemble(ctx, f, posture{})
	return in, f, err
}

// openPlanning is open with every table that production wants.
func (s *System) openPlanning(ctx context.Context, config string) (*instance, error) {
	f, err := s.configure(config, false)
	if err != nil {
		return nil, err
	}
	f.Logger = loggerOptions{Level: "warn", Format: "text"}
	return s.assemble(ctx, f, posture{planning: true})
}

// openReady is open for tools that need the tables to be there.
func (s *System) openReady(ctx context.Context, config string) (*instance, error) {
	in, _, err := s.open(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := in.migrate(ctx, false); err != nil {
		in.release()
		return nil, err
	}
	return in, nil
}

// work runs a tool's work with a context of the instance, and waits for what
// it left in the background.
func (s *System) work(ctx context.Context, config string, f func(c *core.Context) error) error {
	in, err := s.openReady(ctx, config)
	if err != nil {
		return err
	}
	c, err := in.auth.Kernel().NewContext(ctx, nil)
	if err == nil {
		err = f(c)
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	return errors.Join(err, in.close(drain))
}

// pending returns what the database lacks, without creating one that is not
// there.
func (s *System) pending(ctx context.Context, config string) (*db.Plan, db.Dialect, error) {
	f, err := s.configure(config, false)
	if err != nil {
		return nil, "", err
	}
	dialect, err := databaseDialect(f.Database)
	if err != nil {
		return nil, "", err
	}
	if dialect == db.SQLite {
		path, _, err := sqlitePath(f.Database)
		if err != nil {
			return nil, "", err
		}
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			schema, err := f.schema()
			if err != nil {
				return nil, "", err
			}
			return db.MakePlan(schema, &db.Live{}, dialect), dialect, nil
		}
	}
	f.Logger = loggerOptions{Level: "warn", Format: "text"}
	in, err := s.assemble(ctx, f, posture{planning: true})
	if err != nil {
		return nil, "", err
	}
	plan, err := in.auth.Plan(ctx)
	return plan, dialect, errors.Join(err, in.close(ctx))
}
