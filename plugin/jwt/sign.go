package jwt

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/token"
)

// The endpoints that sign. Sign is for programs only.
const (
	GetToken core.Ref[TokenInput, TokenOutput] = "getToken"
	Sign     core.Ref[SignInput, TokenOutput]  = "signJWT"
)

// TokenInput is empty.
type TokenInput struct{}

// Bind reads nothing.
func (*TokenInput) Bind(*input.Binder) {}

// TokenOutput is a signed token.
type TokenOutput struct {
	Token string `json:"token"`
}

// SignInput says what a program wants to have signed. Zero members other than
// the payload mean the plugin's options.
type SignInput struct {
	// Payload is a JSON object. The claims exp, iss and aud are added where it
	// lacks them.
	Payload   json.RawMessage `json:"payload"`
	Issuer    string          `json:"issuer,omitempty"`
	Audience  []string        `json:"audience,omitempty"`
	ExpiresIn time.Duration   `json:"expiresIn,omitempty"` // from iat, or from now
	Type      string          `json:"typ,omitempty"`       // of the header
	// KeyID names a key that must be there; Algorithm asks for the newest key
	// of one of the configured algorithms.
	KeyID     string          `json:"kid,omitempty"`
	Algorithm token.Algorithm `json:"alg,omitempty"`
}

// Bind reads the input.
func (in *SignInput) Bind(b *input.Binder) {
	body := b.Body()
	var payload input.Opt[json.RawMessage]
	var issuer, typ, id, algorithm input.Opt[string]
	var audience input.Opt[[]string]
	var life input.Opt[float64]
	if body.OptRaw("payload", &payload); len(payload.Value) == 0 || payload.Value[0] != '{' {
		body.Refuse("payload", "Invalid input: expected record")
	}
	body.OptText("issuer", &issuer)
	body.OptTexts("audience", &audience)
	body.OptNumber("expiresIn", &life)
	body.OptText("typ", &typ)
	body.OptText("kid", &id)
	body.OptText("alg", &algorithm)
	*in = SignInput{Payload: payload.Value, Issuer: issuer.Value, Audience: audience.Value,
		ExpiresIn: time.Duration(life.Value), Type: typ.Value, KeyID: id.Value, Algorithm: token.Algorithm(algorithm.Value)}
}

func (k *keys) signJWT(c *core.Context, in *SignInput) (*TokenOutput, error) {
	if in.Algorithm != "" && in.Algorithm != k.Algorithm && !slices.Contains(k.ExtraAlgorithms, in.Algorithm) {
		return nil, errNoSuchAlgorithm
	}
	cl, err := parseClaims(in.Payload)
	if err != nil {
		return nil, err
	}
	text, err := k.sign(c, cl, in)
	return &TokenOutput{text}, err
}

func (k *keys) sign(c *core.Context, cl *claims, in *SignInput) (string, error) {
	if err := k.complete(c, cl, in); err != nil {
		return "", err
	}
	if k.Sign != nil {
		return k.Sign(c, cl.json())
	}
	key, err := k.signer(c, in.KeyID, in.Algorithm)
	if err != nil {
		return "", err
	}
	return key.Sign(cl.json(), in.Type)
}

// userToken makes the token of a user.
func (k *keys) userToken(c *core.Context, current *core.Current) (string, error) {
	payload := current.User.AppendJSON(nil)
	if k.DefinePayload != nil {
		own, err := k.DefinePayload(c, current)
		if err != nil {
			return "", err
		}
		if payload, err = json.Marshal(own); err != nil {
			return "", err
		}
	}
	given, err := parseClaims(payload)
	if err != nil {
		return "", err
	}
	cl := &claims{values: map[string]json.RawMessage{}}
	cl.setTime("iat", c.Now())
	for _, name := range given.names {
		cl.set(name, given.values[name])
	}
	subject := current.User.ID
	if k.Subject != nil {
		own, err := k.Subject(c, current)
		if err != nil {
			return "", err
		}
		subject = first(own, subject)
	}
	cl.setText("sub", subject)
	return k.sign(c, cl, &SignInput{})
}

func (k *keys) getToken(c *core.Context, _ *TokenInput) (*TokenOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	c.ResponseHeader().Set("Cache-Control", "no-store")
	text, err := k.userToken(c, current)
	return &TokenOutput{text}, err
}

// addHeader puts a token beside the session that is shown.
func (k *keys) addHeader(c *core.Context, r *core.Result) error {
	if r.Err != nil || r.Out == nil {
		return nil
	}
	current, err := c.Session()
	if err != nil || current == nil {
		return err
	}
	text, err := k.userToken(c, current)
	if err == nil {
		c.ExposeHeader(TokenHeader, text)
	}
	return err
}
