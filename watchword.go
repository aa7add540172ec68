package watchword

import (
	"context"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/flow/account"
	"github.com/watchword-auth/watchword/flow/emailpassword"
	"github.com/watchword-auth/watchword/flow/health"
	"github.com/watchword-auth/watchword/flow/password"
	"github.com/watchword-auth/watchword/flow/session"
	"github.com/watchword-auth/watchword/flow/social"
	"github.com/watchword-auth/watchword/flow/user"
	"github.com/watchword-auth/watchword/flow/verification"
)

// Auth is an instance. Make one with [New].
type Auth struct{ kernel *core.Kernel }

// New assembles an instance from its options, the built-in flows and the
// options' plugins. It opens and migrates nothing and never panics. An error
// names the option at fault.
func New(o Options) (*Auth, error) {
	k, err := core.New(o, flows()...)
	if err != nil {
		return nil, err
	}
	return &Auth{k}, nil
}

// flows are the built-in routes. They register as plugins do.
func flows() []core.Plugin {
	return []core.Plugin{
		health.Flow{}, emailpassword.Flow{}, session.Flow{}, verification.Flow{},
		password.Flow{}, user.Flow{}, account.Flow{}, social.Flow{},
	}
}

// Handler answers the requests below the base path. Mount it there, with or
// without [http.StripPrefix].
func (a *Auth) Handler() http.Handler { return a.kernel }

// ServeHTTP makes an Auth an [http.Handler] itself; see [Auth.Handler].
func (a *Auth) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.kernel.ServeHTTP(w, r) }

// Kernel returns what plugins and flows work with.
func (a *Auth) Kernel() *core.Kernel { return a.kernel }

// Start runs the background jobs of plugins until [Auth.Close]. An
// application that has no such plugins need not call it.
func (a *Auth) Start() { a.kernel.Start() }

// Close stops background jobs and waits until messages that were accepted are
// sent, as long as the context allows; its error is the context's. The
// database and secondary storage are the application's to close, afterwards.
func (a *Auth) Close(ctx context.Context) error { return a.kernel.Close(ctx) }

// Instance is an [Auth], or its view within a transaction, a [Tx].
type Instance interface{ Kernel() *core.Kernel }

// Invoke calls an endpoint in process, typed, with its validation, session
// rule and hooks. A refusal is an [*Error]. It panics where the instance has
// no such endpoint, or one of other types.
//
//	out, err := watchword.Invoke(ctx, auth, emailpassword.SignUp, &emailpassword.SignUpInput{…}, watchword.Call{})
func Invoke[In, Out any](ctx context.Context, in Instance, ref core.Ref[In, Out], input *In, how Call) (*Out, error) {
	return core.Invoke(ctx, in.Kernel(), ref, input, how)
}
