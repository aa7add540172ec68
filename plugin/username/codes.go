package username

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// The plugin's refusals. Checks of a name answer 422 where one is typed to
// sign in or to ask for it.
var (
	ErrInvalidUsernameOrPassword = core.NewError(http.StatusUnauthorized, "INVALID_USERNAME_OR_PASSWORD", "Invalid username or password")
	ErrUsernameTaken             = core.NewError(http.StatusBadRequest, "USERNAME_IS_ALREADY_TAKEN", "Username is already taken. Please try another.")
	ErrUsernameTooShort          = core.NewError(http.StatusBadRequest, "USERNAME_TOO_SHORT", "Username is too short")
	ErrUsernameTooLong           = core.NewError(http.StatusBadRequest, "USERNAME_TOO_LONG", "Username is too long")
	ErrInvalidUsername           = core.NewError(http.StatusBadRequest, "INVALID_USERNAME", "Username is invalid")
	ErrInvalidDisplayUsername    = core.NewError(http.StatusBadRequest, "INVALID_DISPLAY_USERNAME", "Display username is invalid")
	ErrUsernameImmutable         = core.NewError(http.StatusBadRequest, "USERNAME_IS_IMMUTABLE", "Username cannot be updated")
)

func refusals() []*core.Error {
	return []*core.Error{ErrInvalidUsernameOrPassword, ErrUsernameTaken, ErrUsernameTooShort, ErrUsernameTooLong,
		ErrInvalidUsername, ErrInvalidDisplayUsername, ErrUsernameImmutable}
}
