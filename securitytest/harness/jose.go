package harness

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // registers SHA-256
	_ "crypto/sha512" // registers SHA-384 and SHA-512
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
)

// Segment is base64url without padding, as in tokens.
func Segment(data []byte) string { return base64.RawURLEncoding.EncodeToString(data) }

// Forge makes a JSON Web Token of any header and claims. What the header says
// of the algorithm need not fit the key: an ECDSA, RSA or Ed25519 key signs
// with its own kind, bytes make an HMAC, nil leaves the signature empty.
// Whether it is a good token is up to the test.
func Forge(header, claims any, key any) string {
	h, _ := json.Marshal(header)
	c, _ := json.Marshal(claims)
	return ForgeRaw(h, c, key)
}

// ForgeRaw is [Forge] of any bytes, JSON or not.
func ForgeRaw(header, claims []byte, key any) string {
	signed := Segment(header) + "." + Segment(claims)
	var alg struct{ Alg string }
	_ = json.Unmarshal(header, &alg)
	return signed + "." + Segment(sign([]byte(signed), alg.Alg, key))
}

func sign(data []byte, alg string, key any) []byte {
	hash := crypto.SHA256
	switch {
	case strings.HasSuffix(alg, "384"):
		hash = crypto.SHA384
	case strings.HasSuffix(alg, "512"):
		hash = crypto.SHA512
	}
	h := hash.New()
	h.Write(data)
	digest := h.Sum(nil)
	switch k := key.(type) {
	case []byte:
		mac := hmac.New(hash.New, k)
		mac.Write(data)
		return mac.Sum(nil)
	case ed25519.PrivateKey:
		return ed25519.Sign(k, data)
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, k, digest)
		if err != nil {
			panic(err) // the random source is the system's
		}
		size := (k.Curve.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	case *rsa.PrivateKey:
		var signature []byte
		var err error
		if strings.HasPrefix(alg, "PS") {
			signature, err = rsa.SignPSS(rand.Reader, k, hash, digest, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		} else {
			signature, err = rsa.SignPKCS1v15(rand.Reader, k, hash, digest)
		}
		if err != nil {
			panic(err)
		}
		return signature
	}
	return nil
}

// NewKey makes an ECDSA key on P-256.
func NewKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// PublicJWK is the public half of a key as JSON Web Key: an [ecdsa.PrivateKey],
// [rsa.PrivateKey] or [ed25519.PrivateKey].
func PublicJWK(key any, kid string) JSON {
	switch k := key.(type) {
	case *ecdsa.PrivateKey:
		point, err := k.PublicKey.Bytes()
		if err != nil {
			panic(err)
		}
		size := (len(point) - 1) / 2
		return JSON{"kty": "EC", "crv": k.Curve.Params().Name, "kid": kid, "x": Segment(point[1 : 1+size]), "y": Segment(point[1+size:])}
	case *rsa.PrivateKey:
		return JSON{"kty": "RSA", "kid": kid, "n": Segment(k.N.Bytes()), "e": Segment(big.NewInt(int64(k.E)).Bytes())}
	case ed25519.PrivateKey:
		public, _ := k.Public().(ed25519.PublicKey)
		return JSON{"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": Segment(public)}
	}
	panic("harness: no such kind of key")
}
