package db_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/db"
)

// The scanner and encoding/json agree on what is an object and what it holds.
func FuzzEachMember(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : 1 , "b":"x\"y\\" } `, `{"a":{"b":[1,"]}",{}]},"c":null}`, `{"a":1,"a":2}`, `{"\u0061\n":true}`,
		`[]`, `"x"`, `1`, `null`, ``, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, "{\"a\xff\":\"\xff\"}", `{"a":-1.5e3}`, `{"":""}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, want := map[string]string{}, map[string]json.RawMessage{}
		valid, err := db.Check(data)
		if err == nil {
			err = valid.EachMember(func(name []byte, raw db.Valid) error {
				got[string(name)] = string(raw)
				return nil
			})
		}
		wantErr := json.Unmarshal(data, &want)
		if wantErr == nil && bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
			wantErr = json.Unmarshal([]byte("{"), &want) // null is no object
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: error %v, want %v", data, err, wantErr)
		}
		if err != nil {
			return
		}
		expected := map[string]string{}
		for name, raw := range want {
			expected[name] = string(raw)
		}
		if diff := cmp.Diff(expected, got); diff != "" {
			t.Fatalf("%q: %s", data, diff)
		}
	})
}

func FuzzParseISO(f *testing.F) {
	for _, seed := range []string{"2026-03-02T12:00:00.000Z", "2026-02-30T12:00:00.000Z", "2024-02-29T23:59:59.999Z", "x", "2026-03-02T24:00:00.000Z", "0000-01-01T00:00:00.000Z"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, ok := db.ParseISO(text)
		if ok && string(db.AppendTime(nil, at)) != text {
			t.Fatalf("%q became %s", text, at)
		}
	})
}
