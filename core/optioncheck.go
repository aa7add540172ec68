package core

import (
	"fmt"
	"time"
)

// check refuses values that no setting can mean. It runs when the defaults
// are filled in.
func (o *Options) check() error {
	for name, d := range map[string]time.Duration{
		"Session.ExpiresIn": o.Session.ExpiresIn, "Session.UpdateAge": *o.Session.UpdateAge,
		"Session.FreshAge": *o.Session.FreshAge, "Session.CookieCache.MaxAge": o.Session.CookieCache.MaxAge,
		"EmailVerification.ExpiresIn":                  o.EmailVerification.ExpiresIn,
		"EmailAndPassword.ResetPasswordTokenExpiresIn": o.EmailAndPassword.ResetPasswordTokenExpiresIn,
		"User.DeleteUser.DeleteTokenExpiresIn":         o.User.DeleteUser.DeleteTokenExpiresIn,
		"RateLimit.Window":                             o.RateLimit.Window, "CORS.MaxAge": o.CORS.MaxAge,
		"Advanced.OutboundMinResponseTime": o.Advanced.OutboundMinResponseTime,
		"Advanced.CleanupInterval":         o.Advanced.CleanupInterval, "Outbox.Interval": o.Outbox.Interval,
	} {
		if d < 0 {
			return fmt.Errorf("Options.%s: %v is negative", name, d)
		}
	}
	for name, n := range map[string]int64{
		"RateLimit.Max": int64(o.RateLimit.Max), "Advanced.MaxBodyBytes": o.Advanced.MaxBodyBytes,
		"Advanced.BackgroundWorkers":         int64(o.Advanced.BackgroundWorkers),
		"EmailAndPassword.MinPasswordLength": int64(o.EmailAndPassword.MinPasswordLength),
	} {
		if n < 0 {
			return fmt.Errorf("Options.%s: %d is negative", name, n)
		}
	}
	if p := &o.EmailAndPassword; p.MaxPasswordLength < p.MinPasswordLength {
		return fmt.Errorf("Options.EmailAndPassword: passwords of at least %d and at most %d characters do not exist",
			p.MinPasswordLength, p.MaxPasswordLength)
	}
	if n := o.Advanced.IPv6Subnet; n < 0 || n > 128 {
		return fmt.Errorf("Options.Advanced.IPv6Subnet: %d is not between 1 and 128", n)
	}
	forms := map[string]string{"StoreIdentifier": o.Verification.StoreIdentifier}
	for prefix, form := range o.Verification.Overrides {
		forms["Overrides["+prefix+"]"] = form
	}
	for name, form := range forms {
		if form != "" && form != "plain" && form != "hashed" {
			return fmt.Errorf("Options.Verification.%s: %q is none of plain, hashed", name, form)
		}
	}
	if s := o.Account.StoreStateStrategy; s != "" && s != "database" && s != "cookie" {
		return fmt.Errorf("Options.Account.StoreStateStrategy: %q is none of database, cookie", s)
	}
	return nil
}
