package apikey

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

func refusal(status int, code core.Code, message string) *core.Error {
	return core.NewError(status, code, message)
}

// The plugin's refusals.
var (
	ErrInvalidMetadataType     = refusal(http.StatusBadRequest, "INVALID_METADATA_TYPE", "metadata must be an object or undefined")
	ErrRefillIntervalRequired  = refusal(http.StatusBadRequest, "REFILL_AMOUNT_AND_INTERVAL_REQUIRED", "refillAmount is required when refillInterval is provided")
	ErrRefillAmountRequired    = refusal(http.StatusBadRequest, "REFILL_INTERVAL_AND_AMOUNT_REQUIRED", "refillInterval is required when refillAmount is provided")
	ErrUnauthorizedSession     = refusal(http.StatusUnauthorized, "UNAUTHORIZED_SESSION", "Unauthorized or invalid session")
	ErrKeyNotFound             = refusal(http.StatusNotFound, "KEY_NOT_FOUND", "API Key not found")
	ErrKeyDisabled             = refusal(http.StatusUnauthorized, "KEY_DISABLED", "API Key is disabled")
	ErrKeyExpired              = refusal(http.StatusUnauthorized, "KEY_EXPIRED", "API Key has expired")
	ErrUsageExceeded           = refusal(http.StatusTooManyRequests, "USAGE_EXCEEDED", "API Key has reached its usage limit")
	ErrRateLimited             = refusal(http.StatusTooManyRequests, "RATE_LIMITED", "Rate limit exceeded.")
	ErrExpiresInTooSmall       = refusal(http.StatusBadRequest, "EXPIRES_IN_IS_TOO_SMALL", "The expiresIn is smaller than the predefined minimum value.")
	ErrExpiresInTooLarge       = refusal(http.StatusBadRequest, "EXPIRES_IN_IS_TOO_LARGE", "The expiresIn is larger than the predefined maximum value.")
	ErrInvalidPrefixLength     = refusal(http.StatusBadRequest, "INVALID_PREFIX_LENGTH", "The prefix length is either too large or too small.")
	ErrInvalidNameLength       = refusal(http.StatusBadRequest, "INVALID_NAME_LENGTH", "The name length is either too large or too small.")
	ErrMetadataDisabled        = refusal(http.StatusBadRequest, "METADATA_DISABLED", "Metadata is disabled.")
	ErrNoValues                = refusal(http.StatusBadRequest, "NO_VALUES_TO_UPDATE", "No values to update.")
	ErrExpirationDisabled      = refusal(http.StatusBadRequest, "KEY_DISABLED_EXPIRATION", "Custom key expiration values are disabled.")
	ErrInvalidKey              = refusal(http.StatusUnauthorized, "INVALID_API_KEY", "Invalid API key.")
	ErrInvalidReference        = refusal(http.StatusUnauthorized, "INVALID_REFERENCE_ID_FROM_API_KEY", "The reference id from the API key is invalid.")
	ErrServerOnly              = refusal(http.StatusBadRequest, "SERVER_ONLY_PROPERTY", "The property you're trying to set can only be set from the server auth instance only.")
	ErrFailedToUpdate          = refusal(http.StatusInternalServerError, "FAILED_TO_UPDATE_API_KEY", "Failed to update API key")
	ErrNameRequired            = refusal(http.StatusBadRequest, "NAME_REQUIRED", "API Key name is required.")
	ErrOrganizationIDRequired  = refusal(http.StatusBadRequest, "ORGANIZATION_ID_REQUIRED", "Organization ID is required for organization-owned API keys.")
	ErrNotMember               = refusal(http.StatusForbidden, "USER_NOT_MEMBER_OF_ORGANIZATION", "You are not a member of the organization that owns this API key.")
	ErrInsufficientPermissions = refusal(http.StatusForbidden, "INSUFFICIENT_API_KEY_PERMISSIONS", "You do not have permission to perform this action on organization API keys.")

	errNoDefault       = refusal(http.StatusBadRequest, "NO_DEFAULT_API_KEY_CONFIGURATION_FOUND", "No default api-key configuration found.")
	errNoOrganizations = refusal(http.StatusInternalServerError, "ORGANIZATION_PLUGIN_REQUIRED",
		"Organization plugin is required for organization-owned API keys. Please install and configure the organization plugin.")
)

func refusals() []*core.Error {
	return []*core.Error{ErrInvalidMetadataType, ErrRefillIntervalRequired, ErrRefillAmountRequired, ErrUnauthorizedSession,
		ErrKeyNotFound, ErrKeyDisabled, ErrKeyExpired, ErrUsageExceeded, ErrRateLimited, ErrExpiresInTooSmall,
		ErrExpiresInTooLarge, ErrInvalidPrefixLength, ErrInvalidNameLength, ErrMetadataDisabled, ErrNoValues,
		ErrExpirationDisabled, ErrInvalidKey, ErrInvalidReference, ErrServerOnly, ErrFailedToUpdate, ErrNameRequired,
		ErrOrganizationIDRequired, ErrNotMember, ErrInsufficientPermissions, errNoDefault, errNoOrganizations}
}

// limited is how long a key that was used too often has to wait.
type limited struct {
	TryAgainIn int64 `json:"tryAgainIn"` // milliseconds
}

func (*limited) Error() string { return "apikey: the rate limit of the key is reached" }

func rateLimited(wait int64) error {
	l := &limited{wait}
	return ErrRateLimited.With("details", l).Wrap(l)
}
