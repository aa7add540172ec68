package genericoauth_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/plugin/genericoauth"
)

// answers plays providers by their real names: an address and what it answers.
type answers map[string]string

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	text, ok := a[r.URL.Host+r.URL.Path]
	status := http.StatusOK
	if !ok {
		status = http.StatusUnauthorized
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
}

func unsigned(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

// TestPresetProfiles reads what providers tell of people, odd answers among
// it. An empty profile is one that nobody gets in with.
func TestPresetProfiles(t *testing.T) {
	t.Parallel()
	entra := func(p genericoauth.Provider) genericoauth.Provider {
		made, err := genericoauth.MicrosoftEntraID("11111111-2222-3333-4444-555555555555", p)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	const gumroad, hubspot, line = "api.gumroad.com/v2/user", "api.hubapi.com/oauth/v1/access-tokens/at", "api.line.me/oauth2/v2.1/userinfo"
	const patreon, slack, yandex = "www.patreon.com/api/oauth2/v2/identity", "slack.com/api/openid.connect.userInfo", "login.yandex.ru/info"
	const graph = "graph.microsoft.com/oidc/userinfo"
	for name, c := range map[string]struct {
		preset  func(genericoauth.Provider) genericoauth.Provider
		answers answers
		idToken string
		want    string // the members that matter, "" for none
		subject string
	}{
		"gumroad":             {genericoauth.Gumroad, answers{gumroad: `{"success":true,"user":{"user_id":"7","name":"A","email":"a@x.test","profile_url":"p"}}`}, "", `{"emailVerified":false,"image":"p","email":"a@x.test"}`, "7"},
		"gumroad fails":       {genericoauth.Gumroad, answers{gumroad: `{"success":false,"user":{"user_id":"7"}}`}, "", "", ""},
		"hubspot":             {genericoauth.HubSpot, answers{hubspot: `{"user":"a@x.test","user_id":7}`}, "", `{"emailVerified":false,"name":"a@x.test"}`, "7"},
		"hubspot signed":      {genericoauth.HubSpot, answers{hubspot: `{"user":"a@x.test","user_id":null,"signed_access_token":{"userId":8}}`}, "", `{}`, "8"},
		"hubspot nobody":      {genericoauth.HubSpot, answers{hubspot: `{"user":"a@x.test","user_id":"","signed_access_token":{"userId":8}}`}, "", `{}`, ""},
		"line's token":        {genericoauth.Line, answers{line: `{"sub":"other"}`}, unsigned(`{"sub":"U1","email":"a@x.test","email_verified":true}`), `{"emailVerified":false}`, "U1"},
		"line asked":          {genericoauth.Line, answers{line: `{"sub":"U1","name":"A","picture":"p"}`}, "", `{"emailVerified":false,"image":"p"}`, "U1"},
		"patreon":             {genericoauth.Patreon, answers{patreon: `{"data":{"id":"7","attributes":{"email":"a@x.test","is_email_verified":true}}}`}, "", `{"emailVerified":true}`, "7"},
		"slack":               {genericoauth.Slack, answers{slack: `{"sub":"U7","email_verified":null,"picture":null,"https://slack.com/user_image_512":"big"}`}, "", `{"emailVerified":false,"image":"big"}`, "U7"},
		"yandex":              {genericoauth.Yandex, answers{yandex: `{"id":"7","display_name":null,"real_name":"Real","emails":["a@x.test"],"default_avatar_id":"9"}`}, "", `{"name":"Real","email":"a@x.test","image":"https://avatars.yandex.net/get-yapic/9/islands-200"}`, "7"},
		"yandex's blank face": {genericoauth.Yandex, answers{yandex: `{"id":"7","default_email":"a@x.test","default_avatar_id":"9","is_avatar_empty":true}`}, "", `{"image":null}`, "7"},
		"yandex unaddressed":  {genericoauth.Yandex, answers{yandex: `{"id":"7","emails":[]}`}, "", "", ""},
		"entra":               {entra, answers{}, unsigned(`{"sub":"s","oid":"o","given_name":"A","family_name":"B"}`), `{"name":"A B","email":"o@microsoft-entra-id.placeholder.invalid","emailVerified":false}`, "o"},
		"entra completed":     {entra, answers{graph: `{"sub":"s","email":"a@x.test","email_verified":true,"picture":"p"}`}, unsigned(`{"sub":"s","oid":"o","name":"A"}`), `{"name":"A","email":"a@x.test","emailVerified":true,"image":"p"}`, "o"},
		"entra of another":    {entra, answers{graph: `{"sub":"z","email":"a@x.test","email_verified":true}`}, unsigned(`{"sub":"s","oid":"o"}`), `{"email":"o@microsoft-entra-id.placeholder.invalid","emailVerified":false}`, "o"},
		"entra's own word":    {entra, answers{graph: `{"sub":"s","email":"a@x.test","email_verified":true}`}, unsigned(`{"sub":"s","oid":"o","email":"b@x.test"}`), `{"email":"b@x.test","emailVerified":false}`, "o"},
		"entra without oid":   {entra, answers{}, unsigned(`{"sub":"s","oid":" "}`), "", ""},
	} {
		p := c.preset(genericoauth.Provider{ClientID: "c", ClientSecret: "s", Client: oauth.NewClient(oauth.ClientOptions{Transport: c.answers})})
		profile, err := p.UserInfo(t.Context(), &oauth.Tokens{AccessToken: "at", IDToken: c.idToken})
		if c.want == "" {
			if err == nil && profile != nil {
				t.Errorf("%s: %s", name, profile)
			}
			continue
		}
		var want map[string]json.RawMessage
		if json.Unmarshal([]byte(c.want), &want) != nil || err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for member, value := range want {
			got := string(profile[member])
			if got != string(value) && (got != "" || string(value) != "null") {
				t.Errorf("%s: %s is %s", name, member, got)
			}
		}
		if subject, err := p.Subject(profile, nil); subject != c.subject || (err == nil) != (c.subject != "") {
			t.Errorf("%s is %q, %v", name, subject, err)
		}
	}
}
