package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/emailotp"
	"github.com/watchword-auth/watchword/server/config"
)

func newEmailOTP(in pluginInput) (core.Plugin, error) {
	var o struct {
		OTPLength                        int             `key:"otpLength"`
		ExpiresIn                        *config.Seconds `key:"expiresIn"`
		AllowedAttempts                  int             `key:"allowedAttempts"`
		StoreOTP                         string          `key:"storeOTP"`
		ResendStrategy                   string          `key:"resendStrategy"`
		DisableSignUp                    bool            `key:"disableSignUp"`
		SendVerificationOnSignUp         bool            `key:"sendVerificationOnSignUp"`
		OverrideDefaultEmailVerification bool            `key:"overrideDefaultEmailVerification"`
		ChangeEmail                      struct {
			Enabled            bool `key:"enabled"`
			VerifyCurrentEmail bool `key:"verifyCurrentEmail"`
		} `key:"changeEmail"`
		RateLimit pluginRateLimit `key:"rateLimit"`
	}
	err := in.Decode(&o)
	if s := o.ResendStrategy; err == nil && s != "" && s != "rotate" && s != "reuse" {
		err = in.Errorf("resendStrategy", "%q is neither rotate nor reuse", s)
	}
	return emailotp.New(emailotp.Options{
		Length: o.OTPLength, ExpiresIn: o.ExpiresIn.Duration(), AllowedAttempts: o.AllowedAttempts, Store: o.StoreOTP,
		Reuse: o.ResendStrategy == "reuse", DisableSignUp: o.DisableSignUp, SendOnSignUp: o.SendVerificationOnSignUp,
		OverrideEmailVerification: o.OverrideDefaultEmailVerification,
		AllowChangeEmail:          o.ChangeEmail.Enabled, VerifyCurrentEmail: o.ChangeEmail.VerifyCurrentEmail,
		RateLimit: o.RateLimit.rule(),
	}), err
}
