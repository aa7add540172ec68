package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// PocketBase is the peer that builds with the Go command alone: accounts in
// SQLite, in Go too. Its sessions are signed tokens, which nothing can revoke
// one by one; it reads the user's row for each.
const (
	pocketBase        = "PocketBase"
	pocketBaseProgram = "github.com/pocketbase/pocketbase/examples/base@v0.36.8"
	pocketBaseUsers   = "/api/collections/users"
	administrator     = "admin@bench.test"
)

// peers are the workloads that other systems take part in, each with the call
// that does the same there.
func (b *bench) peers() []workload {
	servers := []string{ours, theirs, pocketBase}
	return []workload{
		{name: "PEER 1", what: "who is signed in", servers: servers, setup: introduce, request: b.askWho, expect: benchEmail},
		{name: "PEER 3", what: "sign-in, hashed as each does", servers: servers, connections: 8, request: signInAtPeer, expect: `"token"`},
	}
}

func (b *bench) pocketBase(ctx context.Context, dir, listen string) ([]string, error) {
	build := exec.CommandContext(ctx, "go", "install", pocketBaseProgram)
	build.Env = append(os.Environ(), "GOBIN="+b.dir)
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s cannot be built: %.200s", errMissing, pocketBaseProgram, out)
	}
	program, data := filepath.Join(b.dir, "base"), filepath.Join(dir, "data")
	if out, err := exec.CommandContext(ctx, program, "superuser", "upsert", administrator, benchPassword, "--dir", data).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %.200s", err, out)
	}
	return []string{program, "serve", "--dir", data, "--http", listen}, nil
}

// introduce makes PocketBase's user, switches its log of requests off as the
// others' are, and keeps the path and token of who signed in. For the others
// the seed has all of that.
func introduce(p *process) error {
	if p.name != pocketBase {
		return nil
	}
	var admin, user struct {
		Token  string
		Record struct{ ID string }
	}
	const account = `{"email":"` + benchEmail + `","password":"` + benchPassword + `","passwordConfirm":"` + benchPassword + `","name":"User 0"}`
	if err := p.call(http.MethodPost, "/api/collections/_superusers/auth-with-password", "", identified(administrator), &admin); err != nil {
		return err
	}
	if err := p.call(http.MethodPatch, "/api/settings", admin.Token, `{"logs":{"maxDays":0}}`, nil); err != nil {
		return err
	}
	if err := p.call(http.MethodPost, pocketBaseUsers+"/records", admin.Token, account, nil); err != nil {
		return err
	}
	if err := p.call(http.MethodPost, pocketBaseUsers+"/auth-with-password", "", identified(benchEmail), &user); err != nil {
		return err
	}
	p.path, p.cookie = pocketBaseUsers+"/records/"+user.Record.ID, user.Token
	return nil
}

func identified(email string) string {
	return `{"identity":"` + email + `","password":"` + benchPassword + `"}`
}

// call sends JSON with a token and reads JSON; a nil answer is not read.
func (p *process) call(method, path, token, body string, answer any) error {
	r, err := http.NewRequest(method, "http://"+p.listen+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", token)
	client := &http.Client{Timeout: 20 * time.Second}
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: status %d", path, response.StatusCode)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

func (b *bench) askWho(p *process) request {
	if p.name != pocketBase {
		return get(p, getSession, b.first)
	}
	text := "GET " + p.path + " HTTP/1.1\r\nHost: " + p.listen + "\r\nUser-Agent: " + agent + "\r\nAuthorization: " + p.cookie + "\r\n\r\n"
	return func(b []byte, _, _ int) []byte { return append(b, text...) }
}

func signInAtPeer(p *process) request {
	if p.name != pocketBase {
		return signIn(p)
	}
	return post(p, pocketBaseUsers+"/auth-with-password", func(int, int) string { return identified(benchEmail) })
}
