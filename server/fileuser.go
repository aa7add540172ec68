package server

import (
	"github.com/watchword-auth/watchword/server/config"
)

type emailAndPassword struct {
	Enabled                     bool            `key:"enabled"`
	DisableSignUp               bool            `key:"disableSignUp"`
	RequireEmailVerification    bool            `key:"requireEmailVerification"`
	AutoSignIn                  *bool           `key:"autoSignIn"`
	MinPasswordLength           int             `key:"minPasswordLength"`
	MaxPasswordLength           int             `key:"maxPasswordLength"`
	PasswordReset               *bool           `key:"passwordReset"`
	ResetPasswordTokenExpiresIn *config.Seconds `key:"resetPasswordTokenExpiresIn"`
	RevokeSessionsOnReset       bool            `key:"revokeSessionsOnPasswordReset"`
}

type emailVerification struct {
	Enabled      *bool           `key:"enabled"`
	SendOnSignUp *bool           `key:"sendOnSignUp"`
	SendOnSignIn bool            `key:"sendOnSignIn"`
	AutoSignIn   bool            `key:"autoSignInAfterVerification"`
	ExpiresIn    *config.Seconds `key:"expiresIn"`
}

// model is what all tables share.
type model struct {
	ModelName string            `key:"modelName"`
	Fields    map[string]string `key:"fields"`
}

type user struct {
	model
	AdditionalFields *config.Node `key:"additionalFields"`
	ChangeEmail      struct {
		Enabled                        bool `key:"enabled"`
		Confirm                        bool `key:"confirm"`
		UpdateEmailWithoutVerification bool `key:"updateEmailWithoutVerification"`
	} `key:"changeEmail"`
	DeleteUser struct {
		Enabled              bool            `key:"enabled"`
		Verify               bool            `key:"verify"`
		DeleteTokenExpiresIn *config.Seconds `key:"deleteTokenExpiresIn"`
	} `key:"deleteUser"`
}

type account struct {
	model
	AdditionalFields      *config.Node `key:"additionalFields"`
	UpdateAccountOnSignIn *bool        `key:"updateAccountOnSignIn"`
	EncryptOAuthTokens    bool         `key:"encryptOAuthTokens"`
	StoreAccountCookie    bool         `key:"storeAccountCookie"`
	StoreStateStrategy    string       `key:"storeStateStrategy"`
	SkipStateCookieCheck  bool         `key:"skipStateCookieCheck"`
	Issuer                bool         `key:"issuer"`
	Linking               struct {
		Enabled                   *bool    `key:"enabled"`
		DisableImplicitLinking    bool     `key:"disableImplicitLinking"`
		RequireLocalEmailVerified *bool    `key:"requireLocalEmailVerified"`
		TrustedProviders          []string `key:"trustedProviders"`
		AllowDifferentEmails      bool     `key:"allowDifferentEmails"`
		AllowUnlinkingAll         bool     `key:"allowUnlinkingAll"`
		UpdateUserInfoOnLink      bool     `key:"updateUserInfoOnLink"`
	} `key:"accountLinking"`
}

type verification struct {
	model
	DisableCleanup  bool            `key:"disableCleanup"`
	StoreIdentifier storeIdentifier `key:"storeIdentifier"`
	StoreInDatabase bool            `key:"storeInDatabase"`
}

type storeIdentifier struct {
	Default   string            `key:"default"`
	Overrides map[string]string `key:"overrides"`
}

// DecodeConfig takes "plain" or "hashed", or an object with overrides.
func (s *storeIdentifier) DecodeConfig(n *config.Node) error {
	if !n.IsObject() {
		return config.Decode(n, &s.Default)
	}
	type plain storeIdentifier
	return config.Decode(n, (*plain)(s))
}
