package jwt

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/token"
)

// keys is the plugin within one instance.
type keys struct {
	Options
	table *table

	making sync.Mutex // of callers who find no key one makes it

	mu     sync.Mutex
	opened map[string]*token.PrivateKey // by what is stored of them
	cached publicKeys                   // for the cookie cache only
}

// all returns the stored keys, newest first.
func (k *keys) all(c *core.Context) ([]*row, error) {
	return db.All(c, c.DB(), k.table.Table, db.Query[row]{Order: []db.Order[row]{k.table.createdAt.Desc()}})
}

func (k *keys) algorithm(r *row) token.Algorithm {
	if r.Algorithm == nil || *r.Algorithm == "" {
		return k.Algorithm
	}
	return token.Algorithm(*r.Algorithm)
}

// pick returns the newest key that signs, of one algorithm where it is given,
// else of the configured one if there is one; nil where there is none.
func (k *keys) pick(rows []*row, now time.Time, algorithm token.Algorithm) *row {
	var other *row
	for _, r := range rows {
		switch {
		case !r.signs(now):
		case k.algorithm(r) == algorithm, algorithm == "" && k.algorithm(r) == k.Algorithm:
			return r
		case other == nil && algorithm == "":
			other = r
		}
	}
	return other
}

// errors of programs that ask for a key there is not.
var (
	errNoSuchKey       = errors.New("jwt: there is no key of that id that signs")
	errNoSuchAlgorithm = errors.New("jwt: the algorithm is not among the configured ones")
)

// signer returns the key that signs. Where there is none it is made.
func (k *keys) signer(c *core.Context, id string, algorithm token.Algorithm) (*token.PrivateKey, error) {
	rows, err := k.all(c)
	if err != nil {
		return nil, err
	}
	if id != "" {
		for _, r := range rows {
			if r.ID == id && r.signs(c.Now()) && (algorithm == "" || k.algorithm(r) == algorithm) {
				return k.open(c, r)
			}
		}
		return nil, errNoSuchKey
	}
	r := k.pick(rows, c.Now(), algorithm)
	if r == nil {
		if r, err = k.make(c, algorithm); err != nil {
			return nil, err
		}
	}
	return k.open(c, r)
}

// make stores a new key, unless another caller did meanwhile.
func (k *keys) make(c *core.Context, algorithm token.Algorithm) (*row, error) {
	k.making.Lock()
	defer k.making.Unlock()
	rows, err := k.all(c)
	if err != nil {
		return nil, err
	}
	if r := k.pick(rows, c.Now(), algorithm); r != nil {
		return r, nil
	}
	if algorithm == "" {
		algorithm = k.Algorithm
	}
	key, err := token.GenerateKey(algorithm, "", k.RSABits)
	if err != nil {
		return nil, err
	}
	r := &row{ID: c.NewID("jwks"), CreatedAt: c.Now(), Algorithm: (*string)(&algorithm)}
	if k.RotationInterval > 0 {
		expires := r.CreatedAt.Add(k.RotationInterval)
		r.ExpiresAt = &expires
	}
	if err := k.fill(c, r, key); err != nil {
		return nil, err
	}
	return r, db.Create(c, c.DB(), k.table.Table, r)
}

// fill writes the key's JSON into its row, the private one sealed in the
// reference's form: the JSON text of the sealed value.
func (k *keys) fill(c *core.Context, r *row, key *token.PrivateKey) error {
	public, err := key.PublicJSON()
	if err != nil {
		return err
	}
	var shape publicKey
	if err := json.Unmarshal(public, &shape); err != nil {
		return err
	}
	if r.PublicKey = string(public); shape.Curve != "" {
		r.Curve = &shape.Curve
	}
	private, err := key.PrivateJSON()
	if err != nil {
		return err
	}
	if !k.PlainPrivateKeys {
		sealed, err := c.Secrets().Seal(private, c.Random())
		if err != nil {
			return err
		}
		if private, err = json.Marshal(sealed); err != nil {
			return err
		}
	}
	r.PrivateKey = string(private)
	return nil
}

// maxOpened bounds how many private keys are kept open.
const maxOpened = 16

// open returns the private key of a row, sealed or not: the option may have
// been changed. It is kept, as opening and parsing cost more than signing.
func (k *keys) open(c *core.Context, r *row) (*token.PrivateKey, error) {
	name := r.ID + " " + r.PrivateKey
	k.mu.Lock()
	key, ok := k.opened[name]
	k.mu.Unlock()
	if ok {
		return key, nil
	}
	private := []byte(r.PrivateKey)
	var sealed string
	if json.Unmarshal(private, &sealed) == nil {
		var err error
		if private, err = c.Secrets().Open(sealed); err != nil {
			return nil, fmt.Errorf("jwt: private key %s: %w", r.ID, err)
		}
	}
	key, err := token.ParsePrivateKey(private, k.algorithm(r), r.ID)
	if err != nil {
		return nil, fmt.Errorf("jwt: private key %s: %w", r.ID, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.opened == nil || len(k.opened) >= maxOpened {
		k.opened = map[string]*token.PrivateKey{}
	}
	k.opened[name] = key
	return key, nil
}
