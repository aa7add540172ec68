package core

import (
	"time"

	"github.com/watchword-auth/watchword/db"
)

// User is a person or program that can sign in.
type User struct {
	ID            string
	Name          string
	Email         string // lower case
	EmailVerified bool
	Image         *string
	CreatedAt     time.Time
	UpdatedAt     time.Time

	db.Extra // columns added by plugins and the application
}

// Session is a signed-in device. Whoever holds the token is signed in.
type Session struct {
	ID        string
	ExpiresAt time.Time
	Token     string
	CreatedAt time.Time
	UpdatedAt time.Time
	IPAddress *string
	UserAgent *string
	UserID    string

	db.Extra
}

// Account is one way for a user to sign in: a password (provider
// "credential") or an identity at another provider.
type Account struct {
	ID                    string
	AccountID             string // the provider's name for the user
	ProviderID            string
	UserID                string
	AccessToken           *string
	RefreshToken          *string
	IDToken               *string
	AccessTokenExpiresAt  *time.Time
	RefreshTokenExpiresAt *time.Time
	Scope                 *string // comma-joined
	Password              *string // hash
	CreatedAt             time.Time
	UpdatedAt             time.Time

	db.Extra
}

// Verification is a value that is waiting to be redeemed, such as a reset
// token.
type Verification struct {
	ID         string
	Identifier string
	Value      string
	ExpiresAt  time.Time
	CreatedAt  time.Time
	UpdatedAt  time.Time

	db.Extra
}

// CredentialProvider is the provider of accounts that hold a password.
const CredentialProvider = "credential"

// Current is the session a request was made in, and its user.
type Current struct {
	Session *Session
	User    *User
}

// MarshalJSON gives the user as clients see it. A user that was made by hand
// and never stored shows its own columns only.
func (u *User) MarshalJSON() ([]byte, error) { return u.AppendJSON(nil), nil }

// AppendJSON is [User.MarshalJSON] into a buffer.
func (u *User) AppendJSON(b []byte) []byte {
	if b, ok := u.Extra.AppendJSON(b, u); ok {
		return b
	}
	return newUserTable().AppendJSON(b, u)
}

// MarshalJSON gives the session as clients see it.
func (s *Session) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil), nil }

// AppendJSON is [Session.MarshalJSON] into a buffer.
func (s *Session) AppendJSON(b []byte) []byte {
	if b, ok := s.Extra.AppendJSON(b, s); ok {
		return b
	}
	return newSessionTable().AppendJSON(b, s)
}

// SessionList is an output that lists sessions with their tokens.
type SessionList []*Session

// AppendJSON writes the list.
func (list SessionList) AppendJSON(b []byte) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.AppendJSON(b)
	}
	return append(b, ']')
}

// MarshalJSON writes the list; none is an empty one.
func (list SessionList) MarshalJSON() ([]byte, error) { return list.AppendJSON(nil), nil }
