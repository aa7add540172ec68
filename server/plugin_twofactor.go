package server

import (
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/twofactor"
	"github.com/watchword-auth/watchword/server/config"
)

func newTwoFactor(in pluginInput) (core.Plugin, error) {
	var o struct {
		Issuer      string `key:"issuer"`
		TOTPOptions struct {
			Disable           bool            `key:"disable"`
			Issuer            string          `key:"issuer"`
			Digits            int             `key:"digits"`
			Period            *config.Seconds `key:"period"`
			AllowPasswordless *bool           `key:"allowPasswordless"`
		} `key:"totpOptions"`
		OTPOptions struct {
			Disable         bool   `key:"disable"`
			Digits          int    `key:"digits"`
			Period          int    `key:"period"` // minutes
			AllowedAttempts int    `key:"allowedAttempts"`
			StoreOTP        string `key:"storeOTP"`
		} `key:"otpOptions"`
		BackupCodeOptions struct {
			Amount            int    `key:"amount"`
			Length            int    `key:"length"`
			StoreBackupCodes  string `key:"storeBackupCodes"`
			AllowPasswordless *bool  `key:"allowPasswordless"`
		} `key:"backupCodeOptions"`
		SkipVerificationOnEnable bool            `key:"skipVerificationOnEnable"`
		AllowPasswordless        bool            `key:"allowPasswordless"`
		TwoFactorTable           string          `key:"twoFactorTable"`
		TwoFactorCookieMaxAge    *config.Seconds `key:"twoFactorCookieMaxAge"`
		TrustDeviceMaxAge        *config.Seconds `key:"trustDeviceMaxAge"`
		AccountLockout           struct {
			Enabled           *bool           `key:"enabled"`
			MaxFailedAttempts int             `key:"maxFailedAttempts"`
			DurationSeconds   *config.Seconds `key:"durationSeconds"`
		} `key:"accountLockout"`
		SignInPaths []string `key:"signInPaths"`
		Schema      struct {
			User      model `key:"user"`
			TwoFactor model `key:"twoFactor"`
		} `key:"schema"`
	}
	err := in.Decode(&o)
	in.rename(&in.options.User.Mapping, o.Schema.User)
	mapping := core.Mapping{ModelName: o.TwoFactorTable}
	in.rename(&mapping, o.Schema.TwoFactor)
	lock := o.AccountLockout
	return twofactor.New(twofactor.Options{
		Issuer: o.Issuer,
		TOTP: twofactor.TOTPOptions{Disable: o.TOTPOptions.Disable, Issuer: o.TOTPOptions.Issuer, Digits: o.TOTPOptions.Digits,
			Period: o.TOTPOptions.Period.Duration(), AllowPasswordless: o.TOTPOptions.AllowPasswordless},
		OTP: twofactor.OTPOptions{Disable: o.OTPOptions.Disable || !in.delivers, Digits: o.OTPOptions.Digits,
			Period:          time.Duration(o.OTPOptions.Period) * time.Minute,
			AllowedAttempts: o.OTPOptions.AllowedAttempts, Store: twofactor.Store(o.OTPOptions.StoreOTP)},
		BackupCodes: twofactor.BackupCodeOptions{Amount: o.BackupCodeOptions.Amount, Length: o.BackupCodeOptions.Length,
			Store: twofactor.Store(o.BackupCodeOptions.StoreBackupCodes), AllowPasswordless: o.BackupCodeOptions.AllowPasswordless},
		SkipVerificationOnEnable: o.SkipVerificationOnEnable,
		AllowPasswordless:        o.AllowPasswordless,
		ChallengeMaxAge:          o.TwoFactorCookieMaxAge.Duration(),
		TrustDeviceMaxAge:        o.TrustDeviceMaxAge.Duration(),
		Lockout: twofactor.Lockout{Disable: lock.Enabled != nil && !*lock.Enabled,
			MaxFailedAttempts: lock.MaxFailedAttempts, Duration: lock.DurationSeconds.Duration()},
		SignInPaths: o.SignInPaths,
		Mapping:     mapping,
	}), err
}
