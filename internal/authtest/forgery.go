package authtest

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/token"
)

// Forger is somebody who wants ID tokens believed that a provider never made.
type Forger struct {
	Now    time.Time
	Issuer string // of the provider, which the honest claims name
	Client string // whom the honest claims are for
	Secret string // the client's
	// Key is the provider's. Stranger has its id and is another; the provider
	// does not publish Unknown.
	Key, Stranger, Unknown *token.PrivateKey
	// Aging is set where tokens must be young too.
	Aging bool
}

// Forgery makes a token out of honest claims, which it may change.
type Forgery func(claims JSON) string

// Forgeries are ID tokens that no route may believe, whichever way they come.
// The honest claims have a subject, a time of issue and an expiry.
func (f *Forger) Forgeries() map[string]Forgery {
	all := f.claims()
	maps.Copy(all, f.signatures())
	if !f.Aging {
		delete(all, "issued long ago")
	}
	return all
}

// Sign makes the token that a key signs.
func Sign(key *token.PrivateKey, claims any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	signed, err := key.Sign(payload, "JWT")
	if err != nil {
		panic(err)
	}
	return signed
}

func (f *Forger) change(name string, value any) Forgery {
	return func(c JSON) string { c[name] = value; return Sign(f.Key, c) }
}

func (f *Forger) without(name string) Forgery {
	return func(c JSON) string { delete(c, name); return Sign(f.Key, c) }
}

// claims are honestly signed, and of somebody else or of another time.
func (f *Forger) claims() map[string]Forgery {
	now := f.Now.Unix()
	return map[string]Forgery{
		"issuer":               f.change("iss", f.Issuer+".evil.example"),
		"no issuer":            f.without("iss"),
		"issuer in a list":     f.change("iss", []string{f.Issuer}),
		"audience":             f.change("aud", "another-client"),
		"audiences":            f.change("aud", []string{"another-client", "third"}),
		"no audience":          f.without("aud"),
		"empty audience":       f.change("aud", ""),
		"party":                f.change("azp", "another-client"),
		"party among ours":     func(c JSON) string { c["azp"] = "x"; return f.change("aud", []string{f.Client, "x"})(c) },
		"empty party":          f.change("azp", ""),
		"expired":              f.change("exp", now-31),
		"no expiry":            f.without("exp"),
		"expiry as text":       f.change("exp", strconv.FormatInt(now+3600, 10)),
		"expiry beyond reason": f.change("exp", 1e300),
		"issued in the future": f.change("iat", now+120),
		"no time of issue":     f.without("iat"),
		"issued long ago":      f.change("iat", now-3*3600),
		"not valid yet":        f.change("nbf", now+120),
		"no subject":           f.without("sub"),
		"empty subject":        f.change("sub", ""),
		"subject is a list":    f.change("sub", []string{"1001"}),
	}
}

// signatures are of others, or of nobody.
func (f *Forger) signatures() map[string]Forgery {
	all := map[string]Forgery{
		"another key":              func(c JSON) string { return Sign(f.Stranger, c) },
		"a key nobody knows":       func(c JSON) string { return Sign(f.Unknown, c) },
		"HMAC with the secret":     func(c JSON) string { return f.hmac([]byte(f.Secret), c) },
		"HMAC with the public key": func(c JSON) string { return f.hmac(public(f.Key), c) },
		"its own key": func(c JSON) string {
			parts := strings.Split(Sign(f.Stranger, c), ".")
			return f.header(f.Key.Algorithm(), `,"jwk":`+string(public(f.Stranger))) + "." + parts[1] + "." + parts[2]
		},
		"a changed claim": func(c JSON) string {
			parts := strings.Split(Sign(f.Key, c), ".")
			c["sub"] = "victim"
			return parts[0] + "." + strings.Split(Sign(f.Key, c), ".")[1] + "." + parts[2]
		},
		"no signature": func(c JSON) string {
			parts := strings.Split(Sign(f.Key, c), ".")
			return parts[0] + "." + parts[1] + "."
		},
		"garbage":          func(JSON) string { return "a.b.c" },
		"empty":            func(JSON) string { return ".." },
		"nothing but dots": func(JSON) string { return strings.Repeat(".", 10000) },
	}
	for _, alg := range []token.Algorithm{"none", "None", "NONE", "nOnE", "", "RS1", "RS256", "RS384", "PS256", "ES256", "EdDSA"} {
		if alg == f.Key.Algorithm() {
			continue
		}
		all["algorithm "+string(alg)] = func(c JSON) string {
			parts := strings.Split(Sign(f.Key, c), ".")
			if strings.EqualFold(string(alg), "none") {
				parts[2] = ""
			}
			return f.header(alg, "") + "." + parts[1] + "." + parts[2]
		}
	}
	return all
}

func (f *Forger) header(alg token.Algorithm, more string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"` + string(alg) + `","kid":"` + f.Key.ID() + `"` + more + `}`))
}

func (f *Forger) hmac(key []byte, claims any) string {
	payload, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	return token.SignHS256(key, payload)
}

func public(key *token.PrivateKey) []byte {
	data, err := key.PublicJSON()
	if err != nil {
		panic(err)
	}
	return data
}
