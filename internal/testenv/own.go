//go:build unix

package testenv

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Own is a server process of the test's own, on a port of its own: it may be
// killed, paused and started again. Its files go with the test.
type Own struct {
	// Address is host:port, the same after each start.
	Address string
	// URL leads to the server, in the form its clients read.
	URL string

	tb      testing.TB
	command []string
	answers func() error // nil once the server does what it is for
	account *user.User   // who runs it; nil: who runs the test
	cmd     *exec.Cmd
	log     string
}

// Start starts the server and waits until it answers.
func (o *Own) Start() {
	o.tb.Helper()
	out, err := os.OpenFile(o.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		o.tb.Fatal(err)
	}
	defer out.Close()
	o.cmd = o.run(o.command...)
	o.cmd.Stdout, o.cmd.Stderr = out, out
	if err := o.cmd.Start(); err != nil {
		o.tb.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		err := o.answers()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			text, _ := os.ReadFile(o.log)
			o.tb.Fatalf("%s does not start: %v\n%s", o.command[0], err, text)
		}
	}
}

// talk connects, says something and reads the beginning of the answer.
func (o *Own) talk(say string) (string, error) {
	conn, err := net.Dial("tcp", o.Address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if say == "" {
		return "", nil
	}
	if _, err := conn.Write([]byte(say)); err != nil {
		return "", err
	}
	answer := make([]byte, 64)
	n, err := conn.Read(answer)
	return string(answer[:n]), err
}

// Kill ends the server at once and waits until it is gone.
func (o *Own) Kill() { o.end(syscall.SIGKILL) }

// Pause stops the server from running, while its connections stay open, until
// [Own.Resume].
func (o *Own) Pause() { o.signal(syscall.SIGSTOP) }

// Resume ends [Own.Pause].
func (o *Own) Resume() { o.signal(syscall.SIGCONT) }

func (o *Own) end(signal syscall.Signal) {
	if o.cmd == nil {
		return
	}
	o.signal(signal)
	_ = o.cmd.Wait()
	o.cmd = nil
}

func (o *Own) signal(s syscall.Signal) {
	o.tb.Helper()
	if err := o.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		o.tb.Error(err)
	}
}

// run makes a command that runs as the server's account.
func (o *Own) run(command ...string) *exec.Cmd {
	c := exec.CommandContext(context.Background(), command[0], command[1:]...)
	if o.account != nil {
		uid, _ := strconv.ParseUint(o.account.Uid, 10, 32)
		gid, _ := strconv.ParseUint(o.account.Gid, 10, 32)
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		c.Dir = "/"
	}
	return c
}

// newOwn finds the program and makes a directory. Programs that refuse to run
// as root run as the account, where root runs the test.
func newOwn(tb testing.TB, program, account string, also ...string) (o *Own, path, dir string) {
	tb.Helper()
	path, err := find(program, also...)
	if err != nil {
		Missing(tb, program, err)
	}
	o = &Own{tb: tb, Address: freeAddress(tb)}
	// Not the test's own directory: the account could not reach it.
	if dir, err = os.MkdirTemp("", "watchword-test-"); err != nil {
		tb.Fatal(err)
	}
	o.log = filepath.Join(dir, "log")
	tb.Cleanup(func() {
		o.Kill()
		_ = os.RemoveAll(dir)
	})
	if account == "" || os.Geteuid() != 0 {
		return o, path, dir
	}
	if o.account, err = user.Lookup(account); err != nil {
		Missing(tb, program, err)
	}
	o.own(dir)
	return o, path, dir
}

// own gives files to the server's account.
func (o *Own) own(paths ...string) {
	if o.account == nil {
		return
	}
	uid, _ := strconv.Atoi(o.account.Uid)
	gid, _ := strconv.Atoi(o.account.Gid)
	for _, path := range paths {
		if err := os.Chown(path, uid, gid); err != nil {
			o.tb.Fatal(err)
		}
	}
}

// find looks for a program in the path, then where the patterns say; of several
// versions it takes the last.
func find(program string, patterns ...string) (string, error) {
	path, err := exec.LookPath(program)
	if err == nil {
		return path, nil
	}
	for _, pattern := range append(patterns, "/usr/sbin") {
		found, _ := filepath.Glob(filepath.Join(pattern, program))
		if len(found) > 0 {
			return slices.Max(found), nil
		}
	}
	return "", err
}

func freeAddress(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
