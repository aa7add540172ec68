package provider_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
)

// recorded is what the reference's provider sent and made of answers.
type recorded struct {
	Title string `json:"title"`
	URLs  []struct {
		Options json.RawMessage `json:"options"`
		Input   struct {
			Scopes           []string        `json:"scopes"`
			LoginHint        string          `json:"loginHint"`
			AdditionalParams json.RawMessage `json:"additionalParams"`
		} `json:"input"`
		URL string `json:"url"`
	} `json:"urls"`
	Exchange struct {
		Call           sent     `json:"call"`
		Scopes         []string `json:"scopes"`
		RefreshToken   string   `json:"refreshToken"`
		Expires        bool     `json:"expires"`
		RefreshExpires bool     `json:"refreshExpires"`
	} `json:"exchange"`
	Refresh  *sent `json:"refresh"`
	IDToken  bool  `json:"idToken"`
	Profiles []struct {
		Claims json.RawMessage `json:"claims"`
		User   *struct {
			Name struct{ FirstName, LastName string } `json:"name"`
		} `json:"user"`
		Raw     json.RawMessage            `json:"raw"`
		Answers map[string]json.RawMessage `json:"answers"`
		Calls   []sent                     `json:"calls"`
		Result  *result                    `json:"result"`
	} `json:"profiles"`
}

type sent struct {
	Method, URL, Authorization, ContentType, Accept, Body, NotionVersion string
}

type result struct {
	Name, Email, Image, Subject string
	EmailVerified               bool
}

func load(t testing.TB) map[string]recorded {
	t.Helper()
	data, err := os.ReadFile("testdata/reference.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]recorded
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// stub answers requests by their URL without the query, and keeps them.
type stub struct {
	mu      sync.Mutex
	answers map[string]json.RawMessage
	calls   []sent
}

func (s *stub) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, sent{r.Method, r.URL.String(), r.Header.Get("Authorization"), r.Header.Get("Content-Type"),
		r.Header.Get("Accept"), string(body), r.Header.Get("Notion-Version")})
	base, _, _ := strings.Cut(r.URL.String(), "?")
	answer, ok := s.answers[base]
	if !ok {
		answer, ok = s.answers["*"]
	}
	status := http.StatusOK
	if !ok {
		answer, status = json.RawMessage("{}"), http.StatusNotFound
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(answer)), Request: r}, nil
}

func options(t *testing.T, name string, more json.RawMessage, s *stub) provider.Options {
	t.Helper()
	o := provider.Options{ClientID: provider.ClientIDs{"client"}, ClientSecret: "s e:cret",
		Client: oauth.NewClient(oauth.ClientOptions{Transport: s})}
	switch name {
	case "cognito":
		o.Domain, o.Region, o.UserPoolID = "https://pool.auth.test", "eu-west-1", "eu-west-1_abc"
	case "tiktok":
		o.ClientID, o.ClientKey = nil, "key"
	}
	if more != nil {
		d := json.NewDecoder(bytes.NewReader(more))
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			t.Fatalf("%s: %s: %v", name, more, err)
		}
	}
	return o
}

func build(t *testing.T, name string, o provider.Options) *oauth.Provider {
	t.Helper()
	p, err := provider.New(name, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryProviderOfTheReference(t *testing.T) {
	t.Parallel()
	var names []string
	for name := range load(t) {
		names = append(names, name)
	}
	slices.Sort(names)
	if diff := cmp.Diff(names, provider.Names()); diff != "" {
		t.Errorf("names (-reference +ours):\n%s", diff)
	}
}

func TestAuthorizationURLs(t *testing.T) {
	t.Parallel()
	for name, rec := range load(t) {
		for _, c := range rec.URLs {
			p := build(t, name, options(t, name, c.Options, &stub{}))
			r := &oauth.AuthorizationRequest{State: "st-ate_1", CodeVerifier: strings.Repeat("v", 128),
				RedirectURI: "https://app.test/api/auth/callback/" + name, Scopes: c.Input.Scopes, LoginHint: c.Input.LoginHint}
			if c.Input.AdditionalParams != nil {
				r.Additional = additional(t, c.Input.AdditionalParams)
			}
			got, err := p.Authorize(context.Background(), r)
			if err != nil || got != c.URL {
				t.Errorf("%s with %s, %v:\n got %s\nwant %s\n%v", name, c.Options, c.Input, got, c.URL, err)
			}
		}
		if p := build(t, name, options(t, name, nil, &stub{})); p.Title != rec.Title || p.Name != name {
			t.Errorf("%s is called %q, %q, not %q", name, p.Name, p.Title, rec.Title)
		}
	}
}

func additional(t *testing.T, raw json.RawMessage) *oauth.Params {
	t.Helper()
	members, err := oauth.Members(raw)
	if err != nil {
		t.Fatal(err)
	}
	p := &oauth.Params{}
	for _, m := range members {
		var text string
		_ = json.Unmarshal(m.Value, &text)
		p.Set(m.Name, text)
	}
	return p
}

func TestTokenRequests(t *testing.T) {
	t.Parallel()
	tokens := json.RawMessage(`{"access_token":"at","refresh_token":"rt2","expires_in":3600,"refresh_token_expires_in":7200,
		"scope":"a  b","token_type":"bearer","openid":"op1"}`)
	for name, rec := range load(t) {
		s := &stub{answers: map[string]json.RawMessage{"*": tokens}}
		if name == "wechat" {
			s.answers["*"] = bytes.Replace(tokens, []byte("a  b"), []byte("a,b"), 1)
		}
		p := build(t, name, options(t, name, nil, s))
		got, err := p.Exchange(context.Background(), &oauth.ExchangeRequest{Code: "co/de", CodeVerifier: strings.Repeat("v", 128),
			DeviceID: "dev", RedirectURI: "https://app.test/api/auth/callback/" + name})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same(t, name+" exchange", rec.Exchange.Call, s.calls[0])
		if !slices.Equal(got.Scopes, rec.Exchange.Scopes) || got.RefreshToken != rec.Exchange.RefreshToken ||
			got.AccessTokenExpiresAt.IsZero() == rec.Exchange.Expires || got.AccessToken != "at" {
			t.Errorf("%s: tokens %+v", name, got)
		}
		if (p.Refresh == nil) != (rec.Refresh == nil) || (p.VerifyIDToken == nil) == rec.IDToken {
			t.Errorf("%s: refresh or ID tokens are taken differently", name)
		}
		if p.Refresh == nil {
			continue
		}
		if _, err := p.Refresh(context.Background(), "rt1"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		same(t, name+" refresh", *rec.Refresh, s.calls[1])
	}
}

// same compares requests but for how their queries are escaped.
func same(t *testing.T, what string, want, got sent) {
	t.Helper()
	for _, c := range []*sent{&want, &got} {
		if base, query, ok := strings.Cut(c.URL, "?"); ok {
			values, _ := url.ParseQuery(query)
			c.URL = base + "?" + values.Encode()
		}
		c.URL = strings.NewReplacer("%24", "$", "users/%40me", "users/@me").Replace(c.URL)
		if c.Accept == "" {
			c.Accept = "application/json"
		}
		if strings.HasPrefix(c.Body, `{"query"`) {
			c.Body = strings.NewReplacer(`\n`, " ", `\t`, "").Replace(c.Body)
			c.Body = strings.Join(strings.Fields(c.Body), " ")
			c.Body = strings.ReplaceAll(strings.ReplaceAll(c.Body, `" `, `"`), ` "`, `"`)
		}
	}
	want.ContentType, _, _ = strings.Cut(want.ContentType, ";")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-reference +ours):\n%s", what, diff)
	}
}

func TestSO09Profiles(t *testing.T) {
	t.Parallel()
	for name, rec := range load(t) {
		for i, c := range rec.Profiles {
			s := &stub{answers: c.Answers}
			p := build(t, name, options(t, name, nil, s))
			tokens := &oauth.Tokens{AccessToken: "at", Raw: c.Raw}
			if c.Claims != nil {
				tokens.IDToken = "e30." + base64.RawURLEncoding.EncodeToString(c.Claims) + ".c2ln"
			}
			if c.User != nil {
				tokens.FirstName, tokens.LastName = c.User.Name.FirstName, c.User.Name.LastName
			}
			id, err := p.UserInfo(context.Background(), tokens)
			var got *result
			if err == nil {
				got = &result{id.Name, id.Email, id.Image, id.Subject, id.EmailVerified}
			}
			if v := string(c.Answers["*"]); name == "zoom" && strings.Contains(v, `"verified":"`) {
				c.Result.EmailVerified = false // to the reference any text is truth, "false" too
			}
			if diff := cmp.Diff(c.Result, got); diff != "" {
				t.Errorf("%s, profile %d %s %v: %v (-reference +ours):\n%s", name, i, c.Claims, c.Answers, err, diff)
			}
			if len(c.Calls) > 0 && len(s.calls) > 0 {
				same(t, name+" user info", c.Calls[0], s.calls[0])
			}
		}
	}
}
