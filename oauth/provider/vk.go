package provider

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/watchword-auth/watchword/oauth"
)

// vk names the device with the code, wants that name back, and has users
// without an address, who are refused. It does not say whether addresses are
// proven.
func vk(o *Options) (*spec, error) {
	s := &spec{
		title: "VK", authorizeURL: "https://id.vk.com/authorize", tokenURL: "https://id.vk.com/oauth2/auth",
		scopes: []string{"email", "phone"}, pkce: true, device: true, subject: []string{"user", "user_id"}, email: true,
		user: func(p oauth.Claims) User {
			inner := p.In("user")
			u := User{Name: inner.Text("first_name") + " " + inner.Text("last_name"), Email: inner.Text("email"),
				Image: inner.Text("avatar"), Fields: map[string]json.RawMessage{}}
			for _, name := range []string{"first_name", "last_name", "birthday", "sex"} {
				if inner.Has(name) {
					u.Fields[name] = inner[name]
				}
			}
			return u
		},
	}
	s.fetch = func(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
		form := &oauth.Params{}
		form.Set("access_token", t.AccessToken)
		form.Set("client_id", o.ClientID.primary())
		body, err := o.Client.Do(ctx, oauth.Call{Method: http.MethodPost, URL: "https://id.vk.com/oauth2/user_info", Form: form})
		if err != nil {
			return nil, err
		}
		return oauth.ParseClaims(body)
	}
	return s, nil
}
