package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/watchword-auth/watchword/internal/testenv"
)

// TestMigrateServers plans and migrates databases of servers, which scripts
// cannot make.
func TestMigrateServers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source func(t *testing.T) string
		typed  string // a type of the dialect
	}{
		"postgres": {func(t *testing.T) string { return testenv.Postgres(t) }, `"emailVerified" boolean`},
		"mysql":    {mysqlURL, "`expiresAt` timestamp(3)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			config := filepath.Join(dir, "config.yaml")
			text := "secret: interop-secret-0123456789-abcdefghijklmnop\nbaseURL: http://localhost:3000\ndatabase: " + c.source(t) + "\n"
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			watchword := func(args ...string) string {
				t.Helper()
				command := exec.Command("watchword", append(args, "--config", config)...)
				var out bytes.Buffer
				command.Stdout, command.Stderr = &out, &out
				if err := command.Run(); err != nil {
					t.Fatalf("watchword %s: %v\n%s", strings.Join(args, " "), err, &out)
				}
				return out.String()
			}
			dry := watchword("migrate", "--dry-run")
			if whole := watchword("generate", "-o", "-"); whole != dry || !strings.Contains(dry, c.typed) {
				t.Errorf("the plan for an empty database is not the whole schema:\n%s\n%s", dry, whole)
			}
			for _, step := range []struct{ command, want string }{
				{"status", "create table verification"}, {"", "create table verification"},
				{"status", "up to date"}, {"", "up to date"},
			} {
				if out := watchword(append([]string{"migrate"}, strings.Fields(step.command)...)...); !strings.Contains(out, step.want) {
					t.Errorf("migrate %s: %s", step.command, out)
				}
			}
			if rest := watchword("migrate", "--dry-run"); rest != "" {
				t.Errorf("after migrating there is still: %s", rest)
			}
		})
	}
}

// mysqlURL returns the URL of an empty database of its own.
func mysqlURL(t *testing.T) string {
	t.Helper()
	o, err := mysql.ParseDSN(testenv.MySQL(t))
	if err != nil {
		t.Fatal(err)
	}
	user := o.User
	if o.Passwd != "" {
		user += ":" + o.Passwd
	}
	return "mysql://" + user + "@" + o.Addr + "/" + o.DBName
}
