package db

import (
	"encoding/json"
	"fmt"
	"time"
)

// Load returns what a destination, one of the pointer types listed at
// [Executor], holds: one of the [Data] types, or nil for NULL.
func Load(dest any, kind Kind) any {
	switch d := dest.(type) {
	case *string:
		return *d
	case **string:
		return deref(*d)
	case *bool:
		return *d
	case **bool:
		return deref(*d)
	case *int64:
		return *d
	case **int64:
		return deref(*d)
	case *time.Time:
		return *d
	case **time.Time:
		return deref(*d)
	case *json.RawMessage:
		if *d == nil {
			return nil
		}
		return *d
	case *[]string:
		if *d == nil {
			return nil
		}
		return *d
	case *Value:
		return d.Any(kind)
	default:
		panic(fmt.Sprintf("db: %T is not a destination", dest))
	}
}

// Store puts data, one of the [Data] types or nil for NULL, into a
// destination. It refuses data of another type; NULL in a column without NULL
// becomes the zero value.
func Store(dest, data any) error {
	var ok bool
	switch d := dest.(type) {
	case *string:
		ok = put(d, data)
	case **string:
		ok = putNull(d, data)
	case *bool:
		ok = put(d, data)
	case **bool:
		ok = putNull(d, data)
	case *int64:
		ok = put(d, data)
	case **int64:
		ok = putNull(d, data)
	case *time.Time:
		ok = put(d, data)
	case **time.Time:
		ok = putNull(d, data)
	case *json.RawMessage:
		ok = put(d, data)
	case *[]string:
		ok = put(d, data)
	case *Value:
		return d.Store(data)
	default:
		panic(fmt.Sprintf("db: %T is not a destination", dest))
	}
	if !ok {
		return fmt.Errorf("db: %T does not fit into %T", data, dest)
	}
	return nil
}

func deref[V any](p *V) any {
	if p == nil {
		return nil
	}
	return *p
}

func put[V any](to *V, data any) bool {
	v, ok := data.(V)
	*to = v
	return ok || data == nil
}

func putNull[V any](to **V, data any) bool {
	if data == nil {
		*to = nil
		return true
	}
	v, ok := data.(V)
	*to = &v
	return ok
}
