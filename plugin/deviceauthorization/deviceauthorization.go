// Package deviceauthorization signs in devices that have no browser or no
// keyboard (RFC 8628): a device shows a short code, its owner types it on a page
// where they are signed in, and the device, which has been asking, gets a
// session.
//
//	o.Plugins = append(o.Plugins, deviceauthorization.New(deviceauthorization.Options{}))
//
// A request belongs to the user who first looked at it, and is approved or
// denied once, by nobody else. A device gets one session for it, and only the
// client that asked does. Guesses of user codes are limited wherever one can be
// told right from wrong.
package deviceauthorization

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/ratelimit"
	"github.com/watchword-auth/watchword/secret"
)

// Options configure the plugin. The zero value is the reference's default.
type Options struct {
	ExpiresIn        time.Duration // of a request; 0 means 30 minutes
	Interval         time.Duration // between two polls of a device; 0 means 5 seconds
	DeviceCodeLength int           // letters and digits; 0 means 40, 191 is the most
	UserCodeLength   int           // of [UserCodeAlphabet]; 0 means 8, 191 is the most
	// VerificationURI is the page where users type codes, absolute or relative
	// to the instance. Empty means /device. It is the application's own.
	VerificationURI string
	// GenerateDeviceCode makes a device's code. Nil makes one of
	// DeviceCodeLength. It must not be guessable.
	GenerateDeviceCode func(c *core.Context) (string, error)
	// GenerateUserCode makes a user code. Nil makes one of UserCodeLength. It
	// must not be guessable within the limit on guesses.
	GenerateUserCode func(c *core.Context) (string, error)
	// ValidateClient reports whether a client may sign devices in. Nil takes
	// every name.
	ValidateClient func(c *core.Context, clientID string) (bool, error)
	// OnRequest sees a request before it is stored. Its error refuses. Scope
	// is empty where none was asked for. Nil takes all.
	OnRequest func(c *core.Context, clientID, scope string) error
	Mapping   core.Mapping // renames the table deviceCode and its columns
}

// UserCodeAlphabet is what user codes are made of: nothing that looks like
// something else.
const UserCodeAlphabet secret.Alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// maxCode is how long a code may be: what the engines can index.
const maxCode = 191

// guesses is how many user codes a client may try while a request lives.
const guesses = 5

// Plugin is the device-authorization plugin.
type Plugin struct{ o Options }

// New makes the plugin. Options that cannot work fail the assembly.
func New(o Options) *Plugin {
	o.ExpiresIn, o.Interval = cmp.Or(o.ExpiresIn, 30*time.Minute), cmp.Or(o.Interval, 5*time.Second)
	o.DeviceCodeLength, o.UserCodeLength = cmp.Or(o.DeviceCodeLength, 40), cmp.Or(o.UserCodeLength, 8)
	o.VerificationURI = cmp.Or(o.VerificationURI, "/device")
	return &Plugin{o}
}

// ID names the plugin.
func (*Plugin) ID() string { return "device-authorization" }

// devices is the plugin within one instance.
type devices struct {
	Options
	table *table
}

// Register adds the table, the routes and their limit.
func (p *Plugin) Register(r *core.Registrar) error {
	if err := p.o.check(); err != nil {
		return fmt.Errorf("deviceauthorization: %w", err)
	}
	d := &devices{Options: p.o, table: newTable()}
	r.TableAs(d.table.Def, d.Mapping)
	r.RateLimit(guessable, ratelimit.Rule{Window: d.ExpiresIn, Max: guesses})
	r.After(core.OnPath(requestPath), refuseRequest)
	r.Background("delete expired device codes", d.clean)
	r.OnReclaim(func(c *core.Context, u *core.User) error {
		_, err := db.Delete(c, c.DB(), d.table.Table, d.table.userID.Eq(u.ID))
		return err
	})

	core.Post(r, Request, requestPath, d.request, core.Op{Form: true, JSONFirst: true, Summary: "Ask for a device code and a user code"})
	core.Post(r, Token, "/device/token", d.token, core.Op{Summary: "Ask whether a device is signed in"})
	core.Get(r, Verify, "/device", d.verify, core.Op{Summary: "Look at the request behind a user code, and make it one's own"})
	core.Post(r, Approve, "/device/approve", d.approve, core.Op{Summary: "Sign the device in"})
	core.Post(r, Deny, "/device/deny", d.deny, core.Op{Summary: "Turn the device away"})
	return nil
}

const requestPath = "/device/code"

// guessable are the paths whose answers tell whether a user code is right.
func guessable(path string) bool {
	return path == "/device" || path == "/device/approve" || path == "/device/deny"
}

func (o *Options) check() error {
	switch {
	case o.DeviceCodeLength < 20 || o.DeviceCodeLength > maxCode:
		return fmt.Errorf("DeviceCodeLength: %d is not between 20 and %d", o.DeviceCodeLength, maxCode)
	case o.UserCodeLength < 6 || o.UserCodeLength > maxCode:
		return fmt.Errorf("UserCodeLength: %d is not between 6 and %d", o.UserCodeLength, maxCode)
	case o.ExpiresIn < time.Second || o.Interval < 0:
		return errors.New("a request lives for a second at least, and devices do not poll before they begin")
	}
	if _, err := url.Parse(o.VerificationURI); err != nil {
		return fmt.Errorf("VerificationURI: %w", err)
	}
	return nil
}
