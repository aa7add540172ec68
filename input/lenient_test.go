package input_test

import (
	"testing"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// TestScalarText knows what the reference's engines keep of a value.
func TestScalarText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dialect   db.Dialect
		raw, want string
	}{
		{db.SQLite, "0", "0.0"}, {db.SQLite, "-1.5", "-1.5"}, {db.SQLite, "true", "1.0"}, {db.SQLite, "1e21", "1.0e+21"},
		{db.SQLite, "0.1", "0.1"}, {db.SQLite, "123456", "123456.0"},
		{db.Postgres, "42", "42"}, {db.Postgres, "false", "false"},
		{db.MySQL, "42", "42"}, {db.MySQL, "true", "1"}, {db.Memory, "1e21", "1e+21"},
	} {
		if got, ok := input.ScalarText(c.dialect, []byte(c.raw)); !ok || got != c.want {
			t.Errorf("%s keeps %q of %s, not %q", c.dialect, got, c.raw, c.want)
		}
	}
	for _, raw := range []string{"null", `"x"`, "[]", "{}", ""} {
		if got, ok := input.ScalarText(db.SQLite, []byte(raw)); ok {
			t.Errorf("%s is the text %q", raw, got)
		}
	}
}
