package server

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/server/config"
)

// options maps the file to the library's options, but for what has to be
// opened: database, secondary storage, delivery.
func (f *file) options() (core.Options, error) {
	o := core.Options{
		AppName: f.AppName, BasePath: f.BasePath, BaseURL: f.BaseURL.text, Secret: f.Secret, Stateless: f.Stateless,
		TrustedOrigins: f.TrustedOrigins, TrustedProxies: f.TrustedProxies, DisabledPaths: f.DisabledPaths,
		OnAPIError: core.OnAPIError{ErrorURL: f.OnAPIError.ErrorURL, CustomizeDefaultErrorPage: bool(f.OnAPIError.CustomizeDefaultErrorPage)},
		CORS:       core.CORS{Enabled: isTrue(f.CORS.Enabled, true), MaxAge: f.CORS.MaxAge.Duration()},
		Outbox:     core.Outbox{Mapping: f.Outbox.mapping(), Interval: f.Outbox.Interval.Duration()},
	}
	if d := f.BaseURL.dynamic; d != nil {
		o.DynamicBaseURL = &core.DynamicBaseURL{AllowedHosts: d.AllowedHosts, Protocol: d.Protocol, Fallback: d.Fallback}
	}
	for _, s := range f.Secrets {
		o.Secrets = append(o.Secrets, secret.Key{Version: s.Version, Value: s.Value})
	}
	f.credentials(&o)
	f.accounts(&o)
	f.advanced(&o.Advanced)
	if more := f.Advanced.IPAddress.TrustedProxies; more != nil {
		o.TrustedProxies = append(o.TrustedProxies, more...)
	}
	var faults []error
	for _, step := range []func(*core.Options) error{f.fields, f.limits, f.providers, f.check} {
		faults = append(faults, step(&o))
	}
	return o, errors.Join(faults...)
}

// keepsMessages reports whether messages go through the outbox: in production
// where they leave the machine and the database outlives the process.
func (f *file) keepsMessages(p posture) bool {
	remote := f.Delivery.Webhook != nil || f.Delivery.SMTP != nil
	return isTrue(f.Outbox.Enabled, (p.production || p.planning) && remote && !strings.HasPrefix(f.Database, "memory:"))
}

// isTrue is the value of a switch that may not be given.
func isTrue(given *bool, otherwise bool) bool {
	if given == nil {
		return otherwise
	}
	return *given
}

// given is a duration whose zero differs from none.
func given(s *config.Seconds) *time.Duration {
	if s == nil {
		return nil
	}
	d := s.Duration()
	return &d
}

func (f *file) credentials(o *core.Options) {
	e, v := &f.EmailAndPassword, &f.EmailVerification
	o.EmailAndPassword = core.EmailAndPassword{
		Enabled: e.Enabled, DisableSignUp: e.DisableSignUp, RequireEmailVerification: e.RequireEmailVerification,
		DisableAutoSignIn: !isTrue(e.AutoSignIn, true), MinPasswordLength: e.MinPasswordLength, MaxPasswordLength: e.MaxPasswordLength,
		DisablePasswordReset: !isTrue(e.PasswordReset, true), RevokeSessionsOnReset: e.RevokeSessionsOnReset,
		ResetPasswordTokenExpiresIn: e.ResetPasswordTokenExpiresIn.Duration(),
	}
	o.EmailVerification = core.EmailVerification{
		Disabled: !isTrue(v.Enabled, true), SendOnSignUp: v.SendOnSignUp, SendOnSignIn: v.SendOnSignIn,
		AutoSignInAfterVerification: v.AutoSignIn, ExpiresIn: v.ExpiresIn.Duration(),
	}
	s := &f.Session
	o.Session = core.SessionOptions{
		Mapping: s.mapping(), ExpiresIn: s.ExpiresIn.Duration(), UpdateAge: given(s.UpdateAge), FreshAge: given(s.FreshAge),
		DisableSessionRefresh: s.DisableSessionRefresh, DeferSessionRefresh: s.DeferSessionRefresh,
		StoreSessionInDatabase: s.StoreSessionInDatabase, PreserveSessionInDatabase: s.PreserveSessionInDatabase,
		CookieCache: core.CookieCache{Enabled: s.CookieCache.Enabled, MaxAge: s.CookieCache.MaxAge.Duration(),
			Strategy: s.CookieCache.Strategy, Version: s.CookieCache.Version,
			RefreshCache: s.CookieCache.RefreshCache.on, RefreshUpdateAge: given(s.CookieCache.RefreshCache.UpdateAge)},
		ReadCache: core.ReadCache{Enabled: s.ReadCache.Enabled, MaxEntries: s.ReadCache.MaxEntries, MaxBytes: s.ReadCache.MaxBytes},
	}
}

func (m model) mapping() core.Mapping { return core.Mapping{ModelName: m.ModelName, Fields: m.Fields} }

func (f *file) accounts(o *core.Options) {
	u, a, v := &f.User, &f.Account, &f.Verification
	o.User = core.UserOptions{
		Mapping: u.mapping(),
		ChangeEmail: core.ChangeEmail{Enabled: u.ChangeEmail.Enabled, Confirm: u.ChangeEmail.Confirm,
			UpdateEmailWithoutVerification: u.ChangeEmail.UpdateEmailWithoutVerification},
		DeleteUser: core.DeleteUser{Enabled: u.DeleteUser.Enabled, Verify: u.DeleteUser.Verify,
			DeleteTokenExpiresIn: u.DeleteUser.DeleteTokenExpiresIn.Duration()},
	}
	l := &a.Linking
	o.Account = core.AccountOptions{
		Mapping: a.mapping(), DisableUpdateOnSignIn: !isTrue(a.UpdateAccountOnSignIn, true),
		EncryptOAuthTokens: a.EncryptOAuthTokens, StoreAccountCookie: a.StoreAccountCookie,
		StoreStateStrategy: a.StoreStateStrategy, SkipStateCookieCheck: a.SkipStateCookieCheck, Issuer: a.Issuer,
		Linking: core.AccountLinking{
			Disabled: !isTrue(l.Enabled, true), DisableImplicit: l.DisableImplicitLinking, TrustedProviders: l.TrustedProviders,
			AllowDifferentEmails: l.AllowDifferentEmails, AllowUnlinkingAll: l.AllowUnlinkingAll,
			UpdateUserInfoOnLink: l.UpdateUserInfoOnLink, AllowUnverifiedLocalEmail: !isTrue(l.RequireLocalEmailVerified, true),
		},
	}
	o.Verification = core.VerificationOptions{
		Mapping: v.mapping(), StoreIdentifier: v.StoreIdentifier.Default, Overrides: v.StoreIdentifier.Overrides,
		DisableCleanup: v.DisableCleanup, StoreInDatabase: v.StoreInDatabase,
	}
}

func (f *file) advanced(a *core.Advanced) {
	in := &f.Advanced
	*a = core.Advanced{
		UseSecureCookies: in.UseSecureCookies, CookiePrefix: in.CookiePrefix,
		DefaultCookieAttributes: in.DefaultCookieAttributes.core(),
		DisableCSRFCheck:        in.DisableCSRFCheck, DisableOriginCheck: in.DisableOriginCheck.off,
		DisableOriginCheckPaths: in.DisableOriginCheck.paths, SkipTrailingSlashes: in.SkipTrailingSlashes,
		TrustedProxyHeaders: in.TrustedProxyHeaders, IPAddressHeaders: in.IPAddress.Headers,
		DisableIPTracking: in.IPAddress.Disable, IPv6Subnet: in.IPAddress.IPv6Subnet,
		MaxBodyBytes: in.MaxBodyBytes, OutboundMinResponseTime: in.OutboundMinResponseTime.Duration(),
		BackgroundWorkers: in.BackgroundWorkers, CleanupInterval: in.CleanupInterval.Duration(),
	}
	if in.CrossSubDomainCookies.Enabled {
		a.CrossSubDomainCookies = &core.CrossSubDomainCookies{Domain: in.CrossSubDomainCookies.Domain}
	}
	for name, c := range in.Cookies {
		if a.Cookies == nil {
			a.Cookies = map[string]core.CookieOverride{}
		}
		a.Cookies[name] = core.CookieOverride{Name: c.Name, Attributes: c.Attributes.core()}
	}
	switch in.Database.GenerateID {
	case "serial":
		a.GenerateID.Type = db.IDSerial
	case "uuid":
		a.GenerateID.Type = db.IDUUID
	case "database":
		a.GenerateID.Func = func(string) string { return "" }
	}
}

func (c cookieAttributes) core() cookie.Attributes {
	return cookie.Attributes{Domain: c.Domain, Path: c.Path, SameSite: c.SameSite, Secure: c.Secure,
		HTTPOnly: c.HTTPOnly, Partitioned: c.Partitioned, MaxAge: given(c.MaxAge)}
}

func (f *file) limits(o *core.Options) error {
	r := &f.RateLimit
	o.RateLimit = core.RateLimit{Enabled: r.Enabled, Window: r.Window.Duration(), Max: r.Max}
	if r.Storage == "memory" {
		o.RateLimit.Storage = ratelimit.NewMemory(nil)
	}
	if r.CustomRules == nil {
		return nil
	}
	return r.CustomRules.Members(func(key, value *config.Node) error {
		rule := ratelimit.CustomRule{Path: key.Name()}
		if on, ok := value.Bool(); ok {
			if rule.Off = !on; on {
				return value.Errorf("expected {window, max}, or false for no limit")
			}
		} else {
			var in struct {
				Window *config.Seconds `key:"window"`
				Max    int             `key:"max"`
			}
			if err := config.Decode(value, &in); err != nil {
				return err
			}
			rule.Rule = ratelimit.Rule{Window: in.Window.Duration(), Max: in.Max}
		}
		o.RateLimit.CustomRules = append(o.RateLimit.CustomRules, rule)
		return nil
	})
}

// choices are the keys that take one of a few words.
var choices = []struct {
	key   string
	value func(*file) string
	words []string
}{
	{"session.cookieCache.strategy", func(f *file) string { return f.Session.CookieCache.Strategy }, []string{"compact", "jwt", "jwe"}},
	{"account.storeStateStrategy", func(f *file) string { return f.Account.StoreStateStrategy }, []string{"database", "cookie"}},
	{"verification.storeIdentifier", func(f *file) string { return f.Verification.StoreIdentifier.Default }, []string{"plain", "hashed"}},
	{"rateLimit.storage", func(f *file) string { return f.RateLimit.Storage }, []string{"memory", "database", "secondary-storage"}},
	{"logger.level", func(f *file) string { return f.Logger.Level }, []string{"debug", "info", "warn", "error"}},
	{"logger.format", func(f *file) string { return f.Logger.Format }, []string{"text", "json"}},
}

// check finds values that do not fit, and combinations that cannot work.
func (f *file) check(*core.Options) error {
	var faults []error
	fault := func(key, format string, args ...any) {
		faults = append(faults, f.root.At(key).Errorf(format, args...))
	}
	for _, c := range choices {
		if v := c.value(f); v != "" && !slices.Contains(c.words, v) {
			fault(c.key, "expected one of %s", strings.Join(c.words, ", "))
		}
	}
	if e := &f.EmailAndPassword; e.MinPasswordLength > 0 && e.MaxPasswordLength > 0 && e.MinPasswordLength > e.MaxPasswordLength {
		fault("emailAndPassword.minPasswordLength", "is above maxPasswordLength, so no password is allowed")
	}
	if f.SecondaryStorage == "" {
		if f.RateLimit.Storage == "secondary-storage" {
			fault("rateLimit.storage", `is "secondary-storage", but secondaryStorage is not set`)
		}
		if f.Session.PreserveSessionInDatabase {
			fault("session.preserveSessionInDatabase", "has a meaning only with secondaryStorage; remove it or set that")
		}
	}
	if f.EmailAndPassword.RequireEmailVerification && !f.Delivery.Any() && f.root.Get("delivery") != nil {
		fault("emailAndPassword.requireEmailVerification", "needs mail to be sent: set delivery.smtp, delivery.webhook or delivery.console")
	}
	if d := f.BaseURL.dynamic; d != nil && len(d.AllowedHosts) == 0 {
		fault("baseURL", "allowedHosts must name at least one host")
	}
	return errors.Join(faults...)
}
