package server

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/captcha"
)

func newCaptcha(in pluginInput) (core.Plugin, error) {
	var o struct {
		Provider         string   `key:"provider"`
		SecretKey        string   `key:"secretKey"`
		Endpoints        []string `key:"endpoints"`
		VerifyURL        string   `key:"siteVerifyURLOverride"`
		SiteKey          string   `key:"siteKey"`
		ExpectedAction   string   `key:"expectedAction"`
		AllowedHostnames []string `key:"allowedHostnames"`
		MinScore         *float64 `key:"minScore"`
	}
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	provider, known := captcha.ProviderNamed(o.Provider)
	if !known {
		return nil, in.Errorf("provider", "%q is none of cloudflare-turnstile, google-recaptcha, hcaptcha and captchafox", o.Provider)
	}
	options := captcha.Options{
		Provider: provider, SecretKey: o.SecretKey, SiteKey: o.SiteKey, VerifyURL: o.VerifyURL,
		ExpectedAction: o.ExpectedAction, Client: in.client,
	}
	// What is empty says as much as what is missing.
	if len(o.Endpoints) > 0 {
		options.Endpoints = o.Endpoints
	}
	if len(o.AllowedHostnames) > 0 {
		options.AllowedHostnames = o.AllowedHostnames
	}
	if o.MinScore != nil {
		options.MinScore = *o.MinScore
		if *o.MinScore == 0 {
			options.MinScore = -1
		}
	}
	return captcha.New(options), nil
}
