package provider

import (
	"context"
	"encoding/json"

	"github.com/watchword-auth/watchword/oauth"
)

// github tells addresses, and whether they are proven, at an endpoint of their
// own. It answers refusals with status 200.
func github(o *Options) (*spec, error) {
	s := &spec{
		title: "GitHub", authorizeURL: "https://github.com/login/oauth/authorize", tokenURL: "https://github.com/login/oauth/access_token",
		scopes: []string{"read:user", "user:email"}, pkce: true, hint: true, prompt: o.Prompt,
		subject: []string{"id"},
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		claims, err := s.get(ctx, "https://api.github.com/user", t)
		if err != nil {
			return nil, err
		}
		// A token without the scope for addresses is no failure.
		emails, _ := o.Client.Do(ctx, oauth.Call{URL: "https://api.github.com/user/emails", Bearer: t.AccessToken})
		addGitHubEmail(claims, emails)
		return claims, nil
	}
	s.user = func(p oauth.Claims) User {
		u := User{Name: p.First("name", "login"), Email: p.Text("email"), Image: p.Text("avatar_url"), EmailVerified: p.True(gitHubVerified)}
		delete(p, gitHubVerified) // no word of GitHub's
		return u
	}
	return s, nil
}

// gitHubVerified is the profile's member that says whether its address is
// proven, as the list of addresses has it.
const gitHubVerified = "email_verified"

func addGitHubEmail(claims oauth.Claims, list []byte) {
	var emails []oauth.Claims
	_ = json.Unmarshal(list, &emails)
	if claims.Text("email") == "" && len(emails) > 0 {
		primary := emails[0]
		for _, e := range emails {
			if e.True("primary") {
				primary = e
				break
			}
		}
		set(claims, "email", primary.Text("email"))
	}
	delete(claims, gitHubVerified)
	for _, e := range emails {
		if e.Text("email") != "" && e.Text("email") == claims.Text("email") {
			set(claims, gitHubVerified, e.True("verified"))
			return
		}
	}
}
