package config_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/server/config"
)

type window struct {
	Length *config.Seconds `key:"length"`
	Max    int             `key:"max"`
}

type options struct {
	Name    string            `key:"name"`
	On      *bool             `key:"on"`
	Size    int64             `key:"size"`
	Rate    float64           `key:"rate"`
	List    []string          `key:"list"`
	Map     map[string]window `key:"map"`
	Any     json.RawMessage   `key:"any"`
	Foreign string            `json:"foreign,omitempty"`
	Skipped string            `json:"-"`
	window
}

func environment(name string) (string, bool) {
	value, ok := map[string]string{"NAME": "ada", "EMPTY": "", "SIZE": "12", "ON": "true", "ODD": "${NAME}"}[name]
	return value, ok
}

func read(text string) (options, error) {
	var o options
	root, err := config.Parse("f.yaml", []byte(text), environment)
	if err == nil {
		err = config.Decode(root, &o)
	}
	return o, err
}

func TestDecode(t *testing.T) {
	t.Parallel()
	on := true
	minute := config.Seconds(90 * time.Second)
	tests := []struct {
		name, text string
		want       options
	}{
		{"nothing", "", options{}},
		{"an empty object", "{}", options{}},
		{"only a comment", "# nothing yet\n", options{}},
		{"JSON", `{"name": "ada", "on": true, "size": 3, "rate": 0.5, "list": ["a"], "any": {"x": [1, null]}}`,
			options{Name: "ada", On: &on, Size: 3, Rate: 0.5, List: []string{"a"}, Any: json.RawMessage(`{"x":[1,null]}`)}},
		{"JSON with tabs and a byte order mark", "\ufeff{\n\t\"name\":\t\"ada\"\n}\n", options{Name: "ada"}},
		{"YAML", "name: ada\non: true\nlist:\n  - a\n  - b\nmax: 3\n", options{Name: "ada", On: &on, List: []string{"a", "b"}, window: window{Max: 3}}},
		{"seconds", "map:\n  /ok: {length: 90, max: 1}\n", options{Map: map[string]window{"/ok": {&minute, 1}}}},
		{"null is absent", "name: null\non: ~\n", options{}},
		{"a variable", "name: hello ${NAME}\n", options{Name: "hello ada"}},
		{"a default", "name: ${MISSING:-nobody}${EMPTY:-!}\n", options{Name: "nobody!"}},
		{"an empty variable", "name: x${EMPTY}\n", options{Name: "x"}},
		{"a plain dollar", "name: $NAME $${NAME} $5\n", options{Name: "$NAME ${NAME} $5"}},
		{"a value is not expanded again", "name: ${ODD}\n", options{Name: "${NAME}"}},
		{"numbers and switches from the environment", "size: ${SIZE}\non: ${ON}\nlength: ${NINETY:-90}\n",
			options{Size: 12, On: &on, window: window{Length: &minute}}},
		{"another tag", "foreign: x\n", options{Foreign: "x"}},
		{"a text that looks like a number", `{"name": "12"}`, options{Name: "12"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := read(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(options{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"an unknown key", "name: a\nnmae: b\n", `f.yaml:2:1: nmae: there is no such key; did you mean "name"?`},
		{"a far key", "zzz: b\n", `f.yaml:1:1: zzz: there is no such key; there are: any, foreign, length, list, map, max, name, on, rate, size`},
		{"another case", `{"Name": "a"}`, `f.yaml:1:2: Name: there is no such key; did you mean "name"?`},
		{"an unknown key below", "map:\n  x:\n    maxx: 3\n", `f.yaml:3:5: map.x.maxx: there is no such key; did you mean "max"?`},
		{"a number for a text", "name: 5\n", "f.yaml:1:7: name: expected a text, found 5"},
		{"a text for a number", `{"size": "5"}`, "f.yaml:1:10: size: expected a whole number, found a text"},
		{"a broken number", "size: 1.5\n", "f.yaml:1:7: size: expected a whole number, found 1.5"},
		{"a text for a switch", "on: yes please\n", "f.yaml:1:5: on: expected true or false, found a text"},
		{"a number from the environment that is none", "size: ${NAME}\n", "f.yaml:1:7: size: expected a whole number, found a text from the environment"},
		{"negative seconds", "length: -1\n", "f.yaml:1:9: length: expected a number of seconds from 0 on, found -1"},
		{"not a number", "length: .nan\n", "f.yaml:1:9: length: expected a number of seconds, found .nan"},
		{"a text for a list", "list: a\n", "f.yaml:1:7: list: expected a list, found a text"},
		{"an item of a list", "list: [a, 1]\n", "f.yaml:1:11: list[1]: expected a text, found 1"},
		{"a list for an object", "map: []\n", "f.yaml:1:6: map: expected an object, found a list"},
		{"a missing variable", "name: ${GONE}\n", "f.yaml:1:7: name: the environment variable GONE is not set; set it, or write ${GONE:-default}"},
		{"no variable", "name: ${a b}\n", "f.yaml:1:7: name: ${a b} is not a variable; write ${NAME} or ${NAME:-default}, and $${ for a plain ${"},
		{"a key twice", `{"name": "a", "name": "b"}`, "f.yaml:1:15: name: given twice; keep one of them"},
		{"an alias", "any: &x [1]\nlist: *x\n", "f.yaml:2:7: list: anchors and aliases are not supported; write the value out"},
		{"a list", "- a\n", "f.yaml:1:1: the file must hold an object, found a list"},
		{"two documents", "name: a\n---\nname: b\n", "f.yaml: holds more than one document"},
		{"broken JSON", "{\"name\": \"a\",\n \"size\" 3}", "f.yaml:2:9: not valid JSON: invalid character '3' after object key"},
		{"JSON that ends", `{"name": "a"`, "f.yaml:1:13: not valid JSON: it ends too early"},
		{"JSON that goes on", `{} {}`, "f.yaml:1:5: not valid JSON: text follows the object"},
		{"broken YAML", "name: a\n  b: [\n", "f.yaml:2:1: not valid YAML: mapping values are not allowed in this context"},
		{"too deep", strings.Repeat("{\"a\":", 80) + "1" + strings.Repeat("}", 80), "f.yaml:1:322: not valid JSON: nested too deeply"},
		{"too large", strings.Repeat("#", 1<<20+1), "f.yaml: larger than 1 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(tt.text)
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

// TestAllFaults proves that one run shows everything there is to mend.
func TestAllFaults(t *testing.T) {
	t.Parallel()
	_, err := read("name: 1\nsize: x\nlist: [2]\nfoo: 3\n")
	if err == nil || strings.Count(err.Error(), "f.yaml:") != 4 {
		t.Errorf("got %v, want four faults", err)
	}
}

// TestSecretsStayOut proves that a text, which may be a secret, is in no
// error.
func TestSecretsStayOut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"size: hush\n", "on: hush\n", "list: hush\n", "map: hush\n", "length: hush\n"} {
		if _, err := read(text); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
