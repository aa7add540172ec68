package oauth_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

// FuzzParseState reads hostile states: what is accepted has the members a
// redemption relies on.
func FuzzParseState(f *testing.F) {
	f.Add([]byte(`{"q":1,"callbackURL":"/x","codeVerifier":"v","errorURL":"/err","newUserURL":"/new","link":{"userId":7,"email":"a@b.co","encryptedSessionToken":"00"},"serverContext":{"provider":"github","x":[1]},"expiresAt":1795437312935,"requestSignUp":true,"idTokenNonce":"n","oauthState":"s"}`))
	f.Add([]byte(`{"callbackURL":"/x","codeVerifier":"v","expiresAt":1}`))
	f.Add([]byte(`{"callbackURL":null,"codeVerifier":"v","expiresAt":1}`))
	f.Add([]byte(`{"callbackURL":"a","callbackURL":"b","codeVerifier":"v","expiresAt":1e400}`))
	f.Add([]byte(`{"callbackURL":"a","codeVerifier":"v","expiresAt":1,"link":{}}`))
	f.Add([]byte(`{"callbackURL":"a","codeVerifier":"v","expiresAt":1,"serverContext":{"provider":""}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		state, err := oauth.ParseState(data)
		if err != nil {
			return
		}
		if !json.Valid(data) || state.ExpiresAt.Before(time.UnixMilli(0)) {
			t.Errorf("%q: %+v", data, state)
		}
		if state.Link != nil && (state.Link.UserID == "" || state.Link.Email == "") {
			t.Errorf("%q links nobody: %+v", data, state.Link)
		}
		for _, m := range state.Additional {
			switch m.Name {
			case "callbackURL", "link", "serverContext", "expiresAt", "codeVerifier", "oauthState":
				t.Errorf("%q: %q is additional data", data, m.Name)
			}
		}
	})
}

type answers []byte

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a)), Request: r}, nil
}

// FuzzIDToken signs whatever claims it is given, to get past the signature,
// and checks that what is believed deserves it.
func FuzzIDToken(f *testing.F) {
	key, err := token.GenerateKey(token.ES256, "k", 0)
	if err != nil {
		f.Fatal(err)
	}
	public, err := key.PublicJSON()
	if err != nil {
		f.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	keys := answers(`{"keys":[` + string(public) + `]}`)
	client := oauth.NewClient(oauth.ClientOptions{Transport: keys, Now: func() time.Time { return now }})
	rule := &oauth.IDTokenRule{Keys: oauth.NewKeySet(client, "https://idp.test/keys"), Algorithms: []token.Algorithm{token.ES256},
		Issuers: []string{"https://idp.test"}, Audience: []string{"client"}, MaxAge: time.Hour}
	f.Add([]byte(`{"iss":"https://idp.test","sub":"1","aud":"client","exp":1800000100,"iat":1800000000,"nonce":"n"}`), "n", "")
	f.Add([]byte(`{"iss":"https://idp.test","sub":"1","aud":["x","client"],"azp":"client","exp":1800000100,"iat":1800000000}`), "", "at")
	f.Add([]byte(`{"iss":"https://idp.test","ISS":"x","sub":"1","aud":"client","exp":1e999,"iat":1800000000}`), "", "")
	f.Add([]byte(`null`), "", "")
	f.Add([]byte(`{"aud":null,"exp":"1"}`), "n", "")
	f.Fuzz(func(t *testing.T, payload []byte, nonce, access string) {
		text, err := key.Sign(payload, "JWT")
		if err != nil {
			return
		}
		use := oauth.IDTokenUse{Nonce: nonce, StrictNonce: true, AccessToken: access}
		claims, err := rule.Verify(t.Context(), now, text, use)
		if err != nil {
			if !errors.Is(err, oauth.ErrIDToken) || claims != nil {
				t.Errorf("%s: %v, %v", payload, claims, err)
			}
			return
		}
		exp, _ := claims.Number("exp")
		if claims.Text("iss") != "https://idp.test" || claims.Text("sub") == "" || exp < 1_800_000_000-31 ||
			!strings.Contains(string(claims["aud"]), `client`) && !strings.Contains(string(claims["aud"]), `\u`) ||
			claims.Text("nonce") != nonce {
			t.Errorf("%s was believed", payload)
		}
		for _, forged := range []string{text[:len(text)-2] + "AA", "." + text, strings.Replace(text, ".", ".e", 1),
			base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + text[strings.IndexByte(text, '.'):]} {
			if forged != text {
				if _, err := rule.Verify(t.Context(), now, forged, use); err == nil {
					t.Errorf("%s was believed", forged)
				}
			}
		}
	})
}

// FuzzAppendQuery checks that a redirect stays where it was going.
func FuzzAppendQuery(f *testing.F) {
	f.Add("/failed?x#y", "a&b=c#d")
	f.Add("https://app.test", "\x00")
	f.Fuzz(func(t *testing.T, target, value string) {
		p := &oauth.Params{}
		p.Set("error", value)
		got := oauth.AppendQuery(target, p)
		base, _, _ := strings.Cut(target, "#")
		base, _, _ = strings.Cut(base, "?")
		if !strings.HasPrefix(got, base) || !strings.Contains(got, "error=") {
			t.Errorf("%q with %q is %q", target, value, got)
		}
	})
}
