// Package apikey gives users, or organizations, keys for programs: with
// expiry, permissions, a rate limit and a number of uses of their own.
//
//	o.Plugins = append(o.Plugins, apikey.New(apikey.Config{Sessions: true}))
//
// A key is shown once, when it is made; stored is its hash. Uses are counted in
// the statement that checks them, so that racing uses never exceed a limit, and
// a key that was disabled or deleted in the meantime is not used. Who holds a
// key in whose name a session is made cannot change factors, passwords or keys
// with it.
package apikey

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/watchword-auth/watchword/access"
	"github.com/watchword-auth/watchword/core"
)

// DefaultConfig is the name of the configuration that has none.
const DefaultConfig = "default"

// Config is one kind of key. The zero value is the reference's default.
type Config struct {
	ID string // [DefaultConfig] where empty

	Headers []string // that carry a key; x-api-key where nil
	// KeyFrom finds the key of a request in place of Headers; nil looks there.
	KeyFrom func(c *core.Context) string
	// Validate refuses keys by their look; nil takes all.
	Validate func(c *core.Context, key string) (bool, error)
	// Generate makes keys; nil makes letters. What it makes must not be
	// guessable.
	Generate func(c *core.Context, length int, prefix string) (string, error)

	KeyLength         int    // without the prefix; 0 means 64
	Prefix            string // of keys that are given none
	MinPrefixLength   int    // 0 means 1
	MaxPrefixLength   int    // 0 means 32
	RequireName       bool
	MinNameLength     int // 0 means 1
	MaxNameLength     int // 0 means 32
	EnableMetadata    bool
	DisableKeyHashing bool // keep keys as they are: whoever reads the table has them
	Expiration        Expiration
	RateLimit         RateLimit
	Start             Start

	// Sessions lets a key in a header stand for a session of its user.
	Sessions bool
	// SessionAllows says what such a session may call; nil means everything
	// but what changes keys, passwords, addresses and factors.
	SessionAllows func(path string) bool

	// DefaultPermissions are those of keys that are given none.
	DefaultPermissions func(c *core.Context, referenceID string) (Permissions, error)

	// Storage is where keys are kept. In secondary storage alone they are
	// gone when it forgets.
	Storage Storage
	// ForOrganizations makes keys belong to organizations (the reference's
	// references: "organization"). It needs Organizations.
	ForOrganizations bool
	// Organizations is the organization plugin, or what stands for it.
	Organizations Organizations

	// Mapping renames the table and its columns. One of several configurations
	// may have it.
	Mapping core.Mapping
}

// Organizations tells what users may do with the keys of an organization.
type Organizations interface {
	// Allows reports whether the user is a member of the organization, and
	// whether it may do the action with the resource there. The resource of
	// keys is apiKey, its actions are create, read, update and delete.
	Allows(c *core.Context, userID, organizationID, resource, action string) (member, allowed bool, err error)
}

// Permissions are what a key may do, per resource.
type Permissions = access.Statements

// Expiration bounds how long keys live.
type Expiration struct {
	DefaultExpiresIn time.Duration // 0: for ever
	DisableCustom    bool          // callers cannot choose
	MinExpiresIn     time.Duration // that may be chosen; 0 means a day
	MaxExpiresIn     time.Duration // 0 means 365 days
}

// RateLimit is what keys are made with.
type RateLimit struct {
	Disable     bool
	TimeWindow  time.Duration // 0 means a day
	MaxRequests int           // 0 means 10
}

// Start is how much of a key is kept to recognise it by.
type Start struct {
	Disable bool
	Length  int // with the prefix; 0 means 6
}

// Storage is where keys are kept.
type Storage uint8

// The places to keep keys.
const (
	Database Storage = iota
	SecondaryStorage
	// Fallback keeps keys in the database and drops what the reference cached
	// of them in secondary storage.
	Fallback
)

// Plugin is the api-key plugin.
type Plugin struct{ configs []Config }

// New makes the plugin with one configuration, or several with an ID each.
// None is the default one. Options that cannot work fail the assembly.
func New(configs ...Config) *Plugin {
	if len(configs) == 0 {
		configs = []Config{{}}
	}
	p := &Plugin{configs: append([]Config(nil), configs...)}
	for i := range p.configs {
		p.configs[i].setDefaults()
	}
	return p
}

func (f *Config) setDefaults() {
	if f.Headers == nil {
		f.Headers = []string{"x-api-key"}
	}
	f.KeyLength = or(f.KeyLength, 64)
	f.MinPrefixLength, f.MaxPrefixLength = or(f.MinPrefixLength, 1), or(f.MaxPrefixLength, 32)
	f.MinNameLength, f.MaxNameLength = or(f.MinNameLength, 1), or(f.MaxNameLength, 32)
	f.Expiration.MinExpiresIn = or(f.Expiration.MinExpiresIn, day)
	f.Expiration.MaxExpiresIn = or(f.Expiration.MaxExpiresIn, 365*day)
	f.RateLimit.TimeWindow = or(f.RateLimit.TimeWindow, day)
	f.RateLimit.MaxRequests = or(f.RateLimit.MaxRequests, 10)
	f.Start.Length = or(f.Start.Length, 6)
	if f.SessionAllows == nil {
		f.SessionAllows = allowsSession
	}
}

const day = 24 * time.Hour

func or[V comparable](v, fallback V) V {
	var zero V
	if v == zero {
		return fallback
	}
	return v
}

func (p *Plugin) check(o *core.Options) error {
	seen := map[string]bool{}
	for i := range p.configs {
		f := &p.configs[i]
		switch {
		case f.ID == "" && len(p.configs) > 1:
			return errors.New("apikey: each of several configurations needs an ID")
		case seen[f.ID]:
			return fmt.Errorf("apikey: two configurations are called %q", f.ID)
		case f.KeyLength < 16:
			return errors.New("apikey: KeyLength must be at least 16: shorter keys can be guessed")
		case f.RateLimit.MaxRequests < 0 || f.RateLimit.TimeWindow < time.Millisecond || f.RateLimit.TimeWindow > maxNumber*time.Millisecond:
			return errors.New("apikey: RateLimit: MaxRequests must not be negative, TimeWindow 1 ms to 24 days")
		case f.Storage != Database && o.SecondaryStorage == nil:
			return errors.New("apikey: Storage needs Options.SecondaryStorage")
		case f.ForOrganizations && f.Organizations == nil:
			return errors.New("apikey: ForOrganizations needs Organizations, which the organization plugin is")
		}
		seen[f.ID] = true
	}
	return nil
}

// ID names the plugin.
func (*Plugin) ID() string { return "api-key" }

// apiKey is the plugin within one instance.
type apiKey struct {
	configs []Config
	table   *table
	swept   atomic.Int64 // when expired keys were deleted, in Unix milliseconds
}

// Register adds the table, the sessions of keys and the routes.
func (p *Plugin) Register(r *core.Registrar) error {
	if err := p.check(r.Options()); err != nil {
		return err
	}
	a := &apiKey{configs: p.configs, table: newTable()}
	for i := range p.configs {
		core.ExtendTable(r, a.table.Table, nil, p.configs[i].Mapping)
	}
	r.Table(a.table.Def)
	r.Codes(refusals()...)
	r.Before(core.EveryPath, a.signIn)
	r.OnUser(core.EntityHooks[core.User]{AfterDelete: a.removeOf})
	r.OnReclaim(a.removeOf)

	core.Post(r, Create, "/api-key/create", a.create, core.Op{Summary: "Make a key"})
	core.Get(r, Get, "/api-key/get", a.get, core.Op{Session: core.SessionRequired, Summary: "A key"})
	core.Post(r, Update, "/api-key/update", a.update, core.Op{Summary: "Change a key"})
	core.Post(r, Delete, "/api-key/delete", a.delete, core.Op{Session: core.SessionConfirmed, Summary: "Delete a key"})
	core.Get(r, List, "/api-key/list", a.list, core.Op{Session: core.SessionRequired, Summary: "The keys of the user or of an organization"})
	core.ServerOnly(r, Verify, a.verify, core.Op{Summary: "Use a key"})
	core.ServerOnly(r, DeleteAllExpired, a.deleteAllExpired, core.Op{Summary: "Delete the keys that have expired"})
	return nil
}

// config returns the configuration of that name, or the default one.
func (a *apiKey) config(id string) (*Config, error) {
	for i := range a.configs {
		if f := &a.configs[i]; id != "" && f.ID == id {
			return f, nil
		}
	}
	for i := range a.configs {
		if f := &a.configs[i]; f.name() == DefaultConfig {
			return f, nil
		}
	}
	return nil, errNoDefault
}

// name is what keys of the configuration are marked with.
func (f *Config) name() string { return or(f.ID, DefaultConfig) }
