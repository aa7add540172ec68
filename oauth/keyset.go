package oauth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/watchword-auth/watchword/token"
)

const (
	keySetAge      = 5 * time.Minute
	keySetCooldown = 30 * time.Second
	keySetTimeout  = 5 * time.Second
)

// KeySet are a provider's public keys (RFC 7517), fetched when they are
// needed and kept for five minutes. A token with a key that is not among them
// makes the set be fetched again, at most twice a minute: enough for
// rotation, and too little for a flood of forged tokens to become a flood of
// requests. It is safe for concurrent use.
type KeySet struct {
	client *Client
	url    string
	header map[string]string // of the requests

	mu        sync.Mutex
	set       *token.Set
	fetched   time.Time // when the set was asked for
	refetched time.Time // when an unknown key was last the reason
	pending   *keyFetch
}

type keyFetch struct {
	done chan struct{}
	set  *token.Set
	err  error
}

// NewKeySet returns the keys at a URL. Nothing is fetched yet.
func NewKeySet(client *Client, url string) *KeySet { return NewKeySetHeader(client, url, nil) }

// NewKeySetHeader is [NewKeySet] with headers of the requests, for providers
// that want some.
func NewKeySetHeader(client *Client, url string, header map[string]string) *KeySet {
	return &KeySet{client: client, url: url, header: header}
}

// Verify returns the payload of a compact JWS that one of the keys signed
// with a permitted algorithm.
func (k *KeySet) Verify(ctx context.Context, text string, permitted ...token.Algorithm) ([]byte, token.Header, error) {
	set, fresh, err := k.current(ctx)
	if err != nil {
		return nil, token.Header{}, err
	}
	payload, header, err := set.Verify(text, permitted...)
	if err == nil || fresh || !mayBeRotation(text, err) {
		return payload, header, err
	}
	newer, ferr := k.again(ctx, set)
	if ferr != nil || newer == nil {
		return payload, header, err
	}
	return newer.Verify(text, permitted...)
}

// mayBeRotation tells failures that a newer set could cure: a key that is not
// known, or any failure of a token that does not name its key.
func mayBeRotation(text string, err error) bool {
	if errors.Is(err, token.ErrUnknownKey) {
		return true
	}
	header, _, _ := strings.Cut(text, ".")
	claims, derr := decodeClaims(header)
	return derr == nil && !claims.Has("kid")
}

// current returns the set, and whether it was fetched for this call.
func (k *KeySet) current(ctx context.Context) (*token.Set, bool, error) {
	k.mu.Lock()
	if k.set != nil && k.client.now().Sub(k.fetched) < keySetAge {
		defer k.mu.Unlock()
		return k.set, false, nil
	}
	set, err := k.join(ctx)
	return set, true, err
}

// again fetches a set that lacks a key, unless that was tried just now, when
// it returns nil.
func (k *KeySet) again(ctx context.Context, lacking *token.Set) (*token.Set, error) {
	k.mu.Lock()
	if k.set != lacking {
		defer k.mu.Unlock()
		return k.set, nil
	}
	now := k.client.now()
	if k.pending == nil {
		if now.Sub(k.refetched) < keySetCooldown {
			k.mu.Unlock()
			return nil, nil
		}
		k.refetched = now
	}
	return k.join(ctx)
}

// join waits for the fetch under way, or starts one. It is called with the
// lock held and releases it.
func (k *KeySet) join(ctx context.Context) (*token.Set, error) {
	f := k.pending
	if f == nil {
		f = &keyFetch{done: make(chan struct{})}
		k.pending = f
		// The fetch serves all who wait, so it outlives the one who began it.
		go k.fetch(f, k.client.now())
	}
	k.mu.Unlock()
	select {
	case <-f.done:
		return f.set, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (k *KeySet) fetch(f *keyFetch, at time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), keySetTimeout)
	defer cancel()
	body, err := k.client.Do(ctx, Call{URL: k.url, Header: k.header})
	if err == nil {
		f.set, err = token.ParseSet(body)
	}
	f.err = err
	k.mu.Lock()
	if err == nil {
		k.set, k.fetched = f.set, at
	}
	k.pending = nil
	k.mu.Unlock()
	close(f.done)
}
