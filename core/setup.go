package core

import (
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/watchword-auth/watchword/internal/background"
	"github.com/watchword-auth/watchword/password"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/ratelimit/kvlimit"
	"github.com/watchword-auth/watchword/secret"
)

func (k *Kernel) setDefaults() error {
	o := &k.options
	if k.log == nil {
		k.log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	o.AppName = or(o.AppName, "Better Auth")
	o.BasePath = or(o.BasePath, "/api/auth")
	if err := k.setDatabase(); err != nil {
		return err
	}
	setSessionDefaults(&o.Session)
	e := &o.EmailAndPassword
	e.MinPasswordLength, e.MaxPasswordLength = or(e.MinPasswordLength, 8), or(e.MaxPasswordLength, 128)
	e.ResetPasswordTokenExpiresIn = or(e.ResetPasswordTokenExpiresIn, time.Hour)
	o.EmailVerification.ExpiresIn = or(o.EmailVerification.ExpiresIn, time.Hour)
	o.User.DeleteUser.DeleteTokenExpiresIn = or(o.User.DeleteUser.DeleteTokenExpiresIn, 24*time.Hour)
	o.Advanced.MaxBodyBytes = or(o.Advanced.MaxBodyBytes, 1<<20)
	o.Advanced.CookiePrefix = or(o.Advanced.CookiePrefix, "better-auth")
	if err := o.check(); err != nil {
		return fmt.Errorf("watchword: %w", err)
	}
	k.hasher = e.Hasher
	if k.hasher == nil {
		k.ownHasher = password.New(password.Options{})
		k.hasher = k.ownHasher
	}
	k.background = background.New(or(o.Advanced.BackgroundWorkers, 4), k.log)
	if o.Advanced.CleanupInterval > 0 {
		k.jobs = append(k.jobs, namedJob{"delete what has expired", cleanup})
	}
	return nil
}

func setSessionDefaults(s *SessionOptions) {
	day := 24 * time.Hour
	s.ExpiresIn = or(s.ExpiresIn, 7*day)
	if s.UpdateAge == nil {
		s.UpdateAge = &day
	}
	if s.FreshAge == nil {
		s.FreshAge = &day
	}
	s.CookieCache.MaxAge = or(s.CookieCache.MaxAge, 5*time.Minute)
	s.CookieCache.Strategy = or(s.CookieCache.Strategy, CacheCompact)
	s.CookieCache.Version = or(s.CookieCache.Version, "1")
}

func or[V comparable](value, fallback V) V {
	var zero V
	if value == zero {
		return fallback
	}
	return value
}

func (k *Kernel) setCodes() error {
	for _, e := range coreRefusals() {
		k.codes[e.Code], k.owners["code "+string(e.Code)] = e, "the core"
	}
	return nil
}

func (k *Kernel) setSecrets() (err error) {
	o := &k.options
	current := o.Secret
	if len(o.Secrets) > 0 {
		current = o.Secrets[0].Value
		k.ring, err = secret.NewVersioned(o.Secrets, o.Secret)
	} else {
		if o.Secret == "" {
			return errors.New("watchword: Options.Secret is missing; `openssl rand -base64 32` makes one")
		}
		k.ring, err = secret.New(o.Secret)
	}
	if err != nil {
		return fmt.Errorf("watchword: %w", err)
	}
	if weak := secret.Weakness(current); weak != nil && o.Production {
		return fmt.Errorf("watchword: Options.Secret: %w", weak)
	}
	return nil
}

func (k *Kernel) setLimits() (err error) {
	o := &k.options.RateLimit
	enabled := k.options.Production
	if o.Enabled != nil {
		enabled = *o.Enabled
	}
	rule := ratelimit.Rule{Window: or(o.Window, 10*time.Second), Max: or(o.Max, 100)}
	k.rules, err = ratelimit.NewRules(ratelimit.RulesOptions{Default: rule, Plugins: k.limits, Custom: o.CustomRules})
	if err != nil {
		return fmt.Errorf("watchword: Options.RateLimit: %w", err)
	}
	if enabled && !k.options.Advanced.DisableIPTracking {
		switch secondary := k.options.SecondaryStorage; {
		case o.Storage != nil:
			k.limiter = o.Storage
		case secondary != nil:
			k.limiter = kvlimit.New(secondary)
		default:
			k.limiter = ratelimit.NewMemory(k.options.Now)
		}
	}
	return nil
}

func (k *Kernel) matchHooks() error {
	if h := k.options.Hooks.Before; h != nil {
		k.before = append([]matched[BeforeHook]{{EveryPath, h}}, k.before...)
	}
	if h := k.options.Hooks.After; h != nil {
		k.after = append([]matched[AfterHook]{{EveryPath, h}}, k.after...)
	}
	k.after = append(k.intercept, k.after...)
	for _, e := range k.endpoints {
		e.before, e.after = pick(k.before, e.Target), pick(k.after, e.Target)
	}
	return nil
}
