package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/watchword-auth/watchword/token"
)

const (
	cooldown = 30 * time.Second // between fetches for keys that are not known, and after a failure
	timeout  = 5 * time.Second  // of one fetch
	staleFor = 24 * time.Hour   // how long keys hold that cannot be fetched anew
	maxSet   = 1 << 20          // bytes
)

// keySet is the server's keys as they were fetched last.
type keySet struct {
	o Options

	mu      sync.Mutex
	set     *token.Set
	fetched time.Time // when the set was fetched
	tried   time.Time // when a fetch was last begun
	fault   error     // of the last fetch
	pending chan struct{}
}

func (k *keySet) verify(ctx context.Context, text string) ([]byte, error) {
	set, at, err := k.current(ctx)
	if err != nil {
		return nil, err
	}
	payload, header, err := set.Verify(text, k.o.Algorithms...)
	if errors.Is(err, token.ErrUnknownKey) {
		if newer, ferr := k.newer(ctx, at); ferr == nil && newer != nil {
			payload, header, err = newer.Verify(text, k.o.Algorithms...)
		}
	}
	if err == nil && header.KeyID == "" {
		err = errors.New("it names no key")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return payload, nil
}

// current returns keys that are fresh, or old ones where none can be had.
func (k *keySet) current(ctx context.Context) (*token.Set, time.Time, error) {
	k.mu.Lock()
	now := k.o.Now()
	fresh := k.set != nil && now.Sub(k.fetched) < k.o.KeepFor
	resting := k.pending == nil && k.fault != nil && now.Sub(k.tried) < cooldown
	if !fresh && !resting {
		k.fetch(ctx, now)
	}
	defer k.mu.Unlock()
	if k.set != nil && now.Sub(k.fetched) < max(staleFor, k.o.KeepFor) {
		return k.set, k.fetched, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, time.Time{}, err
	}
	return nil, time.Time{}, fmt.Errorf("verify: keys could not be fetched: %w", k.fault)
}

// newer returns keys that were fetched after those that lack one, or nil where
// that was tried just now.
func (k *keySet) newer(ctx context.Context, lacking time.Time) (*token.Set, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.fetched.After(lacking) {
		now := k.o.Now()
		if k.pending == nil && now.Sub(k.tried) < cooldown {
			return nil, nil
		}
		k.fetch(ctx, now)
	}
	return k.set, k.fault
}

// fetch waits for the fetch under way, or for one of its own. It is called with
// the lock held, and holds it again when it returns.
func (k *keySet) fetch(ctx context.Context, now time.Time) {
	done := k.pending
	if done == nil {
		done = make(chan struct{})
		k.pending, k.tried = done, now
		// It serves all who wait, so it outlives the one who began it.
		go k.load(context.WithoutCancel(ctx), done, now)
	}
	k.mu.Unlock()
	select {
	case <-done:
	case <-ctx.Done():
	}
	k.mu.Lock()
}

func (k *keySet) load(ctx context.Context, done chan struct{}, at time.Time) {
	set, err := k.get(ctx)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fault = err; err == nil {
		k.set, k.fetched = set, at
	}
	k.pending = nil
	close(done)
}

func (k *keySet) get(ctx context.Context) (*token.Set, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, k.o.URL, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Cache-Control", "no-cache") // a key that is missing may be new
	response, err := k.o.Client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", k.o.URL, response.Status)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, maxSet+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSet {
		return nil, fmt.Errorf("%s answered more than %d bytes", k.o.URL, maxSet)
	}
	set, err := token.ParseSet(data)
	if err == nil && set.Len() == 0 {
		err = fmt.Errorf("%s has no key that can be used", k.o.URL)
	}
	return set, err
}

// local reports whether a host is this machine.
func local(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
