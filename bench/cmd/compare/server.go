package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// server is something to measure. Each has a directory and data of its own.
type server struct {
	name  string
	probe string // path that answers once it is ready
	// prepare makes the server's data and returns the command that serves it
	// at an address. It runs once; the command may be started several times.
	prepare func(ctx context.Context, dir, listen string) (command []string, err error)
	// database returns the processor time that the server's database, where
	// that is a process of its own, has used so far; nil where it is none.
	database func() time.Duration
}

// process is a server that runs.
type process struct {
	*server
	listen string
	cmd    *exec.Cmd
	ready  []time.Duration // from start to the first answer
	idle   int             // kB resident before any load
	cookie string          // Cookie header or token that a workload's setup got
	path   string          // of the signed-in user, where it has one
}

const starts = 3

// launch starts a server a few times, on the data it has, and lets the last
// one run.
func launch(ctx context.Context, dir string, s *server) (*process, error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	command, err := s.prepare(ctx, dir, listen)
	if err != nil {
		return nil, err
	}
	p := &process{server: s, listen: listen}
	for n := range starts {
		if n > 0 {
			p.stop()
		}
		if err := p.start(ctx, dir, command); err != nil {
			return nil, err
		}
	}
	time.Sleep(time.Second)
	p.idle = p.status("VmRSS")
	return p, nil
}

func (p *process) start(ctx context.Context, dir string, command []string) error {
	out, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer out.Close()
	p.cmd = exec.CommandContext(ctx, command[0], command[1:]...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	start := time.Now()
	if err := p.cmd.Start(); err != nil {
		return err
	}
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for time.Since(start) < 60*time.Second {
		response, err := client.Get("http://" + p.listen + p.probe)
		if err == nil {
			response.Body.Close()
			p.ready = append(p.ready, time.Since(start))
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	p.stop()
	text, _ := os.ReadFile(out.Name())
	return fmt.Errorf("%s did not start: %s", p.name, text)
}

// cpu returns the processor time the server has used, user and system.
func (p *process) cpu() time.Duration { return cpuOf(p.cmd.Process.Pid) }

// cpuOf returns the processor time of a process. Linux counts it in hundredths
// of a second.
func cpuOf(pid int) time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The fields behind the name, which may hold spaces: utime and stime are
	// the 14th and 15th of all.
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

// start brings up every server that a workload of the run names.
func (b *bench) start(ctx context.Context) error {
	var wanted []string
	for _, w := range b.workloads() {
		wanted = append(wanted, w.servers...)
	}
	for i, s := range b.servers() {
		if !slices.Contains(wanted, s.name) {
			continue
		}
		p, err := launch(ctx, filepath.Join(b.dir, strconv.Itoa(i)), s)
		if errors.Is(err, errMissing) || err != nil && !strings.HasPrefix(s.name, ours) {
			b.missing = append(b.missing, fmt.Sprintf("%s: %v", s.name, err))
			continue
		}
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		b.running = append(b.running, p)
	}
	return nil
}

// errMissing is what prepare wraps where something is not installed. The run
// goes on without the server, and says so, as it does where another than
// Watchword does not start.
var errMissing = errors.New("not measured")
