package oauth

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/token"
)

// AuthMethod is how a client proves itself at a token endpoint.
type AuthMethod string

// The methods (OpenID Connect Core, section 9). The empty one is
// AuthPost with a secret and AuthNone without.
const (
	AuthPost       AuthMethod = "client_secret_post"
	AuthBasic      AuthMethod = "client_secret_basic"
	AuthPrivateKey AuthMethod = "private_key_jwt"
	AuthNone       AuthMethod = "none"
)

// ClientAuth is what a client proves itself with.
type ClientAuth struct {
	Method           AuthMethod
	ClientID, Secret string
	// Assertion returns a fresh assertion for an endpoint; see
	// [NewAssertion]. Only AuthPrivateKey uses it.
	Assertion func(ctx context.Context, endpoint string) (string, error)
}

// Check returns an error where the method lacks what it needs, or is given a
// secret that it must not have.
func (a *ClientAuth) Check() error {
	switch a.Method {
	case "":
	case AuthPost, AuthBasic:
		if a.Secret == "" {
			return fmt.Errorf("oauth: %s needs a client secret", a.Method)
		}
	case AuthPrivateKey:
		if a.Secret != "" || a.Assertion == nil {
			return errors.New("oauth: private_key_jwt needs a key and no client secret")
		}
	case AuthNone:
		if a.Secret != "" {
			return errors.New("oauth: none as client authentication excludes a client secret")
		}
	default:
		return fmt.Errorf("oauth: %q is not a method of client authentication", a.Method)
	}
	if a.ClientID == "" {
		return errors.New("oauth: the client id is missing")
	}
	return nil
}

// apply puts the proof into a request: into its form or its headers.
func (a *ClientAuth) apply(ctx context.Context, call *Call) error {
	if err := a.Check(); err != nil {
		return err
	}
	switch a.Method {
	case AuthBasic:
		id, password := appendForm(nil, a.ClientID), appendForm(nil, a.Secret)
		encoded := base64.StdEncoding.EncodeToString(append(append(id, ':'), password...))
		call.Header["Authorization"] = "Basic " + encoded
	case AuthPrivateKey:
		assertion, err := a.Assertion(ctx, call.URL)
		if err != nil {
			return err
		}
		call.Form.Set("client_id", a.ClientID)
		call.Form.Set("client_assertion", assertion)
		call.Form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
	default:
		call.Form.Set("client_id", a.ClientID)
		call.Form.SetSome("client_secret", a.Secret)
	}
	return nil
}

// NewAssertion returns what signs client assertions (RFC 7523, section 3)
// with a key, valid for two minutes. A nil clock is the real one.
func NewAssertion(clientID string, key *token.PrivateKey, now func() time.Time) func(context.Context, string) (string, error) {
	if now == nil {
		now = time.Now
	}
	return func(_ context.Context, endpoint string) (string, error) {
		at := now().Unix()
		claims, err := json.Marshal(struct {
			Issuer   string `json:"iss"`
			Subject  string `json:"sub"`
			Audience string `json:"aud"`
			IssuedAt int64  `json:"iat"`
			Expires  int64  `json:"exp"`
			ID       string `json:"jti"`
		}{clientID, clientID, endpoint, at, at + 120, secret.UUID(rand.Reader)})
		if err != nil {
			return "", fmt.Errorf("oauth: %w", err)
		}
		return key.Sign(claims, "JWT")
	}
}

// ParsePrivateKey reads a private key, as a JWK or as PKCS #8 in PEM, for an
// algorithm; RS256 where that is empty.
func ParsePrivateKey(data []byte, algorithm token.Algorithm, id string) (*token.PrivateKey, error) {
	if algorithm == "" {
		algorithm = token.RS256
	}
	if block, _ := pem.Decode(data); block != nil {
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("oauth: not a private key in PKCS #8")
		}
		if data, err = (&jose.JSONWebKey{Key: key}).MarshalJSON(); err != nil {
			return nil, errors.New("oauth: not a private key that signs")
		}
	}
	return token.ParsePrivateKey(data, algorithm, id)
}
