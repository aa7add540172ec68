package provider_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
	"github.com/watchword-auth/watchword/token"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	yes := true
	for name, c := range map[string]struct {
		provider string
		o        provider.Options
		says     string
	}{
		"unknown":                {"nobody", provider.Options{}, "there are apple, atlassian,"},
		"no client id":           {"github", provider.Options{ClientSecret: "s"}, "clientId"},
		"no secret":              {"google", provider.Options{ClientID: provider.ClientIDs{"c"}}, "clientSecret"},
		"no client key":          {"tiktok", provider.Options{ClientSecret: "s"}, "clientKey"},
		"another one's option":   {"github", provider.Options{ClientID: provider.ClientIDs{"c"}, ClientSecret: "s", TenantID: "t"}, `no option "tenantId"`},
		"another one's switch":   {"github", provider.Options{ClientID: provider.ClientIDs{"c"}, ClientSecret: "s", PKCE: &yes}, `no option "pkce"`},
		"half a pool":            {"cognito", provider.Options{ClientID: provider.ClientIDs{"c"}, Region: "r"}, "userPoolId"},
		"a method without key":   {"vercel", provider.Options{ClientID: provider.ClientIDs{"c"}, TokenEndpointAuth: "private_key_jwt"}, "private_key_jwt"},
		"an unknown method":      {"vercel", provider.Options{ClientID: provider.ClientIDs{"c"}, TokenEndpointAuth: "tls"}, "tls"},
		"none with a secret":     {"cloudflare", provider.Options{ClientID: provider.ClientIDs{"c"}, ClientSecret: "s", TokenEndpointAuth: "none"}, "none"},
		"an assertion no key":    {"microsoft", provider.Options{ClientID: provider.ClientIDs{"c"}, ClientAssertionKey: "x"}, "not a private key"},
		"a secret and assertion": {"microsoft", provider.Options{ClientID: provider.ClientIDs{"c"}, ClientSecret: "s", ClientAssertionKey: jwk(t)}, "no client secret"},
	} {
		if _, err := provider.New(c.provider, c.o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func jwk(t *testing.T) string {
	t.Helper()
	key, err := rsaKey().PrivateJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(key)
}

var rsaKey = sync.OnceValue(func() *token.PrivateKey {
	key, err := token.GenerateKey(token.RS256, "k", 0)
	if err != nil {
		panic(err)
	}
	return key
})

func TestClientIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{`"one"`: "one", `["one","two"]`: "one two", `[]`: ""} {
		var ids provider.ClientIDs
		if err := json.Unmarshal([]byte(text), &ids); err != nil || strings.Join(ids, " ") != want {
			t.Errorf("%s: %v %v", text, ids, err)
		}
	}
	var ids provider.ClientIDs
	if json.Unmarshal([]byte(`{}`), &ids) == nil {
		t.Error("an object is a client id")
	}
}

var now = time.Unix(1_800_000_000, 0)

// signer makes an instance of a provider whose keys are ours, at any URL.
func signer(t *testing.T, name string, change func(*provider.Options), more map[string]json.RawMessage) (*oauth.Provider, func(map[string]any) string, *stub) {
	t.Helper()
	public, err := rsaKey().PublicJSON()
	if err != nil {
		t.Fatal(err)
	}
	s := &stub{answers: map[string]json.RawMessage{"*": json.RawMessage(`{"keys":[` + string(public) + `]}`)}}
	maps.Copy(s.answers, more)
	o := provider.Options{ClientID: provider.ClientIDs{"client"}, ClientSecret: "secret",
		Client: oauth.NewClient(oauth.ClientOptions{Transport: s, Now: func() time.Time { return now }})}
	if change != nil {
		change(&o)
	}
	return build(t, name, o), func(claims map[string]any) string {
		all := map[string]any{"sub": "s", "aud": "client", "iat": now.Unix(), "exp": now.Unix() + 600}
		maps.Copy(all, claims)
		payload, _ := json.Marshal(all)
		signed, err := rsaKey().Sign(payload, "JWT")
		if err != nil {
			t.Fatal(err)
		}
		return signed
	}, s
}

func TestSO12MicrosoftTenants(t *testing.T) {
	t.Parallel()
	const consumers, work, third = "9188040d-6c67-4c5b-b112-36a304b66dad", "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"
	issuer := func(tid string) string { return "https://login.microsoftonline.com/" + tid + "/v2.0" }
	for _, c := range []struct {
		tenant, tid, iss string
		want             bool
	}{
		{"", work, issuer(work), true}, {"", consumers, issuer(consumers), true}, {"", work, issuer(third), false}, {"", "", issuer(work), false},
		{"", work, "https://evil.example/" + work + "/v2.0", false},
		{"organizations", work, issuer(work), true}, {"organizations", consumers, issuer(consumers), false},
		{"consumers", consumers, issuer(consumers), true}, {"consumers", work, issuer(work), false},
		{work, work, issuer(work), true}, {work, third, issuer(third), false}, {work, third, issuer(work), false},
	} {
		p, sign, _ := signer(t, "microsoft", func(o *provider.Options) { o.TenantID = c.tenant }, nil)
		text := sign(map[string]any{"tid": c.tid, "iss": c.iss, "oid": "o"})
		if err := p.VerifyIDToken(t.Context(), text, ""); (err == nil) != c.want || err != nil && !errors.Is(err, oauth.ErrIDToken) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// TestSO17KeysOfAnotherProvider signs with the key that another provider has
// under the same id.
func TestSO17KeysOfAnotherProvider(t *testing.T) {
	t.Parallel()
	other, err := token.GenerateKey(token.RS256, rsaKey().ID(), 0)
	if err != nil {
		t.Fatal(err)
	}
	public, err := other.PublicJSON()
	if err != nil {
		t.Fatal(err)
	}
	google, sign, s := signer(t, "google", nil, map[string]json.RawMessage{"https://appleid.apple.com/auth/keys": json.RawMessage(`{"keys":[` + string(public) + `]}`)})
	apple := build(t, "apple", provider.Options{ClientID: provider.ClientIDs{"client"}, ClientSecret: "secret",
		Client: oauth.NewClient(oauth.ClientOptions{Transport: s, Now: func() time.Time { return now }})})
	text := sign(map[string]any{"iss": "https://accounts.google.com"})
	if err := google.VerifyIDToken(t.Context(), text, ""); err != nil {
		t.Error(err)
	}
	text = sign(map[string]any{"iss": "https://appleid.apple.com"}) // with Google's key
	if err := apple.VerifyIDToken(t.Context(), text, ""); !errors.Is(err, oauth.ErrIDToken) {
		t.Errorf("Google's key signed for Apple: %v", err)
	}
}

// TestSO14TokensOfTwoUsers shows a Facebook ID token of one user with the
// access token of another: the signed one counts.
func TestSO14TokensOfTwoUsers(t *testing.T) {
	t.Parallel()
	p, sign, s := signer(t, "facebook", nil, map[string]json.RawMessage{"https://graph.facebook.com/me": json.RawMessage(`{"id":"victim"}`)})
	text := sign(map[string]any{"iss": "https://www.facebook.com", "email": "a@x.test"})
	if err := p.VerifyIDToken(t.Context(), text, ""); err != nil {
		t.Fatal(err)
	}
	id, err := p.UserInfo(t.Context(), &oauth.Tokens{IDToken: text, AccessToken: "victim's"})
	if err != nil || id.Subject != "s" {
		t.Errorf("%+v %v", id, err)
	}
	for _, call := range s.calls {
		if strings.HasSuffix(call.Authorization, "victim's") {
			t.Error("the other user's token was used")
		}
	}
}

func TestAppleNonce(t *testing.T) {
	t.Parallel()
	p, sign, _ := signer(t, "apple", func(o *provider.Options) { o.AppBundleIdentifier = "app.bundle" }, nil)
	const hashed = "676b8bb84ce7267dd520deca4811c8f10a53e636352f06987f42fe425acedd80" // SHA-256 of "n1"
	claims := map[string]any{"iss": "https://appleid.apple.com", "aud": "app.bundle", "nonce": hashed}
	for nonce, want := range map[string]bool{"n1": true, hashed: true, "": false, "n2": false} {
		if err := p.VerifyIDToken(t.Context(), sign(claims), nonce); (err == nil) != want {
			t.Errorf("nonce %q: %v", nonce, err)
		}
	}
	delete(claims, "nonce")
	claims["aud"] = "client"
	if p.VerifyIDToken(t.Context(), sign(claims), "") == nil {
		t.Error("a token for another audience")
	}
}

func TestSO15FacebookOpaqueTokens(t *testing.T) {
	t.Parallel()
	me := json.RawMessage(`{"id":"1","name":"Ada","email":"ada@x.test","sub":"victim","picture":{"data":{"url":"u"}}}`)
	for answer, want := range map[string]bool{
		`{"data":{"is_valid":true,"app_id":"client","user_id":"1"}}`:   true,
		`{"data":{"is_valid":true,"app_id":"other","user_id":"1"}}`:    false,
		`{"data":{"is_valid":true,"app_id":"client","user_id":"2"}}`:   false,
		`{"data":{"is_valid":"true","app_id":"client","user_id":"1"}}`: false,
		`{"data":{"app_id":"client","user_id":"1"}}`:                   false,
		`{}`: false,
	} {
		p, _, s := signer(t, "facebook", nil, map[string]json.RawMessage{"https://graph.facebook.com/debug_token": json.RawMessage(answer),
			"https://graph.facebook.com/me": me})
		if err := p.VerifyIDToken(t.Context(), "opaque", ""); err != nil {
			t.Error(err)
		}
		id, err := p.UserInfo(t.Context(), &oauth.Tokens{AccessToken: "opaque", IDToken: "opaque"})
		if (err == nil) != want || want && (id.Subject != "1" || id.EmailVerified) || len(s.calls) == 0 {
			t.Errorf("%s: %+v %v", answer, id, err)
		}
	}
	p, _, _ := signer(t, "facebook", nil, nil)
	if _, err := p.UserInfo(t.Context(), &oauth.Tokens{IDToken: "opaque"}); err == nil {
		t.Error("a user without an access token")
	}
}

func TestLineVerifiesRemotely(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		answer, nonce string
		want          bool
	}{
		{`{"aud":"client"}`, "", true}, {`{"aud":"other"}`, "", false}, {`{"aud":"client","nonce":"n"}`, "n", true},
		{`{"aud":"client","nonce":"n"}`, "", false}, {`{"aud":"client"}`, "n", false}, {`{}`, "", false}, {`x`, "", false},
	} {
		p, _, s := signer(t, "line", nil, map[string]json.RawMessage{"https://api.line.me/oauth2/v2.1/verify": json.RawMessage(c.answer)})
		if err := p.VerifyIDToken(t.Context(), "token", c.nonce); (err == nil) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
		if body := s.calls[0].Body; !strings.HasPrefix(body, "id_token=token&client_id=client") {
			t.Error(body)
		}
	}
}

func TestSO14SO30ProfileOfAnotherUser(t *testing.T) {
	t.Parallel()
	idToken := "e30." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"one"}`)) + ".c2ln"
	for _, name := range []string{"huggingface", "railway", "linkedin", "vercel", "paypal"} {
		s := &stub{answers: map[string]json.RawMessage{"*": json.RawMessage(`{"sub":"two","user_id":"two","email":"a@x.test"}`)}}
		p := build(t, name, options(t, name, nil, s))
		if id, err := p.UserInfo(t.Context(), &oauth.Tokens{AccessToken: "at", IDToken: idToken}); err == nil {
			t.Errorf("%s: %+v", name, id)
		}
	}
}

// TestProfilesAreShownAsTheReferenceShowsThem is about what providers do not
// say themselves: it is in a profile where the reference puts it, and only
// there.
func TestProfilesAreShownAsTheReferenceShowsThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers map[string]json.RawMessage
		want    string
	}{
		"github": {map[string]json.RawMessage{"https://api.github.com/user": json.RawMessage(`{"id":1,"email":"a@x.test"}`),
			"https://api.github.com/user/emails": json.RawMessage(`[{"email":"a@x.test","verified":true}]`)}, `{"email":"a@x.test","id":1}`},
		"discord": {map[string]json.RawMessage{"*": json.RawMessage(`{"id":"1","avatar":"b"}`)},
			`{"avatar":"b","id":"1","image_url":"https://cdn.discordapp.com/avatars/1/b.png"}`},
		"gitlab": {map[string]json.RawMessage{"*": json.RawMessage(`{"id":1,"name":"","username":"ada","state":"active"}`)},
			`{"id":1,"name":"","state":"active","username":"ada"}`},
	} {
		p := build(t, name, options(t, name, nil, &stub{answers: c.answers}))
		id, err := p.UserInfo(t.Context(), &oauth.Tokens{AccessToken: "at"})
		if err != nil || string(id.Profile) != c.want || id.EmailVerified != (name == "github") || id.Name != "" {
			t.Errorf("%s: %+v %v", name, id, err)
		}
	}
}

// TestSO11Nobody leaves out or spoils what names the user: nobody gets in, and
// above all no two become one.
func TestSO11Nobody(t *testing.T) {
	t.Parallel()
	profile := func(id string) json.RawMessage {
		p := `{"email":"a@x.test","state":"active","success":true,"resultcode":"00",`
		for _, name := range []string{"id", "sub", "account_id", "user_id", "oid", "https://slack.com/user_id", "openid", "open_id"} {
			p += `"` + name + `":` + id + `,`
		}
		return json.RawMessage(p + `"response":{"id":` + id + `},"user":{"user_id":` + id + `,"email":"a@x.test"},"result":{"id":` + id + `},` +
			`"data":{"id":` + id + `,"user":{"open_id":` + id + `},"viewer":{"id":` + id + `}},"bot":{"owner":{"user":{"id":` + id + `}}}}`)
	}
	for _, name := range provider.Names() {
		for _, id := range []string{`null`, `""`, `" "`, `0`, `[]`, `["1"]`, `{}`, `true`, `1.5`, `1e300`, `"undefined"`, `"null"`} {
			s := &stub{answers: map[string]json.RawMessage{"*": profile(id)}}
			p := build(t, name, options(t, name, nil, s))
			tokens := &oauth.Tokens{AccessToken: "at", Raw: json.RawMessage(`{"openid":"x"}`)}
			if strings.Contains("apple cognito google line microsoft paybin twitch", name) {
				tokens.IDToken = "e30." + base64.RawURLEncoding.EncodeToString(profile(id)) + ".c2ln"
			}
			if got, err := p.UserInfo(t.Context(), tokens); err == nil {
				t.Errorf("%s: %s is %+v", name, id, got)
			}
		}
	}
}

// FuzzProfiles feeds every provider whatever a profile may look like: no
// panic, no user without a name for good, no proven address without a word
// for it.
func FuzzProfiles(f *testing.F) {
	for _, rec := range load(f) {
		for _, p := range rec.Profiles {
			for _, answer := range p.Answers {
				f.Add([]byte(answer))
			}
			if p.Claims != nil {
				f.Add([]byte(p.Claims))
			}
		}
	}
	f.Add([]byte(`[{"id":{}}]`))
	f.Add([]byte(`{"data":[{"user_id":1}],"kakao_account":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, name := range provider.Names() {
			s := &stub{answers: map[string]json.RawMessage{"*": data}}
			p := build(t, name, options(t, name, nil, s))
			for _, idToken := range []string{"", "e30." + base64.RawURLEncoding.EncodeToString(data) + ".c2ln"} {
				id, err := p.UserInfo(t.Context(), &oauth.Tokens{AccessToken: "at", IDToken: idToken, Raw: json.RawMessage(`{"openid":"x"}`)})
				if err != nil {
					continue
				}
				if strings.TrimSpace(id.Subject) == "" || !json.Valid(id.Profile) {
					t.Errorf("%s: %q is %+v", name, data, id)
				}
				if id.EmailVerified && !bytes.Contains(bytes.ToLower(data), []byte("verif")) && !bytes.Contains(data, []byte(`\u`)) &&
					!bytes.Contains(data, []byte("confirmed_email")) {
					t.Errorf("%s: %q vouches for an address: %+v", name, data, id)
				}
			}
		}
	})
}
