package core

import (
	"encoding/json"
	"time"

	"github.com/watchword-auth/watchword/db"
)

// UserTable is the table of users and the handles of its columns.
type UserTable struct {
	*db.Table[User]
	ID, Name, Email, Image db.Field[User, string]
	EmailVerified          db.Field[User, bool]
	CreatedAt, UpdatedAt   db.Field[User, time.Time]
}

// SessionTable is the table of sessions and the handles of its columns.
type SessionTable struct {
	*db.Table[Session]
	ID, Token, UserID, IPAddress, UserAgent db.Field[Session, string]
	ExpiresAt, CreatedAt, UpdatedAt         db.Field[Session, time.Time]
}

// AccountTable is the table of accounts and the handles of its columns.
type AccountTable struct {
	*db.Table[Account]
	ID, AccountID, ProviderID, UserID           db.Field[Account, string]
	AccessToken, RefreshToken, IDToken          db.Field[Account, string]
	AccessTokenExpiresAt, RefreshTokenExpiresAt db.Field[Account, time.Time]
	Scope, Password                             db.Field[Account, string]
	CreatedAt, UpdatedAt                        db.Field[Account, time.Time]
}

// VerificationTable is the table of pending verifications and the handles of
// its columns.
type VerificationTable struct {
	*db.Table[Verification]
	ID, Identifier, Value           db.Field[Verification, string]
	ExpiresAt, CreatedAt, UpdatedAt db.Field[Verification, time.Time]
}

// Tables are the tables every instance has.
type Tables struct {
	Users         *UserTable
	Sessions      *SessionTable
	Accounts      *AccountTable
	Verifications *VerificationTable

	sessionUser db.Link[Session, User]
}

func newTables() *Tables {
	t := &Tables{newUserTable(), newSessionTable(), newAccountTable(), newVerificationTable(), db.Link[Session, User]{}}
	t.sessionUser = db.LinkOf(t.Sessions.Table, t.Sessions.UserID, t.Users.Table, t.Users.ID)
	return t
}

// parseCurrent reads a session and its user as secondary storage and cookies
// hold them, and the version that cookies have besides.
func (t *Tables) parseCurrent(data db.Valid) (current *Current, version string, err error) {
	var session, user db.Valid
	err = data.EachMember(func(name []byte, value db.Valid) error {
		switch string(name) {
		case "session":
			session = value
		case "user":
			user = value
		case "version":
			return json.Unmarshal(value, &version)
		}
		return nil
	})
	if err != nil {
		return nil, "", err
	}
	current = &Current{&Session{}, &User{}}
	t.Sessions.OmitEmpty(current.Session) // what is not there was never given
	if err := t.Sessions.ParseJSON(session, current.Session); err != nil {
		return nil, "", err
	}
	return current, version, t.Users.ParseJSON(user, current.User)
}

func newUserTable() *UserTable {
	t := &UserTable{
		ID:            db.ID("id", func(u *User) *string { return &u.ID }).PrimaryKey(),
		Name:          db.Text("name", func(u *User) *string { return &u.Name }).Sortable(),
		Email:         db.Text("email", func(u *User) *string { return &u.Email }).Unique().Sortable(),
		EmailVerified: db.Bool("emailVerified", func(u *User) *bool { return &u.EmailVerified }),
		Image:         db.NullText("image", func(u *User) **string { return &u.Image }),
		CreatedAt:     db.Time("createdAt", func(u *User) *time.Time { return &u.CreatedAt }).NowDefault(),
		UpdatedAt:     db.Time("updatedAt", func(u *User) *time.Time { return &u.UpdatedAt }).NowDefault(),
	}
	t.Table = db.NewTable("user", func(u *User) *db.Extra { return &u.Extra },
		t.ID, t.Name, t.Email, t.EmailVerified, t.Image, t.CreatedAt, t.UpdatedAt)
	return t
}

func newSessionTable() *SessionTable {
	t := &SessionTable{
		ID:        db.ID("id", func(s *Session) *string { return &s.ID }).PrimaryKey(),
		ExpiresAt: db.Time("expiresAt", func(s *Session) *time.Time { return &s.ExpiresAt }),
		Token:     db.Text("token", func(s *Session) *string { return &s.Token }).Unique(),
		CreatedAt: db.Time("createdAt", func(s *Session) *time.Time { return &s.CreatedAt }).NowDefault(),
		UpdatedAt: db.Time("updatedAt", func(s *Session) *time.Time { return &s.UpdatedAt }),
		IPAddress: db.NullText("ipAddress", func(s *Session) **string { return &s.IPAddress }),
		UserAgent: db.NullText("userAgent", func(s *Session) **string { return &s.UserAgent }),
		UserID:    db.ID("userId", func(s *Session) *string { return &s.UserID }).References("user", "id").Index(),
	}
	t.Table = db.NewTable("session", func(s *Session) *db.Extra { return &s.Extra },
		t.ID, t.ExpiresAt, t.Token, t.CreatedAt, t.UpdatedAt, t.IPAddress, t.UserAgent, t.UserID)
	return t
}

func newAccountTable() *AccountTable {
	t := &AccountTable{
		ID:           db.ID("id", func(a *Account) *string { return &a.ID }).PrimaryKey(),
		AccountID:    db.Text("accountId", func(a *Account) *string { return &a.AccountID }),
		ProviderID:   db.Text("providerId", func(a *Account) *string { return &a.ProviderID }),
		UserID:       db.ID("userId", func(a *Account) *string { return &a.UserID }).References("user", "id").Index(),
		AccessToken:  db.NullText("accessToken", func(a *Account) **string { return &a.AccessToken }).Hidden(),
		RefreshToken: db.NullText("refreshToken", func(a *Account) **string { return &a.RefreshToken }).Hidden(),
		IDToken:      db.NullText("idToken", func(a *Account) **string { return &a.IDToken }).Hidden(),
		AccessTokenExpiresAt: db.NullTime("accessTokenExpiresAt",
			func(a *Account) **time.Time { return &a.AccessTokenExpiresAt }).Hidden(),
		RefreshTokenExpiresAt: db.NullTime("refreshTokenExpiresAt",
			func(a *Account) **time.Time { return &a.RefreshTokenExpiresAt }).Hidden(),
		// Clients are shown the scopes as a list, which is not a column.
		Scope:     db.NullText("scope", func(a *Account) **string { return &a.Scope }).Hidden(),
		Password:  db.NullText("password", func(a *Account) **string { return &a.Password }).Hidden(),
		CreatedAt: db.Time("createdAt", func(a *Account) *time.Time { return &a.CreatedAt }).NowDefault(),
		UpdatedAt: db.Time("updatedAt", func(a *Account) *time.Time { return &a.UpdatedAt }),
	}
	t.Table = db.NewTable("account", func(a *Account) *db.Extra { return &a.Extra },
		t.ID, t.AccountID, t.ProviderID, t.UserID, t.AccessToken, t.RefreshToken, t.IDToken,
		t.AccessTokenExpiresAt, t.RefreshTokenExpiresAt, t.Scope, t.Password, t.CreatedAt, t.UpdatedAt)
	return t
}

func newVerificationTable() *VerificationTable {
	t := &VerificationTable{
		ID:         db.ID("id", func(v *Verification) *string { return &v.ID }).PrimaryKey(),
		Identifier: db.Text("identifier", func(v *Verification) *string { return &v.Identifier }).Index(),
		Value:      db.Text("value", func(v *Verification) *string { return &v.Value }),
		ExpiresAt:  db.Time("expiresAt", func(v *Verification) *time.Time { return &v.ExpiresAt }),
		CreatedAt:  db.Time("createdAt", func(v *Verification) *time.Time { return &v.CreatedAt }).NowDefault(),
		UpdatedAt:  db.Time("updatedAt", func(v *Verification) *time.Time { return &v.UpdatedAt }).NowDefault(),
	}
	t.Table = db.NewTable("verification", func(v *Verification) *db.Extra { return &v.Extra },
		t.ID, t.Identifier, t.Value, t.ExpiresAt, t.CreatedAt, t.UpdatedAt)
	return t
}
