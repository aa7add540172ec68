package server

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/watchword-auth/watchword/core"
)

func (s *System) secretCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "secret",
		Short: "Make a secret",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(c.OutOrStdout(), newSecret(s.Random))
			return err
		},
	}
}

func (s *System) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "watchword %s %s %s/%s\n", s.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

func (s *System) cleanupCommand() *cobra.Command {
	var config string
	c := &cobra.Command{
		Use:   "cleanup",
		Short: "Delete sessions and verifications that have expired",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.work(c.Context(), config, func(k *core.Context) error {
				sessions, err := k.Sessions().Cleanup()
				if err != nil {
					return err
				}
				verifications, err := k.Verifications().Cleanup()
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(c.OutOrStdout(), "deleted %d sessions and %d verifications\n", sessions, verifications)
				return err
			})
		},
	}
	configFlag(c, &config)
	return c
}

func (s *System) infoCommand() *cobra.Command {
	var config string
	c := &cobra.Command{
		Use:   "info",
		Short: "Show what a configuration comes to, without secrets",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			f, err := s.configure(config, false)
			if err != nil {
				return err
			}
			schema, err := f.schema()
			if err != nil {
				return err
			}
			tables := make([]string, len(schema.Tables))
			for i, t := range schema.Tables {
				tables[i] = t.Physical
			}
			dialect, err := databaseDialect(f.Database)
			if err != nil {
				return err
			}
			return list(c.OutOrStdout(), [][2]string{
				{"version", s.Version}, {"listen", f.Listen}, {"base URL", f.BaseURL.String()}, {"database", string(dialect)},
				{"secondary", strings.SplitN(f.SecondaryStorage, ":", 2)[0]}, {"messages", strings.Join(f.Delivery.Targets(), ", ")},
				{"plugins", strings.Join(f.pluginNames(), ", ")}, {"tables", strings.Join(tables, ", ")},
			})
		},
	}
	configFlag(c, &config)
	return c
}

func list(w io.Writer, lines [][2]string) error {
	var faults []error
	for _, line := range lines {
		value := line[1]
		if value == "" {
			value = "none"
		}
		_, err := fmt.Fprintf(w, "%-10s %s\n", line[0], value)
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// String gives what people recognise the base URL by.
func (b *baseURL) String() string {
	if b.dynamic != nil {
		return strings.Join(b.dynamic.AllowedHosts, ", ")
	}
	if b.text == "" {
		return "as each request says"
	}
	return b.text
}
