package jwt

import (
	"encoding/json"
	"slices"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/token"
)

// Verify is for programs only.
const Verify core.Ref[VerifyInput, VerifyOutput] = "verifyJWT"

// VerifyInput is a token to verify.
type VerifyInput struct {
	Token  string `json:"token"`
	Issuer string `json:"issuer,omitempty"` // that of the options where empty
}

// Bind reads the input.
func (in *VerifyInput) Bind(b *input.Binder) {
	body := b.Body()
	var issuer input.Opt[string]
	body.Text("token", &in.Token)
	body.OptText("issuer", &issuer)
	in.Issuer = issuer.Value
}

// VerifyOutput is the claims of a token; nil where it does not hold.
type VerifyOutput struct {
	Payload json.RawMessage `json:"payload"`
}

func (k *keys) verifyJWT(c *core.Context, in *VerifyInput) (*VerifyOutput, error) {
	p, err := k.verifiers(c)
	if err != nil {
		return nil, err
	}
	payload, header, err := p.verify(in.Token)
	if err != nil || header.Type == cacheType || !k.holds(c, payload, in.Issuer) {
		return &VerifyOutput{}, nil //nolint:nilerr // a token that does not hold is an answer
	}
	return &VerifyOutput{payload}, nil
}

// holds reports whether claims are timely, by this issuer, for this audience,
// and about somebody.
func (k *keys) holds(c *core.Context, payload []byte, issuer string) bool {
	var cl struct {
		Issuer   string          `json:"iss"`
		Audience json.RawMessage `json:"aud"`
		Subject  string          `json:"sub"`
	}
	if token.CheckTimes(payload, c.Now(), 0) != nil || json.Unmarshal(payload, &cl) != nil {
		return false
	}
	return cl.Subject != "" && cl.Issuer == first(issuer, k.Issuer, c.Origin()) &&
		meant(cl.Audience, audiences(nil, k.Audience, c.Origin()))
}

// meant reports whether one of ours is among the audiences of a token, which
// are a text or a list of texts and nothing else.
func meant(raw json.RawMessage, ours []string) bool {
	var list []string
	var one string
	if json.Unmarshal(raw, &one) == nil {
		list = []string{one}
	} else if json.Unmarshal(raw, &list) != nil {
		return false
	}
	return slices.ContainsFunc(list, func(a string) bool { return a != "" && slices.Contains(ours, a) })
}
