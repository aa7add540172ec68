package social

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// AccountInfo is GET /account-info: what the provider tells of the user now.
const AccountInfo core.Ref[AccountInfoInput, AccountInfoOutput] = "accountInfo"

// AccountInfoInput names the account.
type AccountInfoInput struct{ Selection }

// Bind reads the query.
func (in *AccountInfoInput) Bind(b *input.Binder) { in.bind(b.Query(), "query") }

// AccountInfoOutput is an identity at a provider, and the account it is.
type AccountInfoOutput struct {
	Identity *oauth.Identity
	Account  *core.Account
}

// MarshalJSON gives the output as clients see it.
func (out *AccountInfoOutput) MarshalJSON() ([]byte, error) { return out.AppendJSON(nil), nil }

// AppendJSON writes the output.
func (out *AccountInfoOutput) AppendJSON(b []byte) []byte {
	id := out.Identity
	b = db.AppendJSONString(append(b, `{"user":{"name":`...), id.Name)
	if id.Email != "" {
		b = db.AppendJSONString(append(b, `,"email":`...), id.Email)
	}
	if id.Image != "" {
		b = db.AppendJSONString(append(b, `,"image":`...), id.Image)
	}
	b = strconv.AppendBool(append(b, `,"emailVerified":`...), id.EmailVerified)
	for _, name := range slices.Sorted(maps.Keys(id.Fields)) {
		b = append(append(db.AppendJSONString(append(b, ','), name), ':'), id.Fields[name]...)
	}
	profile := id.Profile
	if !json.Valid(profile) {
		profile = json.RawMessage("{}")
	}
	b = append(append(b, `},"data":`...), profile...)
	b = db.AppendJSONString(append(b, `,"account":{"id":`...), out.Account.ID)
	b = db.AppendJSONString(append(b, `,"providerId":`...), out.Account.ProviderID)
	b = db.AppendJSONString(append(b, `,"accountId":`...), out.Account.AccountID)
	return append(b, "}}"...)
}

func (f *flow) accountInfo(c *core.Context, in *AccountInfoInput) (*AccountInfoOutput, error) {
	account, err := find(c, &in.Selection)
	if err != nil {
		return nil, err
	}
	p, err := oauth.Find(c, account.ProviderID)
	if err != nil {
		return nil, errNotConfigured.Wrap(err)
	}
	tokens, err := valid(c, p, account)
	if err != nil {
		return nil, err
	}
	if tokens.AccessToken == "" {
		return nil, errNoAccessToken
	}
	id, err := p.UserInfo(c, &oauth.Tokens{AccessToken: tokens.AccessToken, IDToken: tokens.IDToken, Scopes: tokens.Scopes})
	if err != nil {
		return nil, core.ErrFailedToGetUserInfo.Wrap(err)
	}
	return &AccountInfoOutput{id, account}, nil
}
