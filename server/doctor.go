package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/watchword-auth/watchword/core"
)

// finding is something a doctor says: a fault must be mended before
// production, an advice may have its reasons.
type finding struct {
	fault bool
	text  string
}

func (s *System) doctorCommand() *cobra.Command {
	var config string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check a configuration for production and say what to fix",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if config == "" {
				return errors.New("name the configuration to check with --config")
			}
			f, err := s.load(config)
			if err != nil {
				return err
			}
			findings := append(f.examine(), s.examineDatabase(c.Context(), f, config)...)
			faults := 0
			for _, x := range findings {
				kind := "advice"
				if x.fault {
					kind, faults = "FIX   ", faults+1
				}
				if _, err := fmt.Fprintf(c.OutOrStdout(), "%s  %s\n", kind, x.text); err != nil {
					return err
				}
			}
			if faults > 0 {
				return fmt.Errorf("%d to fix before production", faults)
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), "ready for production")
			return err
		},
	}
	configFlag(c, &config)
	return c
}

// examine looks at the file alone.
func (f *file) examine() []finding {
	var list []finding
	for _, err := range f.checkProduction() {
		list = append(list, finding{true, err.Error()})
	}
	if err := f.addPlugins(&core.Options{}); err != nil {
		list = append(list, finding{true, err.Error()})
	}
	for _, text := range f.warnings() {
		list = append(list, finding{false, text})
	}
	for _, d := range doubts {
		if d.holds(f) {
			list = append(list, finding{d.fault, f.root.At(d.key).Errorf("%s", d.text).Error()})
		}
	}
	return list
}

// doubts are settings that weaken a production server.
var doubts = []struct {
	key   string
	fault bool
	holds func(*file) bool
	text  string
}{
	{"advanced.disableOriginCheck", true, func(f *file) bool { return f.Advanced.DisableOriginCheck.off },
		"lets any page act for a signed-in user; list the exempt paths instead"},
	{"advanced.disableCSRFCheck", true, func(f *file) bool { return isTrue(f.Advanced.DisableCSRFCheck, false) },
		"lets any page act for a signed-in user; remove it and name pages in trustedOrigins"},
	{"advanced.useSecureCookies", true, func(f *file) bool { return !isTrue(f.Advanced.UseSecureCookies, true) },
		"sends session cookies over plain connections; remove it"},
	{"rateLimit.enabled", true, func(f *file) bool { return !isTrue(f.RateLimit.Enabled, true) },
		"lets passwords be guessed without limit; remove it"},
	{"trustedOrigins", true, func(f *file) bool { return anyOrigin(f.TrustedOrigins) },
		"trusts every site; name the sites"},
	{"trustedOrigins", false, func(f *file) bool { return plainOrigin(f.TrustedOrigins) },
		"trusts an origin over plain http"},
	{"delivery.console", true, func(f *file) bool { return f.Delivery.Console },
		"writes links and codes that sign in to the server's output; use smtp or webhook"},
	{"delivery", false, func(f *file) bool { return f.EmailAndPassword.Enabled && !f.Delivery.Any() },
		"nothing sends mail, so nobody can reset a password: set delivery.smtp or delivery.webhook"},
	{"delivery.webhook.url", true, func(f *file) bool { return f.Delivery.Webhook != nil && plainAndFar(f.Delivery.Webhook.URL) },
		"messages carry tokens: use https"},
	{"delivery.webhook", false, func(f *file) bool { return f.Delivery.Webhook != nil && f.Delivery.Webhook.Secret == "" },
		"the receiver cannot tell messages from forgeries: set secret"},
	{"delivery.smtp.tls", true, func(f *file) bool {
		return f.Delivery.SMTP != nil && f.Delivery.SMTP.TLS == "none" && !loopback(f.Delivery.SMTP.Host)
	}, "mails carry tokens: use starttls or implicit"},
	{"emailAndPassword.minPasswordLength", false, func(f *file) bool {
		return f.EmailAndPassword.MinPasswordLength > 0 && f.EmailAndPassword.MinPasswordLength < 8
	}, "passwords below 8 characters are guessed quickly"},
	{"emailAndPassword", false, func(f *file) bool { return f.EmailAndPassword.Enabled && !f.EmailAndPassword.RequireEmailVerification },
		"requireEmailVerification is off: anybody can sign up with anybody's address"},
}

func anyOrigin(patterns []string) bool {
	for _, p := range patterns {
		switch p {
		case "*", "**", "*://*", "http://*", "https://*":
			return true
		}
	}
	return false
}

func plainOrigin(patterns []string) bool {
	return slices.ContainsFunc(patterns, plainAndFar)
}

// plainAndFar reports whether a URL is reached over a network without
// encryption.
func plainAndFar(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && !loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// examineDatabase looks whether the database answers and is up to date.
func (s *System) examineDatabase(ctx context.Context, f *file, path string) []finding {
	if f.Secret == "" && len(f.Secrets) == 0 {
		return nil // said already, and nothing can be assembled without one
	}
	plan, _, err := s.pending(ctx, path)
	switch {
	case err != nil:
		return []finding{{true, err.Error()}}
	case plan.Err() != nil:
		return []finding{{true, plan.Err().Error()}}
	case len(plan.Steps) > 0:
		return []finding{{true, fmt.Sprintf("the database lacks %d things; `watchword migrate status` lists them, `watchword migrate` adds them", len(plan.Steps))}}
	}
	return nil
}
