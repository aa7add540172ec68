package securitytest_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// server is the path of the built server.
var server string

// sections are in the order of the catalogue.
func sections() []section {
	return []section{rd, rl, pw, se, so, mf, ot, wa, ak, or, jw, in, c1, c2, c3, c4, c5, c6, c7, c8, rc, tm, rs, op, dv, ss, sa, sc}
}

func TestMain(m *testing.M) {
	flag.Parse()
	// Rows wait for processes and for each other's, rather than compute.
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		_ = flag.Set("test.parallel", "6")
	}
	remove := build()
	status := m.Run()
	remove()
	if !report(os.Stdout, sections(), flag.Lookup("test.run").Value.String() != "") {
		status = max(status, 1)
	}
	os.Exit(status)
}

// build builds the binary unless the environment variable WATCHWORD names
// one.
func build() (remove func()) {
	if server = os.Getenv("WATCHWORD"); server != "" {
		return func() {}
	}
	dir, err := os.MkdirTemp("", "securitytest")
	if err != nil {
		panic(err)
	}
	server = filepath.Join(dir, "watchword")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", server, "../cmd/watchword").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the binary cannot be built: %v\n%s", err, out)
		os.Exit(1)
	}
	return func() { _ = os.RemoveAll(dir) }
}

func TestRD(t *testing.T) { run(t, rd) }
func TestOR(t *testing.T) { run(t, or) }
func TestAK(t *testing.T) { run(t, ak) }
func TestMF(t *testing.T) { run(t, mf) }
func TestOT(t *testing.T) { run(t, ot) }
func TestJW(t *testing.T) { run(t, jw) }
