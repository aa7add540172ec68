package provider

import (
	"github.com/watchword-auth/watchword/oauth"
)

// kakao's addresses can be proven and yet no longer valid.
func kakao(*Options) (*spec, error) {
	return &spec{
		title: "Kakao", authorizeURL: "https://kauth.kakao.com/oauth/authorize", tokenURL: "https://kauth.kakao.com/oauth/token",
		userURL: "https://kapi.kakao.com/v2/user/me", scopes: []string{"account_email", "profile_image", "profile_nickname"},
		hint: true, subject: []string{"id"},
		user: func(p oauth.Claims) User {
			account := p.In("kakao_account")
			profile := account.In("profile")
			u := User{Name: profile.Text("nickname"), Email: account.Text("email"),
				Image:         profile.First("profile_image_url", "thumbnail_image_url"),
				EmailVerified: account.True("is_email_valid") && account.True("is_email_verified")}
			if u.Name == "" {
				u.Name = account.Text("name")
			}
			return u
		},
	}, nil
}
