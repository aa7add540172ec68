package jwt

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/token"
)

// GetJWKS is GET /jwks.
const GetJWKS core.Ref[JWKSInput, JWKSOutput] = "getJwks"

// JWKSInput is empty.
type JWKSInput struct{}

// Bind reads nothing.
func (*JWKSInput) Bind(*input.Binder) {}

// JWKSOutput is a key set (RFC 7517, section 5).
type JWKSOutput struct {
	Keys []publicKey `json:"keys"`
}

// publicKey has no members for private parts: none can be published.
type publicKey struct {
	Algorithm string `json:"alg"`
	Curve     string `json:"crv,omitempty"`
	Type      string `json:"kty"`
	X         string `json:"x,omitempty"`
	Y         string `json:"y,omitempty"`
	N         string `json:"n,omitempty"`
	E         string `json:"e,omitempty"`
	ID        string `json:"kid"`
}

// maxAge is how long others may keep the keys before they ask again. It is
// short, as a new key signs from the moment it is made.
const maxAge = "public, max-age=60"

func (k *keys) getJWKS(c *core.Context, _ *JWKSInput) (*JWKSOutput, error) {
	if k.RemoteURL != "" {
		return nil, core.NewError(http.StatusNotFound, "", "")
	}
	rows, err := k.all(c)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		made, err := k.make(c, "")
		if err != nil {
			return nil, err
		}
		rows = []*row{made}
	}
	out, err := k.publish(rows, c.Now())
	if err == nil {
		c.ResponseHeader().Set("Cache-Control", maxAge)
	}
	return out, err
}

// publish returns the public parts of the keys that verify, oldest first.
func (k *keys) publish(rows []*row, now time.Time) (*JWKSOutput, error) {
	out := &JWKSOutput{Keys: []publicKey{}}
	for _, r := range slices.Backward(rows) {
		if !r.verifies(now, k.GracePeriod) {
			continue
		}
		key := publicKey{}
		if err := json.Unmarshal([]byte(r.PublicKey), &key); err != nil {
			return nil, fmt.Errorf("jwt: public key %s: %w", r.ID, err)
		}
		key.Algorithm, key.ID = string(k.algorithm(r)), r.ID
		out.Keys = append(out.Keys, key)
	}
	return out, nil
}

// publicKeys are keys to verify with.
type publicKeys struct {
	set        *token.Set
	algorithms []token.Algorithm
	read       time.Time
}

func (k *keys) verifiers(c *core.Context) (publicKeys, error) {
	rows, err := k.all(c)
	if err != nil {
		return publicKeys{}, err
	}
	out, err := k.publish(rows, c.Now())
	if err != nil {
		return publicKeys{}, err
	}
	data, err := json.Marshal(out)
	if err != nil {
		return publicKeys{}, err
	}
	p := publicKeys{read: c.Now()}
	for _, key := range out.Keys {
		p.algorithms = append(p.algorithms, token.Algorithm(key.Algorithm))
	}
	p.set, err = token.ParseSet(data)
	return p, err
}

// verify returns the payload of a token that names one of the keys and is
// signed by it. Each key has one algorithm, whatever the token says.
func (p publicKeys) verify(text string) ([]byte, token.Header, error) {
	payload, header, err := p.set.Verify(text, p.algorithms...)
	if err == nil && header.KeyID == "" {
		err = token.ErrInvalid
	}
	return payload, header, err
}
