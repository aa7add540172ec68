package harness

import (
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"sync"
)

// rsaKey is made once: such keys take their time.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// newGoogle plays Google's endpoints.
func newGoogle(n *Internet) *Provider {
	p := newProvider(rsaKey(), "RS256")
	p.URL = "https://accounts.google.com"
	n.Play("oauth2.googleapis.com/token", p.at("/token"))
	n.Play("www.googleapis.com/oauth2/v3/certs", p.at("/keys"))
	return p
}

// at answers as a path of the provider does.
func (p *Provider) at(path string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = path
		p.ServeHTTP(w, r)
	}
}
