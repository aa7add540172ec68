package deviceauthorization

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// The plugin's refusals are OAuth's (RFC 6749, section 5.2, and RFC 8628,
// section 3.5): an error and a description, and no code of the protocol.
var (
	errPending       = refusal(http.StatusBadRequest, "authorization_pending", "Authorization pending")
	errSlowDown      = refusal(http.StatusBadRequest, "slow_down", "Polling too frequently")
	errDeviceExpired = refusal(http.StatusBadRequest, "expired_token", "Device code has expired")
	errDenied        = refusal(http.StatusBadRequest, "access_denied", "Access denied")
	errInvalidDevice = refusal(http.StatusBadRequest, "invalid_grant", "Invalid device code")
	errOtherClient   = refusal(http.StatusBadRequest, "invalid_grant", "Client ID mismatch")
	errInvalidClient = refusal(http.StatusBadRequest, "invalid_client", "Invalid client ID")
	errInvalidStatus = refusal(http.StatusInternalServerError, "server_error", "Invalid device code status")
	errNoUniqueCode  = refusal(http.StatusInternalServerError, "server_error", "Failed to generate a unique device code")

	errInvalidUser  = invalid("Invalid user code")
	errUserExpired  = refusal(http.StatusBadRequest, "expired_token", "User code has expired")
	errProcessed    = invalid("Device code already processed")
	errNotClaimed   = invalid("Device code has not been claimed by a verifying session; call `GET /device` with the `user_code` while signed in before approving or denying")
	errUnauthorized = refusal(http.StatusUnauthorized, "unauthorized", "Authentication required")
	errNotToApprove = refusal(http.StatusForbidden, "access_denied", "You are not authorized to approve this device authorization")
	errNotToDeny    = refusal(http.StatusForbidden, "access_denied", "You are not authorized to deny this device authorization")
)

func refusal(status int, code, description string) *core.Error {
	return core.NewError(status, "", "").With("error", code).With("error_description", description)
}

func invalid(description string) *core.Error {
	return refusal(http.StatusBadRequest, "invalid_request", description)
}
