package social_test

import (
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/flow/social"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
)

// stranger is a provider that the flow cannot use.
type stranger struct{}

func (stranger) ID() string { return "stranger" }

// adder is a plugin that brings a provider.
type adder struct{ p core.SocialProvider }

func (adder) ID() string { return "adder" }

func (a adder) Register(r *core.Registrar) error { r.SocialProvider(a.p); return nil }

func TestAssembly(t *testing.T) {
	t.Parallel()
	github := func() *oauth.Provider {
		p, err := provider.New("github", provider.Options{ClientID: provider.ClientIDs{"c"}, ClientSecret: "s"})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	unfinished := github()
	unfinished.UserInfo = nil
	for name, c := range map[string]struct {
		change func(*options)
		says   string
	}{
		"a stranger": {func(o *options) { o.SocialProviders = []core.SocialProvider{stranger{}} }, "not an *oauth.Provider"},
		"unfinished": {func(o *options) { o.SocialProviders = []core.SocialProvider{unfinished} }, `"github" lacks`},
		"twice":      {func(o *options) { o.SocialProviders = []core.SocialProvider{github(), github()} }, `"github" is given twice`},
		"a plugin's, too": {func(o *options) {
			o.SocialProviders = []core.SocialProvider{github()}
			o.Plugins = []core.Plugin{adder{github()}}
		}, `"adder"`},
		"an unknown strategy": {func(o *options) { o.Account.StoreStateStrategy = "memory" }, "database, cookie"},
	} {
		o := options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New()}
		c.change(&o)
		if _, err := core.New(o, social.Flow{}); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := authtest.New(t, func(o *options) { o.Plugins = []core.Plugin{adder{github()}} })
	s.Client().Post("/sign-in/social", body{"provider": "github"}).Want(200, "https://github.com/login/oauth/authorize?")
}

// TestSecondaryStorage keeps states and locks outside of the database.
func TestSecondaryStorage(t *testing.T) {
	t.Parallel()
	for _, strategy := range []func(*options){func(*options) {}, inCookie} {
		p := newIDP(t)
		s := serve(p, strategy, func(o *options) { o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now}) })
		c := s.Client()
		code, state := p.approve(depart(c, "google"), ada)
		kept := c.Clone()
		path := "/callback/google?code=" + code + "&state=" + state
		goes(t, c.Get(path), "/home")
		if to := kept.Get(path).Header.Get("Location"); !strings.HasSuffix(to, "error=state_mismatch") {
			t.Error(to)
		}
		c.Get("/get-session").Want(200, ada.Email)
		goes(t, p.signIn(s.Client(), "google", ada), "/home")
	}
}
