package server

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/ddl"
)

// schema is every table the file asks for, before any database is open.
func (f *file) schema() (*db.Schema, error) {
	o, err := f.options()
	if err != nil {
		return nil, err
	}
	o.Outbox.Enabled = f.keepsMessages(posture{planning: true})
	if err = f.addPlugins(&o); err != nil {
		return nil, err
	}
	secondary, closing, err := openSecondary(f.SecondaryStorage)
	if err != nil {
		return nil, f.root.At("secondaryStorage").Errorf("%v", err)
	}
	defer closing()
	if secondary != nil {
		o.SecondaryStorage = secondary
	}
	return watchword.Schema(o)
}

func (s *System) migrateCommand() *cobra.Command {
	var config string
	var dry bool
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Add to the database what it lacks",
		Long:  "Add to the database what it lacks. Nothing is ever dropped or rewritten.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if dry {
				return s.showSQL(c, config)
			}
			in, err := s.openPlanning(c.Context(), config)
			if err != nil {
				return err
			}
			plan, err := in.auth.Migrate(c.Context())
			if err = errors.Join(err, in.close(c.Context())); err != nil {
				return err
			}
			return describe(c.OutOrStdout(), plan, "added nothing: the database is up to date")
		},
	}
	c.Flags().BoolVar(&dry, "dry-run", false, "print the SQL instead of running it")
	configFlag(c, &config)
	c.AddCommand(&cobra.Command{
		Use:   "status",
		Short: "Show what the database lacks",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			plan, _, err := s.pending(c.Context(), config)
			if err != nil {
				return err
			}
			if err := describe(c.OutOrStdout(), plan, "the database is up to date"); err != nil {
				return err
			}
			return plan.Err()
		},
	})
	return c
}

func describe(w io.Writer, plan *db.Plan, none string) error {
	if len(plan.Steps) == 0 {
		_, err := fmt.Fprintln(w, none)
		return err
	}
	for _, step := range plan.Steps {
		if _, err := fmt.Fprintln(w, ddl.Describe(step)); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) showSQL(c *cobra.Command, config string) error {
	plan, dialect, err := s.pending(c.Context(), config)
	if err != nil {
		return err
	}
	if dialect == db.Memory {
		return errors.New("memory: has no SQL")
	}
	return errors.Join(writeSQL(c.OutOrStdout(), plan, dialect), plan.Err())
}

func writeSQL(w io.Writer, plan *db.Plan, dialect db.Dialect) error {
	statements, err := ddl.Statements(dialect, plan)
	if err != nil {
		return err
	}
	for _, text := range statements {
		if _, err := fmt.Fprintf(w, "%s;\n", text); err != nil {
			return err
		}
	}
	return nil
}

func (s *System) generateCommand() *cobra.Command {
	var config, dialect, output string
	var force bool
	c := &cobra.Command{
		Use:   "generate",
		Short: "Write the whole schema as SQL to a file",
		Long:  "Write the whole schema as SQL to a file, for tools that migrate by files. No database is opened.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f, err := s.configure(config, false)
			if err != nil {
				return err
			}
			d := db.Dialect(dialect)
			if dialect == "" {
				if d, err = databaseDialect(f.Database); err != nil {
					return err
				}
			}
			if d != db.SQLite && d != db.Postgres && d != db.MySQL {
				return fmt.Errorf("there is no SQL for %q; --dialect takes sqlite, postgres or mysql", d)
			}
			schema, err := f.schema()
			if err != nil {
				return err
			}
			plan := db.MakePlan(schema, &db.Live{}, d)
			if output == "-" {
				return writeSQL(c.OutOrStdout(), plan, d)
			}
			return writeFile(output, force, func(w io.Writer) error { return writeSQL(w, plan, d) })
		},
	}
	c.Flags().StringVar(&dialect, "dialect", "", "sqlite, postgres or mysql; the configuration's where not given")
	c.Flags().StringVarP(&output, "output", "o", "schema.sql", "file to write; - is the standard output")
	c.Flags().BoolVar(&force, "force", false, "replace a file that exists")
	configFlag(c, &config)
	return c
}

func writeFile(path string, replace bool, write func(io.Writer) error) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if replace {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o644) //nolint:gosec // a schema is no secret, and the operator names the file
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s exists; --force replaces it", path)
	}
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
