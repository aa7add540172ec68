package passkey_test

import (
	"encoding/json"
	"testing"

	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/passkey"
)

// harmless fails the test unless hostile bytes were refused, or taken, without
// harm: never a failure of the server.
func harmless(t *testing.T, a *authtest.Answer) {
	t.Helper()
	if a.Status >= 500 {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}

func FuzzRegistration(f *testing.F) {
	for _, alg := range algorithms {
		made := newKey(f, alg).Create("x")["response"].(j)
		f.Add(decode(f, made["attestationObject"].(string)), `["usb"]`)
		packed := newKey(f, alg).Create("x", func(a *act) {
			a.Format, a.Statement = "packed", map[string]any{"alg": alg, "sig": []byte{1}, "x5c": [][]byte{{1}}}
		})["response"].(j)
		f.Add(decode(f, packed["attestationObject"].(string)), `null`)
	}
	f.Fuzz(func(t *testing.T, object []byte, transports string) {
		if !json.Valid([]byte(transports)) {
			return
		}
		_, ada := serve(t, passkey.Options{})
		k := newKey(t, -8)
		answer := k.Create(k.options(ada, ""), func(a *act) { a.Transport = json.RawMessage(transports) })
		answer["response"].(j)["attestationObject"] = b64(object)
		harmless(t, ada.Post("/passkey/verify-registration", j{"response": answer}))
	})
}

func FuzzAuthentication(f *testing.F) {
	k := newKey(f, -7)
	made := k.Get("x")["response"].(j)
	client := `{"type":"webauthn.get","challenge":"%","origin":"http://auth.test"}`
	f.Add([]byte(client), decode(f, made["authenticatorData"].(string)), decode(f, made["signature"].(string)), []byte("handle"))
	f.Add([]byte(`{}`), []byte{}, []byte{0x30, 0x06, 2, 1, 0, 2, 1, 0}, []byte{})
	f.Fuzz(func(t *testing.T, client, data, signature, handle []byte) {
		s, ada := serve(t, passkey.Options{})
		k.register(ada).Want(200)
		phone := s.Client()
		answer := k.Get(challenge(phone), func(a *act) { a.Handle = handle })
		response := answer["response"].(j)
		response["authenticatorData"], response["signature"] = b64(data), b64(signature)
		a := phone.Post("/passkey/verify-authentication", j{"response": answer})
		response["clientDataJSON"] = b64(client)
		challenge(phone)
		b := phone.Post("/passkey/verify-authentication", j{"response": answer})
		if harmless(t, a); a.Status == 200 || b.Status == 200 {
			t.Error("forged bytes sign in")
		}
		harmless(t, b)
	})
}
