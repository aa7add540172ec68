package apikey

import (
	"encoding/json"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// Key is what is stored of a key. Its JSON form is what clients see, without
// the hash.
type Key struct {
	ID, ConfigID        string
	Name, Start         *string
	ReferenceID         string // of the user or the organization
	Prefix              *string
	Hash                string // or the key itself with DisableKeyHashing
	RefillInterval      *int64 // milliseconds
	RefillAmount        *int64
	LastRefillAt        *time.Time
	Enabled             *bool  // nil means yes
	RateLimitEnabled    *bool  // nil means yes
	RateLimitTimeWindow *int64 // milliseconds
	RateLimitMax        *int64
	RequestCount        *int64
	Remaining           *int64 // uses; nil: as many as anyone likes
	LastRequest         *time.Time
	ExpiresAt           *time.Time
	CreatedAt           time.Time
	UpdatedAt           time.Time
	Permissions         *string // JSON
	Metadata            *string // JSON

	db.Extra
}

func (k *Key) disabled() bool { return k.Enabled != nil && !*k.Enabled }

func (k *Key) expired(now time.Time) bool { return k.ExpiresAt != nil && now.After(*k.ExpiresAt) }

// permissions returns what the key may do, or nil.
func (k *Key) permissions() (p Permissions) {
	if k.Permissions != nil {
		_ = json.Unmarshal([]byte(*k.Permissions), &p) // what cannot be read permits nothing
	}
	return p
}

// metadata returns the object; old versions wrote it as a text within a text.
func (k *Key) metadata() json.RawMessage {
	if k.Metadata == nil || !json.Valid([]byte(*k.Metadata)) {
		return nil
	}
	raw := json.RawMessage(*k.Metadata)
	var text string
	if json.Unmarshal(raw, &text) == nil && json.Valid([]byte(text)) {
		raw = json.RawMessage(text)
	}
	return raw
}

// MarshalJSON gives the key as clients see it.
func (k *Key) MarshalJSON() ([]byte, error) { return k.AppendJSON(nil), nil }

// AppendJSON is [Key.MarshalJSON] into a buffer.
func (k *Key) AppendJSON(b []byte) []byte { return k.appendJSON(b, "") }

func (k *Key) appendJSON(b []byte, plain string) []byte {
	b, ok := k.Extra.AppendJSON(b, k)
	if !ok {
		b = newTable().AppendJSON(b, k)
	}
	b = b[:len(b)-1]
	if plain != "" {
		b = db.AppendJSONString(append(b, `,"key":`...), plain)
	}
	b = appendRaw(append(b, `,"metadata":`...), k.metadata())
	var permissions json.RawMessage
	if k.Permissions != nil && json.Valid([]byte(*k.Permissions)) {
		permissions = json.RawMessage(*k.Permissions)
	}
	return append(appendRaw(append(b, `,"permissions":`...), permissions), '}')
}

func appendRaw(b []byte, raw json.RawMessage) []byte {
	if len(raw) == 0 {
		return append(b, "null"...)
	}
	return append(b, raw...)
}

type table struct {
	*db.Table[Key]
	id, configID, name, start, referenceID, prefix, hash, permissions, metadata db.Field[Key, string]
	refillInterval, refillAmount, window, max, count, remaining                 db.Field[Key, int64]
	enabled, limited                                                            db.Field[Key, bool]
	lastRefillAt, lastRequest, expiresAt, createdAt, updatedAt                  db.Field[Key, time.Time]
}

func newTable() *table {
	t := &table{
		id:             db.ID("id", func(k *Key) *string { return &k.ID }).PrimaryKey(),
		configID:       db.Text("configId", func(k *Key) *string { return &k.ConfigID }).Index(),
		name:           db.NullText("name", func(k *Key) **string { return &k.Name }),
		start:          db.NullText("start", func(k *Key) **string { return &k.Start }),
		referenceID:    db.Text("referenceId", func(k *Key) *string { return &k.ReferenceID }).Index(),
		prefix:         db.NullText("prefix", func(k *Key) **string { return &k.Prefix }),
		hash:           db.Text("key", func(k *Key) *string { return &k.Hash }).Index().Hidden(),
		refillInterval: db.NullInt("refillInterval", func(k *Key) **int64 { return &k.RefillInterval }),
		refillAmount:   db.NullInt("refillAmount", func(k *Key) **int64 { return &k.RefillAmount }),
		lastRefillAt:   db.NullTime("lastRefillAt", func(k *Key) **time.Time { return &k.LastRefillAt }),
		enabled:        db.NullBool("enabled", func(k *Key) **bool { return &k.Enabled }),
		limited:        db.NullBool("rateLimitEnabled", func(k *Key) **bool { return &k.RateLimitEnabled }),
		window:         db.NullInt("rateLimitTimeWindow", func(k *Key) **int64 { return &k.RateLimitTimeWindow }),
		max:            db.NullInt("rateLimitMax", func(k *Key) **int64 { return &k.RateLimitMax }),
		count:          db.NullInt("requestCount", func(k *Key) **int64 { return &k.RequestCount }),
		remaining:      db.NullInt("remaining", func(k *Key) **int64 { return &k.Remaining }),
		lastRequest:    db.NullTime("lastRequest", func(k *Key) **time.Time { return &k.LastRequest }),
		expiresAt:      db.NullTime("expiresAt", func(k *Key) **time.Time { return &k.ExpiresAt }),
		createdAt:      db.Time("createdAt", func(k *Key) *time.Time { return &k.CreatedAt }),
		updatedAt:      db.Time("updatedAt", func(k *Key) *time.Time { return &k.UpdatedAt }),
		// They go to clients as objects, see [Key.AppendJSON].
		permissions: db.NullText("permissions", func(k *Key) **string { return &k.Permissions }).Hidden(),
		metadata:    db.NullText("metadata", func(k *Key) **string { return &k.Metadata }).Hidden(),
	}
	t.Table = db.NewTable("apikey", func(k *Key) *db.Extra { return &k.Extra }, t.id, t.configID, t.name, t.start,
		t.referenceID, t.prefix, t.hash, t.refillInterval, t.refillAmount, t.lastRefillAt, t.enabled, t.limited,
		t.window, t.max, t.count, t.remaining, t.lastRequest, t.expiresAt, t.createdAt, t.updatedAt, t.permissions, t.metadata)
	return t
}
