package config_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/server/config"
)

// FuzzParse proves that no file makes the parser panic, that every fault has
// a place or a file, and that what is read can be written as JSON and read
// again.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "null", "a: 1", `{"a": [1, {"b": null}]}`, "a: &x [*x]\n", "? [a]\n: b\n", "<<: {a: 1}\n", "a: ${B:-${C}}",
		"a: !!binary aGk=\n", "a: 0x1F\nb: 1_000\nc: .inf\n", "a: 2020-01-01\n", "{\"a\":\t1}", "\ufeff{}", "a: |\n  text\n", "{\"a\": 1e999}", "[",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := config.Parse("f", data, func(string) (string, bool) { return "v", true })
		if err != nil {
			var fault *config.Error
			if !errors.As(err, &fault) || fault.File != "f" || fault.Reason == "" {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		raw := root.JSON()
		if !json.Valid(raw) {
			t.Fatalf("not JSON: %s", raw)
		}
		var o options
		_ = config.Decode(root, &o) // must not panic
		var any json.RawMessage
		if err := config.Decode(root, &any); err != nil {
			t.Fatal(err)
		}
	})
}
