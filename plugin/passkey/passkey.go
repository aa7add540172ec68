// Package passkey lets users sign in with passkeys (WebAuthn Level 3).
//
//	o.Plugins = append(o.Plugins, passkey.New(passkey.Options{}))
//
// Options and answers are SimpleWebAuthn's JSON, rows those of the reference: a
// passkey that one of them has registered signs in at the other. A challenge
// works once, for the ceremony and the user it was made for, in the browser that
// asked for it. The page's origin is compared letter by letter, the relying
// party never comes from a request, a signature counter never goes back, also
// for racing requests, and nobody can register a credential that is somebody
// else's.
package passkey

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	RPID   string // relying party; empty: the host of Options.BaseURL, "localhost" where that is not fixed
	RPName string // Options.AppName where empty
	// Origins are the pages that may hold a ceremony, and applications as
	// WebAuthn names them, such as android:apk-key-hash:…. Nil: the origin of
	// the request, which must be trusted.
	Origins []string

	Selection       Selection
	ChallengeCookie string // suffix of its name; "better-auth-passkey" where empty

	Registration   Registration
	Authentication Authentication

	Mapping core.Mapping // renames the table passkey and its columns
}

// Selection says which authenticators may be registered. UserVerification
// "required" is demanded of every ceremony; it is "preferred" where empty, as
// ResidentKey is.
type Selection struct {
	AuthenticatorAttachment string `json:"authenticatorAttachment"` // platform, cross-platform; empty: either
	ResidentKey             string `json:"residentKey"`
	UserVerification        string `json:"userVerification"`
}

// Extensions are WebAuthn extensions to ask for, by name. Nil: none.
type Extensions func(c *core.Context) (map[string]json.RawMessage, error)

// Registration configures how passkeys are added.
type Registration struct {
	// WithoutSession lets people register a passkey without a fresh session
	// (the reference's requireSession: false). Whoever has none is the user
	// that ResolveUser names.
	WithoutSession bool
	// ResolveUser names the user who registers without a session. The context
	// is what the client sent as such, and proves nothing by itself: check it.
	ResolveUser func(c *core.Context, context string) (User, error)
	// AfterVerification sees a registration before it is stored, within the
	// transaction that stores it. Nil leaves it as it is.
	AfterVerification func(c *core.Context, r *Registered) error
	Extensions        Extensions
}

// Authentication configures sign-ins.
type Authentication struct {
	// AfterVerification sees a proven sign-in before there is a session. Its
	// error refuses.
	AfterVerification func(c *core.Context, a *Authenticated) error
	Extensions        Extensions
}

// User is who registers a passkey. ID and Name must not be empty.
type User struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
}

// Registered is a registration that was proven.
type Registered struct {
	// Passkey is about to be stored. The hook may set its UserID, unless there
	// is a session, and its Name where the client gave none.
	Passkey      *Passkey
	User         User   // for whom the options were made
	Context      string // as the client sent it with them
	UserVerified bool
	Format       string // of the attestation
	Attestation  []byte // the attestation object, CBOR
	Response     json.RawMessage
}

// Authenticated is a sign-in that was proven.
type Authenticated struct {
	Passkey      *Passkey // as stored before
	Counter      int64    // the authenticator's new one
	UserVerified bool
	BackedUp     bool
	Origin       string
	Response     json.RawMessage
}

// Plugin is the passkey plugin.
type Plugin struct{ o Options }

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin { return &Plugin{o} }

// ID names the plugin.
func (*Plugin) ID() string { return "passkey" }

// passkeys is the plugin within one instance.
type passkeys struct {
	Options
	table     *table
	challenge *cookie.Def
	handles   handles
}

// Register adds the table and the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	k := &passkeys{Options: p.o, table: newTable()}
	if err := k.prepare(r.Options()); err != nil {
		return err
	}
	r.TableAs(k.table.Def, k.Mapping)
	k.challenge = r.Cookie(k.ChallengeCookie, cookie.Attributes{})
	r.Codes(refusals()...)
	r.OnReclaim(func(c *core.Context, u *core.User) error {
		_, err := db.Delete(c, c.DB(), k.table.Table, k.table.userID.Eq(u.ID))
		return err
	})
	r.Ready(func(kernel *core.Kernel) error {
		k.handles = newHandles(kernel.Secrets())
		return nil
	})

	register := core.SessionFresh
	if k.Registration.WithoutSession {
		register = core.SessionIgnored
	}
	core.Get(r, GenerateRegistrationOptions, "/passkey/generate-register-options", k.registrationOptions,
		core.Op{Session: register, Summary: "Options to register a passkey"})
	core.Post(r, VerifyRegistration, "/passkey/verify-registration", k.verifyRegistration,
		core.Op{Session: register, Summary: "Register a passkey"})
	core.Get(r, GenerateAuthenticationOptions, "/passkey/generate-authenticate-options", k.authenticationOptions,
		core.Op{Summary: "Options to sign in with a passkey"})
	core.Post(r, VerifyAuthentication, "/passkey/verify-authentication", k.verifyAuthentication,
		core.Op{Summary: "Sign in with a passkey"})
	core.Get(r, List, "/passkey/list-user-passkeys", k.list, core.Op{Session: core.SessionRequired, Summary: "The user's passkeys"})
	core.Post(r, Delete, "/passkey/delete-passkey", k.delete, core.Op{Session: core.SessionConfirmed, Summary: "Delete a passkey"})
	core.Post(r, Update, "/passkey/update-passkey", k.update, core.Op{Session: core.SessionConfirmed, Summary: "Rename a passkey"})
	return nil
}

func (k *passkeys) prepare(o *core.Options) error {
	if k.ChallengeCookie == "" {
		k.ChallengeCookie = "better-auth-passkey"
	}
	if k.RPName == "" {
		k.RPName = o.AppName
	}
	if k.RPID == "" {
		k.RPID = "localhost"
		if u, err := url.Parse(o.BaseURL); err == nil && u.Hostname() != "" {
			k.RPID = u.Hostname()
		}
	}
	s := &k.Selection
	for _, word := range []*string{&s.ResidentKey, &s.UserVerification} {
		if *word == "" {
			*word = preferred
		}
		if !slices.Contains([]string{required, preferred, "discouraged"}, *word) {
			return fmt.Errorf("passkey: %q is not required, preferred or discouraged", *word)
		}
	}
	if a := s.AuthenticatorAttachment; a != "" && !slices.Contains(attachments, a) {
		return fmt.Errorf("passkey: an authenticator is not attached as %q", a)
	}
	return nil
}

const (
	required  = "required"
	preferred = "preferred"
)

var attachments = []string{"platform", "cross-platform"}
