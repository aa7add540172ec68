package emailotp_test

import (
	"errors"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/emailotp"
)

// TestValidateUserInfo asks the application about whom a code makes, and not
// about whom there is.
func TestValidateUserInfo(t *testing.T) {
	t.Parallel()
	refuse := false
	s := authtest.New(t, with(emailotp.Options{}), func(o *core.Options) {
		o.User.ValidateUserInfo = func(_ *core.Context, u *core.User, source core.UserSource) error {
			if source.Method != "email-otp" || source.Action != "create-user" || u.Email != email || u.Name != "Ada" {
				t.Errorf("asked about %s %q by %+v", u.Email, u.Name, source)
			}
			if refuse {
				return core.NewError(403, "WRONG_DOMAIN", "Not of this company")
			}
			return nil
		}
	})
	enter := func() *authtest.Answer {
		return s.Client().Post("/sign-in/email-otp", body{"email": email, "otp": code(s, emailotp.SignIn), "name": "Ada"})
	}
	refuse = true
	enter().WantCode(403, "WRONG_DOMAIN")
	if _, err := s.Context().Users().ByEmail(email); !errors.Is(err, db.ErrNotFound) {
		t.Fatalf("the user was created: %v", err)
	}
	refuse = false
	enter().Want(200, `"email":"ada@example.com"`)
	refuse = true
	enter().Want(200, `"email":"ada@example.com"`)
}
