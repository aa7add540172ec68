package genericoauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/token"
)

const (
	documentAge     = time.Hour
	documentRetry   = 5 * time.Second // after a failure, so that a dead provider is not asked for every request
	documentTimeout = 10 * time.Second
)

// document is what a provider says of itself (OpenID Connect Discovery 1.0,
// section 3).
type document struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	UserInfo      string   `json:"userinfo_endpoint"`
	EndSession    string   `json:"end_session_endpoint"`
	Keys          string   `json:"jwks_uri"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	SendsIssuer   bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207
}

// source is a configured provider with what was learned of it. It is safe for
// concurrent use.
type source struct {
	p            *Provider
	client       *oauth.Client
	callbackPath string // empty: the usual one

	mu      sync.Mutex
	made    *oauth.Provider
	keysURL string
	keys    *oauth.KeySet
	fetched time.Time
	failed  time.Time
	failure error
	pending chan struct{} // closed when the fetch under way has ended
}

func newSource(p *Provider) *source {
	s := &source{p: p, client: p.Client}
	if s.client == nil {
		s.client = oauth.NewClient(oauth.ClientOptions{AllowPrivate: p.InsecureAllowPrivate})
	}
	return s
}

// provider returns what is registered.
func (s *source) provider() *oauth.Provider {
	if s.p.DiscoveryURL == "" {
		return s.build(&document{}, nil)
	}
	return &oauth.Provider{Name: s.p.ID, Title: s.title(), CallbackPath: s.callbackPath, Resolve: s.resolve}
}

func (s *source) title() string {
	if s.p.Name != "" {
		return s.p.Name
	}
	return s.p.ID
}

// resolve returns the provider as its document has it. A document that cannot
// be had anew is used on: keys and endpoints seldom change.
func (s *source) resolve(ctx context.Context) (*oauth.Provider, error) {
	s.mu.Lock()
	now := s.client.Now()
	fresh := s.made != nil && now.Sub(s.fetched) < documentAge
	tired := s.failure != nil && now.Sub(s.failed) < documentRetry
	if fresh || tired {
		defer s.mu.Unlock()
		return s.result()
	}
	done := s.pending
	if done == nil {
		done = make(chan struct{})
		s.pending = done
		go s.fetch(done) // for all who wait, so it outlives the one who began it
	}
	if s.made != nil {
		defer s.mu.Unlock()
		return s.made, nil // nobody waits for what is there
	}
	s.mu.Unlock()
	select {
	case <-done:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.result()
}

func (s *source) result() (*oauth.Provider, error) {
	if s.made != nil {
		return s.made, nil
	}
	return nil, s.failure
}

func (s *source) fetch(done chan struct{}) {
	ctx, cancel := context.WithTimeout(context.Background(), documentTimeout)
	defer cancel()
	body, err := s.client.Do(ctx, oauth.Call{URL: s.p.DiscoveryURL, Header: s.p.DiscoveryHeader})
	d := &document{}
	if err == nil {
		if err = json.Unmarshal(body, d); err != nil {
			err = errors.New("genericoauth: the discovery document is none")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(done)
	s.pending = nil
	var made *oauth.Provider
	if err == nil {
		made, err = s.complete(d)
	}
	if err != nil {
		s.failed, s.failure = s.client.Now(), fmt.Errorf("discovery: %w", err)
		return
	}
	s.made, s.fetched, s.failure = made, s.client.Now(), nil
}

// complete makes the provider of a document. It is called with the lock held.
func (s *source) complete(d *document) (*oauth.Provider, error) {
	if u, err := url.Parse(d.Issuer); d.Issuer != "" && (err != nil || u.Scheme == "") {
		return nil, errors.New("the issuer is not a URL")
	}
	own := s.p
	if own.AuthorizationURL == "" && d.Authorization == "" || own.TokenURL == "" && d.Token == "" && own.Token == nil {
		return nil, errors.New("the document names no authorization endpoint or no token endpoint")
	}
	rule, err := s.rule(d)
	if err != nil {
		return nil, err
	}
	if rule == nil && own.RequireIDTokenVerification {
		return nil, errors.New("the document names no issuer or no keys")
	}
	return s.build(d, rule), nil
}

// rule says which ID tokens are believed; nil where the document names no
// keys.
func (s *source) rule(d *document) (*oauth.IDTokenRule, error) {
	if d.Keys == "" || d.Issuer == "" {
		return nil, nil
	}
	base, err := url.Parse(s.p.DiscoveryURL)
	if err != nil {
		return nil, err
	}
	keys, err := base.Parse(d.Keys)
	if err != nil {
		return nil, errors.New("the URL of the keys is not one")
	}
	if s.keysURL != keys.String() {
		var header map[string]string
		if keys.Scheme == base.Scheme && keys.Host == base.Host {
			header = s.p.DiscoveryHeader
		}
		s.keysURL, s.keys = keys.String(), oauth.NewKeySetHeader(s.client, keys.String(), header)
	}
	var algorithms []token.Algorithm
	for _, a := range asymmetric {
		if len(d.Algorithms) == 0 || slices.Contains(d.Algorithms, string(a)) {
			algorithms = append(algorithms, a)
		}
	}
	return &oauth.IDTokenRule{Keys: s.keys, Algorithms: algorithms, Issuers: []string{d.Issuer}, Audience: []string{s.p.ClientID}}, nil
}

// asymmetric are the algorithms that may be believed: with a shared secret or
// without any, whoever reads a token could make one.
var asymmetric = []token.Algorithm{token.EdDSA, token.ES256, token.ES384, token.ES512,
	token.RS256, token.RS384, token.RS512, token.PS256, token.PS384, token.PS512}
