package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// atlassian does not say whether addresses are proven.
func atlassian(o *Options) (*spec, error) {
	return &spec{
		title: "Atlassian", authorizeURL: "https://auth.atlassian.com/authorize", tokenURL: "https://auth.atlassian.com/oauth/token",
		userURL: "https://api.atlassian.com/me", scopes: []string{"read:jira-user", "offline_access"},
		pkce: true, secret: true, prompt: o.Prompt, subject: []string{"account_id"},
		user:    func(p oauth.Claims) User { return unvouched(standard(p)) },
		request: func(u *oauth.AuthorizationURL) { behind(u, "audience", "api.atlassian.com") },
	}, nil
}
