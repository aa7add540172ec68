package captcha

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/oauth"
)

// verdict is a provider's answer.
type verdict struct {
	Success  bool     `json:"success"`
	Score    *float64 `json:"score"` // nil: not of version 3
	Action   string   `json:"action"`
	Hostname string   `json:"hostname"`
	Codes    []string `json:"error-codes"`
}

// question is what Turnstile is asked with. The others get a form.
type question struct {
	Secret   string `json:"secret"`
	Response string `json:"response"`
	RemoteIP string `json:"remoteip,omitempty"`
}

// call is the request to the provider.
func (p *Plugin) call(solved, ip string) (call oauth.Call, err error) {
	call = oauth.Call{Method: http.MethodPost, URL: cmp.Or(p.o.VerifyURL, p.verifier.url)}
	if p.verifier.json {
		text, err := json.Marshal(question{p.o.SecretKey, solved, ip}) //nolint:gosec // the secret is the provider's own
		call.Body, call.Header = string(text), map[string]string{"Content-Type": "application/json"}
		return call, err
	}
	call.Form = new(oauth.Params)
	call.Form.Set("secret", p.o.SecretKey)
	call.Form.Set("response", solved)
	call.Form.SetSome("sitekey", p.o.SiteKey)
	call.Form.SetSome(p.verifier.address, ip)
	return call, nil
}

// verify asks the provider. An answer that is none is an error.
func (p *Plugin) verify(c *core.Context, solved string) (*verdict, error) {
	call, err := p.call(solved, c.ClientIP())
	if err != nil {
		return nil, err
	}
	answer, err := p.o.Client.Do(c, call)
	if err != nil {
		return nil, err
	}
	v := new(verdict)
	if err := json.Unmarshal(answer, v); err != nil {
		return nil, fmt.Errorf("captcha: the answer of %s: %w", p.verifier.name, err)
	}
	return v, nil
}

// wrong says what is wrong with a verdict; "" where nothing is.
func (p *Plugin) wrong(v *verdict) string {
	switch {
	case !v.Success:
		return "not solved"
	case p.verifier.scores && v.Score != nil && *v.Score < p.o.MinScore:
		return "score"
	case p.o.ExpectedAction != "" && v.Action != p.o.ExpectedAction:
		return "action"
	case p.o.AllowedHostnames != nil && !slices.Contains(p.o.AllowedHostnames, v.Hostname):
		return "hostname"
	}
	return ""
}
