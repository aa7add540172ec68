package genericoauth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/oauth"
	"github.com/watchword-auth/watchword/oauth/provider"
)

var errProfile = errors.New("genericoauth: the provider does not tell who the user is")

// profile is a JSON object whose members keep their order.
type profile []oauth.Member

func (p *profile) set(name string, value json.RawMessage) {
	if value == nil {
		return
	}
	for i := range *p {
		if (*p)[i].Name == name {
			(*p)[i].Value = value
			return
		}
	}
	*p = append(*p, oauth.Member{Name: name, Value: value})
}

func (p profile) bytes() json.RawMessage {
	b := []byte{'{'}
	for i, m := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(db.AppendJSONString(b, m.Name), ':'), m.Value...)
	}
	return append(b, '}')
}

// identify makes an identity of what the tokens tell. Their ID token has been
// verified before, where the provider has keys.
func (e *endpoints) identify(ctx context.Context, t *oauth.Tokens) (*oauth.Identity, error) {
	raw, err := e.read(ctx, t)
	if err != nil {
		return nil, err
	}
	claims, err := oauth.ParseClaims(raw)
	if err != nil {
		return nil, errProfile
	}
	if err := e.sameUser(claims, t); err != nil {
		return nil, err
	}
	subject, err := e.subject(claims, t)
	if err != nil {
		return nil, err
	}
	u := provider.User{Name: claims.Text("name"), Email: claims.Text("email"), Image: claims.Text("image"),
		EmailVerified: claims.True("emailVerified")}
	if e.p.MapProfileToUser != nil {
		if err := e.p.MapProfileToUser(raw, &u); err != nil {
			return nil, err
		}
	}
	return &oauth.Identity{Subject: subject, Name: u.Name, Email: u.Email, EmailVerified: u.EmailVerified,
		Image: u.Image, Fields: u.Fields, Profile: raw}, nil
}

// read returns the profile in the reference's form: the provider's own, with
// members for the columns of users.
func (e *endpoints) read(ctx context.Context, t *oauth.Tokens) (json.RawMessage, error) {
	if e.p.UserInfo != nil {
		claims, err := e.p.UserInfo(ctx, t)
		if err != nil {
			return nil, err
		}
		if claims == nil {
			return nil, errProfile
		}
		return json.Marshal(claims)
	}
	if id, err := oauth.DecodeIDToken(t.IDToken); err == nil && id.Text("sub") != "" && id.Text("email") != "" {
		p := profile{{Name: "id", Value: id["sub"]}, {Name: "emailVerified", Value: truth(id.True("email_verified"))}}
		p.set("image", id["picture"])
		payload, err := oauth.IDTokenPayload(t.IDToken)
		if err != nil {
			return nil, err
		}
		own, err := oauth.Members(payload)
		for _, m := range own {
			p.set(m.Name, m.Value)
		}
		return p.bytes(), err
	}
	if e.userInfoURL == "" || t.AccessToken == "" {
		return nil, errProfile
	}
	body, err := e.client.Do(ctx, oauth.Call{URL: e.userInfoURL, Bearer: t.AccessToken})
	if err != nil {
		return nil, err
	}
	claims, err := oauth.ParseClaims(body)
	if err != nil {
		return nil, fmt.Errorf("genericoauth: the profile: %w", err)
	}
	members, err := oauth.Members(body)
	p := profile(members)
	p.set("emailVerified", truth(claims.True("email_verified")))
	p.set("image", claims["picture"])
	return p.bytes(), err
}

func truth(v bool) json.RawMessage {
	if v {
		return json.RawMessage("true")
	}
	return json.RawMessage("false")
}

// sameUser compares the profile with the ID token it came with (OpenID Connect
// Core, section 5.3.2).
func (e *endpoints) sameUser(claims oauth.Claims, t *oauth.Tokens) error {
	if e.rule == nil || t.IDToken == "" || e.p.UserInfo != nil && !claims.Has("sub") {
		return nil
	}
	id, err := oauth.DecodeIDToken(t.IDToken)
	if err == nil && id.Text("sub") != claims.Text("sub") {
		err = errors.New("genericoauth: the profile is of another user than the ID token")
	}
	return err
}

func (e *endpoints) subject(claims oauth.Claims, t *oauth.Tokens) (string, error) {
	switch {
	case e.p.Subject != nil:
		subject, err := e.p.Subject(claims, t)
		if err == nil && subject == "" {
			err = errProfile
		}
		return subject, err
	case !e.openID:
		return claims.Subject("id")
	case e.rule != nil && t.IDToken != "":
		id, err := oauth.DecodeIDToken(t.IDToken)
		if err != nil {
			return "", err
		}
		return id.Subject("sub")
	}
	return claims.Subject("sub")
}
