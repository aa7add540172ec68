package core

import (
	"errors"
	"fmt"
	"strings"

	"github.com/watchword-auth/watchword/internal/baseurl"
	"github.com/watchword-auth/watchword/origin"
)

func (k *Kernel) setBaseURL() error {
	o := &k.options
	k.base = baseurl.Rule{Path: strings.TrimRight(o.BasePath, "/"), Forwarded: o.Advanced.TrustedProxyHeaders}
	if !strings.HasPrefix(o.BasePath, "/") {
		return fmt.Errorf("watchword: Options.BasePath: %q does not start with a slash", o.BasePath)
	}
	if d := o.DynamicBaseURL; d != nil {
		return k.setDynamicBaseURL(d)
	}
	if o.BaseURL == "" {
		if o.Production {
			return errors.New("watchword: Options.BaseURL is missing, and in production nothing is guessed")
		}
		return nil
	}
	fixed, path, err := baseurl.Parse(o.BaseURL, k.base.Path)
	if err != nil {
		return fmt.Errorf("watchword: Options.BaseURL: %w", err)
	}
	k.base.Fixed, k.base.Path = fixed, path
	return nil
}

func (k *Kernel) setDynamicBaseURL(d *DynamicBaseURL) (err error) {
	if k.options.BaseURL != "" {
		return errors.New("watchword: Options.BaseURL and Options.DynamicBaseURL exclude each other")
	}
	if k.base.Hosts, err = origin.NewHosts(d.AllowedHosts); err != nil {
		return fmt.Errorf("watchword: Options.DynamicBaseURL: %w", err)
	}
	k.base.Trust = d.Protocol
	switch d.Protocol {
	case "", "auto":
	case "http", "https":
		k.base.Protocol = d.Protocol
	default:
		return fmt.Errorf("watchword: Options.DynamicBaseURL.Protocol: %q is none of http, https, auto", d.Protocol)
	}
	if d.Fallback != "" {
		if k.base.Fallback, _, err = baseurl.Parse(d.Fallback, k.base.Path); err != nil {
			return fmt.Errorf("watchword: Options.DynamicBaseURL.Fallback: %w", err)
		}
	}
	return nil
}

func (k *Kernel) setOrigins() error {
	o := &k.options
	patterns := append(k.base.Trusted(), o.TrustedOrigins...)
	var err error
	if k.trusted, err = origin.NewTrusted(patterns); err != nil {
		return fmt.Errorf("watchword: Options.TrustedOrigins: %w", err)
	}
	proxies := o.TrustedProxies
	if proxies == nil {
		proxies = []string{"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}
	}
	trusted, err := origin.NewProxies(proxies)
	if err != nil {
		return fmt.Errorf("watchword: Options.TrustedProxies: %w", err)
	}
	k.clientIP = origin.IPOptions{Headers: o.Advanced.IPAddressHeaders, Trusted: trusted}
	k.disabled = map[string]bool{}
	for _, p := range o.DisabledPaths {
		if !strings.HasPrefix(p, "/") {
			return fmt.Errorf("watchword: Options.DisabledPaths: %q does not start with a slash", p)
		}
		k.disabled[trimSlashes(p)] = true
	}
	return nil
}
