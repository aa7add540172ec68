package server

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/server/config"
)

// keys returns the dotted keys that a struct of the file takes.
func keys(t reflect.Type, prefix string) []string {
	var all []string
	for f := range t.Fields() {
		key := f.Tag.Get("key")
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		_, decodesItself := reflect.TypeAssert[config.Decoder](reflect.New(inner))
		group := inner.Kind() == reflect.Struct && inner != reflect.TypeFor[config.Node]() && !decodesItself
		switch {
		case key == "" && f.Anonymous:
			all = append(all, keys(inner, prefix)...)
		case key == "" || f.Name == "Webhook" || f.Name == "SMTP":
		case group:
			all = append(all, keys(inner, prefix+key+".")...)
		default:
			all = append(all, prefix+key)
		}
	}
	return all
}

// TestKeysAreDocumented proves that docs/options.md names every key of the
// file.
func TestKeysAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/options.md")
	if err != nil {
		t.Fatal(err)
	}
	found := keys(reflect.TypeFor[file](), "")
	found = append(found, "delivery.webhook", "delivery.smtp")
	found = append(found, keys(reflect.TypeFor[dynamicBaseURL](), "baseURL.")...)
	for _, key := range found {
		if !regexp.MustCompile("`" + regexp.QuoteMeta(key) + "(: false|: true)?`").Match(text) {
			t.Errorf("docs/options.md does not name %s", key)
		}
	}
	for _, key := range keys(reflect.TypeFor[additionalField](), "") {
		if key, _, inner := strings.Cut(key, "."); inner && strings.Contains(string(text), "`"+key+"`") {
			continue
		}
		if !regexp.MustCompile("`" + key + "(: false)?`").Match(text) {
			t.Errorf("docs/options.md does not name %s of additionalFields", key)
		}
	}
}

// TestPluginNamesAreDocumented proves that docs/plugins.md has the name each
// plugin has in the file.
func TestPluginNamesAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/plugins.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range plugins() {
		if !strings.Contains(string(text), "| `"+name+"` |") {
			t.Errorf("docs/plugins.md has no plugin %s", name)
		}
	}
}

// TestConfigurationsInDocsAreSound proves that the configurations shown in the
// guides are taken.
func TestConfigurationsInDocsAreSound(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?s)```yaml\n(.*?)```")
	shown := 0
	for _, page := range []string{"server.md", "plugins.md", "from-better-auth.md", "library.md", "security.md"} {
		text, err := os.ReadFile("../docs/" + page)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range block.FindAllStringSubmatch(string(text), -1) {
			shown++
			data := m[1]
			if !strings.Contains(data, "\ndatabase:") {
				data += "\ndatabase: \"memory:\"\n"
			}
			name := fmt.Sprintf("%s, block %d", page, i+1)
			f, err := parse(name, []byte(data), func(name string) (string, bool) {
				if name == "REDIS_URL" { // which pages make optional
					return "", false
				}
				return "a value of the test", true
			})
			if err == nil {
				err = f.addPlugins(&core.Options{})
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	if shown < 3 {
		t.Errorf("%d blocks were found", shown)
	}
}

// TestCommandsAreDocumented proves that docs/server.md lists every command and
// flag.
func TestCommandsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/server.md")
	if err != nil {
		t.Fatal(err)
	}
	s := OS("test")
	commands := s.command().Commands()
	for len(commands) > 0 {
		c := commands[0]
		commands = append(slices.Clone(commands[1:]), c.Commands()...)
		name := strings.TrimPrefix(c.CommandPath(), "watchword ")
		if !regexp.MustCompile("(?m)^\\|.*`"+name+"[` ]").Match(text) && !c.HasSubCommands() && name != "help" {
			t.Errorf("docs/server.md does not list %s", name)
		}
		for _, flag := range regexp.MustCompile(`--[a-z-]+`).FindAllString(c.LocalFlags().FlagUsages(), -1) {
			if !strings.Contains(string(text), flag) {
				t.Errorf("docs/server.md does not name %s of %s", flag, name)
			}
		}
	}
}
