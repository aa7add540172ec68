package magiclink

import (
	"encoding/json"
	"testing"

	"github.com/watchword-auth/watchword/input"
)

// What is taken is a record of the reference's form, and written again it is
// the same one.
func FuzzParseRecord(f *testing.F) {
	for _, seed := range []string{
		`{"type":"magic-link","email":"ada@example.com"}`, `{"type":"magic-link","email":"ada@example.com","name":""}`,
		`{"type":"magic-link","email":"ada@example.com","x":1}`, `{"email":"ada@example.com"}`, `{"type":"x"}`, `null`, `[]`,
		`{"type":"magic-link","email":null}`, `{"TYPE":"magic-link","email":"ada@example.com"}`, `a`, ``,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r, ok := parseRecord(value)
		if !ok {
			return
		}
		if r.Type != recordType || !input.ValidEmail(r.Email) {
			t.Fatalf("%q was taken as %+v", value, r)
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if second, ok := parseRecord(string(again)); !ok || second != r {
			t.Fatalf("%q became %s", value, again)
		}
	})
}
