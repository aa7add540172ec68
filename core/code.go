package core

import "net/http"

// The core's refusals. A flow that answers one of them with another status
// says so with [Error.WithStatus].
var (
	ErrUserNotFound               = NewError(http.StatusBadRequest, "USER_NOT_FOUND", "User not found")
	ErrFailedToCreateUser         = NewError(http.StatusUnprocessableEntity, "FAILED_TO_CREATE_USER", "Failed to create user")
	ErrFailedToCreateSession      = NewError(http.StatusUnauthorized, "FAILED_TO_CREATE_SESSION", "Failed to create session")
	ErrFailedToUpdateUser         = NewError(http.StatusInternalServerError, "FAILED_TO_UPDATE_USER", "Failed to update user")
	ErrFailedToGetSession         = NewError(http.StatusInternalServerError, "FAILED_TO_GET_SESSION", "Failed to get session")
	ErrInvalidPassword            = NewError(http.StatusBadRequest, "INVALID_PASSWORD", "Invalid password")
	ErrInvalidEmail               = NewError(http.StatusBadRequest, "INVALID_EMAIL", "Invalid email")
	ErrInvalidEmailOrPassword     = NewError(http.StatusUnauthorized, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
	ErrInvalidUser                = NewError(http.StatusUnauthorized, "INVALID_USER", "Invalid user")
	ErrSocialAlreadyLinked        = NewError(http.StatusConflict, "SOCIAL_ACCOUNT_ALREADY_LINKED", "Social account already linked")
	ErrProviderNotFound           = NewError(http.StatusNotFound, "PROVIDER_NOT_FOUND", "Provider not found")
	ErrInvalidToken               = NewError(http.StatusBadRequest, "INVALID_TOKEN", "Invalid token")
	ErrTokenExpired               = NewError(http.StatusUnauthorized, "TOKEN_EXPIRED", "Token expired")
	ErrIDTokenNotSupported        = NewError(http.StatusNotFound, "ID_TOKEN_NOT_SUPPORTED", "id_token not supported")
	ErrFailedToGetUserInfo        = NewError(http.StatusUnauthorized, "FAILED_TO_GET_USER_INFO", "Failed to get user info")
	ErrUserEmailNotFound          = NewError(http.StatusUnauthorized, "USER_EMAIL_NOT_FOUND", "User email not found")
	ErrEmailNotVerified           = NewError(http.StatusForbidden, "EMAIL_NOT_VERIFIED", "Email not verified")
	ErrPasswordTooShort           = NewError(http.StatusBadRequest, "PASSWORD_TOO_SHORT", "Password too short")
	ErrPasswordTooLong            = NewError(http.StatusBadRequest, "PASSWORD_TOO_LONG", "Password too long")
	ErrUserAlreadyExists          = NewError(http.StatusUnprocessableEntity, "USER_ALREADY_EXISTS", "User already exists.")
	ErrUserExistsUseAnotherEmail  = NewError(http.StatusUnprocessableEntity, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL", "User already exists. Use another email.")
	ErrEmailCannotBeUpdated       = NewError(http.StatusBadRequest, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated")
	ErrChangeEmailDisabled        = NewError(http.StatusBadRequest, "CHANGE_EMAIL_DISABLED", "Change email is disabled")
	ErrCredentialAccountNotFound  = NewError(http.StatusBadRequest, "CREDENTIAL_ACCOUNT_NOT_FOUND", "Credential account not found")
	ErrSessionExpired             = NewError(http.StatusBadRequest, "SESSION_EXPIRED", "Session expired. Re-authenticate to perform this action.")
	ErrUnlinkLastAccount          = NewError(http.StatusBadRequest, "FAILED_TO_UNLINK_LAST_ACCOUNT", "You can't unlink your last account")
	ErrAccountNotFound            = NewError(http.StatusBadRequest, "ACCOUNT_NOT_FOUND", "Account not found")
	ErrUserAlreadyHasPassword     = NewError(http.StatusBadRequest, "USER_ALREADY_HAS_PASSWORD", "User already has a password. Provide that to delete the account.")
	ErrCrossSiteNavigationLogin   = NewError(http.StatusForbidden, "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED", "Cross-site navigation login blocked. This request appears to be a CSRF attack.")
	ErrVerificationMailNotEnabled = NewError(http.StatusBadRequest, "VERIFICATION_EMAIL_NOT_ENABLED", "Verification email isn't enabled")
	ErrEmailAlreadyVerified       = NewError(http.StatusBadRequest, "EMAIL_ALREADY_VERIFIED", "Email is already verified")
	ErrEmailMismatch              = NewError(http.StatusBadRequest, "EMAIL_MISMATCH", "Email mismatch")
	ErrSessionNotFresh            = NewError(http.StatusForbidden, "SESSION_NOT_FRESH", "Session is not fresh")
	ErrLinkedAccountExists        = NewError(http.StatusConflict, "LINKED_ACCOUNT_ALREADY_EXISTS", "Linked account already exists")
	ErrInvalidOrigin              = NewError(http.StatusForbidden, "INVALID_ORIGIN", "Invalid origin")
	ErrInvalidCallbackURL         = NewError(http.StatusForbidden, "INVALID_CALLBACK_URL", "Invalid callbackURL")
	ErrInvalidRedirectURL         = NewError(http.StatusForbidden, "INVALID_REDIRECT_URL", "Invalid redirectURL")
	ErrInvalidErrorCallbackURL    = NewError(http.StatusForbidden, "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL")
	ErrInvalidNewUserCallbackURL  = NewError(http.StatusForbidden, "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL")
	ErrMissingOrNullOrigin        = NewError(http.StatusForbidden, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin")
	ErrCallbackURLRequired        = NewError(http.StatusBadRequest, "CALLBACK_URL_REQUIRED", "callbackURL is required")
	ErrFailedToCreateVerification = NewError(http.StatusInternalServerError, "FAILED_TO_CREATE_VERIFICATION", "Unable to create verification")
	ErrFieldNotAllowed            = NewError(http.StatusBadRequest, "FIELD_NOT_ALLOWED", "Field not allowed to be set")
	ErrValidation                 = NewError(http.StatusBadRequest, "VALIDATION_ERROR", "Validation Error")
	ErrMissingField               = NewError(http.StatusBadRequest, "MISSING_FIELD", "Field is required")
	ErrDeferSessionRequired       = NewError(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED", "POST method requires deferSessionRefresh to be enabled in session config")
	ErrBodyMustBeAnObject         = NewError(http.StatusBadRequest, "BODY_MUST_BE_AN_OBJECT", "Body must be an object")
	ErrPasswordAlreadySet         = NewError(http.StatusBadRequest, "PASSWORD_ALREADY_SET", "User already has a password set.")
	ErrUnauthorized               = NewError(http.StatusUnauthorized, "UNAUTHORIZED", "Unauthorized")
	ErrResetPasswordDisabled      = NewError(http.StatusBadRequest, "RESET_PASSWORD_DISABLED", "Reset password isn't enabled")
	ErrEmailPasswordDisabled      = NewError(http.StatusBadRequest, "EMAIL_PASSWORD_DISABLED", "Email and password is not enabled")
	ErrSignUpDisabled             = NewError(http.StatusBadRequest, "EMAIL_PASSWORD_SIGN_UP_DISABLED", "Email and password sign up is not enabled")
)

// Refusals of the HTTP layer itself.
var (
	errInvalidJSON     = NewError(http.StatusBadRequest, "BAD_REQUEST", "Invalid JSON in request body")
	errUnsupportedType = NewError(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Content-Type is not allowed")
	errTooManyRequests = NewError(http.StatusTooManyRequests, "", "Too many requests. Please try again later.")
	errBodyTooLarge    = NewError(http.StatusRequestEntityTooLarge, "PAYLOAD_TOO_LARGE", "Request body is too large")
	errUnstorable      = NewError(http.StatusBadRequest, ErrValidation.Code, "A value cannot be stored")
	errInvalidHost     = NewError(http.StatusBadRequest, "INVALID_HOST", "Invalid host")
	errUnavailable     = NewError(http.StatusServiceUnavailable, "SERVICE_UNAVAILABLE", "Service is temporarily unavailable")
)

// coreRefusals are the codes no plugin may give another meaning.
func coreRefusals() []*Error {
	return []*Error{
		ErrUserNotFound, ErrFailedToCreateUser, ErrFailedToCreateSession, ErrFailedToUpdateUser,
		ErrFailedToGetSession, ErrInvalidPassword, ErrInvalidEmail, ErrInvalidEmailOrPassword,
		ErrInvalidUser, ErrSocialAlreadyLinked, ErrProviderNotFound, ErrInvalidToken, ErrTokenExpired,
		ErrIDTokenNotSupported, ErrFailedToGetUserInfo, ErrUserEmailNotFound, ErrEmailNotVerified,
		ErrPasswordTooShort, ErrPasswordTooLong, ErrUserAlreadyExists, ErrUserExistsUseAnotherEmail,
		ErrEmailCannotBeUpdated, ErrChangeEmailDisabled, ErrCredentialAccountNotFound, ErrSessionExpired,
		ErrUnlinkLastAccount, ErrAccountNotFound, ErrUserAlreadyHasPassword, ErrCrossSiteNavigationLogin,
		ErrVerificationMailNotEnabled, ErrEmailAlreadyVerified, ErrEmailMismatch, ErrSessionNotFresh,
		ErrLinkedAccountExists, ErrInvalidOrigin, ErrInvalidCallbackURL, ErrInvalidRedirectURL,
		ErrInvalidErrorCallbackURL, ErrInvalidNewUserCallbackURL, ErrMissingOrNullOrigin,
		ErrCallbackURLRequired, ErrFailedToCreateVerification, ErrFieldNotAllowed, ErrValidation,
		ErrMissingField, ErrDeferSessionRequired, ErrBodyMustBeAnObject, ErrPasswordAlreadySet,
		ErrUnauthorized, ErrResetPasswordDisabled, ErrEmailPasswordDisabled, ErrSignUpDisabled,
	}
}
