package passkey

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// The plugin's refusals.
var (
	ErrChallengeNotFound     = core.NewError(http.StatusBadRequest, "CHALLENGE_NOT_FOUND", "Challenge not found")
	ErrNotAllowed            = core.NewError(http.StatusUnauthorized, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY", "You are not allowed to register this passkey")
	ErrRegistrationFailed    = core.NewError(http.StatusBadRequest, "FAILED_TO_VERIFY_REGISTRATION", "Failed to verify registration")
	ErrPasskeyNotFound       = core.NewError(http.StatusNotFound, "PASSKEY_NOT_FOUND", "Passkey not found")
	ErrAuthenticationFailed  = core.NewError(http.StatusBadRequest, "AUTHENTICATION_FAILED", "Authentication failed")
	ErrFailedToUpdatePasskey = core.NewError(http.StatusInternalServerError, "FAILED_TO_UPDATE_PASSKEY", "Failed to update passkey")
	ErrPreviouslyRegistered  = core.NewError(http.StatusBadRequest, "PREVIOUSLY_REGISTERED", "Previously registered")
	ErrSessionRequired       = core.NewError(http.StatusUnauthorized, "SESSION_REQUIRED", "Passkey registration requires an authenticated session")
	ErrResolveUserRequired   = core.NewError(http.StatusBadRequest, "RESOLVE_USER_REQUIRED",
		"Passkey registration requires either an authenticated session or a resolveUser callback when requireSession is false")
	ErrResolvedUserInvalid = core.NewError(http.StatusBadRequest, "RESOLVED_USER_INVALID", "Resolved user is invalid")
)

// Refusals of the reference that have no code.
var (
	errOriginMissing = core.NewError(http.StatusBadRequest, "", "origin missing")
	errNoID          = core.NewError(http.StatusBadRequest, "", "Missing required parameter: id")
)

func refusals() []*core.Error {
	return []*core.Error{ErrChallengeNotFound, ErrNotAllowed, ErrRegistrationFailed, ErrPasskeyNotFound,
		ErrAuthenticationFailed, ErrFailedToUpdatePasskey, ErrPreviouslyRegistered, ErrSessionRequired,
		ErrResolveUserRequired, ErrResolvedUserInvalid}
}
