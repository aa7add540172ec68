package anonymous_test

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/plugin/anonymous"
)

type (
	j      = authtest.JSON
	server = authtest.Server
	client = authtest.Client
)

const (
	email   = "ada@example.com"
	session = "better-auth.session_token"
	left    = "better-auth.anonymous_session"
)

func with(o anonymous.Options) func(*core.Options) {
	return func(options *core.Options) { options.Plugins = append(options.Plugins, anonymous.New(o)) }
}

// visit signs a browser in anonymously and returns it and its user.
func visit(s *server) (c *client, id string) {
	c = s.Client()
	return c, c.Post("/sign-in/anonymous", nil).Want(200, `"isAnonymous":true`).Text("user.id")
}

// there reports whether there is a user of that id.
func there(t *testing.T, s *server, id string) bool {
	t.Helper()
	_, err := s.Context().Users().ByID(id)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// links keeps what OnLinkAccount was called with.
type links struct {
	mu   sync.Mutex
	made [][2]string // the anonymous user, and who they signed in as
	err  error
}

func (l *links) on(_ *core.Context, link *anonymous.Link) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return l.err
	}
	l.made = append(l.made, [2]string{link.Anonymous.User.ID, link.Account.User.ID})
	return nil
}

// want fails the test unless the user was linked to that address, once, and is
// gone.
func (l *links) want(t *testing.T, s *server, id, email string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.made) != 1 || l.made[0] != [2]string{id, s.User(email).ID} {
		t.Errorf("linked: %v", l.made)
	}
	if there(t, s, id) {
		t.Error("the anonymous user is still there")
	}
	l.made = nil
}

// provider is one where everybody is Ada.
func provider(o *core.Options) {
	o.SocialProviders = append(o.SocialProviders, &oauth.Provider{
		Name: "company",
		Authorize: func(_ context.Context, r *oauth.AuthorizationRequest) (string, error) {
			return "https://company.example/authorize?state=" + url.QueryEscape(r.State), nil
		},
		Exchange: func(context.Context, *oauth.ExchangeRequest) (*oauth.Tokens, error) {
			return &oauth.Tokens{AccessToken: "a"}, nil
		},
		UserInfo: func(context.Context, *oauth.Tokens) (*oauth.Identity, error) {
			return &oauth.Identity{Subject: "1", Name: "Ada", Email: email, EmailVerified: true}, nil
		},
	})
}

// depart leaves for the provider and returns the path it sends the browser
// back to.
func depart(t *testing.T, c *client) string {
	t.Helper()
	u, err := url.Parse(c.Post("/sign-in/social", j{"provider": "company", "callbackURL": "/home"}).Want(200).Text("url"))
	if err != nil {
		t.Fatal(err)
	}
	return "/callback/company?code=c&state=" + url.QueryEscape(u.Query().Get("state"))
}
