package phonenumber

import (
	"net/http"

	"github.com/watchword-auth/watchword/core"
)

// The plugin's refusals.
var (
	ErrInvalidPhoneNumber           = core.NewError(http.StatusBadRequest, "INVALID_PHONE_NUMBER", "Invalid phone number")
	ErrPhoneNumberExists            = core.NewError(http.StatusBadRequest, "PHONE_NUMBER_EXIST", "Phone number already exists")
	ErrInvalidPhoneNumberOrPassword = core.NewError(http.StatusUnauthorized, "INVALID_PHONE_NUMBER_OR_PASSWORD", "Invalid phone number or password")
	ErrUnexpected                   = core.NewError(http.StatusBadRequest, "UNEXPECTED_ERROR", "Unexpected error")
	ErrOTPNotFound                  = core.NewError(http.StatusBadRequest, "OTP_NOT_FOUND", "OTP not found")
	ErrOTPExpired                   = core.NewError(http.StatusBadRequest, "OTP_EXPIRED", "OTP expired")
	ErrInvalidOTP                   = core.NewError(http.StatusBadRequest, "INVALID_OTP", "Invalid OTP")
	ErrTooManyAttempts              = core.NewError(http.StatusForbidden, "TOO_MANY_ATTEMPTS", "Too many attempts")
	ErrPhoneNumberNotVerified       = core.NewError(http.StatusUnauthorized, "PHONE_NUMBER_NOT_VERIFIED", "Phone number not verified")
	ErrPendingVerification          = core.NewError(http.StatusBadRequest, "PHONE_NUMBER_PENDING_VERIFICATION", "Phone number requires account ownership proof")
	ErrCannotBeUpdated              = core.NewError(http.StatusBadRequest, "PHONE_NUMBER_CANNOT_BE_UPDATED", "Phone number cannot be updated")
	ErrCannotBeSet                  = core.NewError(http.StatusBadRequest, "PHONE_NUMBER_CANNOT_BE_SET", "Phone number can only be set by verifying it")
	ErrSendNotImplemented           = core.NewError(http.StatusNotImplemented, "SEND_OTP_NOT_IMPLEMENTED", "sendOTP not implemented")
)

func refusals() []*core.Error {
	return []*core.Error{
		ErrInvalidPhoneNumber, ErrPhoneNumberExists, ErrInvalidPhoneNumberOrPassword, ErrUnexpected, ErrOTPNotFound, ErrOTPExpired,
		ErrInvalidOTP, ErrTooManyAttempts, ErrPhoneNumberNotVerified, ErrPendingVerification, ErrCannotBeUpdated, ErrCannotBeSet,
		ErrSendNotImplemented,
	}
}
