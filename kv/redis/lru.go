package redis

import (
	"container/list"
	"time"

	"github.com/redis/rueidis"
)

// lru holds the values that were used last. It is not safe for concurrent use.
type lru struct {
	max    int
	byKey  map[string]*list.Element
	recent list.List // of *cached, the least recently used in front
}

type cached struct {
	key     string
	message rueidis.RedisMessage
	expires int64 // Unix milliseconds
}

func newLRU(maxKeys int) *lru { return &lru{max: maxKeys, byKey: make(map[string]*list.Element)} }

func (l *lru) get(key string, now time.Time) (rueidis.RedisMessage, bool) {
	element := l.byKey[key]
	if element == nil {
		return rueidis.RedisMessage{}, false
	}
	hit := element.Value.(*cached)
	if now.UnixMilli() >= hit.expires {
		l.drop(key)
		return rueidis.RedisMessage{}, false
	}
	l.recent.MoveToBack(element)
	return hit.message, true
}

func (l *lru) put(key string, message rueidis.RedisMessage, expires int64) {
	l.drop(key)
	l.byKey[key] = l.recent.PushBack(&cached{key: key, message: message, expires: expires})
	if l.recent.Len() > l.max {
		l.drop(l.recent.Front().Value.(*cached).key)
	}
}

func (l *lru) drop(key string) {
	if element := l.byKey[key]; element != nil {
		delete(l.byKey, key)
		l.recent.Remove(element)
	}
}

func (l *lru) clear() {
	clear(l.byKey)
	l.recent.Init()
}
