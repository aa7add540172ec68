// Package fields is an example of columns of the application's own: a user
// has a handle that clients choose, and a plan that only the program sets.
package fields

import (
	"errors"
	"strings"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db"
)

// Options returns options for an instance whose users have a handle and a
// plan.
func Options(store db.Adapter, secret, baseURL string) watchword.Options {
	return watchword.Options{
		Secret: secret, BaseURL: baseURL, Database: store,
		EmailAndPassword: watchword.EmailAndPassword{Enabled: true},
		User: watchword.UserOptions{AdditionalFields: []watchword.AdditionalField{
			{
				Name: "handle", FieldName: "handle_name", Required: true, Unique: true,
				Validate:  validHandle,
				Transform: func(value any) (any, error) { return strings.ToLower(value.(string)), nil },
			},
			{Name: "plan", NoInput: true, Options: []string{"free", "paid"}, Default: func() any { return "free" }},
		}},
	}
}

func validHandle(value any) error {
	if text, ok := value.(string); !ok || len(text) < 3 || strings.ContainsAny(text, " @/") {
		return errors.New("a handle has three characters or more, and no spaces")
	}
	return nil
}
