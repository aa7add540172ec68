package secret

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
)

const redacted = "[redacted]"

// Key is one versioned secret. The zero Key is not usable: [NewVersioned] refuses an empty Value.
//
// A Key never shows its Value through fmt, log/slog or encoding/json. fmt cannot call the methods of a value held in
// an unexported struct field, so keep Keys out of such fields and build a [Ring] at once.
type Key struct {
	// Version is written into sealed values. It is not negative, and unique in a ring.
	Version int
	// Value is the secret itself, used as its UTF-8 bytes.
	Value string
}

// String returns a placeholder with the version.
func (k Key) String() string { return "secret.Key(" + strconv.Itoa(k.Version) + ", " + redacted + ")" }

// GoString returns the same placeholder as String, for %#v.
func (k Key) GoString() string { return k.String() }

// Format writes the placeholder whatever the verb and the flags.
func (k Key) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, k.String()) }

// MarshalJSON encodes the version only.
func (k Key) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Version int    `json:"version"`
		Value   string `json:"value"`
	}{k.Version, redacted})
}

// LogValue returns the placeholder for log/slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// String returns a placeholder.
func (r Ring) String() string { return "secret.Ring(" + redacted + ")" }

// GoString returns the same placeholder as String, for %#v.
func (r Ring) GoString() string { return r.String() }

// Format writes the placeholder whatever the verb and the flags.
func (r Ring) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, r.String()) }

// MarshalJSON encodes the placeholder.
func (r Ring) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// LogValue returns the placeholder for log/slog.
func (r Ring) LogValue() slog.Value { return slog.StringValue(r.String()) }
