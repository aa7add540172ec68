package apikey

import (
	"encoding/json"
	"math"
	"regexp"
	"slices"
	"unicode/utf16"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// limits are the members of an input that only the program itself may set.
type limits struct {
	Remaining           input.Opt[float64]     `json:"remaining,omitzero"`
	RefillAmount        input.Opt[float64]     `json:"refillAmount,omitzero"`
	RefillInterval      input.Opt[float64]     `json:"refillInterval,omitzero"`      // milliseconds
	RateLimitTimeWindow input.Opt[float64]     `json:"rateLimitTimeWindow,omitzero"` // milliseconds
	RateLimitMax        input.Opt[float64]     `json:"rateLimitMax,omitzero"`
	RateLimitEnabled    input.Opt[bool]        `json:"rateLimitEnabled,omitzero"`
	Permissions         input.Opt[Permissions] `json:"permissions,omitzero"`
}

func (l *limits) given() bool {
	return l.RefillAmount.Set || l.RefillInterval.Set || l.RateLimitTimeWindow.Set || l.RateLimitMax.Set ||
		l.RateLimitEnabled.Set || l.Permissions.Set
}

// maxNumber is the largest number that fits the columns.
const maxNumber = math.MaxInt32

// whole refuses numbers that the columns cannot hold.
func (l *limits) whole() error {
	for name, o := range map[string]input.Opt[float64]{"remaining": l.Remaining, "refillAmount": l.RefillAmount,
		"refillInterval": l.RefillInterval, "rateLimitTimeWindow": l.RateLimitTimeWindow, "rateLimitMax": l.RateLimitMax} {
		if o.Given() && (o.Value != math.Trunc(o.Value) || o.Value < 0 || o.Value > maxNumber) {
			return core.ErrValidation.Say("[body." + name + "] Invalid input: expected a whole number up to 2147483647")
		}
	}
	return nil
}

// readPermissions reads lists of texts by name.
func readPermissions(body *input.Object, nullable bool, to *input.Opt[Permissions]) {
	var raw input.Opt[json.RawMessage]
	body.OptRaw("permissions", &raw)
	if !raw.Set {
		return
	}
	if raw.Null && nullable {
		to.Set, to.Null = true, true
		return
	}
	var members map[string]json.RawMessage
	body.OptMembers("permissions", &members)
	if members == nil {
		return
	}
	p := make(Permissions, len(members))
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var list []*string
		if members[name][0] != '[' || json.Unmarshal(members[name], &list) != nil || slices.Contains(list, nil) {
			body.Refuse("permissions."+name, "Invalid input: expected array, received "+input.Kind(members[name]))
			continue
		}
		p[name] = make([]string, len(list))
		for i, text := range list {
			p[name][i] = *text
		}
	}
	*to = input.Some(p)
}

var prefixPattern = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// length counts as JavaScript does.
func length(s string) int { return len(utf16.Encode([]rune(s))) }

// truthy is JavaScript's idea of a value that says something.
func truthy(o input.Opt[json.RawMessage]) bool {
	switch string(o.Value) {
	case "", "null", `""`, "0", "-0", "false":
		return false
	}
	return true
}

// isObject is JavaScript's typeof "object".
func isObject(raw json.RawMessage) bool {
	return len(raw) > 0 && (raw[0] == '{' || raw[0] == '[' || string(raw) == "null")
}

func number(o input.Opt[float64]) *int64 {
	if !o.Given() {
		return nil
	}
	n := int64(o.Value)
	return &n
}

func text(o input.Opt[string]) *string {
	if !o.Given() {
		return nil
	}
	return &o.Value
}
