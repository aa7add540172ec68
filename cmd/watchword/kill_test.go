package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/testenv"
)

// program runs the binary over one configuration.
type program struct {
	t      *testing.T
	config string
}

func newProgram(t *testing.T, database string) program {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.yaml")
	text := "secret: interop-secret-0123456789-abcdefghijklmnop\nbaseURL: http://localhost:3000\nlisten: 127.0.0.1:0\n" +
		"plugins: {admin: true, twoFactor: true, organization: {teams: {enabled: true}}, jwt: true}\ndatabase: " + database + "\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return program{t, config}
}

func (p program) command(ctx context.Context, args ...string) (*exec.Cmd, *bytes.Buffer) {
	c, out := exec.CommandContext(ctx, "watchword", append(args, "--config", p.config)...), &bytes.Buffer{}
	c.Stdout, c.Stderr = out, out
	return c, out
}

func (p program) run(args ...string) (string, error) {
	c, out := p.command(p.t.Context(), args...)
	err := c.Run()
	return out.String(), err
}

// TestKilledMigration kills a migration with SIGKILL, sooner and later. What it
// leaves behind is whole or torn, and never in the next one's way: a server that
// may not migrate says what lacks and does not start, and the next migration adds
// just that.
func TestKilledMigration(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]func(*testing.T) string{
		"sqlite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "auth.db") },
		"postgres": func(t *testing.T) string { return testenv.Postgres(t) },
		"mysql":    mysqlURL,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			if out, err := newProgram(t, source(t)).run("migrate"); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			took := time.Since(began)
			for eighth := range 6 { // its first part is the start of the program
				delay := took * time.Duration(eighth+3) / 8
				p := newProgram(t, source(t))
				whole, err := p.run("migrate", "status")
				if err != nil {
					t.Fatalf("%v\n%s", err, whole)
				}
				ctx, cancel := context.WithTimeout(t.Context(), delay)
				c, _ := p.command(ctx, "migrate")
				_ = c.Run() // with SIGKILL when the time is over
				cancel()
				left, err := p.run("migrate", "status")
				if err != nil {
					t.Fatalf("after a kill: %v\n%s", err, left)
				}
				torn := !strings.Contains(left, "up to date")
				if torn && name != "mysql" && left != whole { // which cannot undo DDL
					t.Errorf("a migration that was killed has done a part:\n%s", left)
				}
				if torn {
					out, err := p.run("serve")
					if err == nil || !strings.Contains(out, strings.SplitN(left, "\n", 2)[0]) || !strings.Contains(out, "watchword migrate") {
						t.Errorf("a server over a torn database: %v\n%s", err, out)
					}
				}
				t.Logf("killed after %v: %d of %d steps are left", delay, strings.Count(left, "\n"), strings.Count(whole, "\n"))
				if out, err := p.run("migrate"); err != nil {
					t.Errorf("the next migration: %v\n%s", err, out)
				}
				if out, err := p.run("migrate", "status"); err != nil || !strings.Contains(out, "up to date") {
					t.Errorf("after the next migration: %v\n%s", err, out)
				}
			}
		})
	}
}
