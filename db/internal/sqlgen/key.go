package sqlgen

import (
	"encoding/binary"
	"math/bits"

	"github.com/watchword-auth/watchword/db"
)

// keySize holds the shape of every statement of the library on the stack;
// longer shapes merely allocate.
const keySize = 128

func appendColumn(b []byte, c *db.Column) []byte {
	return binary.AppendUvarint(b, uint64(c.Position()))
}

func appendConds(b []byte, conds []db.Cond) []byte {
	b = binary.AppendUvarint(b, uint64(len(conds)))
	for i := range conds {
		b = appendCond(b, &conds[i])
	}
	return b
}

func appendCond(b []byte, c *db.Cond) []byte {
	tag := byte(c.Op)
	if c.Fold {
		tag |= 0x80
	}
	b = append(b, tag)
	switch c.Op {
	case db.OpAnd, db.OpOr:
		return appendConds(b, c.Group)
	case db.OpIn, db.OpNotIn:
		return binary.AppendUvarint(appendColumn(b, c.Column), uint64(listLength(len(c.Values))))
	default:
		return appendColumn(b, c.Column)
	}
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

func appendSelection(b []byte, s *db.Selection) []byte {
	flags := limitForm(s)
	if s.Lock {
		flags |= 8
	}
	if j := s.Join; j != nil {
		if j.Outer {
			flags |= 16
		}
		b = append(b, flags)
		b = appendColumn(appendColumn(b, j.On), j.To)
	} else {
		b = append(b, flags)
	}
	b = binary.AppendUvarint(b, uint64(len(s.Order)))
	for _, o := range s.Order {
		b = appendColumn(b, o.Column)
		b = append(b, boolByte(o.Descending))
	}
	return appendConds(b, s.Where)
}

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}
