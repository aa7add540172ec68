package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/watchword-auth/watchword/oauth"
)

// identify reads the profile and makes an identity of it.
func (s *spec) identify(ctx context.Context, t *oauth.Tokens) (*oauth.Identity, error) {
	fetch := s.fetch
	switch {
	case fetch != nil:
	case s.userURL != "":
		fetch = s.userInfo
	default:
		fetch = fromIDToken
	}
	claims, err := fetch(ctx, t)
	if err != nil {
		return nil, err
	}
	if claims == nil {
		return nil, fmt.Errorf("provider: %s has no such user", s.name)
	}
	who := s.who
	if who == nil {
		who = s.bySubject
	}
	subject, err := who(claims)
	if err != nil {
		return nil, err
	}
	return s.shape(subject, claims)
}

func (s *spec) bySubject(claims oauth.Claims) (string, error) {
	last := len(s.subject) - 1
	for _, name := range s.subject[:last] {
		claims = claims.In(name)
	}
	return claims.Subject(s.subject[last])
}

// shape maps a profile, as the application wants it.
func (s *spec) shape(subject string, claims oauth.Claims) (*oauth.Identity, error) {
	u := s.user(claims)
	profile, err := json.Marshal(claims)
	if err != nil {
		return nil, fmt.Errorf("provider: %w", err)
	}
	if s.o.MapProfileToUser != nil {
		if err := s.o.MapProfileToUser(profile, &u); err != nil {
			return nil, err
		}
	}
	if s.email && u.Email == "" {
		return nil, fmt.Errorf("provider: %s told no address", s.name)
	}
	return &oauth.Identity{Subject: subject, Name: u.Name, Email: u.Email, EmailVerified: u.EmailVerified,
		Image: u.Image, Fields: u.Fields, Profile: profile}, nil
}

// userInfo asks userURL. Where the tokens have an ID token too, both must
// speak of one user (OpenID Connect Core, section 5.3.2).
func (s *spec) userInfo(ctx context.Context, t *oauth.Tokens) (oauth.Claims, error) {
	claims, err := s.get(ctx, s.userURL, t)
	if err != nil {
		return nil, err
	}
	return claims, sameSubject(claims, t)
}

func sameSubject(claims oauth.Claims, t *oauth.Tokens) error {
	if t.IDToken == "" || !claims.Has("sub") {
		return nil
	}
	id, err := oauth.DecodeIDToken(t.IDToken)
	if err == nil && id.Text("sub") != claims.Text("sub") {
		err = errors.New("provider: the profile is of another user than the ID token")
	}
	return err
}

func (s *spec) get(ctx context.Context, url string, t *oauth.Tokens) (oauth.Claims, error) {
	body, err := s.o.Client.Do(ctx, oauth.Call{URL: url, Bearer: t.AccessToken, Header: s.userHeader})
	if err != nil {
		return nil, err
	}
	return oauth.ParseClaims(body)
}

// fromIDToken is for providers whose ID token is the profile.
func fromIDToken(_ context.Context, t *oauth.Tokens) (oauth.Claims, error) {
	if t.IDToken == "" {
		return nil, errors.New("provider: there is no ID token")
	}
	return oauth.DecodeIDToken(t.IDToken)
}

// takeIDTokens lets clients sign in with ID tokens of the rule.
func (s *spec) takeIDTokens(client *oauth.Client) {
	rule := s.idToken
	s.direct = func(ctx context.Context, idToken, nonce string) error {
		_, err := rule.Verify(ctx, client.Now(), idToken, oauth.IDTokenUse{Nonce: nonce, StrictNonce: true})
		return err
	}
}
