package passkey_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/plugin/passkey"
)

func TestWA14(t *testing.T) {
	t.Parallel()
	_, ada := serve(t, passkey.Options{})
	es, ed := newKey(t, -7), newKey(t, -8)
	with := func(k *key, label int64, value any) func(*act) {
		return func(a *act) {
			cose := k.COSE()
			if cose[label] = value; value == nil {
				delete(cose, label)
			}
			a.COSE = cose
		}
	}
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	long := func(n int) func(*act) { return func(a *act) { a.ID = make([]byte, n) } }
	for name, lie := range map[string]func(*act){
		"RS1":                func(a *act) { a.COSE = map[int64]any{1: 3, 3: -65535, -1: short.N.Bytes(), -2: []byte{1, 0, 1}} },
		"RSA with 1024 bits": func(a *act) { a.COSE = map[int64]any{1: 3, 3: -257, -1: short.N.Bytes(), -2: []byte{1, 0, 1}} },
		"RSA with 512 bits":  func(a *act) { a.COSE = map[int64]any{1: 3, 3: -257, -1: make([]byte, 64), -2: []byte{1, 0, 1}} },
		"RSA, zeros before 512 bits": func(a *act) {
			a.COSE = map[int64]any{1: 3, 3: -257, -1: append(make([]byte, 256), short.N.Bytes()[:64]...), -2: []byte{1, 0, 1}}
		},
		"ES384 alg":                   with(es, 3, -35),
		"no alg":                      with(es, 3, nil),
		"alg of another type":         with(es, 3, -257),
		"EdDSA alg, EC key":           with(es, 3, -8),
		"ES256 alg, OKP key":          with(ed, 3, -7),
		"not on the curve":            with(es, -2, make([]byte, 32)),
		"no y":                        with(es, -3, nil),
		"P-384":                       with(es, -1, 2),
		"a short x":                   with(ed, -2, make([]byte, 31)),
		"key is a text":               func(a *act) { a.COSE = "x" },
		"key is a list":               func(a *act) { a.COSE = []int{1, 2} },
		"bytes behind":                func(a *act) { a.Tail = []byte{0} },
		"extensions missing":          func(a *act) { a.Flags |= extended },
		"extensions malformed":        func(a *act) { a.Flags |= extended; a.Tail = []byte{0xff} },
		"no credential":               func(a *act) { a.Flags &^= attested },
		"id of 1024 bytes":            long(1024),
		"no id":                       long(0),
		"another id outside":          func(a *act) { a.Body = func(b j) { b["id"], b["rawId"] = "AAAA", "AAAA" } },
		"none with a statement":       func(a *act) { a.Statement = map[string]any{"alg": -7} },
		"an unknown format":           func(a *act) { a.Format = "mine" },
		"packed without a proof":      func(a *act) { a.Format = "packed" },
		"packed with a wrong one":     func(a *act) { a.Format, a.Statement = "packed", map[string]any{"alg": -7, "sig": []byte{1}} },
		"a megabyte":                  func(a *act) { a.Statement = map[string]any{"x": make([]byte, 600_000)} },
		"transports that are no list": func(a *act) { a.Transport = "usb" },
		"transports of numbers":       func(a *act) { a.Transport = []int{1} },
		"transports with a comma":     func(a *act) { a.Transport = []string{"usb,nfc"} },
		"transports without end":      func(a *act) { a.Transport = strings.Split(strings.Repeat("usb ", 100), " ")[:100] },
	} {
		refused(t, name, newKey(t, -7).register(ada, lie))
	}
	for name, response := range map[string]any{"null": nil, "text": "x", "number": 5, "list": []int{}, "empty": j{}, "no response": j{"id": "AAAA", "rawId": "AAAA", "type": "public-key"},
		"nulls": j{"id": nil, "rawId": nil, "type": nil, "response": nil}} {
		k := newKey(t, -7)
		k.options(ada, "")
		refused(t, name, ada.Post("/passkey/verify-registration", j{"response": response}))
	}
	k := newKey(t, -7)
	k.options(ada, "")
	ada.Post("/passkey/verify-registration", j{}).WantCode(400, "VALIDATION_ERROR")
	ada.Get("/passkey/list-user-passkeys").WantBody(200, "[]")
	newKey(t, -7).register(ada, long(1023)).Want(200)
}

// Signatures are over the bytes that were sent, in the one form each algorithm
// has.
func TestSignatures(t *testing.T) {
	t.Parallel()
	s, ada := serve(t, passkey.Options{})
	n := elliptic.P256().Params().N
	for name, alg := range algorithms {
		k := newKey(t, alg)
		k.register(ada).Want(200)
		for what, lie := range map[string]func(*act){
			"flipped":     func(a *act) { a.Forge = func(b []byte) []byte { b[len(b)-1] ^= 1; return b } },
			"empty":       func(a *act) { a.Forge = func([]byte) []byte { return nil } },
			"short":       func(a *act) { a.Forge = func(b []byte) []byte { return b[:len(b)-1] } },
			"longer":      func(a *act) { a.Forge = func(b []byte) []byte { return append(b, 0) } },
			"another key": func(a *act) { a.Forge = func([]byte) []byte { return newKey(t, alg).Sign([]byte("x")) } },
			"zeros": func(a *act) {
				a.Forge = func(b []byte) []byte {
					if alg == -7 {
						b, _ = asn1.Marshal(struct{ R, S *big.Int }{big.NewInt(0), big.NewInt(0)})
						return b
					}
					return make([]byte, len(b))
				}
			},
			"the order": func(a *act) {
				a.Forge = func(b []byte) []byte {
					if alg == -7 {
						b, _ = asn1.Marshal(struct{ R, S *big.Int }{n, n})
						return b
					}
					return []byte{}
				}
			},
			"bytes behind": func(a *act) { a.Tail = []byte{0} },
		} {
			refused(t, name+" "+what, k.signIn(s.Client(), lie))
		}
		// The same JSON in other bytes is another message.
		phone := s.Client()
		answer := k.Get(challenge(phone))
		response := answer["response"].(j)
		response["clientDataJSON"] = b64(append([]byte(" "), decode(t, response["clientDataJSON"].(string))...))
		refused(t, name+" malleated", phone.Post("/passkey/verify-authentication", j{"response": answer}))
	}
}

// Answers that are no answers of a browser.
func TestMalformedAssertions(t *testing.T) {
	t.Parallel()
	s, ada := serve(t, passkey.Options{})
	k := newKey(t, -7)
	k.register(ada).Want(200)
	for name, change := range map[string]func(body, response j){
		"rawId":              func(b, _ j) { b["rawId"] = "AAAA" },
		"padded":             func(b, _ j) { b["rawId"] = b["rawId"].(string) + "=" },
		"type":               func(b, _ j) { b["type"] = "password" },
		"no type":            func(b, _ j) { delete(b, "type") },
		"no response":        func(b, _ j) { delete(b, "response") },
		"no clientDataJSON":  func(_, r j) { delete(r, "clientDataJSON") },
		"clientDataJSON":     func(_, r j) { r["clientDataJSON"] = b64([]byte("[]")) },
		"no JSON":            func(_, r j) { r["clientDataJSON"] = "AAAA" },
		"no base64":          func(_, r j) { r["signature"] = "*" },
		"a number":           func(_, r j) { r["authenticatorData"] = 5 },
		"short data":         func(_, r j) { r["authenticatorData"] = "AAAA" },
		"no data":            func(_, r j) { delete(r, "authenticatorData") },
		"handle of a number": func(_, r j) { r["userHandle"] = 5 },
		"a long one":         func(_, r j) { r["signature"] = strings.Repeat("A", 70_000) },
	} {
		phone := s.Client()
		answer := k.Get(challenge(phone))
		change(answer, answer["response"].(j))
		refused(t, name, phone.Post("/passkey/verify-authentication", j{"response": answer}))
	}
	for name, id := range map[string]any{"number": 5, "null": nil, "list": []string{b64(k.ID)}, "empty": "", "object": j{"ne": ""}} {
		phone := s.Client()
		answer := k.Get(challenge(phone))
		answer["id"] = id
		if a := phone.Post("/passkey/verify-authentication", j{"response": answer}); a.Status != 401 {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
	for _, body := range []any{j{}, j{"response": nil}, j{"response": "x"}, j{"response": []int{}}} {
		phone := s.Client()
		challenge(phone)
		phone.Post("/passkey/verify-authentication", body).WantCode(400, "VALIDATION_ERROR")
	}
}
