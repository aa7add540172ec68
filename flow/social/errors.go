package social

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
)

// Refusals of the flow.
var (
	errLink              = core.NewError(http.StatusUnauthorized, "OAUTH_LINK_ERROR", "account not linked")
	errLinkingNotAllowed = core.NewError(http.StatusUnauthorized, "LINKING_NOT_ALLOWED", "Account not linked - linking not allowed")
	errDifferentEmails   = core.NewError(http.StatusUnauthorized, "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED", "Account not linked - different emails not allowed")
	errLinkingFailed     = core.NewError(http.StatusExpectationFailed, "LINKING_FAILED", "Account not linked - unable to create account")
	errUserRequired      = core.NewError(http.StatusBadRequest, "USER_ID_OR_SESSION_REQUIRED", "Either userId or session is required")
	errNotConfigured     = core.NewError(http.StatusBadRequest, "PROVIDER_NOT_CONFIGURED", "Account is not associated with a configured social provider.")
	errNoRefreshToken    = core.NewError(http.StatusBadRequest, "REFRESH_TOKEN_NOT_FOUND", "Refresh token not found")
	errRefreshFailed     = core.NewError(http.StatusBadRequest, "FAILED_TO_REFRESH_ACCESS_TOKEN", "Failed to refresh access token")
	errTokenFailed       = core.NewError(http.StatusBadRequest, "FAILED_TO_GET_ACCESS_TOKEN", "Failed to get a valid access token")
	errNoAccessToken     = core.NewError(http.StatusBadRequest, "ACCESS_TOKEN_NOT_FOUND", "Access token not found")
)

var errInvalidIDToken = core.ErrInvalidToken.WithStatus(http.StatusUnauthorized)

func errNotSupported(provider string) *core.Error {
	return core.NewError(http.StatusBadRequest, "PROVIDER_NOT_SUPPORTED", "Provider "+provider+" is not supported.")
}

func errRefreshNotSupported(provider string) *core.Error {
	return core.NewError(http.StatusBadRequest, "TOKEN_REFRESH_NOT_SUPPORTED", "Provider "+provider+" does not support token refreshing.")
}

// refused words a refusal for clients that are not being redirected.
func refused(err error) error {
	var refusal oauth.Refusal
	switch {
	case !errors.As(err, &refusal):
		return err
	case refusal == oauth.RefusedEmailVerified:
		return core.ErrEmailNotVerified
	default:
		return errLink.Say(refusal.Error())
	}
}
