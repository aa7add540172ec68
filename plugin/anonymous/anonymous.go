// Package anonymous gives visitors a user before they sign up, and brings what
// they have by then along when they do.
//
//	o.Plugins = append(o.Plugins, anonymous.New(anonymous.Options{
//		OnLinkAccount: func(c *core.Context, l *anonymous.Link) error {
//			return moveCart(c, l.Anonymous.User.ID, l.Account.User.ID)
//		},
//	}))
//
// Whoever signs in or up in an anonymous session is linked: OnLinkAccount runs,
// and then the anonymous user is deleted. That happens once, when the sign-in
// is complete: not before a second factor that is asked for was proven. A
// linking that fails takes the sign-in back, and the visitor is still who they
// were.
package anonymous

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	// EmailDomain is the domain of the addresses that stand in for a user's own;
	// empty: one where no mail arrives (RFC 6761, section 6.4).
	EmailDomain string
	// GenerateEmail makes such an address; nil, and "", make one of EmailDomain.
	// One that is taken refuses the sign-in.
	GenerateEmail func(c *core.Context) (string, error)
	// GenerateName makes the name of an anonymous user; nil, and "", make
	// "Anonymous".
	GenerateName func(c *core.Context) (string, error)
	// OnLinkAccount moves what an anonymous user has to whom they signed in as,
	// before the anonymous user is deleted. Of racing sign-ins from one anonymous
	// session it runs for one. Its error refuses the sign-in, and the browser
	// keeps the anonymous session. Nil moves nothing.
	OnLinkAccount func(c *core.Context, l *Link) error
	// DisableDelete keeps anonymous users: after linking, and where they ask for
	// their deletion.
	DisableDelete bool
}

// Link is an anonymous user who signed in as somebody.
type Link struct{ Anonymous, Account *core.Current }

// Plugin is the anonymous plugin.
type Plugin struct{ o Options }

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin { return &Plugin{o} }

// ID names the plugin.
func (*Plugin) ID() string { return "anonymous" }

// anonymous is the plugin within one instance.
type anonymous struct {
	Options
	flag db.Field[core.User, bool]
	left *cookie.Def // see [anonymous.leave]
}

// The plugin's refusals.
var (
	ErrInvalidEmailFormat     = core.NewError(http.StatusBadRequest, "INVALID_EMAIL_FORMAT", "Email was not generated in a valid format")
	ErrCouldNotCreateSession  = core.NewError(http.StatusBadRequest, "COULD_NOT_CREATE_SESSION", "Could not create session")
	ErrAnonymousAlready       = core.NewError(http.StatusBadRequest, "ANONYMOUS_USERS_CANNOT_SIGN_IN_AGAIN_ANONYMOUSLY", "Anonymous users cannot sign in again anonymously")
	ErrFailedToDelete         = core.NewError(http.StatusInternalServerError, "FAILED_TO_DELETE_ANONYMOUS_USER", "Failed to delete anonymous user")
	errFailedToDeleteSessions = core.NewError(http.StatusInternalServerError, "FAILED_TO_DELETE_ANONYMOUS_USER_SESSIONS", "Failed to delete anonymous user sessions")
	ErrNotAnonymous           = core.NewError(http.StatusForbidden, "USER_IS_NOT_ANONYMOUS", "User is not anonymous")
	ErrDeleteDisabled         = core.NewError(http.StatusBadRequest, "DELETE_ANONYMOUS_USER_DISABLED", "Deleting anonymous users is disabled")
	errFailedToCreateUser     = core.ErrFailedToCreateUser.WithStatus(http.StatusInternalServerError)
	errEmailDomain            = errors.New("anonymous: Options.EmailDomain makes no address")
)

// Register adds the column, the hooks around sign-ins and the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	a := &anonymous{Options: p.o}
	if !input.ValidEmail(a.placeholder("x")) {
		return errEmailDomain
	}
	a.flag = core.AddField[bool](r, r.Tables().Users.Table, "isAnonymous",
		db.Input(db.InputRule{Default: func() any { return false }}))
	a.left = r.Cookie("anonymous_session", cookie.Attributes{})
	r.Codes(ErrInvalidEmailFormat, ErrCouldNotCreateSession, ErrAnonymousAlready, ErrFailedToDelete,
		errFailedToDeleteSessions, ErrNotAnonymous, ErrDeleteDisabled)

	r.Before(core.OnPath(departures...), a.depart)
	r.After(core.OnPrefix(arrivals...), a.arrive)

	core.Post(r, SignIn, "/sign-in/anonymous", a.signIn, core.Op{Summary: "Sign in as nobody in particular", Credentials: true})
	core.Post(r, Delete, "/delete-anonymous-user", a.delete, core.Op{Session: core.SessionStored, Summary: "Delete the anonymous user"})
	return nil
}

// departures are where a browser is sent to a provider, and may come back
// without its cookies.
var departures = []string{"/sign-in/social", "/sign-in/oauth2"}

// arrivals are where somebody is signed in.
var arrivals = []string{
	"/sign-in", "/sign-up", "/callback", "/oauth2/callback", "/oauth-proxy-callback", "/magic-link/verify", "/email-otp/verify-email",
	"/one-tap/callback", "/passkey/verify-authentication", "/phone-number/verify", "/verify-email",
	secondFactor,
}

// secondFactor is where a sign-in that was asked for more is completed.
const secondFactor = "/two-factor/verify-"
