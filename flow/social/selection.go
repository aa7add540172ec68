package social

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/oauth"
)

// Selection names one of a user's accounts: by the key of its row, by the
// cookie that keeps it, or, as clients of Better Auth 1.6 do, by its provider
// and perhaps the provider's name for the user.
type Selection struct {
	AccountID        string `json:"accountId,omitempty"`
	UseAccountCookie bool   `json:"useAccountCookie,omitempty"`
	ProviderID       string `json:"providerId,omitempty"`
	// UserID is whose account it is, for calls in process without a session.
	UserID string `json:"userId,omitempty"`

	// refusal is 1.7's answer to a selection that 1.6 knew: it is given unless
	// the selection finds an account.
	refusal *core.Error
}

// bind reads a selection. The reference knows two shapes of it and refuses
// everything else in one word, unless a shape fits but for names of its own.
func (s *Selection) bind(o *input.Object, where string) {
	members := map[string]any{"accountId": &s.AccountID, "useAccountCookie": &s.UseAccountCookie,
		"providerId": &s.ProviderID, "userId": &s.UserID}
	for _, name := range [...]string{"accountId", "useAccountCookie", "providerId", "userId"} {
		var raw input.Opt[json.RawMessage]
		o.OptRaw(name, &raw)
		if raw.Set && (raw.Null || json.Unmarshal(raw.Value, members[name]) != nil) {
			o.Refuse("", "Invalid input")
			return
		}
	}
	var unknown []string
	for name := range o.All() {
		if _, ok := members[name]; !ok {
			unknown = append(unknown, strconv.Quote(name))
		}
	}
	byID, byCookie, byProvider := o.Has("accountId"), o.Has("useAccountCookie"), o.Has("providerId")
	if byCookie && (byID || byProvider || !s.UseAccountCookie) || !byID && !byCookie && !byProvider {
		o.Refuse("", "Invalid input")
		return
	}
	if byProvider {
		s.refusal = core.ErrValidation.Say("[" + where + "] Invalid input")
		if byID {
			s.refusal = core.ErrValidation.Say("[" + where + `] Unrecognized key: "providerId"`)
		}
	}
	slices.Sort(unknown)
	switch len(unknown) {
	case 0:
	case 1:
		o.Refuse("", "Unrecognized key: "+unknown[0])
	default:
		o.Refuse("", "Unrecognized keys: "+strings.Join(unknown, ", "))
	}
}

// owner returns whose account is meant: the user's who is signed in, whatever
// else was sent. Only a call in process may name one.
func owner(c *core.Context, s *Selection) (string, error) {
	current, err := c.StoredSession()
	switch {
	case err != nil:
		return "", err
	case current != nil:
		return current.User.ID, nil
	case c.Request() != nil:
		return "", &core.Error{Status: http.StatusUnauthorized}
	case s.UserID == "":
		return "", errUserRequired
	}
	return s.UserID, nil
}

// find returns the account that is meant, or [core.ErrAccountNotFound].
func find(c *core.Context, s *Selection) (*core.Account, error) {
	account, err := s.account(c)
	if s.refusal == nil || core.Unavailable(err) {
		return account, err
	}
	if err == nil {
		_, err = oauth.Find(c, account.ProviderID)
	}
	if err != nil {
		return nil, s.refusal.Wrap(err)
	}
	return account, nil
}

func (s *Selection) account(c *core.Context) (*core.Account, error) {
	userID, err := owner(c, s)
	if err != nil {
		return nil, err
	}
	if s.UseAccountCookie {
		if account, ok := oauth.AccountFromCookie(c, userID); ok {
			return account, nil
		}
		return nil, core.ErrAccountNotFound
	}
	accounts, err := c.Accounts().ByUser(userID)
	if err != nil {
		return nil, err
	}
	if s.AccountID == "" && s.ProviderID == "" {
		return nil, core.ErrAccountNotFound // an empty key is nobody's
	}
	var older *core.Account
	for _, account := range accounts {
		if s.ProviderID != "" && account.ProviderID != s.ProviderID {
			continue
		}
		if account.ID == s.AccountID || s.AccountID == "" {
			return account, nil
		}
		if account.AccountID == s.AccountID && older == nil {
			older = account
		}
	}
	if older == nil {
		return nil, core.ErrAccountNotFound
	}
	return older, nil
}
