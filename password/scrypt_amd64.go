//go:build !purego

package password

// On amd64 the core of scrypt is written for SSE2, which every such processor has: four words at a time, which the
// compiler does not do by itself. It takes three fifths of the time of the portable code.

// wordAt tells which word of a block stands at a place: the diagonals of the square of words, each in one register, so
// that the steps over columns and rows need no more than turning registers.
func wordAt(place int) int { return place * 5 % 16 }

// fill is scryptBlockMix of RFC 7914, section 4: out = BlockMix(in), its even blocks first, then its odd ones. Both are
// of one length, which is even, and do not overlap.
func fill(in, out []block) {
	_ = out[len(in)-1]
	blockMix(&in[0], &out[0], len(in)/2)
}

// mixXOR is out = BlockMix(a xor b), for slices as fill takes them.
func mixXOR(a, b, out []block) {
	_, _ = b[len(a)-1], out[len(a)-1]
	blockMixXOR(&a[0], &b[0], &out[0], len(a)/2)
}

//go:noescape
func blockMix(in, out *block, pairs int)

//go:noescape
func blockMixXOR(a, b, out *block, pairs int)
