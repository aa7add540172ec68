package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// block is one Salsa20 block of 64 bytes.
type block [16]uint32

// workspace is the memory of one scrypt computation, reused from one to the next: a fresh 33 MB per sign-in is what
// golang.org/x/crypto/scrypt costs, and most of what the garbage collector would do under load. It belongs to one
// goroutine at a time. The zero workspace is ready to use.
type workspace struct {
	table []block // V of RFC 7914, section 5
	mix   []block // X and Y
	zero  block
}

// scrypt derives size bytes from password and salt (RFC 7914) with the parallelism 1 that every supported format has.
// n is a power of two above 1 and r is positive: the formats check that, and bound both. The result equals that of
// golang.org/x/crypto/scrypt.
func (w *workspace) scrypt(password, salt []byte, n, r, size int) ([]byte, error) {
	text := string(password)
	seed, err := pbkdf2.Key(sha256.New, text, salt, 1, 128*r)
	if err != nil {
		return nil, err
	}
	w.romix(seed, n, r)
	if len(w.table) > 2*referenceR*referenceN {
		w.table = nil // a row of a costlier format must not keep its memory for all that follow
	}
	return pbkdf2.Key(sha256.New, text, seed, 1, size)
}

// romix is scryptROMix of RFC 7914, section 5, in place. Filling writes each block mix straight into the next row of
// the table, and reading fuses the exclusive or into the mix, so that no pass over memory does only a copy.
func (w *workspace) romix(seed []byte, n, r int) {
	row := 2 * r
	if len(w.table) < n*row {
		w.table = make([]block, n*row)
	}
	if len(w.mix) < 2*row {
		w.mix = make([]block, 2*row)
	}
	table, x, y := w.table[:n*row], w.mix[:row], w.mix[row:2*row]

	for i := range row {
		for j := range 16 {
			table[i][j] = binary.LittleEndian.Uint32(seed[64*i+4*j:])
		}
	}
	for i := range n - 1 {
		w.fill(table[i*row:][:row], table[(i+1)*row:][:row])
	}
	w.fill(table[(n-1)*row:], x)
	for range n / 2 {
		j := int(x[row-1][0]) & (n - 1)
		mixXOR(x, table[j*row:][:row], y)
		j = int(y[row-1][0]) & (n - 1)
		mixXOR(y, table[j*row:][:row], x)
	}
	for i := range row {
		for j := range 16 {
			binary.LittleEndian.PutUint32(seed[64*i+4*j:], x[i][j])
		}
	}
}

// fill is scryptBlockMix: out = BlockMix(in), its even blocks first, then its odd ones. Like the
// functions below it touches the memory of one goroutine only; instrumented for the race detector, the three would make
// every test that signs in ten times slower.
//
//go:norace
func (w *workspace) fill(in, out []block) {
	half := len(in) / 2
	previous := &in[len(in)-1]
	for i := range half {
		salsa8(previous, &in[2*i], &w.zero, &out[i])
		salsa8(&out[i], &in[2*i+1], &w.zero, &out[half+i])
		previous = &out[half+i]
	}
}

// mixXOR is out = BlockMix(a xor b).
//
//go:norace
func mixXOR(a, b, out []block) {
	half, last := len(a)/2, len(a)-1
	first := a[last]
	for i := range first {
		first[i] ^= b[last][i]
	}
	previous := &first
	for i := range half {
		salsa8(previous, &a[2*i], &b[2*i], &out[i])
		salsa8(&out[i], &a[2*i+1], &b[2*i+1], &out[half+i])
		previous = &out[half+i]
	}
}

// salsa8 is out = Salsa20/8(a xor b xor c). out may be none of the inputs.
//
//go:norace
func salsa8(a, b, c, out *block) {
	x0, x1, x2, x3 := a[0]^b[0]^c[0], a[1]^b[1]^c[1], a[2]^b[2]^c[2], a[3]^b[3]^c[3]
	x4, x5, x6, x7 := a[4]^b[4]^c[4], a[5]^b[5]^c[5], a[6]^b[6]^c[6], a[7]^b[7]^c[7]
	x8, x9, x10, x11 := a[8]^b[8]^c[8], a[9]^b[9]^c[9], a[10]^b[10]^c[10], a[11]^b[11]^c[11]
	x12, x13, x14, x15 := a[12]^b[12]^c[12], a[13]^b[13]^c[13], a[14]^b[14]^c[14], a[15]^b[15]^c[15]
	// The start state waits in memory: 32 live words do not fit the registers.
	*out = block{x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11, x12, x13, x14, x15}

	for range 4 {
		x4 ^= bits.RotateLeft32(x0+x12, 7)
		x8 ^= bits.RotateLeft32(x4+x0, 9)
		x12 ^= bits.RotateLeft32(x8+x4, 13)
		x0 ^= bits.RotateLeft32(x12+x8, 18)

		x9 ^= bits.RotateLeft32(x5+x1, 7)
		x13 ^= bits.RotateLeft32(x9+x5, 9)
		x1 ^= bits.RotateLeft32(x13+x9, 13)
		x5 ^= bits.RotateLeft32(x1+x13, 18)

		x14 ^= bits.RotateLeft32(x10+x6, 7)
		x2 ^= bits.RotateLeft32(x14+x10, 9)
		x6 ^= bits.RotateLeft32(x2+x14, 13)
		x10 ^= bits.RotateLeft32(x6+x2, 18)

		x3 ^= bits.RotateLeft32(x15+x11, 7)
		x7 ^= bits.RotateLeft32(x3+x15, 9)
		x11 ^= bits.RotateLeft32(x7+x3, 13)
		x15 ^= bits.RotateLeft32(x11+x7, 18)

		x1 ^= bits.RotateLeft32(x0+x3, 7)
		x2 ^= bits.RotateLeft32(x1+x0, 9)
		x3 ^= bits.RotateLeft32(x2+x1, 13)
		x0 ^= bits.RotateLeft32(x3+x2, 18)

		x6 ^= bits.RotateLeft32(x5+x4, 7)
		x7 ^= bits.RotateLeft32(x6+x5, 9)
		x4 ^= bits.RotateLeft32(x7+x6, 13)
		x5 ^= bits.RotateLeft32(x4+x7, 18)

		x11 ^= bits.RotateLeft32(x10+x9, 7)
		x8 ^= bits.RotateLeft32(x11+x10, 9)
		x9 ^= bits.RotateLeft32(x8+x11, 13)
		x10 ^= bits.RotateLeft32(x9+x8, 18)

		x12 ^= bits.RotateLeft32(x15+x14, 7)
		x13 ^= bits.RotateLeft32(x12+x15, 9)
		x14 ^= bits.RotateLeft32(x13+x12, 13)
		x15 ^= bits.RotateLeft32(x14+x13, 18)
	}

	out[0], out[1], out[2], out[3] = out[0]+x0, out[1]+x1, out[2]+x2, out[3]+x3
	out[4], out[5], out[6], out[7] = out[4]+x4, out[5]+x5, out[6]+x6, out[7]+x7
	out[8], out[9], out[10], out[11] = out[8]+x8, out[9]+x9, out[10]+x10, out[11]+x11
	out[12], out[13], out[14], out[15] = out[12]+x12, out[13]+x13, out[14]+x14, out[15]+x15
}
