package sqlgen

import (
	"errors"
	"math"
	"strconv"
	"time"
)

// parseISO reads 2006-01-02T15:04:05.000Z, the reference's one spelling,
// without package time's layouts.
func parseISO(s string) (time.Time, bool) {
	if len(s) != 24 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != '.' || s[23] != 'Z' {
		return time.Time{}, false
	}
	ok := true
	number := func(from, to int) int {
		n := 0
		for i := from; i < to; i++ {
			d := s[i] - '0'
			ok = ok && d <= 9
			n = n*10 + int(d)
		}
		return n
	}
	year, month, day := number(0, 4), number(5, 7), number(8, 10)
	hour, minute, second, milli := number(11, 13), number(14, 16), number(17, 19), number(20, 23)
	if !ok || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, milli*int(time.Millisecond), time.UTC)
	return t, t.Day() == day
}

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
	if t, ok := parseISO(s); ok {
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
