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
	if s.circuit.open() {
		return "", false, wrap("get", errCircuitOpen)
	}
	own, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	key = s.prefix + key
	if s.cacheTTL > 0 {
		result := s.client.DoCache(own, s.client.B().Get().Key(key).Cache(), s.cacheTTL)
		if result.IsCacheHit() { // says nothing of the server
			return text(result)
		}
		// Readers of one key share one request. If it died with the context of the
		// reader who sent it, or with its connection, ask again without the cache.
		if err := result.Error(); err == nil || rueidis.IsRedisNil(err) || own.Err() != nil {
			if err := s.end(ctx, own, "get", err); err != nil {
				return "", false, err
			}
			return text(result)
		}
	}
	result := s.client.Do(own, s.client.B().Get().Key(key).Build())
	if err := s.end(ctx, own, "get", result.Error()); err != nil {
		return "", false, err
	}
	return text(result)
}

// text reads a reply that is a value or nothing.
func text(result rueidis.RedisResult) (string, bool, error) {
	value, err := result.ToString()
	if rueidis.IsRedisNil(err) {
		return "", false, nil
	}
	return value, err == nil, err
}

// Set implements kv.Store.
func (s *Store) Set(ctx context.Context, key, value string, ttl time.Duration) error {
	_, err := s.write(ctx, "set", key, func(ctx context.Context, key string) rueidis.RedisResult {
		cmd := s.client.B().Set().Key(key).Value(value)
		if ttl > 0 {
			return s.client.Do(ctx, cmd.PxMilliseconds(milliseconds(ttl)).Build())
		}
		return s.client.Do(ctx, cmd.Build())
	})
	return err
}

// Delete implements kv.Store.
func (s *Store) Delete(ctx context.Context, keys ...string) error {
	if s.circuit.open() && len(keys) > 0 {
		return wrap("delete", errCircuitOpen)
	}
	own, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	const batch = 500 // longer pipelines leave the connection that keeps the order
	for len(keys) > 0 {
		n := min(len(keys), batch)
		cmds := make([]rueidis.Completed, n)
		for i, key := range keys[:n] {
			cmds[i] = s.client.B().Del().Key(s.prefix + key).Build()
		}
		results := s.client.DoMulti(own, cmds...)
		for _, key := range keys[:n] {
			s.caches.forget(s.prefix + key)
		}
		for _, result := range results {
			if err := s.end(ctx, own, "delete", result.Error()); err != nil {
				return err
			}
		}
		keys = keys[n:]
	}
	return ctx.Err()
}

// Take implements kv.Store.
func (s *Store) Take(ctx context.Context, key string) (string, bool, error) {
	result, err := s.write(ctx, "take", key, func(ctx context.Context, key string) rueidis.RedisResult {
		return s.client.Do(ctx, s.client.B().Getdel().Key(key).Build())
	})
	if err != nil {
		return "", false, err
	}
	return text(result)
}

// SetIfAbsent implements kv.Store.
func (s *Store) SetIfAbsent(ctx context.Context, key, value string, ttl time.Duration) (bool, error) {
	result, err := s.write(ctx, "set if absent", key, func(ctx context.Context, key string) rueidis.RedisResult {
		cmd := s.client.B().Set().Key(key).Value(value).Nx()
		if ttl > 0 {
			return s.client.Do(ctx, cmd.PxMilliseconds(milliseconds(ttl)).Build())
		}
		return s.client.Do(ctx, cmd.Build())
	})
	return err == nil && !rueidis.IsRedisNil(result.Error()), err
}

// CompareAndSwap implements kv.Store.
func (s *Store) CompareAndSwap(ctx context.Context, key, old, next string, ttl time.Duration) (bool, error) {
	result, err := s.script(ctx, "compare and swap", swapScript, key, old, next, strconv.FormatInt(milliseconds(ttl), 10))
	if err != nil {
		return false, err
	}
	n, err := result.AsInt64()
	return n == 1, err
}

// Increment implements kv.Store.
func (s *Store) Increment(ctx context.Context, key string, ttl time.Duration) (int64, error) {
	result, err := s.script(ctx, "increment", incrementScript, key, strconv.FormatInt(milliseconds(ttl), 10))
	if refused, ok := rueidis.IsRedisErr(result.Error()); ok {
		if text := refused.Error(); strings.Contains(text, "not an integer") || strings.Contains(text, "overflow") {
			return 0, fmt.Errorf("redis: increment: %w", kv.ErrNotInteger)
		}
	}
	if err != nil {
		return 0, err
	}
	return result.AsInt64()
}

func (s *Store) script(ctx context.Context, op string, script *rueidis.Lua, key string, args ...string) (rueidis.RedisResult, error) {
	return s.write(ctx, op, key, func(ctx context.Context, key string) rueidis.RedisResult {
		return script.Exec(ctx, s.client, []string{key}, args)
	})
}

// write has send change a key, and forgets what is cached of it also if that
// failed: the server may have done it. The error of a reply that is nothing is
// nil.
func (s *Store) write(ctx context.Context, op, key string, send func(ctx context.Context, key string) rueidis.RedisResult) (rueidis.RedisResult, error) {
	if s.circuit.open() {
		return rueidis.RedisResult{}, wrap(op, errCircuitOpen)
	}
	own, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	key = s.prefix + key
	result := send(own, key)
	s.caches.forget(key)
	return result, s.end(ctx, own, op, result.Error())
}

// end tells the circuit what became of a command, and wraps its error. A caller
// who leaves says nothing about the server, nor does a store that was closed.
func (s *Store) end(caller, own context.Context, op string, err error) error {
	if err == nil || rueidis.IsRedisNil(err) {
		s.circuit.answered()
		return nil
	}
	if _, reply := rueidis.IsRedisErr(err); reply {
		s.circuit.answered()
	} else if caller.Err() == nil && !errors.Is(err, rueidis.ErrClosing) {
		s.circuit.failed()
	}
	if cause := own.Err(); cause != nil && !errors.Is(err, cause) {
		err = cause
	}
	return wrap(op, err)
}

func wrap(op string, err error) error {
	return fmt.Errorf("redis: %s: %w: %w", op, kv.ErrUnavailable, err)
}

// milliseconds rounds up: Redis refuses a time to live of 0.
func milliseconds(ttl time.Duration) int64 {
	if ttl <= 0 {
		return 0
	}
	return int64((ttl-1)/time.Millisecond) + 1
}
