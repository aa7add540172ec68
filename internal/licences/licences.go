// Command licences writes the licences of all that is linked into the binary,
// as their terms ask of whoever hands it on:
//
//	go run ./internal/licences > THIRD_PARTY_LICENSES
//
// It fails for a module whose licence is not on the list of those that anyone
// may build upon, or whose licence it cannot tell.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/licensecheck"
)

// allowed are the licences of what is linked. MPL-2.0 binds the files it
// stands in, which are linked unchanged; GooglePatentsFile grants more.
var allowed = []string{"MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "MPL-2.0", "CC0-1.0", "GooglePatentsFile"}

// targets are the systems that releases are made for: each links modules that
// others do not.
var targets = []string{"linux", "darwin", "windows"}

type module struct{ path, version, dir string }

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	modules, err := linked(ctx, "./cmd/watchword")
	if err != nil {
		return err
	}
	var faults []error
	for _, m := range modules {
		if err := m.write(out); err != nil {
			faults = append(faults, fmt.Errorf("%s %s: %w", m.path, m.version, err))
		}
	}
	return errors.Join(faults...)
}

// linked lists the modules that a program links on any of the targets, and the
// Go distribution itself.
func linked(ctx context.Context, program string) ([]module, error) {
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return nil, err
	}
	std := strings.Fields(string(goroot))
	modules := []module{{"The Go standard library and runtime", std[1], std[0]}}
	for _, target := range targets {
		list := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}", program)
		list.Env = append(os.Environ(), "GOOS="+target, "CGO_ENABLED=0")
		listed, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", target, err)
		}
		for line := range strings.Lines(string(listed)) {
			if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 {
				modules = append(modules, module{f[0], f[1], f[2]})
			}
		}
	}
	slices.SortFunc(modules[1:], func(a, b module) int { return strings.Compare(a.path, b.path) })
	return slices.Compact(modules), nil
}

// write copies the module's licences and notices. At least one licence must be
// known, and all that are known allowed.
func (m module) write(out io.Writer) error {
	files, err := m.texts()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s\n%s %s\n\n", strings.Repeat("=", 80), m.path, m.version)
	known := 0
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(m.dir, file))
		if err != nil {
			return err
		}
		ids, err := identify(text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		known += len(ids)
		fmt.Fprintf(out, "-- %s %s\n\n%s\n\n", file, strings.Join(ids, ", "), bytes.TrimSpace(text))
	}
	if known == 0 {
		return fmt.Errorf("no licence that is known in %q", files)
	}
	return nil
}

var licenceFile = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice|patents)`)

func (m module) texts() ([]string, error) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		if e.Type().IsRegular() && licenceFile.MatchString(e.Name()) {
			files = append(files, e.Name())
		}
	}
	return files, nil
}

// identify names the licences in a text, which may be none in a notice.
func identify(text []byte) ([]string, error) {
	var ids []string
	for _, match := range licensecheck.Scan(text).Match {
		switch {
		case match.IsURL || slices.Contains(ids, match.ID):
		case !slices.Contains(allowed, match.ID):
			return nil, fmt.Errorf("the licence %s is not on the list", match.ID)
		default:
			ids = append(ids, match.ID)
		}
	}
	return ids, nil
}
