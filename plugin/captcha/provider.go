package captcha

import (
	"errors"
	"fmt"
)

// Provider is a service that tells people from programs. The zero value is
// none.
type Provider int

// The providers.
const (
	_           Provider = iota
	Turnstile            // Cloudflare's
	Recaptcha            // Google's reCAPTCHA, version 2 or 3
	HCaptcha             // hCaptcha
	CaptchaFox           // CaptchaFox
	unsupported          // behind the last one
)

// verifier is what is particular to a provider.
type verifier struct {
	name     string // as the reference's options spell it
	url      string
	json     bool   // asked with JSON, not a form
	address  string // the member for the client's address
	siteKey  bool   // takes the site's key
	tellsWho bool   // tells the action and the host
	scores   bool
}

var verifiers = [unsupported]verifier{
	Turnstile: {name: "cloudflare-turnstile", url: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
		json: true, address: "remoteip", tellsWho: true},
	Recaptcha: {name: "google-recaptcha", url: "https://www.google.com/recaptcha/api/siteverify",
		address: "remoteip", tellsWho: true, scores: true},
	HCaptcha:   {name: "hcaptcha", url: "https://api.hcaptcha.com/siteverify", address: "remoteip", siteKey: true},
	CaptchaFox: {name: "captchafox", url: "https://api.captchafox.com/siteverify", address: "remoteIp", siteKey: true},
}

// verifier returns the zero verifier for what is no provider.
func (p Provider) verifier() verifier {
	if p < 0 || p >= unsupported {
		return verifier{}
	}
	return verifiers[p]
}

// String returns the provider's name in a configuration file, and "" for what
// is none.
func (p Provider) String() string { return p.verifier().name }

// ProviderNamed returns the provider of a name in a configuration file; ok is
// false where there is none.
func ProviderNamed(name string) (p Provider, ok bool) {
	for p := Turnstile; p < unsupported; p++ {
		if verifiers[p].name == name {
			return p, true
		}
	}
	return 0, false
}

// check refuses options that would let nobody pass, or ask for less than they
// say.
func (p *Plugin) check() error {
	v := p.verifier
	switch {
	case v.name == "":
		return errors.New("Options.Provider is not set")
	case p.o.SecretKey == "":
		return errors.New("Options.SecretKey is not set")
	case p.o.SiteKey != "" && !v.siteKey:
		return fmt.Errorf("Options.SiteKey: %s does not look at it", v.name)
	case (p.o.ExpectedAction != "" || p.o.AllowedHostnames != nil) && !v.tellsWho:
		return fmt.Errorf("Options.ExpectedAction and AllowedHostnames: %s does not tell them", v.name)
	case p.o.MinScore > 1:
		return errors.New("Options.MinScore: no score is above 1")
	}
	return nil
}
