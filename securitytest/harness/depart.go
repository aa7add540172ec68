package harness

import (
	"maps"
	"net/http"
)

// Begin starts a sign-in at a provider and returns the URL the browser is
// sent to. Members win over those of the body.
func (c *Client) Begin(provider int, members JSON) (authorizationURL string) {
	c.s.t.Helper()
	return c.Depart("/sign-in/social", ProviderIDs[provider], members)
}

// Depart is [Client.Begin] at a provider of any name, and also of a linking.
func (c *Client) Depart(path, provider string, members JSON) (authorizationURL string) {
	c.s.t.Helper()
	body := JSON{"provider": provider, "callbackURL": "/welcome"}
	maps.Copy(body, members)
	return c.Post(path, body).Want(http.StatusOK).Text("url")
}

// Arrive signs in at a provider and returns the answer of the callback.
func (c *Client) Arrive(provider int, g Grant) *Answer {
	c.s.t.Helper()
	return c.Get(c.s.Providers[provider].Approve(c.s.t, c.Begin(provider, nil), g))
}

// ArriveAtGoogle is [Client.Arrive] at Google.
func (c *Client) ArriveAtGoogle(g Grant) *Answer {
	c.s.t.Helper()
	return c.Get(c.s.Google.Approve(c.s.t, c.Depart("/sign-in/social", "google", nil), g))
}
