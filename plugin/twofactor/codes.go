package twofactor

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

func bad(code core.Code, message string) *core.Error {
	return core.NewError(http.StatusBadRequest, code, message)
}

func unauthorized(code core.Code, message string) *core.Error {
	return core.NewError(http.StatusUnauthorized, code, message)
}

// The plugin's refusals.
var (
	ErrOTPNotEnabled         = bad("OTP_NOT_ENABLED", "OTP not enabled")
	ErrOTPNotConfigured      = bad("OTP_NOT_CONFIGURED", "OTP is not available")
	ErrOTPHasExpired         = bad("OTP_HAS_EXPIRED", "OTP has expired")
	ErrTOTPNotEnabled        = bad("TOTP_NOT_ENABLED", "TOTP not enabled")
	ErrTOTPAlreadyEnabled    = bad("TOTP_ALREADY_ENABLED", "TOTP is already enabled")
	ErrTOTPNotConfigured     = bad("TOTP_NOT_CONFIGURED", "TOTP is not available")
	ErrNotEnabled            = bad("TWO_FACTOR_NOT_ENABLED", "Two factor isn't enabled")
	ErrBackupCodesNotEnabled = bad("BACKUP_CODES_NOT_ENABLED", "Backup codes aren't enabled")
	ErrInvalidBackupCode     = unauthorized("INVALID_BACKUP_CODE", "Invalid backup code")
	ErrInvalidCode           = unauthorized("INVALID_CODE", "Invalid code")
	ErrTooManyAttempts       = bad("TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE", "Too many attempts. Please request a new code.")
	ErrLocked                = core.NewError(http.StatusTooManyRequests, "ACCOUNT_TEMPORARILY_LOCKED",
		"Too many failed verification attempts. Your account is temporarily locked. Please try again later.")
	ErrInvalidCookie = unauthorized("INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie")
)

// The reference words two refusals differently where an endpoint is switched
// off, and gives one no code.
var (
	errOTPOff      = ErrOTPNotConfigured.Say("otp isn't configured")
	errTOTPOff     = ErrTOTPNotConfigured.Say("totp isn't configured")
	errBackupRaced = core.NewError(http.StatusConflict, "", "Failed to verify backup code. Please try again.")
)

func refusals() []*core.Error {
	return []*core.Error{ErrOTPNotEnabled, ErrOTPNotConfigured, ErrOTPHasExpired, ErrTOTPNotEnabled,
		ErrTOTPAlreadyEnabled, ErrTOTPNotConfigured, ErrNotEnabled, ErrBackupCodesNotEnabled, ErrInvalidBackupCode,
		ErrInvalidCode, ErrTooManyAttempts, ErrLocked, ErrInvalidCookie}
}
