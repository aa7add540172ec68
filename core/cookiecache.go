package core

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
	"github.com/watchword-auth/watchword/token"
)

// cookieCache writes and reads the session_data cookie: session and user
// under a signature, so that a request needs no storage.
type cookieCache struct {
	k      *Kernel
	seal   func(payload []byte, now time.Time, age time.Duration) (string, error)
	open   func(value string, now time.Time) (payload []byte, ok bool)
	signer CacheSigner // of a plugin; its functions are nil where there is none
}

func newCookieCache(k *Kernel) (*cookieCache, error) {
	cc := &cookieCache{k: k}
	switch s := k.options.Session.CookieCache.Strategy; s {
	case CacheCompact:
		cc.seal, cc.open = cc.sealCompact, cc.openCompact
	case CacheJWT:
		key := k.ring.SigningKey()
		cc.seal = func(payload []byte, now time.Time, age time.Duration) (string, error) {
			return token.SignHS256(key, withTimes(payload, now, age, "")), nil
		}
		cc.open = func(value string, now time.Time) ([]byte, bool) {
			payload, err := token.VerifyHS256(key, value)
			return payload, err == nil && notExpired(payload, now)
		}
	case CacheJWE:
		sealer, err := token.NewSealer(k.ring.Secrets(), "better-auth-session")
		if err != nil {
			return nil, fmt.Errorf("watchword: Options.Session.CookieCache: %w", err)
		}
		cc.seal = func(payload []byte, now time.Time, age time.Duration) (string, error) {
			return sealer.Seal(withTimes(payload, now, age, secret.UUID(k.random)), k.random)
		}
		cc.open = func(value string, now time.Time) ([]byte, bool) {
			payload, err := sealer.Open(value)
			return payload, err == nil && notExpired(payload, now)
		}
	default:
		return nil, fmt.Errorf("watchword: Options.Session.CookieCache.Strategy: %q is none of compact, jwt, jwe", s)
	}
	return cc, nil
}

// withTimes adds iat and exp, and jti where given, behind the members of a
// JSON object.
func withTimes(payload []byte, now time.Time, age time.Duration, id string) []byte {
	b := append(bytes.Clone(payload[:len(payload)-1]), `,"iat":`...)
	b = strconv.AppendInt(b, now.Unix(), 10)
	b = append(b, `,"exp":`...)
	b = strconv.AppendInt(b, now.Add(age).Unix(), 10)
	if id != "" {
		b = db.AppendJSONString(append(b, `,"jti":`...), id)
	}
	return append(b, '}')
}

func notExpired(payload []byte, now time.Time) bool {
	var claims struct {
		Exp float64 `json:"exp"`
	}
	return json.Unmarshal(payload, &claims) == nil && claims.Exp > float64(now.Unix())
}

// sealCompact writes {"session":payload,"expiresAt":ms,"signature":mac}. The
// signature covers the payload's members followed by expiresAt, which is how
// the reference recomputes them.
func (cc *cookieCache) sealCompact(payload []byte, now time.Time, age time.Duration) (string, error) {
	expires := strconv.FormatInt(now.Add(age).UnixMilli(), 10)
	mac := cc.k.ring.MAC(signedForm(payload, expires))
	b := make([]byte, 0, len(payload)+128)
	b = append(append(b, `{"session":`...), payload...)
	b = append(append(b, `,"expiresAt":`...), expires...)
	b = append(b, `,"signature":"`...)
	b = base64.RawURLEncoding.AppendEncode(b, mac[:])
	b = append(b, `"}`...)
	return base64.RawURLEncoding.EncodeToString(b), nil
}

func signedForm(payload []byte, expires string) []byte {
	b := append(bytes.Clone(payload[:len(payload)-1]), `,"expiresAt":`...)
	return append(append(b, expires...), '}')
}

func (cc *cookieCache) openCompact(value string, now time.Time) ([]byte, bool) {
	data, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return nil, false
	}
	var payload, expires, signature []byte
	err = db.EachMember(data, func(name, raw []byte) error {
		switch string(name) {
		case "session":
			payload = raw
		case "expiresAt":
			expires = raw
		case "signature":
			signature = raw
		}
		return nil
	})
	if err != nil || len(payload) < 2 || payload[0] != '{' || len(signature) != len(`""`)+macLength {
		return nil, false
	}
	var mac [sha256.Size]byte
	if _, err := base64.RawURLEncoding.Decode(mac[:], signature[1:1+macLength]); err != nil {
		return nil, false
	}
	at, err := strconv.ParseInt(string(expires), 10, 64)
	if err != nil || at < now.UnixMilli() {
		return nil, false
	}
	return payload, cc.k.ring.VerifyMAC(signedForm(payload, string(expires)), mac[:])
}

// macLength is that of a SHA-256 MAC in base64 without padding.
const macLength = 43

// write sets the cache cookies of a session.
func (cc *cookieCache) write(c *Context, current *Current, dontRemember bool) {
	o := &cc.k.options.Session.CookieCache
	if !o.Enabled {
		return
	}
	t, now := cc.k.tables, c.Now()
	payload := append(make([]byte, 0, 1024), `{"session":`...)
	payload = t.Sessions.AppendJSON(payload, current.Session)
	payload = append(payload, `,"user":`...)
	payload = t.Users.AppendJSON(payload, current.User)
	payload = append(payload, `,"updatedAt":`...)
	payload = strconv.AppendInt(payload, now.UnixMilli(), 10)
	payload = append(payload, `,"version":`...)
	payload = append(db.AppendJSONString(payload, cc.version(current)), '}')
	age, cookieAge := o.MaxAge, o.MaxAge
	if own := cc.k.cookies.data.maxAge; own != nil {
		age = *own
	}
	if dontRemember {
		age, cookieAge = time.Minute, SessionCookie
	}
	value, err := cc.sign(c, current, payload, age)
	if err != nil {
		c.Log().ErrorContext(c, "the session cache cookie could not be made", "error", err)
		return
	}
	cc.setChunks(c, value, cookieAge)
}

func (cc *cookieCache) version(current *Current) string {
	o := &cc.k.options.Session.CookieCache
	if o.VersionFunc != nil {
		return o.VersionFunc(current.Session, current.User)
	}
	return o.Version
}

func (cc *cookieCache) setChunks(c *Context, value string, age time.Duration) {
	if !c.Cookies().SetChunked(cc.k.cookies.data, value, age) {
		c.Log().WarnContext(c, "the session does not fit into cookies; it is not cached", "bytes", len(value))
	}
}

// read returns the session of the cache cookies if they hold for the token.
func (cc *cookieCache) read(c *Context, sessionToken string) *Current {
	value, ok := c.Cookies().GetChunked(cc.k.cookies.data)
	if !ok || value == "" {
		return nil
	}
	now := c.Now()
	payload, ok := cc.verify(c, value)
	if !ok {
		return nil
	}
	var session, user []byte
	version := "1"
	err := db.EachMember(payload, func(name, raw []byte) error {
		switch string(name) {
		case "session":
			session = raw
		case "user":
			user = raw
		case "version":
			return json.Unmarshal(raw, &version)
		}
		return nil
	})
	current := &Current{&Session{}, &User{}}
	if err != nil || cc.k.tables.Sessions.ParseJSON(session, current.Session) != nil ||
		cc.k.tables.Users.ParseJSON(user, current.User) != nil {
		return nil
	}
	if current.Session.Token != sessionToken || current.Session.ExpiresAt.Before(now) ||
		current.User.ID == "" || current.User.ID != current.Session.UserID ||
		or(version, "1") != cc.version(current) {
		return nil
	}
	return current
}

// present reports whether the request carries any cache cookie.
func (cc *cookieCache) present(c *Context) bool {
	_, ok := c.Cookies().GetChunked(cc.k.cookies.data)
	return ok
}

// clearPresent expires what the request carries, for caches that were written
// before they were switched off.
func (cc *cookieCache) clearPresent(c *Context) { c.Cookies().expirePresent(cc.k.cookies.data) }

// clear expires the cookie and all of its chunks.
func (cc *cookieCache) clear(c *Context) { c.Cookies().ExpireChunked(cc.k.cookies.data) }
