package provider

// linkedIn speaks OpenID Connect, without PKCE.
func linkedIn(*Options) (*spec, error) {
	return &spec{
		title: "Linkedin", authorizeURL: "https://www.linkedin.com/oauth/v2/authorization", tokenURL: "https://www.linkedin.com/oauth/v2/accessToken",
		userURL: "https://api.linkedin.com/v2/userinfo", scopes: []string{"profile", "email", "openid"},
		hint: true, subject: []string{"sub"},
		user: standard,
	}, nil
}
