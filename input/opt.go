package input

import (
	"encoding/json"
	"reflect"
)

// Opt is a member of an input that may be absent or null. The zero Opt is
// absent.
type Opt[V any] struct {
	Value V
	Set   bool // given, perhaps as null
	Null  bool
}

// Some returns an Opt that holds a value.
func Some[V any](v V) Opt[V] { return Opt[V]{Value: v, Set: true} }

// Or returns the value, or fallback where none was given.
func (o Opt[V]) Or(fallback V) V {
	if o.Set && !o.Null {
		return o.Value
	}
	return fallback
}

// Given reports whether there is a value that is not null.
func (o Opt[V]) Given() bool { return o.Set && !o.Null }

// ValueType returns the type of the value, for documents.
func (o Opt[V]) ValueType() reflect.Type { return reflect.TypeFor[V]() }

// IsZero makes encoding/json's omitzero leave an absent Opt out.
func (o Opt[V]) IsZero() bool { return !o.Set }

// MarshalJSON writes the value or null.
func (o Opt[V]) MarshalJSON() ([]byte, error) {
	if !o.Given() {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}
