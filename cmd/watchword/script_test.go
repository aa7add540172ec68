package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// address finds where a server in the background listens: "on" in its log.
var address = regexp.MustCompile(`http://((?:127\.0\.0\.1|localhost):[0-9]+)`)

// await waits until the server whose standard output goes to a file has said
// where it listens, and puts the address into $ADDR.
func await(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		data, err := os.ReadFile(ts.MkAbs(args[0]))
		if m := address.FindSubmatch(data); err == nil && m != nil {
			ts.Setenv("ADDR", string(m[1]))
			return
		}
	}
	ts.Fatalf("%s does not say where the server listens", args[0])
}

// get asks for a URL and fails unless the answer has the status and its body
// holds the texts.
func get(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 || neg {
		ts.Fatalf("usage: get URL STATUS [TEXT…]")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Get(args[0])
	ts.Check(err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	ts.Check(err)
	if fmt.Sprint(response.StatusCode) != args[1] {
		ts.Fatalf("%s: status %d: %s", args[0], response.StatusCode, body)
	}
	for _, text := range args[2:] {
		if !strings.Contains(string(body), text) {
			ts.Fatalf("%s: no %q in %s", args[0], text, body)
		}
	}
}

// mode fails unless a file has the permissions.
func mode(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%04o", info.Mode().Perm()); got != args[0] {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}
