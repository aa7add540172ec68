package jwt

import (
	"time"

	"github.com/watchword-auth/watchword/db"
)

// row is a key pair as it is stored.
type row struct {
	ID         string
	PublicKey  string // JWK
	PrivateKey string // JWK, or the JSON text of a sealed one
	CreatedAt  time.Time
	ExpiresAt  *time.Time // when it stops to sign; nil: never
	Algorithm  *string    // nil in rows of old versions: the configured one
	Curve      *string
}

type table struct {
	*db.Table[row]
	createdAt db.Field[row, time.Time]
}

func newTable() *table {
	t := &table{createdAt: db.Time("createdAt", func(r *row) *time.Time { return &r.CreatedAt })}
	t.Table = db.NewTable("jwks", nil,
		db.ID("id", func(r *row) *string { return &r.ID }).PrimaryKey(),
		db.Text("publicKey", func(r *row) *string { return &r.PublicKey }),
		db.Text("privateKey", func(r *row) *string { return &r.PrivateKey }).Hidden(),
		t.createdAt,
		db.NullTime("expiresAt", func(r *row) **time.Time { return &r.ExpiresAt }),
		db.NullText("alg", func(r *row) **string { return &r.Algorithm }),
		db.NullText("crv", func(r *row) **string { return &r.Curve }))
	return t
}

// signs reports whether a key may make signatures.
func (r *row) signs(now time.Time) bool { return r.ExpiresAt == nil || r.ExpiresAt.After(now) }

// verifies reports whether its signatures still count.
func (r *row) verifies(now time.Time, grace time.Duration) bool {
	return r.ExpiresAt == nil || r.ExpiresAt.Add(grace).After(now)
}
