package provider

import (
	"context"
	"net/http"

	"github.com/watchword-auth/watchword/oauth"
)

// linear is asked in GraphQL, and does not say whether addresses are proven.
func linear(o *Options) (*spec, error) {
	const query = `{"query":"query { viewer { id name email avatarUrl active createdAt updatedAt } }"}`
	s := &spec{
		title: "Linear", authorizeURL: "https://linear.app/oauth/authorize", tokenURL: "https://api.linear.app/oauth/token",
		scopes: []string{"read"}, hint: true, subject: []string{"id"},
		user: func(p oauth.Claims) User {
			return User{Name: p.Text("name"), Email: p.Text("email"), Image: p.Text("avatarUrl")}
		},
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		body, err := o.Client.Do(ctx, oauth.Call{Method: http.MethodPost, URL: "https://api.linear.app/graphql", Bearer: t.AccessToken,
			Header: map[string]string{"Content-Type": "application/json"}, Body: query})
		if err != nil {
			return nil, err
		}
		answer, err := oauth.ParseClaims(body)
		return answer.In("data").In("viewer"), err
	}
	return s, nil
}
