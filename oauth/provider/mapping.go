package provider

import (
	"encoding/json"
	"slices"

	"github.com/watchword-auth/watchword/oauth"
)

// standard maps the claims of OpenID Connect Core, section 5.1.
func standard(p oauth.Claims) User {
	return User{Name: p.Text("name"), Email: p.Text("email"), Image: p.Text("picture"), EmailVerified: p.True("email_verified")}
}

// unvouched is a mapping whose provider does not say whether addresses are
// proven.
func unvouched(u User) User { u.EmailVerified = false; return u }

// present is the text of the first member that is there, empty or not.
func present(p oauth.Claims, names ...string) string {
	for _, name := range names {
		if p.Has(name) {
			return p.Text(name)
		}
	}
	return ""
}

// set replaces a member of a profile.
func set(p oauth.Claims, name string, value any) {
	if raw, err := json.Marshal(value); err == nil {
		p[name] = raw
	}
}

// placeholder is the address of a user whose provider does not tell one: it
// is the reference's, and no mail can reach it (RFC 6761, section 6.4).
func placeholder(subject, namespace string) string {
	return subject + "@" + namespace + ".placeholder.invalid"
}

// before puts a parameter ahead of the caller's, who may replace it.
func before(u *oauth.AuthorizationURL, name, value string) {
	p := &oauth.Params{}
	p.SetSome(name, value)
	if u.Additional != nil {
		u.Additional.Each(p.Set)
	}
	u.Additional = p
}

// behind puts a parameter behind the caller's and over it.
func behind(u *oauth.AuthorizationURL, name, value string) {
	p := &oauth.Params{}
	if u.Additional != nil {
		u.Additional.Each(p.Set)
	}
	p.Set(name, value)
	u.Additional = p
}

// unique returns the scopes without repetitions.
func unique(scopes []string) []string {
	var once []string
	for _, scope := range scopes {
		if !slices.Contains(once, scope) {
			once = append(once, scope)
		}
	}
	return once
}
