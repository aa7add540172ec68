//go:build unix

package soak_test

import (
	"database/sql"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/watchword-auth/watchword/internal/testenv"
)

// engine is a database that can be backed up into another one.
type engine struct {
	driver, source string // for database/sql
	url            string // for the binary
}

// TestRestore makes a backup of a database while an instance writes to it, as
// docs/storage.md says, and serves what it restored: every session and every user
// that is in it answers, and whoever was answered before the backup is in it.
func TestRestore(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	for name, prepare := range map[string]func(t *testing.T) (live engine, restore func() engine){
		"postgres": postgresDrill, "mariadb": mariadbDrill, "sqlite": sqliteDrill,
	} {
		t.Run(name, func(t *testing.T) {
			live, restore := prepare(t)
			s, l := newSite(t, 1, drillConfig(live)), newTally()
			var running sync.WaitGroup
			stop := make(chan struct{})
			for range 3 {
				running.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
							drillUser(s, l)
						}
					}
				})
			}
			early := answered(l, 6)
			restored := restore()
			answered(l, early+2)
			close(stop)
			running.Wait()
			drill(t, newSite(t, 1, drillConfig(restored)), l, early, restored)
		})
	}
}

// answered waits until so many sessions were answered, and returns how many.
func answered(l *tally, enough int) int {
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(10 * time.Millisecond) {
		l.mu.Lock()
		n := len(l.signedIn)
		l.mu.Unlock()
		if n >= enough || time.Now().After(deadline) {
			return n
		}
	}
}

func drillConfig(e engine) map[string]any {
	return map[string]any{
		"secret": "a-secret-for-tests-0123456789-abcdefghij", "database": e.url,
		"emailAndPassword": map[string]any{"enabled": true}, "rateLimit": map[string]any{"enabled": false},
		"logger": map[string]any{"level": "error"},
	}
}

// drillUser signs a user up in one browser and in from another.
func drillUser(s *site, l *tally) {
	email, laptop, phone := newAddress(), s.device(l), s.device(l)
	laptop.email, phone.email = email, email
	if status, _ := laptop.post("/sign-up/email", map[string]any{"name": "Ada", "email": email, "password": oldPassword}); status != http.StatusOK {
		l.violate("sign-up: %d", status)
		return
	}
	add(l, &l.signedIn, laptop)
	if status := phone.signIn(email, oldPassword); status != http.StatusOK {
		l.violate("sign-in: %d", status)
		return
	}
	add(l, &l.signedIn, phone)
}

// drill compares what was restored with what was answered, and asks it.
func drill(t *testing.T, s *site, l *tally, early int, e engine) {
	handle, err := sql.Open(e.driver, e.source)
	if err != nil {
		t.Fatal(err)
	}
	defer handle.Close()
	users := texts(t, handle, e, `SELECT "email" FROM "user"`)
	tokens := texts(t, handle, e, `SELECT "token" FROM "session"`)
	for i, d := range l.signedIn {
		token := d.token(d.site)
		if i < early && (!tokens[token] || !users[d.email]) {
			t.Error("a session or user that was answered before the backup is not in it")
		}
		if !tokens[token] {
			continue // it came later
		}
		delete(tokens, token)
		from, _ := url.Parse(d.site.base)
		to, _ := url.Parse(s.base)
		other := s.device(l)
		other.jar.SetCookies(to, d.jar.Cookies(from))
		if status, body := other.call(http.MethodGet, "/get-session", nil, address()); status != http.StatusOK || !strings.Contains(body, d.email) {
			t.Errorf("a restored session: %d %s", status, body)
		}
	}
	if len(tokens) > 0 {
		t.Errorf("%d sessions of the backup were never answered", len(tokens))
	}
	for email := range users {
		if status := s.device(l).signIn(email, oldPassword); status != http.StatusOK {
			t.Errorf("a restored user signs in: %d", status)
		}
	}
	for _, v := range l.violations {
		t.Error(v)
	}
	if early == 0 || len(users) == 0 || len(l.signedIn) == early {
		t.Errorf("nothing was proven: %d sessions before the backup, %d in all, %d users in it", early, len(l.signedIn), len(users))
	}
	t.Logf("%d users and their sessions restored; %d sessions were there when the backup began, %d when the load ended",
		len(users), early, len(l.signedIn))
}

// token returns the token in the device's cookie.
func (d *device) token(s *site) string {
	u, _ := url.Parse(s.base)
	for _, c := range d.jar.Cookies(u) {
		if strings.HasSuffix(c.Name, ".session_token") {
			value, _ := url.QueryUnescape(c.Value)
			token, _, _ := strings.Cut(value, ".")
			return token
		}
	}
	return ""
}

func texts(t *testing.T, handle *sql.DB, e engine, query string) map[string]bool {
	t.Helper()
	if e.driver == "mysql" {
		query = strings.ReplaceAll(query, `"`, "`")
	}
	rows, err := handle.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]bool{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		found[text] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// run runs a tool of an engine's; a tool that is missing ends the test.
func run(t *testing.T, stdin, stdout *os.File, command ...string) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		testenv.Missing(t, command[0], err)
	}
	c := exec.CommandContext(t.Context(), command[0], command[1:]...)
	var errors strings.Builder
	c.Stdin, c.Stdout, c.Stderr = stdin, stdout, &errors
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", command[0], err, &errors)
	}
}

func postgresDrill(t *testing.T) (engine, func() engine) {
	server := testenv.OwnPostgres(t)
	return engine{"pgx", server.URL, server.URL}, func() engine {
		dump := filepath.Join(t.TempDir(), "auth.dump")
		restored := strings.Replace(server.URL, "/postgres?", "/restored?", 1)
		run(t, nil, nil, "pg_dump", "--format=custom", "--file="+dump, server.URL)
		run(t, nil, nil, "psql", "--quiet", "--command=CREATE DATABASE restored", server.URL)
		run(t, nil, nil, "pg_restore", "--exit-on-error", "--dbname="+restored, dump)
		return engine{"pgx", restored, restored}
	}
}

func mariadbDrill(t *testing.T) (engine, func() engine) {
	open := func() (engine, []string) {
		source := testenv.MySQL(t)
		o, err := mysql.ParseDSN(source)
		if err != nil {
			t.Fatal(err)
		}
		host, port, _ := strings.Cut(o.Addr, ":")
		client := []string{"--host=" + host, "--port=" + port, "--user=" + o.User, "--password=" + o.Passwd, o.DBName}
		return engine{"mysql", source, "mysql://" + url.UserPassword(o.User, o.Passwd).String() + "@" + o.Addr + "/" + o.DBName}, client
	}
	live, from := open()
	return live, func() engine {
		restored, to := open()
		dump, err := os.Create(filepath.Join(t.TempDir(), "auth.sql"))
		if err != nil {
			t.Fatal(err)
		}
		defer dump.Close()
		run(t, nil, dump, append([]string{"mariadb-dump", "--single-transaction"}, from...)...)
		if _, err := dump.Seek(0, 0); err != nil {
			t.Fatal(err)
		}
		run(t, dump, nil, append([]string{"mariadb"}, to...)...)
		return restored
	}
}

func sqliteDrill(t *testing.T) (engine, func() engine) {
	dir := t.TempDir()
	at := func(name string) engine {
		path := filepath.Join(dir, name)
		return engine{"sqlite", path, "sqlite:" + path}
	}
	live := at("auth.db")
	return live, func() engine {
		restored := at("copy.db")
		handle, err := sql.Open("sqlite", live.source+"?_pragma=busy_timeout(10000)")
		if err != nil {
			t.Fatal(err)
		}
		defer handle.Close()
		if _, err := handle.ExecContext(t.Context(), "VACUUM INTO ?", restored.source); err != nil {
			t.Fatal(err)
		}
		return restored
	}
}
