package server

import (
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/deviceauthorization"
)

func newDeviceAuthorization(in pluginInput) (core.Plugin, error) {
	var o struct {
		ExpiresIn        string   `key:"expiresIn"`
		Interval         string   `key:"interval"`
		DeviceCodeLength int      `key:"deviceCodeLength"`
		UserCodeLength   int      `key:"userCodeLength"`
		VerificationURI  string   `key:"verificationUri"`
		ClientIDs        []string `key:"clientIds"` // in place of validateClient
		Schema           struct {
			DeviceCode model `key:"deviceCode"`
		} `key:"schema"`
	}
	if err := in.Decode(&o); err != nil {
		return nil, err
	}
	expires, ok := parseSpan(o.ExpiresIn)
	if !ok {
		return nil, in.Errorf("expiresIn", "%q is not like 30m or 1h", o.ExpiresIn)
	}
	interval, ok := parseSpan(o.Interval)
	if !ok {
		return nil, in.Errorf("interval", "%q is not like 5s", o.Interval)
	}
	options := deviceauthorization.Options{
		ExpiresIn: expires, Interval: interval, DeviceCodeLength: o.DeviceCodeLength, UserCodeLength: o.UserCodeLength,
		VerificationURI: o.VerificationURI, Mapping: o.Schema.DeviceCode.mapping(),
	}
	if o.ClientIDs != nil {
		options.ValidateClient = func(_ *core.Context, id string) (bool, error) { return slices.Contains(o.ClientIDs, id), nil }
	}
	return deviceauthorization.New(options), nil
}
