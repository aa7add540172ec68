package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/watchword-auth/watchword/kv"
)

// Scripts are immutable: rueidis only keeps their hash beside them.
var (
	swapScript = rueidis.NewLuaScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[3]) > 0 then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
else redis.call('SET', KEYS[1], ARGV[2]) end
return 1`)
	// Lua numbers are floats: the sum is read back as text.
	incrementScript = rueidis.NewLuaScript(`
local existed = redis.call('EXISTS', KEYS[1])
redis.call('INCR', KEYS[1])
if existed == 0 and tonumber(ARGV[1]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return redis.call('GET', KEYS[1])`)
)

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) (string, bool, error) {
	own, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	key = s.prefix + key
	if s.cacheTTL > 0 {
		value, ok, err := text(s.client.DoCache(own, s.client.B().Get().Key(key).Cache(), s.cacheTTL))
		// Readers of one key share one request. If it died with the context of the
		// reader who sent it, or with its connection, ask again without the cache.
		if err == nil || own.Err() != nil {
			return value, ok, fail(own, "get", err)
		}
	}
	value, ok, err := text(s.client.Do(own, s.client.B().Get().Key(key).Build()))
	return value, ok, fail(own, "get", err)
}

// Set implements kv.Store.
func (s *Store) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	key = s.prefix + key
	cmd := s.client.B().Set().Key(key).Value(value)
	if ttl > 0 {
		return s.write(ctx, "set", key, cmd.PxMilliseconds(milliseconds(ttl)).Build()).Error()
	}
	return s.write(ctx, "set", key, cmd.Build()).Error()
}

// Delete implements kv.Store.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	const batch = 500 // longer pipelines leave the connection that keeps the order
	for len(keys) > 0 {
		n := min(len(keys), batch)
		cmds := make([]rueidis.Completed, n)
		for i, key := range keys[:n] {
			cmds[i] = s.client.B().Del().Key(s.prefix + key).Build()
		}
		results := s.client.DoMulti(ctx, cmds...)
		for _, key := range keys[:n] {
			s.caches.forget(s.prefix + key)
		}
		for _, result := range results {
			if err := result.Error(); err != nil {
				return fail(ctx, "delete", err)
			}
		}
		keys = keys[n:]
	}
	return ctx.Err()
}

// Take implements kv.Store.
func (s *Store) Take(ctx context.Context, key string) (string, bool, error) {
	key = s.prefix + key
	w := s.write(ctx, "take", key, s.client.B().Getdel().Key(key).Build())
	if rueidis.IsRedisNil(w.result.Error()) {
		return "", false, nil
	}
	value, err := w.result.ToString()
	return value, err == nil, w.wrap(err)
}

// SetIfAbsent implements kv.Store.
func (s *Store) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
	key = s.prefix + key
	cmd := s.client.B().Set().Key(key).Value(value).Nx()
	build := cmd.Build
	if ttl > 0 {
		build = cmd.PxMilliseconds(milliseconds(ttl)).Build
	}
	w := s.write(ctx, "set if absent", key, build())
	if rueidis.IsRedisNil(w.result.Error()) {
		return false, nil
	}
	err := w.Error()
	return err == nil, err
}

// CompareAndSwap implements kv.Store.
func (s *Store) CompareAndSwap(ctx context.Context, key, old, next string, ttl time.Duration) (bool, error) {
	w := s.run(ctx, "compare and swap", swapScript, key, old, next, strconv.FormatInt(milliseconds(ttl), 10))
	n, err := w.result.AsInt64()
	return n == 1, w.wrap(err)
}

// Increment implements kv.Store.
func (s *Store) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	w := s.run(ctx, "increment", incrementScript, key, strconv.FormatInt(milliseconds(ttl), 10))
	n, err := w.result.AsInt64()
	if refused, ok := rueidis.IsRedisErr(err); ok {
		if text := refused.Error(); strings.Contains(text, "not an integer") || strings.Contains(text, "overflow") {
			return 0, fmt.Errorf("redis: increment: %w", kv.ErrNotInteger)
		}
	}
	return n, w.wrap(err)
}

// written is the answer to a command that changes one key.
type written struct {
	result rueidis.RedisResult
	op     string
	cause  error // of the context, once the command was done
}

func (w written) wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case w.cause != nil && !errors.Is(err, w.cause):
		err = w.cause
	}
	return fmt.Errorf("redis: %s: %w: %w", w.op, kv.ErrUnavailable, err)
}

func (w written) Error() error { return w.wrap(w.result.Error()) }

// write sends a command that changes key, and forgets what is cached of it also if
// it failed: the server may have run it.
func (s *Store) write(ctx context.Context, op, key string, cmd rueidis.Completed) written {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	result := s.client.Do(ctx, cmd)
	s.caches.forget(key)
	return written{result: result, op: op, cause: ctx.Err()}
}

func (s *Store) run(ctx context.Context, op string, script *rueidis.Lua, key string, args ...string) written {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	key = s.prefix + key
	result := script.Exec(ctx, s.client, []string{key}, args)
	s.caches.forget(key)
	return written{result: result, op: op, cause: ctx.Err()}
}

func text(result rueidis.RedisResult) (string, bool, error) {
	value, err := result.ToString()
	if rueidis.IsRedisNil(err) {
		return "", false, nil
	}
	return value, err == nil, err
}

// milliseconds rounds up: Redis refuses a time to live of 0.
func milliseconds(ttl time.Duration) int64 {
	if ttl <= 0 {
		return 0
	}
	return int64((ttl-1)/time.Millisecond) + 1
}
