package social

import (
	"errors"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// GetAccessToken is POST /get-access-token: an access token that is valid,
// refreshed if it is about to end.
const GetAccessToken core.Ref[TokenInput, AccessTokenOutput] = "getAccessToken"

// RefreshToken is POST /refresh-token.
const RefreshToken core.Ref[TokenInput, RefreshOutput] = "refreshToken"

// TokenInput names the account whose tokens are wanted.
type TokenInput struct{ Selection }

// Bind reads the body.
func (in *TokenInput) Bind(b *input.Binder) { in.bind(b.ShapedBody(), "body") }

// AccessTokenOutput is an access token and what belongs to it.
type AccessTokenOutput struct {
	AccessToken          string     `json:"accessToken"`
	AccessTokenExpiresAt *time.Time `json:"accessTokenExpiresAt,omitempty"` // nil: unknown
	Scopes               []string   `json:"scopes"`
	IDToken              string     `json:"idToken,omitempty"`
}

// AppendJSON writes the output.
func (out *AccessTokenOutput) AppendJSON(b []byte) []byte {
	b = db.AppendJSONString(append(b, `{"accessToken":`...), out.AccessToken)
	if out.AccessTokenExpiresAt != nil {
		b = appendTime(append(b, `,"accessTokenExpiresAt":`...), out.AccessTokenExpiresAt)
	}
	b = append(b, `,"scopes":[`...)
	for i, scope := range out.Scopes {
		if i > 0 {
			b = append(b, ',')
		}
		b = db.AppendJSONString(b, scope)
	}
	b = append(b, ']')
	if out.IDToken != "" {
		b = db.AppendJSONString(append(b, `,"idToken":`...), out.IDToken)
	}
	return append(b, '}')
}

func appendTime(b []byte, at *time.Time) []byte {
	if at == nil {
		return append(b, "null"...)
	}
	return append(db.AppendTime(append(b, '"'), *at), '"')
}

func (f *flow) getAccessToken(c *core.Context, in *TokenInput) (*AccessTokenOutput, error) {
	account, err := find(c, &in.Selection)
	if err != nil {
		return nil, err
	}
	p, err := oauth.Find(c, account.ProviderID)
	if err != nil {
		return nil, errNotSupported(account.ProviderID).Wrap(err)
	}
	return valid(c, p, account)
}

// valid returns the account's access token, refreshed if it is about to end
// and can be.
func valid(c *core.Context, p *oauth.Provider, account *core.Account) (*AccessTokenOutput, error) {
	if oauth.Due(c, account) {
		_, renewed, err := oauth.Refresh(c, p, account, true)
		if err != nil && !errors.Is(err, oauth.ErrNoRefresh) {
			return nil, errTokenFailed.Wrap(err)
		}
		account = renewed
	}
	token, err := oauth.OpenToken(c, text(account.AccessToken))
	if err != nil {
		return nil, errTokenFailed.Wrap(err)
	}
	return &AccessTokenOutput{AccessToken: token, AccessTokenExpiresAt: account.AccessTokenExpiresAt,
		Scopes: oauth.StoredScopes(account.Scope), IDToken: text(account.IDToken)}, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// RefreshOutput are an account's new tokens.
type RefreshOutput struct {
	AccessToken           string     `json:"accessToken"`
	RefreshToken          string     `json:"refreshToken"`
	AccessTokenExpiresAt  *time.Time `json:"accessTokenExpiresAt,omitempty"` // nil: unknown
	RefreshTokenExpiresAt *time.Time `json:"refreshTokenExpiresAt"`          // nil: unknown
	Scope                 *string    `json:"scope"`                          // comma-joined; nil: unknown
	IDToken               *string    `json:"idToken"`                        // nil: none
	ProviderID            string     `json:"providerId"`
	AccountID             string     `json:"accountId"` // the key of the account's row
}

// AppendJSON writes the output.
func (out *RefreshOutput) AppendJSON(b []byte) []byte {
	b = db.AppendJSONString(append(b, `{"accessToken":`...), out.AccessToken)
	b = db.AppendJSONString(append(b, `,"refreshToken":`...), out.RefreshToken)
	if out.AccessTokenExpiresAt != nil {
		b = appendTime(append(b, `,"accessTokenExpiresAt":`...), out.AccessTokenExpiresAt)
	}
	b = appendTime(append(b, `,"refreshTokenExpiresAt":`...), out.RefreshTokenExpiresAt)
	b = appendText(append(b, `,"scope":`...), out.Scope)
	b = appendText(append(b, `,"idToken":`...), out.IDToken)
	b = db.AppendJSONString(append(b, `,"providerId":`...), out.ProviderID)
	b = db.AppendJSONString(append(b, `,"accountId":`...), out.AccountID)
	return append(b, '}')
}

func appendText(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	return db.AppendJSONString(b, *s)
}

func (f *flow) refreshToken(c *core.Context, in *TokenInput) (*RefreshOutput, error) {
	account, err := find(c, &in.Selection)
	if err != nil {
		return nil, err
	}
	p, err := oauth.Find(c, account.ProviderID)
	switch {
	case err != nil:
		return nil, errNotSupported(account.ProviderID).Wrap(err)
	case p.Refresh == nil:
		return nil, errRefreshNotSupported(account.ProviderID)
	case text(account.RefreshToken) == "":
		return nil, errNoRefreshToken
	}
	tokens, account, err := oauth.Refresh(c, p, account, false)
	if err != nil {
		return nil, errRefreshFailed.Wrap(err)
	}
	return &RefreshOutput{
		AccessToken: tokens.AccessToken, RefreshToken: tokens.RefreshToken,
		AccessTokenExpiresAt: account.AccessTokenExpiresAt, RefreshTokenExpiresAt: account.RefreshTokenExpiresAt,
		Scope: account.Scope, IDToken: account.IDToken, ProviderID: account.ProviderID, AccountID: account.ID,
	}, nil
}
