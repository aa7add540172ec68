package server

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/plugin/jwt"
	"github.com/watchword-auth/watchword/server/config"
	"github.com/watchword-auth/watchword/token"
)

// oneOrMore is a text or a list of texts.
type oneOrMore []string

// DecodeConfig reads either form.
func (l *oneOrMore) DecodeConfig(n *config.Node) error {
	if !n.IsText() {
		return config.Decode(n, (*[]string)(l))
	}
	*l = make([]string, 1)
	return config.Decode(n, &(*l)[0])
}

// keyPair is the reference's way to name an algorithm.
type keyPair struct {
	Algorithm     token.Algorithm `key:"alg"`
	Curve         string          `key:"crv"` // each algorithm has one
	ModulusLength int             `key:"modulusLength"`
}

func newJWT(in pluginInput) (core.Plugin, error) {
	var o struct {
		JWKS struct {
			KeyPairConfig               keyPair         `key:"keyPairConfig"`
			KeyPairConfigs              []keyPair       `key:"keyPairConfigs"`
			DisablePrivateKeyEncryption bool            `key:"disablePrivateKeyEncryption"`
			RotationInterval            *config.Seconds `key:"rotationInterval"`
			GracePeriod                 *config.Seconds `key:"gracePeriod"`
			JWKSPath                    string          `key:"jwksPath"`
			RemoteURL                   string          `key:"remoteUrl"`
		} `key:"jwks"`
		JWT struct {
			Issuer         string    `key:"issuer"`
			Audience       oneOrMore `key:"audience"`
			ExpirationTime string    `key:"expirationTime"`
		} `key:"jwt"`
		DisableSettingJWTHeader bool `key:"disableSettingJwtHeader"`
		SessionCookieCache      bool `key:"sessionCookieCache"`
		Schema                  struct {
			JWKS model `key:"jwks"`
		} `key:"schema"`
	}
	err := in.Decode(&o)
	expires, ok := parseSpan(o.JWT.ExpirationTime)
	if err == nil && !ok {
		err = in.Errorf("jwt", "expirationTime %q is not like 15m, 1h or 7d", o.JWT.ExpirationTime)
	}
	var extra []token.Algorithm
	for _, pair := range o.JWKS.KeyPairConfigs {
		extra = append(extra, pair.Algorithm)
	}
	return jwt.New(jwt.Options{
		Algorithm: o.JWKS.KeyPairConfig.Algorithm, RSABits: o.JWKS.KeyPairConfig.ModulusLength, ExtraAlgorithms: extra,
		PlainPrivateKeys: o.JWKS.DisablePrivateKeyEncryption, JWKSPath: o.JWKS.JWKSPath, RemoteURL: o.JWKS.RemoteURL,
		RotationInterval: o.JWKS.RotationInterval.Duration(), GracePeriod: o.JWKS.GracePeriod.Duration(),
		Issuer: o.JWT.Issuer, Audience: o.JWT.Audience, ExpiresIn: expires,
		DisableHeader: o.DisableSettingJWTHeader, SignSessionCache: o.SessionCookieCache,
		Mapping: o.Schema.JWKS.mapping(),
	}), err
}

var span = regexp.MustCompile(`^(\d+(?:\.\d+)?) ?([a-z]+)$`)

// parseSpan reads a time as the reference writes it: a number and a unit. An
// empty text is zero.
func parseSpan(text string) (time.Duration, bool) {
	if text == "" {
		return 0, true
	}
	parts := span.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if parts == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(parts[1], 64)
	var unit time.Duration
	switch parts[2] {
	case "s", "sec", "secs", "second", "seconds":
		unit = time.Second
	case "m", "min", "mins", "minute", "minutes":
		unit = time.Minute
	case "h", "hr", "hrs", "hour", "hours":
		unit = time.Hour
	case "d", "day", "days":
		unit = 24 * time.Hour
	case "w", "week", "weeks":
		unit = 7 * 24 * time.Hour
	}
	at := n * float64(unit)
	return time.Duration(at), err == nil && at > 0 && at < float64(100*365*24*time.Hour)
}
