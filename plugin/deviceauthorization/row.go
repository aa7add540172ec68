package deviceauthorization

import (
	"context"
	"crypto/subtle"
	"errors"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/background"
)

// What becomes of a request.
const (
	pending  = "pending"
	approved = "approved"
	denied   = "denied"
)

// row is a request of a device.
type row struct {
	ID           string
	DeviceCode   string
	UserCode     string
	UserID       *string // who claimed it
	ExpiresAt    time.Time
	Status       string
	LastPolledAt *time.Time
	Interval     *int64 // milliseconds
	ClientID     *string
	Scope        *string
}

// claimant returns who claimed the request, or "".
func (r *row) claimant() string { return text(r.UserID) }

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (r *row) interval() time.Duration {
	if r.Interval == nil {
		return 0
	}
	return time.Duration(*r.Interval) * time.Millisecond
}

type table struct {
	*db.Table[row]
	id, deviceCode, userCode, userID, status, clientID db.Field[row, string]
	expiresAt, lastPolledAt                            db.Field[row, time.Time]
}

func newTable() *table {
	t := &table{
		id:           db.ID("id", func(r *row) *string { return &r.ID }).PrimaryKey(),
		deviceCode:   db.Text("deviceCode", func(r *row) *string { return &r.DeviceCode }).Unique(),
		userCode:     db.Text("userCode", func(r *row) *string { return &r.UserCode }).Unique(),
		userID:       db.NullText("userId", func(r *row) **string { return &r.UserID }),
		expiresAt:    db.Time("expiresAt", func(r *row) *time.Time { return &r.ExpiresAt }),
		status:       db.Text("status", func(r *row) *string { return &r.Status }),
		lastPolledAt: db.NullTime("lastPolledAt", func(r *row) **time.Time { return &r.LastPolledAt }),
		clientID:     db.NullText("clientId", func(r *row) **string { return &r.ClientID }),
	}
	t.Table = db.NewTable("deviceCode", nil, t.id, t.deviceCode, t.userCode, t.userID, t.expiresAt, t.status, t.lastPolledAt,
		db.NullInt("pollingInterval", func(r *row) **int64 { return &r.Interval }), t.clientID,
		db.NullText("scope", func(r *row) **string { return &r.Scope }))
	return t
}

// byDeviceCode finds the request of a device. Engines may compare without
// regard to case, which a code has.
func (d *devices) byDeviceCode(c *core.Context, code string) (*row, error) {
	r, err := db.One(c, c.DB(), d.table.Table, d.table.deviceCode.Eq(code))
	if err == nil && subtle.ConstantTimeCompare([]byte(r.DeviceCode), []byte(code)) != 1 {
		err = db.ErrNotFound
	}
	if errors.Is(err, db.ErrNotFound) {
		err = errInvalidDevice
	}
	return r, err
}

// byUserCode finds the request behind a code that somebody typed: as it is, and
// else as one of the usual alphabet, in whatever case and with whatever
// between its letters.
func (d *devices) byUserCode(c *core.Context, typed string) (*row, error) {
	r, err := d.exactly(c, typed)
	if usual := normal(typed); errors.Is(err, db.ErrNotFound) && usual != "" && usual != typed {
		r, err = d.exactly(c, usual)
	}
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, errInvalidUser
	case err == nil && r.ExpiresAt.Before(c.Now()):
		return nil, errUserExpired
	}
	return r, err
}

func (d *devices) exactly(c *core.Context, code string) (*row, error) {
	r, err := db.One(c, c.DB(), d.table.Table, d.table.userCode.Eq(code))
	if err == nil && r.UserCode != code {
		return nil, db.ErrNotFound
	}
	return r, err
}

// normal returns a code of the usual alphabet as it is stored, or "".
func normal(typed string) string {
	var b strings.Builder
	for i := range len(typed) {
		switch c := typed[i]; {
		case c >= 'a' && c <= 'z':
			b.WriteByte(c - 'a' + 'A')
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			b.WriteByte(c)
		}
	}
	if strings.Trim(b.String(), string(UserCodeAlphabet)) != "" {
		return ""
	}
	return b.String()
}

// drop removes a request and answers why.
func (d *devices) drop(c *core.Context, r *row, why error) error {
	if _, err := db.Delete(c, c.DB(), d.table.Table, d.table.id.Eq(r.ID)); err != nil {
		return err
	}
	return why
}

// late is how long a request is kept after it has expired, so that whoever
// comes late is told so.
const late = time.Hour

// clean is the job that removes the requests nobody came back for.
func (d *devices) clean(ctx context.Context, k *core.Kernel) error {
	every := k.Options().Advanced.CleanupInterval
	for every > 0 && background.Pause(ctx, every) {
		gone := k.Options().Now().UTC().Add(-late)
		if _, err := db.Delete(ctx, k.Adapter(), d.table.Table, d.table.expiresAt.Lt(gone)); err != nil && ctx.Err() == nil {
			k.Log().WarnContext(ctx, "expired device codes could not be deleted; the next round tries again", "error", err)
		}
	}
	return nil
}
