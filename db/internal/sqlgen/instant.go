package sqlgen

import (
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// layouts are other spellings of instants found in databases. Without a zone
// they are UTC, as the engines' own functions write them.
var layouts = [...]string{
	time.RFC3339Nano,
	"2006-01-02 15:04:05.999999999",
	"2006-01-02 15:04:05.999999999Z07:00",
	"2006-01-02 15:04:05.999999999 -0700 MST",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04Z07:00",
	"2006-01-02 15:04",
	"2006-01-02",
}

func toTime(src any) (any, error) {
	switch v := src.(type) {
	case time.Time:
		return v.UTC().Truncate(time.Millisecond), nil
	case int64:
		return time.UnixMilli(v).UTC(), nil
	case float64:
		if math.IsNaN(v) || v < math.MinInt64 || v >= math.MaxInt64 {
			return nil, errors.New("unexpected number for an instant")
		}
		return time.UnixMilli(int64(v)).UTC(), nil
	case string:
		return ParseInstant(v)
	}
	return nil, unexpected(src)
}

// ParseInstant reads an instant in any spelling found in databases that the
// reference or an ORM under it wrote, cut to the millisecond.
func ParseInstant(s string) (time.Time, error) {
	if t, ok := db.ParseISO(s); ok {
		return t, nil
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.UnixMilli(ms).UTC(), nil
	}
	return time.Time{}, errors.New("unexpected text for an instant")
}
