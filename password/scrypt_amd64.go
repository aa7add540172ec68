//go:build !purego

package password

import "golang.org/x/sys/cpu"

// On amd64 the core of scrypt is written for vectors, four words at a time for one password and eight for two: each
// step of the computation waits for the one before, so that the second password comes nearly free. Where only SSE2 is,
// which every such processor has, they are computed one after the other.

//go:noescape
func mixSSE2(in, out *block, pairs int)

//go:noescape
func mixXORSSE2(a, b, out *block, pairs int)

//go:noescape
func pairAVX2(in, out *[2]*block, pairs int)

//go:noescape
func pairXORAVX2(a, b, out *[2]*block, pairs int)

//go:noescape
func pairAVX512(in, out *[2]*block, pairs int)

//go:noescape
func pairXORAVX512(a, b, out *[2]*block, pairs int)

// lanes is how many passwords are computed in the time of one.
func lanes() int {
	if cpu.X86.HasAVX2 {
		return 2
	}
	return 1
}

// wordAt tells which word of a block stands at a place: the diagonals of the square of words, each in one register, so
// that the steps over columns and rows need no more than turning registers.
func wordAt(place int) int { return place * 5 % 16 }

// fill is scryptBlockMix of RFC 7914, section 4: out = BlockMix(in), its even blocks first, then its odd ones. All are
// of one length, which is even, and do not overlap. Where the second of a pair is its first, there is one password.
func fill(in, out pair) {
	from, to, n := in.first(), out.first(), len(in[0])/2
	switch {
	case cpu.X86.HasAVX512VL:
		pairAVX512(&from, &to, n)
	case cpu.X86.HasAVX2:
		pairAVX2(&from, &to, n)
	default:
		mixSSE2(from[0], to[0], n)
		if to[1] != to[0] {
			mixSSE2(from[1], to[1], n)
		}
	}
}

// mixXOR is out = BlockMix(a xor b), for what fill takes.
func mixXOR(a, b, out pair) {
	one, other, to, n := a.first(), b.first(), out.first(), len(a[0])/2
	switch {
	case cpu.X86.HasAVX512VL:
		pairXORAVX512(&one, &other, &to, n)
	case cpu.X86.HasAVX2:
		pairXORAVX2(&one, &other, &to, n)
	default:
		mixXORSSE2(one[0], other[0], to[0], n)
		if to[1] != to[0] {
			mixXORSSE2(one[1], other[1], to[1], n)
		}
	}
}
