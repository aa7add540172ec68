package apikey

import (
	"encoding/json"
	"time"
)

// kept is a key as the reference writes it to secondary storage.
type kept struct {
	ID                  string          `json:"id"`
	ConfigID            string          `json:"configId"`
	Name                *string         `json:"name"`
	Start               *string         `json:"start"`
	ReferenceID         string          `json:"referenceId"`
	Prefix              *string         `json:"prefix"`
	Key                 string          `json:"key"`
	RefillInterval      *int64          `json:"refillInterval"`
	RefillAmount        *int64          `json:"refillAmount"`
	LastRefillAt        *instant        `json:"lastRefillAt"`
	Enabled             *bool           `json:"enabled"`
	RateLimitEnabled    *bool           `json:"rateLimitEnabled"`
	RateLimitTimeWindow *int64          `json:"rateLimitTimeWindow"`
	RateLimitMax        *int64          `json:"rateLimitMax"`
	RequestCount        *int64          `json:"requestCount"`
	Remaining           *int64          `json:"remaining"`
	LastRequest         *instant        `json:"lastRequest"`
	ExpiresAt           *instant        `json:"expiresAt"`
	CreatedAt           instant         `json:"createdAt"`
	UpdatedAt           instant         `json:"updatedAt"`
	Permissions         *string         `json:"permissions"`
	Metadata            json.RawMessage `json:"metadata"`
}

// instant is written as JavaScript writes dates.
type instant struct{ time.Time }

// MarshalJSON writes the instant.
func (i instant) MarshalJSON() ([]byte, error) {
	return []byte(i.UTC().Format(`"2006-01-02T15:04:05.000Z"`)), nil
}

func at(t *time.Time) *instant {
	if t == nil {
		return nil
	}
	return &instant{*t}
}

func (i *instant) time() *time.Time {
	if i == nil {
		return nil
	}
	t := i.UTC().Truncate(time.Millisecond)
	return &t
}

func encodeKept(k *Key) string {
	data, err := json.Marshal(&kept{k.ID, k.ConfigID, k.Name, k.Start, k.ReferenceID, k.Prefix, k.Hash, k.RefillInterval,
		k.RefillAmount, at(k.LastRefillAt), k.Enabled, k.RateLimitEnabled, k.RateLimitTimeWindow, k.RateLimitMax,
		k.RequestCount, k.Remaining, at(k.LastRequest), at(k.ExpiresAt), instant{k.CreatedAt}, instant{k.UpdatedAt},
		k.Permissions, k.metadata()})
	if err != nil {
		return "" // no part of a key fails to encode: metadata has been looked at
	}
	return string(data)
}

func decodeKept(data []byte) (*Key, error) {
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return nil, err
	}
	out := &Key{ID: k.ID, ConfigID: or(k.ConfigID, DefaultConfig), Name: k.Name, Start: k.Start, ReferenceID: k.ReferenceID,
		Prefix: k.Prefix, Hash: k.Key, RefillInterval: k.RefillInterval, RefillAmount: k.RefillAmount,
		LastRefillAt: k.LastRefillAt.time(), Enabled: k.Enabled, RateLimitEnabled: k.RateLimitEnabled,
		RateLimitTimeWindow: k.RateLimitTimeWindow, RateLimitMax: k.RateLimitMax, RequestCount: k.RequestCount,
		Remaining: k.Remaining, LastRequest: k.LastRequest.time(), ExpiresAt: k.ExpiresAt.time(),
		CreatedAt: *k.CreatedAt.time(), UpdatedAt: *k.UpdatedAt.time(), Permissions: k.Permissions}
	if len(k.Metadata) > 0 && string(k.Metadata) != "null" {
		text := string(k.Metadata)
		out.Metadata = &text
	}
	return out, nil
}
