// Package redis is secondary storage in Redis 6.2 or later, or Valkey.
//
//	store, err := redis.New(redis.Options{URL: "redis://localhost:6379/0", Prefix: "better-auth:"})
//	defer store.Close()
//
// Reads go through a cache in this process that the server invalidates: what any
// instance writes or deletes is dropped from the cache of all others at once. What
// this process writes, it reads back. If the server refuses client tracking, every
// read asks it.
//
// Keys and values equal those of Better Auth's redis-storage with the same prefix.
// No call hangs: each ends with its context or with Options.Timeout, whichever is
// first. When three in a row were not answered, the calls that follow fail at once
// until the server answers a PING, which is sent every half second. Errors wrap
// kv.ErrUnavailable and hold neither keys nor values.
package redis

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/watchword-auth/watchword/kv"
)

// Options configure New. Either URL or Addresses is needed.
type Options struct {
	// URL is redis://, rediss:// or unix://, with user, password and database.
	URL string
	// Addresses are host:port of one server, or of some nodes of a cluster. They
	// replace those in URL.
	Addresses []string
	// Username and Password replace those in URL.
	Username, Password string
	// TLS switches TLS on and replaces what rediss:// sets.
	TLS *tls.Config
	// Prefix is put in front of every key. The reference's default is "better-auth:".
	Prefix string
	// DialTimeout limits connecting. 0 means 2 seconds.
	DialTimeout time.Duration
	// Timeout limits every command. 0 means 2 seconds.
	Timeout time.Duration
	// CacheTTL is how long a value stays in this process at most. It bounds how long
	// a revoked session can live on while the network is cut without either side
	// noticing. 0 means 10 seconds; below 0 nothing is cached.
	CacheTTL time.Duration
	// CacheKeys is how many values are cached for each server, and how many keys
	// that are absent. 0 means 10,000.
	CacheKeys int
}

// Store is a kv.Store in Redis. It is safe for concurrent use.
type Store struct {
	client   rueidis.Client
	prefix   string
	timeout  time.Duration
	cacheTTL time.Duration // 0: tracking is off
	caches   *caches
	circuit  *circuit
}

var _ kv.Store = (*Store)(nil)

// New connects. It fails if the options are wrong, or, with kv.ErrUnavailable, if
// no server answers within DialTimeout or the login is refused.
func New(opt Options) (*Store, error) {
	client, err := clientOption(opt)
	if err != nil {
		return nil, err
	}
	s := &Store{
		prefix:   opt.Prefix,
		timeout:  cmp.Or(opt.Timeout, 2*time.Second),
		cacheTTL: max(cmp.Or(opt.CacheTTL, 10*time.Second), 0),
		caches:   newCaches(cmp.Or(opt.CacheKeys, 10_000)),
	}
	s.circuit = newCircuit(s.Ping)
	client.NewCacheStoreFn = s.caches.open
	client.DisableCache = s.cacheTTL == 0
	s.client, err = rueidis.NewClient(client)
	if err != nil && !client.DisableCache && refused(err) {
		// A server without RESP3 or CLIENT TRACKING, or an ACL that forbids it. If
		// the login itself was refused, this fails the same way.
		client.DisableCache, s.cacheTTL = true, 0
		s.client, err = rueidis.NewClient(client)
	}
	if err != nil {
		return nil, fmt.Errorf("redis: connect: %w: %w", kv.ErrUnavailable, err)
	}
	return s, nil
}

func clientOption(opt Options) (rueidis.ClientOption, error) {
	client := rueidis.ClientOption{}
	if opt.URL != "" {
		var err error
		if client, err = rueidis.ParseURL(opt.URL); err != nil {
			return client, errors.New("redis: the URL is malformed") // err quotes its password
		}
	}
	if len(opt.Addresses) > 0 {
		client.InitAddress = opt.Addresses
	}
	if len(client.InitAddress) == 0 {
		return client, errors.New("redis: neither a URL nor an address is set")
	}
	client.Username = cmp.Or(opt.Username, client.Username)
	client.Password = cmp.Or(opt.Password, client.Password)
	if opt.TLS != nil {
		client.TLSConfig = opt.TLS
	}
	client.Dialer = net.Dialer{Timeout: cmp.Or(opt.DialTimeout, 2*time.Second), KeepAlive: time.Second}
	client.ConnWriteTimeout = cmp.Or(opt.Timeout, 2*time.Second)
	// One connection for each server. Its replies come in order, so when a write
	// has been answered, every cached read sent before it has been answered too:
	// what forget removes cannot come back with the old value.
	client.PipelineMultiplex = -1
	client.RetryDelay = retryDelay
	return client, nil
}

// retryDelay lets a read be sent again for a quarter of a second in all: enough
// to get over a connection that broke, too little to wait for a server.
func retryDelay(attempts int, _ rueidis.Completed, _ error) time.Duration {
	if attempts > 7 {
		return -1
	}
	return time.Millisecond << attempts
}

// refused reports whether the server answered, but with an error. One that is
// still loading its data may allow later what it refuses now.
func refused(err error) bool {
	_, isRedis := rueidis.IsRedisErr(err)
	return (isRedis || errors.Is(err, rueidis.ErrNoCache)) && !strings.HasPrefix(err.Error(), "LOADING")
}

// Close closes the connections. Calls still under way, and later ones, fail.
func (s *Store) Close() {
	s.circuit.close()
	s.client.Close()
}

// Cached reports whether reads are cached in this process.
func (s *Store) Cached() bool { return s.cacheTTL > 0 }

// Ping reports whether the server answers. It asks also when other calls fail at
// once, and an answer makes them go through again.
func (s *Store) Ping(ctx context.Context) error {
	own, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	return s.end(ctx, own, "ping", s.client.Do(own, s.client.B().Ping().Build()).Error())
}
