package core

import (
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/token"
	"github.com/watchword-auth/watchword/weburl"
)

// The steps of a change of address that an [EmailToken] stands for. A token
// without one proves the address the user has.
const (
	EmailChangeConfirmation = "change-email-confirmation" // the old address agrees
	EmailChangeVerification = "change-email-verification" // the new address is the user's
)

// EmailToken is what a link in a mail proves. It is kept nowhere: the link
// carries it, signed.
type EmailToken struct {
	Email    string // the user's address when the mail was sent
	UserID   string // empty in tokens of old versions
	UpdateTo string // the address to change to; empty: none
	Request  string // a step of a change of address; empty: none
}

// SignEmailToken returns the token as an HS256 JWT (RFC 7519), valid for
// Options.EmailVerification.ExpiresIn.
func (c *Context) SignEmailToken(t EmailToken) string {
	now := c.Now()
	b := db.AppendJSONString(append(make([]byte, 0, 256), `{"email":`...), NormalEmail(t.Email))
	if t.UpdateTo != "" {
		b = db.AppendJSONString(append(b, `,"updateTo":`...), NormalEmail(t.UpdateTo))
	}
	if t.Request != "" {
		b = db.AppendJSONString(append(b, `,"requestType":`...), t.Request)
	}
	if t.UserID != "" {
		b = db.AppendJSONString(append(b, `,"userId":`...), t.UserID)
	}
	b = strconv.AppendInt(append(b, `,"iat":`...), now.Unix(), 10)
	expires := now.Unix() + int64(c.k.options.EmailVerification.ExpiresIn/time.Second)
	b = append(strconv.AppendInt(append(b, `,"exp":`...), expires, 10), '}')
	return token.SignHS256(c.k.ring.SigningKey(), b)
}

// ParseEmailToken reads a token of [Context.SignEmailToken] or of the
// reference. It refuses with [ErrTokenExpired] or, for anything else that is
// wrong, [ErrInvalidToken], both with status 401. Whether the user still has
// the address is the caller's to check.
func (c *Context) ParseEmailToken(text string) (*EmailToken, error) {
	invalid := ErrInvalidToken.WithStatus(ErrTokenExpired.Status)
	payload, err := token.VerifyHS256(c.k.ring.SigningKey(), text)
	if err == nil {
		err = token.CheckTimes(payload, c.Now(), 0)
	}
	if errors.Is(err, token.ErrExpired) {
		return nil, ErrTokenExpired.Wrap(err)
	}
	if err != nil {
		return nil, invalid.Wrap(err)
	}
	var claims struct {
		Email    string `json:"email"`
		UserID   string `json:"userId"`
		UpdateTo string `json:"updateTo"`
		Request  string `json:"requestType"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, invalid.Wrap(err)
	}
	if !input.ValidEmail(claims.Email) {
		return nil, invalid
	}
	return &EmailToken{claims.Email, claims.UserID, claims.UpdateTo, claims.Request}, nil
}

// CanVerifyEmail reports whether mails that prove an address can be sent.
func (c *Context) CanVerifyEmail() bool {
	return c.CanDeliver() && (!c.k.options.EmailVerification.Disabled || c.k.verifyEmailBy != nil)
}

// VerifyEmailBy replaces the mails of [Context.SendVerificationEmail]: for
// plugins that prove addresses by other means than a link.
func (r *Registrar) VerifyEmailBy(send func(c *Context, u *User) error) {
	if r.k.verifyEmailBy != nil {
		r.fail("another plugin sends verification mails already")
	}
	r.k.verifyEmailBy = send
}

// SendVerificationEmail sends the user the link that proves the address,
// which leads to callbackURL afterwards, "/" where empty. It refuses with
// [ErrVerificationMailNotEnabled] where such mails cannot be sent.
func (c *Context) SendVerificationEmail(u *User, callbackURL string) error {
	if !c.CanVerifyEmail() {
		return ErrVerificationMailNotEnabled
	}
	if send := c.k.verifyEmailBy; send != nil {
		return send(c, u)
	}
	signed := c.SignEmailToken(EmailToken{Email: u.Email, UserID: u.ID})
	c.Deliver(&Message{Type: MessageVerification, To: u.Email, Token: signed,
		URL: c.VerificationURL(signed, callbackURL), User: u})
	return nil
}

// VerificationURL returns the link that redeems an [EmailToken] and leads to
// callbackURL afterwards, "/" where empty.
func (c *Context) VerificationURL(signed, callbackURL string) string {
	b := append([]byte(c.BaseURL()), "/verify-email?token="...)
	b = append(append(b, signed...), "&callbackURL="...)
	return string(weburl.AppendComponent(b, or(callbackURL, "/")))
}
