package onetimetoken

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints.
const (
	Generate core.Ref[NoInput, Token]    = "generateOneTimeToken"
	Verify   core.Ref[Token, Redemption] = "verifyOneTimeToken"
)

// NoInput is empty.
type NoInput struct{}

// Bind reads nothing.
func (*NoInput) Bind(*input.Binder) {}

// Token stands for a session, once.
type Token struct {
	Token string `json:"token"`
}

// Bind reads the body.
func (in *Token) Bind(b *input.Binder) {
	b.Body().Text("token", &in.Token).Describe("The token that was generated")
}

// Redemption is the session that a token stood for.
type Redemption struct {
	Session *core.Session `json:"session"`
	User    *core.User    `json:"user"`
}

func (p *Plugin) identifier(token string) string { return "one-time-token:" + p.o.Hash(token) }

func (p *Plugin) generate(c *core.Context, _ *NoInput) (*Token, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	if p.o.DisableClientRequest && c.Request() != nil {
		return nil, errDisabled
	}
	return p.issue(c, current)
}

func (p *Plugin) issue(c *core.Context, current *core.Current) (*Token, error) {
	token, err := p.o.GenerateToken(c, current)
	if err != nil {
		return nil, err
	}
	_, err = c.Verifications().Create(p.identifier(token), current.Session.Token, p.o.ExpiresIn)
	return &Token{token}, err
}

func (p *Plugin) verify(c *core.Context, in *Token) (*Redemption, error) {
	v, err := c.Verifications().Take(p.identifier(in.Token))
	if errors.Is(err, db.ErrNotFound) {
		return nil, errToken
	}
	if err != nil {
		return nil, err
	}
	current, err := c.Sessions().Find(v.Value)
	if errors.Is(err, db.ErrNotFound) {
		return nil, errSession
	}
	if err != nil {
		return nil, err
	}
	if current.Session.ExpiresAt.Before(c.Now()) {
		return nil, errExpired
	}
	holds, err := c.Holds(current)
	if err != nil {
		return nil, err
	}
	if !holds {
		return nil, errSession
	}
	if !p.o.DisableSetSessionCookie {
		c.ReplaceSession(current)
	}
	return &Redemption{current.Session, current.User}, nil
}

// show puts a token for the session that the call made into the answer.
func (p *Plugin) show(c *core.Context, _ *core.Result) error {
	current := c.NewSession()
	if current == nil {
		return nil
	}
	token, err := p.issue(c, current)
	if err != nil {
		c.Log().ErrorContext(c, "a sign-in got no one-time token", "error", err)
		return nil
	}
	c.ExposeHeader(TokenHeader, token.Token)
	return nil
}
