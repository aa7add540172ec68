package oauth

import (
	"bytes"
	"fmt"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/token"
)

// accountCookieTolerance is how long after its end a cookie is still read, as
// the reference does.
const accountCookieTolerance = 15 * time.Second

func accountSealer(c *core.Context) (*token.Sealer, error) {
	return token.NewSealer(c.Secrets().Secrets(), "better-auth-account")
}

func accountCookieAge(c *core.Context) time.Duration { return c.Options().Session.CookieCache.MaxAge }

// SetAccountCookie keeps an account in the browser, encrypted, where
// Options.Account.StoreAccountCookie says so. A failure is logged: a sign-in
// does not depend on it.
func SetAccountCookie(c *core.Context, account *core.Account) {
	if !c.Options().Account.StoreAccountCookie {
		return
	}
	sealer, err := accountSealer(c)
	if err == nil {
		now, age := c.Now(), accountCookieAge(c)
		payload := c.Tables().Accounts.AppendStoredJSON(nil, account)
		payload = fmt.Appendf(payload[:len(payload)-1], `,"iat":%d,"exp":%d,"jti":%q}`,
			now.Unix(), now.Add(age).Unix(), secret.UUID(c.Random()))
		var sealed string
		if sealed, err = sealer.Seal(payload, c.Random()); err == nil {
			if !c.Cookies().SetChunked(c.AccountCookie(), sealed, age) {
				c.Log().WarnContext(c, "the account does not fit into cookies; it is not kept", "bytes", len(sealed))
			}
			return
		}
	}
	c.Log().ErrorContext(c, "the account cookie could not be made", "error", err)
}

// AccountFromCookie returns the account that the browser keeps for a user;
// ok is false where there is none, or it is another user's. Without a database
// users get other keys in every process, and the browser's account counts.
func AccountFromCookie(c *core.Context, userID string) (account *core.Account, ok bool) {
	account, ok = readAccountCookie(c)
	if !ok || !ownAccount(c, account, userID) {
		return nil, false
	}
	return account, true
}

func ownAccount(c *core.Context, account *core.Account, userID string) bool {
	return account.UserID == userID || c.Options().Stateless
}

// ProlongAccountCookie lets an account that the browser keeps live as long as
// the cached copy of the session, and drops one that is another user's.
func ProlongAccountCookie(c *core.Context, current *core.Current) {
	if !c.Options().Account.StoreAccountCookie || c.Cookies().Sets(c.AccountCookie()) {
		return
	}
	account, ok := readAccountCookie(c)
	switch {
	case !ok:
	case ownAccount(c, account, current.User.ID):
		SetAccountCookie(c, account)
	default:
		c.Cookies().ExpireChunked(c.AccountCookie())
	}
}

func readAccountCookie(c *core.Context) (account *core.Account, ok bool) {
	sealed, ok := c.Cookies().GetChunked(c.AccountCookie())
	if !ok || !c.Options().Account.StoreAccountCookie {
		return nil, false
	}
	sealer, err := accountSealer(c)
	if err != nil {
		return nil, false
	}
	payload, err := sealer.Open(sealed)
	if err != nil || token.CheckTimes(payload, c.Now(), accountCookieTolerance) != nil {
		return nil, false
	}
	account = &core.Account{}
	claims, err := db.Check(bytes.Clone(payload))
	if err != nil || c.Tables().Accounts.ParseJSON(claims, account) != nil || account.ID == "" {
		return nil, false
	}
	return account, true
}
