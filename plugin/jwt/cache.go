package jwt

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/token"
)

// Cached sessions are tokens of a type and an audience of their own, so that
// neither can stand for the other.
const (
	cacheType     = "better-auth.session-cache+jwt"
	cacheAudience = "better-auth:session-cache"
)

// cacheIssuer is the reference's: the origin where it is fixed.
func cacheIssuer(c *core.Context) string {
	if c.Options().BaseURL != "" {
		return c.Origin()
	}
	return c.BaseURL()
}

func (k *keys) signCache(c *core.Context, current *core.Current, payload []byte, age time.Duration) (string, error) {
	cl, err := parseClaims(payload)
	if err != nil {
		return "", err
	}
	cl.setText("sid", current.Session.Token)
	cl.setTime("iat", c.Now())
	cl.setTime("exp", c.Now().Add(age))
	cl.setText("iss", cacheIssuer(c))
	cl.setText("aud", cacheAudience)
	cl.setText("sub", current.User.ID)
	key, err := k.signer(c, "", "")
	if err != nil {
		return "", err
	}
	return key.Sign(cl.json(), cacheType)
}

const (
	cacheTolerance = 15 * time.Second // the reference's
	cacheKeysAge   = time.Minute
)

func (k *keys) openCache(c *core.Context, value string) ([]byte, bool) {
	payload, header, err := k.verifyCached(c, value)
	if err != nil || header.Type != cacheType || token.CheckTimes(payload, c.Now(), cacheTolerance) != nil {
		return nil, false
	}
	var cl struct {
		Issuer   string `json:"iss"`
		Audience string `json:"aud"`
		Subject  string `json:"sub"`
		Session  string `json:"sid"`
		Of       struct {
			Token  string `json:"token"`
			UserID string `json:"userId"`
		} `json:"session"`
	}
	if json.Unmarshal(payload, &cl) != nil {
		return nil, false
	}
	return payload, cl.Issuer == cacheIssuer(c) && cl.Audience == cacheAudience &&
		cl.Subject != "" && cl.Subject == cl.Of.UserID && cl.Session != "" && cl.Session == cl.Of.Token
}

// verifyCached keeps the keys for a minute: reading them at every call would
// cost as much as reading the session.
func (k *keys) verifyCached(c *core.Context, value string) ([]byte, token.Header, error) {
	k.mu.Lock()
	p := k.cached
	k.mu.Unlock()
	if p.set != nil && c.Now().Sub(p.read) < cacheKeysAge {
		payload, header, err := p.verify(value)
		if !errors.Is(err, token.ErrUnknownKey) && !errors.Is(err, token.ErrInvalid) {
			return payload, header, err
		}
	}
	p, err := k.verifiers(c)
	if err != nil {
		return nil, token.Header{}, err
	}
	k.mu.Lock()
	k.cached = p
	k.mu.Unlock()
	return p.verify(value)
}
