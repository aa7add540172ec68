package watchword

import "github.com/watchword-auth/watchword/core"

// Options and the other names an application needs are here, so that it imports one package. They are
// documented in package core.
type (
	Options           = core.Options
	DynamicBaseURL    = core.DynamicBaseURL
	EmailAndPassword  = core.EmailAndPassword
	EmailVerification = core.EmailVerification
	UserOptions       = core.UserOptions
	ChangeEmail       = core.ChangeEmail
	DeleteUser        = core.DeleteUser
	SessionOptions    = core.SessionOptions
	CookieCache       = core.CookieCache
	ReadCache         = core.ReadCache
	AccountOptions    = core.AccountOptions
	AccountLinking    = core.AccountLinking
	RateLimit         = core.RateLimit
	Advanced          = core.Advanced
	CORS              = core.CORS
	Mapping           = core.Mapping
	AdditionalField   = core.AdditionalField
	Hooks             = core.Hooks
	DatabaseHooks     = core.DatabaseHooks
	Plugin            = core.Plugin
	Registrar         = core.Registrar
	Context           = core.Context
	User              = core.User
	Session           = core.Session
	Account           = core.Account
	Verification      = core.Verification
	Current           = core.Current
	Message           = core.Message
	Error             = core.Error
	Code              = core.Code
	Call              = core.Call
	Reply             = core.Reply
)
