package provider

import (
	"slices"
	"strconv"
	"strings"

	"github.com/watchword-auth/watchword/oauth"
)

// discord asks for no confirmation again unless it is told to. Where a user has
// no picture it shows one by the user's number.
func discord(o *Options) (*spec, error) {
	s := &spec{
		title: "Discord", authorizeURL: "https://discord.com/api/oauth2/authorize", tokenURL: "https://discord.com/api/oauth2/token",
		userURL: "https://discord.com/api/users/@me", scopes: []string{"identify", "email"}, requestFirst: true,
		prompt: o.Prompt, subject: []string{"id"},
	}
	if s.prompt == "" {
		s.prompt = "none"
	}
	s.request = func(u *oauth.AuthorizationURL) {
		if o.Permissions != nil && slices.Contains(u.Scopes, "bot") {
			before(u, "permissions", strconv.FormatInt(*o.Permissions, 10))
		}
	}
	s.user = func(p oauth.Claims) User {
		image := discordImage(p)
		set(p, "image_url", image)
		return User{Name: p.First("global_name", "username"), Email: p.Text("email"), EmailVerified: p.True("verified"), Image: image}
	}
	return s, nil
}

func discordImage(p oauth.Claims) string {
	id, avatar := p.Text("id"), p.Text("avatar")
	if avatar != "" {
		format := "png"
		if strings.HasPrefix(avatar, "a_") {
			format = "gif"
		}
		return "https://cdn.discordapp.com/avatars/" + id + "/" + avatar + "." + format
	}
	number, _ := strconv.ParseUint(p.Text("discriminator"), 10, 32)
	if index := number % 5; p.Text("discriminator") != "0" {
		return "https://cdn.discordapp.com/embed/avatars/" + strconv.FormatUint(index, 10) + ".png"
	}
	snowflake, _ := strconv.ParseUint(id, 10, 64)
	return "https://cdn.discordapp.com/embed/avatars/" + strconv.FormatUint(snowflake>>22%6, 10) + ".png"
}
