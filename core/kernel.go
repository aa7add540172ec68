package core

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/background"
	"github.com/watchword-auth/watchword/internal/baseurl"
	"github.com/watchword-auth/watchword/internal/router"
	"github.com/watchword-auth/watchword/origin"
	"github.com/watchword-auth/watchword/outbox"
	"github.com/watchword-auth/watchword/password"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/secret"
)

// Kernel is an assembled instance: options checked, plugins registered, hooks
// matched, routes built. It is an [http.Handler], does not change, and is safe
// for concurrent use.
type Kernel struct {
	options Options
	log     *slog.Logger
	random  io.Reader

	ring      *secret.Ring
	hasher    password.Hasher
	ownHasher *password.Pool // closed with the kernel; nil where the application gave one
	adapter   db.Adapter
	tables    *Tables
	schema    *db.Schema
	outbox    *outbox.Table // nil: messages are not kept

	base       baseurl.Rule
	trusted    *origin.Trusted
	clientIP   origin.IPOptions
	cookies    coreCookies
	cache      *cookieCache
	reads      reads
	rules      *ratelimit.Rules
	limiter    ratelimit.Store // nil: no limits
	router     router.Router[*endpoint]
	disabled   map[string]bool
	background *background.Pool

	endpoints  []*endpoint
	byID       map[string]*endpoint
	before     []matched[BeforeHook]
	after      []matched[AfterHook]
	intercept  []matched[AfterHook] // before all after hooks
	onRequest  []BeforeHook
	onResponse []func(*Context, *Response)

	userHooks         []EntityHooks[User]
	sessionHooks      []EntityHooks[Session]
	accountHooks      []EntityHooks[Account]
	verificationHooks []EntityHooks[Verification]

	onReclaim          []func(*Context, *User) error
	verifyEmailBy      func(*Context, *User) error
	elsewhere          []func(*Context, *Leaving) (string, error)
	sessionVets        []SessionVet
	fixedSessions      []func(*Session) bool
	passwordValidators []func(*Context, string) error
	limits             []ratelimit.PathRule
	codes              map[Code]*Error
	jobs               []namedJob
	ready              []func(*Kernel) error

	tx      db.Executor // of a view within a transaction, else nil
	pending *[]func()   // what waits for that transaction's commit

	owners map[string]string // who registered what, to name both sides of a collision
	faults []error

	document *lazyDocument
	swept    *atomic.Int64 // when expired verifications were deleted, in Unix milliseconds
}

// New assembles an instance from options, the built-in flows and the
// options' plugins. It opens, creates and migrates nothing.
func New(options Options, flows ...Plugin) (*Kernel, error) {
	k := &Kernel{
		options: options, log: options.Logger, random: options.Random,
		tables: newTables(), schema: &db.Schema{},
		swept: new(atomic.Int64), document: new(lazyDocument), byID: map[string]*endpoint{}, codes: map[Code]*Error{}, owners: map[string]string{},
	}
	steps := []func() error{
		k.setDefaults, k.setCodes, k.setSecrets, k.setBaseURL, k.setCookies, k.setTables, k.setReadCache, k.setOutbox,
		func() error { return k.register(slices.Concat(flows, options.Plugins)) },
		k.setOrigins, k.setLimits, k.finishSchema, k.matchHooks,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			k.closeOwn()
			return nil, err
		}
	}
	for _, ready := range k.ready {
		if err := ready(k); err != nil {
			k.closeOwn()
			return nil, err
		}
	}
	return k, nil
}

// Options returns the options with their defaults filled in, for reading.
func (k *Kernel) Options() *Options { return &k.options }

// Schema returns every table the instance wants.
func (k *Kernel) Schema() *db.Schema { return k.schema }

// Tables returns the core's tables.
func (k *Kernel) Tables() *Tables { return k.tables }

// Adapter returns the storage engine.
func (k *Kernel) Adapter() db.Adapter { return k.adapter }

// Secrets returns the deployment's secrets.
func (k *Kernel) Secrets() *secret.Ring { return k.ring }

// Log returns the instance's logger.
func (k *Kernel) Log() *slog.Logger { return k.log }

// Codes returns every declared refusal by its code.
func (k *Kernel) Codes() map[Code]*Error { return k.codes }

// now is the instance's clock, as storage keeps time.
func (k *Kernel) now() time.Time { return k.options.Now().UTC().Truncate(time.Millisecond) }

// newID makes a key for a row, or "" where the database makes it.
func (k *Kernel) newID(model string) string {
	g := k.options.Advanced.GenerateID
	switch {
	case g.Func != nil:
		return g.Func(model)
	case g.Type == db.IDUUID:
		return secret.UUID(k.random)
	case g.Type == db.IDSerial:
		return ""
	default:
		return secret.ID(k.random)
	}
}

// Start runs background jobs, the options' and the plugins', until Close.
func (k *Kernel) Start() {
	for _, j := range k.jobs {
		k.background.Start(j.name, func(ctx context.Context) error { return j.job(ctx, k) })
	}
}

// Close stops background jobs and waits for messages that were accepted, as
// long as the context allows. It does not close the database, which the
// application opened.
func (k *Kernel) Close(ctx context.Context) error {
	err := k.background.Close(ctx)
	k.closeOwn()
	if k.reads.stored != nil {
		err = errors.Join(err, k.reads.stored.Close())
	}
	return err
}

func (k *Kernel) closeOwn() {
	if k.ownHasher != nil {
		k.ownHasher.Close()
	}
}

var _ http.Handler = (*Kernel)(nil)
