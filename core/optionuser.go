package core

import (
	"time"
)

// UserOptions configure users.
type UserOptions struct {
	Mapping
	AdditionalFields []AdditionalField
	// ValidateUserInfo may refuse a user who is about to be created, or whom
	// another provider has proven. An *Error is the refusal, its code the code
	// of a failed redirect.
	ValidateUserInfo func(c *Context, u *User, source UserSource) error
	ChangeEmail      ChangeEmail
	DeleteUser       DeleteUser
}

// ChangeEmail configures the change of a user's address.
type ChangeEmail struct {
	Enabled                        bool
	UpdateEmailWithoutVerification bool
	Confirm                        bool // ask the old address first
}

// DeleteUser configures the deletion of one's own account.
type DeleteUser struct {
	Enabled              bool
	Verify               bool          // send a link first
	DeleteTokenExpiresIn time.Duration // 0 means a day
	BeforeDelete         func(c *Context, u *User) error
	AfterDelete          func(c *Context, u *User) error
}

// AccountOptions configure accounts and their linking.
type AccountOptions struct {
	Mapping
	AdditionalFields      []AdditionalField
	DisableUpdateOnSignIn bool
	EncryptOAuthTokens    bool
	StoreAccountCookie    bool
	StoreStateStrategy    string // StateInDatabase where empty, or StateInCookie
	SkipStateCookieCheck  bool
	// Issuer is for databases that Better Auth 1.7.0 to 1.7.2 made: their
	// accounts have a column issuer that must be given.
	Issuer  bool
	Linking AccountLinking
}

// AccountLinking says when an identity at a provider joins an existing user.
type AccountLinking struct {
	Disabled                  bool
	DisableImplicit           bool
	TrustedProviders          []string
	AllowDifferentEmails      bool
	AllowUnlinkingAll         bool
	UpdateUserInfoOnLink      bool
	AllowUnverifiedLocalEmail bool // the reference's requireLocalEmailVerified: false
}

// VerificationOptions configure values that wait to be redeemed.
type VerificationOptions struct {
	Mapping
	AdditionalFields []AdditionalField
	StoreIdentifier  string            // "plain" where empty, or "hashed"
	Overrides        map[string]string // identifier prefix → StoreIdentifier
	DisableCleanup   bool
	StoreInDatabase  bool // besides secondary storage
}
