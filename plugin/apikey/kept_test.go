package apikey

import "testing"

// What can be read is written so that it reads the same again.
func FuzzDecodeKept(f *testing.F) {
	for _, seed := range []string{`{}`, `{"id":"a","metadata":"{\"a\":1}","createdAt":"2026-03-01T12:00:00.000Z"}`,
		`{"key":"x","remaining":1,"expiresAt":"2026-03-01T12:00:00.1234567Z"}`, `[]`, `{"metadata":"\""}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data string) {
		k, err := decodeKept([]byte(data))
		if err != nil {
			return
		}
		first := encodeKept(k)
		again, err := decodeKept([]byte(first))
		if err != nil || encodeKept(again) != first {
			t.Errorf("%q became %q, then %v", data, first, err)
		}
		_, _ = k.MarshalJSON()
	})
}
