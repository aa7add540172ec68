package watchword_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
)

func page(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// optionNames returns the paths of all options below a type, such as
// Session.CookieCache.MaxAge, and whether each is one that is set itself, and
// not only a group of others.
func optionNames(t reflect.Type, prefix string, names map[string]bool) {
	for f := range t.Fields() {
		if !f.IsExported() {
			continue
		}
		path, inner := prefix+f.Name, f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		own := inner.PkgPath() == reflect.TypeFor[core.Options]().PkgPath() || inner == reflect.TypeFor[cookie.Attributes]()
		group := own && inner.Kind() == reflect.Struct && !strings.HasPrefix(inner.Name(), "EntityHooks[")
		switch {
		case group && f.Anonymous:
			optionNames(inner, prefix, names)
		case group:
			names[path] = false
			optionNames(inner, path+".", names)
		default:
			names[path] = true
		}
	}
}

// TestOptionsAreDocumented proves that docs/options.md names every option, and
// none that is not there.
func TestOptionsAreDocumented(t *testing.T) {
	t.Parallel()
	text := page(t, "docs/options.md")
	names := map[string]bool{}
	optionNames(reflect.TypeFor[watchword.Options](), "", names)
	for name, set := range names {
		if set && !strings.Contains(text, "| `"+name+"` |") {
			t.Errorf("docs/options.md has no row for %s", name)
		}
	}
	ofFields := map[string]bool{}
	optionNames(reflect.TypeFor[watchword.AdditionalField](), "", ofFields)
	for name := range ofFields {
		if !regexp.MustCompile("(?m)^\\| [^|]*`" + name + "`").MatchString(text) {
			t.Errorf("docs/options.md has no row for AdditionalField.%s", name)
		}
	}
	for _, cell := range regexp.MustCompile("(?m)^\\| (`[A-Z][^|]*) \\|").FindAllStringSubmatch(text, -1) {
		for name := range strings.SplitSeq(strings.ReplaceAll(cell[1], "`", ""), ", ") {
			if _, ok := names[name]; !ok && !ofFields[name] && name != "DatabaseRateLimit.Mapping" {
				t.Errorf("docs/options.md has a row for %s, which is no option", name)
			}
		}
	}
}

// TestCodesAreDocumented proves that docs/errors.md has every code of the core
// and of the flows, with its status.
func TestCodesAreDocumented(t *testing.T) {
	t.Parallel()
	text := page(t, "docs/errors.md")
	auth, err := watchword.New(watchword.Options{Secret: testSecret, Database: memory.New()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = auth.Close(context.Background()) })
	for code, e := range auth.Kernel().Codes() {
		if row := fmt.Sprintf("| `%s` | %d |", code, e.Status); !strings.Contains(text, row) {
			t.Errorf("docs/errors.md has no row %s", row)
		}
	}
	var sources []string
	for _, pattern := range []string{"core/*.go", "flow/*/*.go", "oauth/*.go"} {
		found, err := filepath.Glob(filepath.FromSlash(pattern))
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		sources = append(sources, found...)
	}
	declared := regexp.MustCompile(`NewError\(http\.Status\w+, "(\w+)"`)
	for _, source := range sources {
		if strings.HasSuffix(source, "_test.go") {
			continue
		}
		for _, m := range declared.FindAllStringSubmatch(page(t, source), -1) {
			if !strings.Contains(text, "| `"+m[1]+"` |") {
				t.Errorf("docs/errors.md has no row for %s of %s", m[1], source)
			}
		}
	}
}

// TestPluginsAreDocumented proves that every plugin has a page, and a line in
// the list of plugins that leads there.
func TestPluginsAreDocumented(t *testing.T) {
	t.Parallel()
	list := page(t, "docs/plugins.md")
	pages, err := filepath.Glob(filepath.FromSlash("docs/plugins/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	byPackage := map[string]string{} // pages have the plugin's id, with dashes
	for _, p := range pages {
		name := filepath.Base(p)
		byPackage[strings.ReplaceAll(strings.TrimSuffix(name, ".md"), "-", "")] = name
	}
	packages, err := os.ReadDir("plugin")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
		name, ok := byPackage[p.Name()]
		if !ok {
			t.Errorf("plugin/%s has no page in docs/plugins", p.Name())
			continue
		}
		if !strings.Contains(list, "(plugins/"+name+") | `plugin/"+p.Name()+"` |") {
			t.Errorf("docs/plugins.md has no line for plugin/%s that leads to plugins/%s", p.Name(), name)
		}
	}
}

// TestLinksLeadSomewhere proves that what the pages link to within the
// repository is there.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/plugins/*.md"} {
		pages, err := filepath.Glob(filepath.FromSlash(pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pages {
			for _, m := range link.FindAllStringSubmatch(page(t, name), -1) {
				file, anchor, _ := strings.Cut(m[1], "#")
				if strings.Contains(m[1], "://") {
					continue
				}
				target := name
				if file != "" {
					target = filepath.Join(filepath.Dir(name), filepath.FromSlash(file))
				}
				if _, err := os.Stat(target); err != nil {
					t.Errorf("%s links to %s, which is not there", name, m[1])
				} else if anchor != "" && !hasHeading(page(t, target), anchor) {
					t.Errorf("%s links to %s, and there is no such heading", name, m[1])
				}
			}
		}
	}
}

// hasHeading reports whether a page has a heading of that anchor, as hosts of
// repositories make anchors.
func hasHeading(text, anchor string) bool {
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(text, -1) {
		made := regexp.MustCompile(`[^\w -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		if strings.ReplaceAll(made, " ", "-") == anchor {
			return true
		}
	}
	return false
}

// TestCodeInDocsIsThatOfExamples proves that Go code quoted from an example is
// still what stands there.
func TestCodeInDocsIsThatOfExamples(t *testing.T) {
	t.Parallel()
	quoted := regexp.MustCompile("(?s)```go\n(func [^`]*?\n}\n)```")
	for name, source := range map[string]string{
		"docs/plugins.md": "examples/plugin/notes.go",
		"docs/library.md": "example_docs_test.go",
	} {
		found := quoted.FindAllStringSubmatch(page(t, name), -1)
		if len(found) == 0 {
			t.Errorf("%s quotes no function", name)
		}
		for _, m := range found {
			if !strings.Contains(page(t, source), m[1]) {
				first, _, _ := strings.Cut(m[1], "\n")
				t.Errorf("%s quotes %q, which is not so in %s", name, first, source)
			}
		}
	}
}

// TestTestsInDocsAreThere proves that the tests the pages name exist in the
// package they are named with.
func TestTestsInDocsAreThere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"docs/security.md", "docs/performance.md"} {
		text, folder := page(t, name), ""
		for _, m := range regexp.MustCompile("`([a-z/]+)`|`((?:Test|Fuzz)[A-Z]\\w+)`").FindAllStringSubmatch(text, -1) {
			if m[1] != "" {
				folder = m[1]
				continue
			}
			if folder != "" && !hasTest(t, folder, m[2]) && !hasTest(t, "plugin/*", m[2]) {
				t.Errorf("%s names %s of %s, which is not there", name, m[2], folder)
			}
		}
	}
}

func hasTest(t *testing.T, folder, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.FromSlash(folder + "/*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.Contains(page(t, file), "func "+test+"(") {
			return true
		}
	}
	return false
}
