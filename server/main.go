package server

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

// Main runs the command that the arguments name and returns the exit code. The
// context's end stops a server gracefully.
func Main(ctx context.Context, args []string, s *System) int {
	root := s.command()
	root.SetArgs(args)
	root.SetIn(s.Stdin)
	root.SetOut(s.Stdout)
	root.SetErr(s.Stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		_, _ = fmt.Fprintf(s.Stderr, "watchword: %v\n", err)
		return 1
	}
	return 0
}

func (s *System) command() *cobra.Command {
	root := &cobra.Command{
		Use:           "watchword",
		Short:         "Authentication that speaks Better Auth's protocol",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
	}
	root.AddCommand(s.serveCommand(), s.migrateCommand(), s.generateCommand(), s.userCommand(), s.cleanupCommand(),
		s.doctorCommand(), s.infoCommand(), s.secretCommand(), s.versionCommand())
	return root
}

func (s *System) serveCommand() *cobra.Command {
	var o serveOptions
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long:  "Run the server. Without --config it is a development server: SQLite in watchword.db,\na generated secret, email and password, messages on the console.",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			o.production = s.production(o.production)
			return s.serve(c.Context(), o)
		},
	}
	c.Flags().StringVarP(&o.config, "config", "c", "", "configuration, JSON or YAML")
	c.Flags().BoolVar(&o.production, "production", false, "guess and generate nothing (also WATCHWORD_ENV=production)")
	c.Flags().BoolVar(&o.migrate, "migrate", false, "apply pending migrations first")
	c.Flags().StringVar(&o.listen, "listen", "", "host:port, instead of the configuration's")
	return c
}

func (s *System) production(flag bool) bool {
	posture, _ := s.LookupEnv("WATCHWORD_ENV")
	return flag || posture == "production"
}
