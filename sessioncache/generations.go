package sessioncache

import "sync"

// generations keeps values within bounds: when the young ones have taken half
// of the room, they become the old ones, and what was old and not asked for
// since is dropped. That is nearly what a list by last use would keep, without
// its bookkeeping at every read.
type generations[V any] struct {
	limits     Limits[V]
	young, old map[string]kept[V]
	bytes      int // of young
}

type kept[V any] struct {
	value V
	size  int
}

func newGenerations[V any](l Limits[V]) generations[V] {
	if l.Entries <= 0 {
		l.Entries = 10_000
	}
	if l.Bytes <= 0 {
		l.Bytes = 16 << 20
	}
	return generations[V]{limits: l}
}

func (g *generations[V]) clear() { g.young, g.old, g.bytes = nil, nil, 0 }

func (g *generations[V]) get(key string) (v V, ok bool) {
	if k, ok := g.young[key]; ok {
		return k.value, true
	}
	k, ok := g.old[key]
	if ok {
		delete(g.old, key)
		g.add(key, k)
	}
	return k.value, ok
}

func (g *generations[V]) put(key string, v V) {
	delete(g.old, key)
	if before, ok := g.young[key]; ok {
		g.bytes -= before.size
		delete(g.young, key)
	}
	g.add(key, kept[V]{v, len(key) + g.limits.Size(v)})
}

func (g *generations[V]) add(key string, k kept[V]) {
	room := g.limits.Bytes / 2
	if k.size > room {
		return
	}
	if g.bytes+k.size > room || len(g.young) >= max(1, g.limits.Entries/2) {
		g.old, g.young, g.bytes = g.young, nil, 0
	}
	if g.young == nil {
		g.young = map[string]kept[V]{}
	}
	g.young[key] = k
	g.bytes += k.size
}

// Memo keeps what was made from a text, looked up by a key and the text. Make
// one with [NewMemo].
type Memo[V any] struct {
	mu     sync.Mutex
	values generations[made[V]]
}

type made[V any] struct {
	from  string
	value V
}

// NewMemo returns a Memo that is empty. Texts count toward the bytes.
func NewMemo[V any](l Limits[V]) *Memo[V] {
	return &Memo[V]{values: newGenerations(Limits[made[V]]{
		Entries: l.Entries, Bytes: l.Bytes, Size: func(m made[V]) int { return len(m.from) + l.Size(m.value) }})}
}

// Of returns what was kept for the key if it was made from the very text, and
// else what create makes of it, which is kept unless create reports false.
func (m *Memo[V]) Of(key, text string, create func(text string) (V, bool)) (V, bool) {
	m.mu.Lock()
	k, ok := m.values.get(key)
	m.mu.Unlock()
	if ok && k.from == text {
		return k.value, true
	}
	v, ok := create(text)
	if ok {
		m.mu.Lock()
		m.values.put(key, made[V]{text, v})
		m.mu.Unlock()
	}
	return v, ok
}
