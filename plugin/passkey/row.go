package passkey

import (
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// Passkey is a credential of a user.
type Passkey struct {
	ID           string
	Name         *string
	PublicKey    string // standard base64 of the COSE key (RFC 9052)
	UserID       string
	CredentialID string // base64url without padding
	Counter      int64
	DeviceType   string // SingleDevice or MultiDevice
	BackedUp     bool
	Transports   *string // joined by commas
	CreatedAt    *time.Time
	AAGUID       *string // which model of authenticator made it

	db.Extra
}

// Whether a credential may leave the device that made it (WebAuthn's BE flag).
const (
	SingleDevice = "singleDevice"
	MultiDevice  = "multiDevice"
)

// AppendJSON writes the passkey as clients see it.
func (p *Passkey) AppendJSON(b []byte) []byte {
	if b, ok := p.Extra.AppendJSON(b, p); ok {
		return b
	}
	return newTable().AppendJSON(b, p)
}

// MarshalJSON is [Passkey.AppendJSON].
func (p *Passkey) MarshalJSON() ([]byte, error) { return p.AppendJSON(nil), nil }

type table struct {
	*db.Table[Passkey]
	id, name, userID, credentialID db.Field[Passkey, string]
	counter                        db.Field[Passkey, int64]
	createdAt                      db.Field[Passkey, time.Time]
}

func newTable() *table {
	t := &table{
		id:     db.ID("id", func(p *Passkey) *string { return &p.ID }).PrimaryKey(),
		name:   db.NullText("name", func(p *Passkey) **string { return &p.Name }),
		userID: db.ID("userId", func(p *Passkey) *string { return &p.UserID }).References("user", "id").Index(),
		// The reference has a plain index, and two users can hold one
		// credential there.
		credentialID: db.Text("credentialID", func(p *Passkey) *string { return &p.CredentialID }).Unique(),
		counter:      db.Int("counter", func(p *Passkey) *int64 { return &p.Counter }),
		createdAt:    db.NullTime("createdAt", func(p *Passkey) **time.Time { return &p.CreatedAt }),
	}
	t.Table = db.NewTable("passkey", func(p *Passkey) *db.Extra { return &p.Extra }, t.id, t.name,
		db.Text("publicKey", func(p *Passkey) *string { return &p.PublicKey }), t.userID, t.credentialID, t.counter,
		db.Text("deviceType", func(p *Passkey) *string { return &p.DeviceType }),
		db.Bool("backedUp", func(p *Passkey) *bool { return &p.BackedUp }),
		db.NullText("transports", func(p *Passkey) **string { return &p.Transports }), t.createdAt,
		db.NullText("aaguid", func(p *Passkey) **string { return &p.AAGUID }))
	return t
}

// limit is how many passkeys of a user are listed, as in the reference.
const limit = 100

// of returns the user's passkeys, oldest first.
func (t *table) of(c *core.Context, userID string) ([]*Passkey, error) {
	return db.All(c, c.DB(), t.Table, db.Query[Passkey]{
		Where: []db.Where[Passkey]{t.userID.Eq(userID)}, Order: []db.Order[Passkey]{t.createdAt.Asc()}, Limit: limit})
}

// advance stores a new signature counter and reports whether it is one: of
// racing requests a counter serves one. Authenticators without a counter send
// zero every time.
func (t *table) advance(c *core.Context, p *Passkey, counter int64) (bool, error) {
	old := t.counter.Lt(counter)
	if counter == 0 {
		old = t.counter.Eq(0)
	}
	n, err := db.Update(c, c.DB(), t.Table, []db.Assign[Passkey]{t.counter.To(counter)}, t.id.Eq(p.ID), old)
	return n > 0, err
}
