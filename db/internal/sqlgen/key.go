package sqlgen

import (
	"math/bits"

	"github.com/watchword-auth/watchword/db"
)

// keyBuilder spells a shape. Its room holds the shape of every statement of
// the library on the caller's stack; only longer ones allocate. It is filled
// through a pointer because slices that recursive functions return would be
// moved to the heap.
type keyBuilder struct {
	n    int
	room [128]byte
	long []byte // everything, once the room was too small
}

func (k *keyBuilder) byte(b byte) {
	switch {
	case k.long != nil:
		k.long = append(k.long, b)
	case k.n < len(k.room):
		k.room[k.n] = b
		k.n++
	default:
		k.long = append(append(make([]byte, 0, 4*len(k.room)), k.room[:]...), b)
	}
}

func (k *keyBuilder) number(n int) {
	for ; n >= 0x80; n >>= 7 {
		k.byte(byte(n) | 0x80)
	}
	k.byte(byte(n))
}

func (k *keyBuilder) bytes() []byte {
	if k.long != nil {
		return k.long
	}
	return k.room[:k.n]
}

func (k *keyBuilder) column(c *db.Column) { k.number(c.Position()) }

func (k *keyBuilder) flag(v bool) { k.byte(boolByte(v)) }

func (k *keyBuilder) conds(conds []db.Cond) {
	k.number(len(conds))
	for i := range conds {
		k.cond(&conds[i])
	}
}

func (k *keyBuilder) cond(c *db.Cond) {
	tag := byte(c.Op)
	if c.Fold {
		tag |= 0x80
	}
	k.byte(tag)
	switch c.Op {
	case db.OpAnd, db.OpOr:
		k.conds(c.Group)
	case db.OpIn, db.OpNotIn:
		k.column(c.Column)
		k.number(listLength(len(c.Values)))
	default:
		k.column(c.Column)
	}
}

func (k *keyBuilder) selection(s *db.Selection) {
	flags := limitForm(s)
	if s.Lock {
		flags |= 8
	}
	if s.Join != nil && s.Join.Outer {
		flags |= 16
	}
	k.byte(flags)
	if s.Join != nil {
		k.column(s.Join.On)
		k.column(s.Join.To)
	}
	k.number(len(s.Order))
	for _, o := range s.Order {
		k.column(o.Column)
		k.flag(o.Descending)
	}
	k.conds(s.Where)
}

// listLength is how many parameters a list of n values gets: the next power
// of two. The last value is repeated, so lists of all lengths share few
// shapes.
func listLength(n int) int {
	if n <= 1 {
		return n
	}
	return 1 << bits.Len(uint(n-1))
}

// limitForm tells how the bounds of a selection are written: a limit of one,
// by far the most frequent, stands in the text itself.
func limitForm(s *db.Selection) byte {
	form := byte(0)
	switch {
	case s.Limit == 1:
		form = 1
	case s.Limit > 0:
		form = 2
	}
	if s.Offset > 0 {
		form |= 4
	}
	return form
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}
