package server

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

func (s *System) userList(config *string) *cobra.Command {
	var limit int
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List users, newest first",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return s.work(c.Context(), *config, func(k *core.Context) error {
				t := k.Tables().Users
				users, err := db.All(k, k.DB(), t.Table, db.Query[core.User]{Order: []db.Order[core.User]{t.CreatedAt.Desc()}, Limit: limit})
				if err != nil {
					return err
				}
				if asJSON {
					e := json.NewEncoder(c.OutOrStdout())
					e.SetIndent("", "  ")
					return e.Encode(users)
				}
				return tabulate(c.OutOrStdout(), users)
			})
		},
	}
	c.Flags().IntVar(&limit, "limit", 100, "how many at most; 0 is all")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func tabulate(out io.Writer, users []*core.User) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "ID\tEMAIL\tVERIFIED\tNAME\tCREATED")
	for _, u := range users {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%t\t%s\t%s\n", u.ID, u.Email, u.EmailVerified, strings.Map(onlyPrintable, u.Name), u.CreatedAt.Format("2006-01-02 15:04"))
	}
	return w.Flush() // tells what Fprintf could not write, too
}

// onlyPrintable keeps what users chose from controlling the terminal.
func onlyPrintable(r rune) rune {
	if r < ' ' || r >= 0x7f && r < 0xa0 {
		return '\ufffd'
	}
	return r
}
