package token_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/token"
)

var signing = []token.Algorithm{token.EdDSA, token.ES256, token.ES512, token.RS256, token.PS256}

func TestKeysOfReference(t *testing.T) {
	t.Parallel()
	for algorithm, c := range load(t).JWKS {
		key, err := token.ParsePrivateKey(c.Priv, algorithm, "k-"+string(algorithm))
		if err != nil {
			t.Errorf("%s: %v", algorithm, err)
			continue
		}
		if thumb, err := key.Thumbprint(); err != nil || thumb != c.Thumb {
			t.Errorf("%s: thumbprint %s, %v, want %s", algorithm, thumb, err, c.Thumb)
		}
		payload, header, err := token.PublicSet(key).Verify(c.Token, algorithm)
		if err != nil || string(payload) != `{"sub":"u"}` || header.KeyID != key.ID() || header.Algorithm != algorithm {
			t.Errorf("%s: Verify = %s, %+v, %v", algorithm, payload, header, err)
		}
		for _, other := range signing {
			if _, err := token.ParsePrivateKey(c.Priv, other, ""); (err == nil) != fitsToo(algorithm, other) {
				t.Errorf("a key for %s read as one for %s: %v", algorithm, other, err)
			}
		}
	}
}

// fitsToo tells that the RSA algorithms share their keys.
func fitsToo(a, b token.Algorithm) bool {
	return a == b || a[1:] == "S256" && b[1:] == "S256" && a[0] != 'E' && b[0] != 'E'
}

func TestSignAndVerify(t *testing.T) {
	t.Parallel()
	for _, algorithm := range signing {
		key, err := token.GenerateKey(algorithm, "id", 0)
		if err != nil {
			t.Fatal(err)
		}
		private, err := key.PrivateJSON()
		if err != nil {
			t.Fatal(err)
		}
		again, err := token.ParsePrivateKey(private, algorithm, "id")
		if err != nil {
			t.Fatal(err)
		}
		signed, err := again.Sign([]byte(`{"sub":"u"}`), "at+jwt")
		if err != nil {
			t.Fatal(err)
		}
		public, _ := key.PublicJSON()
		set, err := token.ParseSet([]byte(`{"keys":[` + string(public) + `]}`))
		if err != nil || set.Len() != 1 {
			t.Fatalf("%s: %d keys, %v", algorithm, set.Len(), err)
		}
		payload, header, err := set.Verify(signed, signing...)
		if err != nil || string(payload) != `{"sub":"u"}` || header != (token.Header{Algorithm: algorithm, KeyID: "id", Type: "at+jwt"}) {
			t.Errorf("%s: Verify = %s, %+v, %v", algorithm, payload, header, err)
		}
		var members map[string]any
		if err := json.Unmarshal(public, &members); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"d", "p", "q", "dp", "dq", "qi", "k"} {
			if _, there := members[secret]; there {
				t.Errorf("%s: the public JWK has %q", algorithm, secret)
			}
		}
		if text := fmt.Sprintf("%v %+v %#v %s", key, key, *key, *key); strings.Contains(text, fmt.Sprint(members["x"])) {
			t.Errorf("%s: a key prints itself: %s", algorithm, text)
		}
		if out, err := json.Marshal(key); err == nil {
			t.Errorf("%s: a private key marshals: %s", algorithm, out)
		}
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	key, _ := token.GenerateKey(token.ES256, "id", 0)
	other, _ := token.GenerateKey(token.ES256, "id", 0)
	renamed, _ := token.GenerateKey(token.ES256, "renamed", 0)
	set := token.PublicSet(key)
	public, _ := key.PublicJSON()
	sign := func(k *token.PrivateKey) string {
		signed, err := k.Sign([]byte(`{}`), "")
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}
	good := sign(key)
	tail := good[strings.IndexByte(good, '.'):]
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"other key of the same id": {sign(other), token.ErrInvalid},
		"unknown id":               {sign(renamed), token.ErrUnknownKey},
		"empty":                    {"", token.ErrInvalid},
		"none":                     {encode(`{"alg":"none","kid":"id"}`) + "." + encode(`{}`) + ".", token.ErrInvalid},
		"no alg":                   {encode(`{"kid":"id"}`) + tail, token.ErrInvalid},
		"own jwk":                  {encode(`{"alg":"ES256","kid":"x","jwk":`+string(public)+`}`) + tail, token.ErrUnknownKey},
		"crit":                     {encode(`{"alg":"ES256","kid":"id","crit":["b64"],"b64":false}`) + tail, token.ErrInvalid},
		"HMAC with the public key": {token.SignHS256(public, []byte(`{}`)), token.ErrInvalid},
		"changed":                  {strings.Replace(good, ".", ".e", 1), token.ErrInvalid},
		"JSON serialization":       {`{"payload":"e30","signatures":[]}`, token.ErrInvalid},
	} {
		if payload, _, err := set.Verify(c.text, signing...); !errors.Is(err, c.want) || payload != nil {
			t.Errorf("%s: %q, %v, want %v", name, payload, err, c.want)
		}
	}
	if _, _, err := set.Verify(good, token.EdDSA, token.RS256); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("an algorithm that is not permitted: %v", err)
	}
	if _, _, err := set.Verify(good); !errors.Is(err, token.ErrInvalid) {
		t.Errorf("no algorithm permitted: %v", err)
	}
	// A careless caller that permits HMAC and none still gets no verification out of a public key.
	for _, alg := range []string{"HS256", "none"} {
		text := encode(`{"alg":"`+alg+`","kid":"id"}`) + tail
		if _, _, err := set.Verify(text, token.Algorithm(alg)); err == nil {
			t.Errorf("%s verifies", alg)
		}
	}
	if _, _, err := (*token.Set)(nil).Verify(good, token.ES256); !errors.Is(err, token.ErrUnknownKey) {
		t.Errorf("nil set: %v", err)
	}
}

func TestParseSetLeavesOut(t *testing.T) {
	t.Parallel()
	key, _ := token.GenerateKey(token.EdDSA, "id", 0)
	private, _ := key.PrivateJSON()
	small := strings.Repeat("_", 171) // 1026 bits
	set, err := token.ParseSet([]byte(`{"keys":[` + string(private) + `,
		{"kty":"oct","k":"c2VjcmV0"}, {"kty":"unknown"}, {"kty":"OKP","crv":"Ed25519","x":"AA"},
		{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE"},
		7, null]}`))
	if err != nil || set.Len() != 0 {
		t.Errorf("%d keys, %v, want none", set.Len(), err)
	}
	short, err := token.ParseSet([]byte(`{"keys":[{"kty":"RSA","n":"` + small + `","e":"AQAB"}]}`))
	if err != nil || short.Len() != 0 {
		t.Errorf("a short RSA key: %d keys, %v", short.Len(), err)
	}
	for _, bad := range []string{"", "[]", "{}", `{"keys":{}}`, `{"keys":[` + strings.Repeat("{},", 200) + `{}]}`} {
		if _, err := token.ParseSet([]byte(bad)); err == nil {
			t.Errorf("ParseSet accepts %.40q", bad)
		}
	}
}

func TestGenerateKeyRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		algorithm token.Algorithm
		bits      int
	}{{"none", 0}, {"HS256", 0}, {"", 0}, {token.RS256, 1024}, {token.PS256, 1 << 20}, {token.ES384, 0}} {
		if _, err := token.GenerateKey(c.algorithm, "", c.bits); err == nil {
			t.Errorf("GenerateKey(%q, %d) succeeds", c.algorithm, c.bits)
		}
	}
}
