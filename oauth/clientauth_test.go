package oauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// capture answers with tokens and keeps the request.
type capture struct {
	form   url.Values
	header http.Header
}

func (c *capture) RoundTrip(r *http.Request) (*http.Response, error) {
	data, _ := io.ReadAll(r.Body)
	c.form, _ = url.ParseQuery(string(data))
	c.header = r.Header
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"access_token":"at"}`)), Request: r}, nil
}

func TestClientAuth(t *testing.T) {
	t.Parallel()
	const endpoint = "https://idp.test/token"
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	key, err := oauth.ParsePrivateKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), token.ES256, "k1")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	assertion := oauth.NewAssertion("id", key, func() time.Time { return now })
	call := func(auth oauth.ClientAuth) (*capture, error) {
		c := &capture{}
		_, err := oauth.NewClient(oauth.ClientOptions{Transport: c}).Token(t.Context(), endpoint, oauth.RefreshForm("rt"), auth, nil)
		return c, err
	}

	c, err := call(oauth.ClientAuth{ClientID: "id", Secret: "s"})
	if err != nil || c.form.Get("client_secret") != "s" || c.form.Get("client_id") != "id" || c.header.Get("Authorization") != "" {
		t.Errorf("post: %v %v %v", c.form, c.header, err)
	}
	c, err = call(oauth.ClientAuth{Method: oauth.AuthBasic, ClientID: "i d", Secret: "s:é"})
	if err != nil || c.form.Has("client_secret") || c.header.Get("Authorization") != "Basic aStkOnMlM0ElQzMlQTk=" {
		t.Errorf("basic: %v %v %v", c.form, c.header, err)
	}
	c, err = call(oauth.ClientAuth{ClientID: "id"})
	if err != nil || c.form.Has("client_secret") || c.form.Get("client_id") != "id" {
		t.Errorf("none: %v %v", c.form, err)
	}
	c, err = call(oauth.ClientAuth{Method: oauth.AuthPrivateKey, ClientID: "id", Assertion: assertion})
	if err != nil || c.form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" || c.form.Has("client_secret") {
		t.Fatalf("private_key_jwt: %v %v", c.form, err)
	}
	payload, header, err := token.PublicSet(key).Verify(c.form.Get("client_assertion"), token.ES256)
	if err != nil || header.KeyID != "k1" || header.Type != "JWT" {
		t.Fatalf("%+v %v", header, err)
	}
	var claims struct {
		Iss, Sub, Aud, JTI string
		Exp, Iat           int64
	}
	if err := json.Unmarshal(payload, &claims); err != nil || claims.Iss != "id" || claims.Sub != "id" || claims.Aud != endpoint ||
		claims.Iat != now.Unix() || claims.Exp != now.Unix()+120 || claims.JTI == "" {
		t.Errorf("%+v %v", claims, err)
	}
	first := c.form.Get("client_assertion")
	if c, _ = call(oauth.ClientAuth{Method: oauth.AuthPrivateKey, ClientID: "id", Assertion: assertion}); c.form.Get("client_assertion") == first {
		t.Error("an assertion was used twice")
	}
	for _, bad := range []oauth.ClientAuth{
		{}, {Secret: "s"}, {Method: oauth.AuthBasic, ClientID: "id"}, {Method: oauth.AuthPost, ClientID: "id"},
		{Method: oauth.AuthNone, ClientID: "id", Secret: "s"}, {Method: oauth.AuthPrivateKey, ClientID: "id"},
		{Method: oauth.AuthPrivateKey, ClientID: "id", Secret: "s", Assertion: assertion}, {Method: "odd", ClientID: "id"},
	} {
		if c, err := call(bad); err == nil || c.form != nil {
			t.Errorf("%+v was sent", bad)
		}
	}
}
