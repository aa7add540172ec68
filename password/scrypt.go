package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
)

// block is one Salsa20 block of 64 bytes.
type block [16]uint32

// workspace is the memory of one scrypt computation, reused from one to the next: a fresh 33 MB per sign-in is what
// golang.org/x/crypto/scrypt costs, and most of what the garbage collector would do under load. It belongs to one
// goroutine at a time. The zero workspace is ready to use.
type workspace struct {
	table []block // V of RFC 7914, section 5
	mix   []block // X and Y
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
// the table, and reading fuses the exclusive or into the mix, so that no pass over memory does only a copy. In the table
// the words of a block stand as fill and mixXOR want them; the first one is the same in every order.
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
			table[i][j] = binary.LittleEndian.Uint32(seed[64*i+4*wordAt(j):])
		}
	}
	for i := range n - 1 {
		fill(table[i*row:][:row], table[(i+1)*row:][:row])
	}
	fill(table[(n-1)*row:], x)
	for range n / 2 {
		j := int(x[row-1][0]) & (n - 1)
		mixXOR(x, table[j*row:][:row], y)
		j = int(y[row-1][0]) & (n - 1)
		mixXOR(y, table[j*row:][:row], x)
	}
	for i := range row {
		for j := range 16 {
			binary.LittleEndian.PutUint32(seed[64*i+4*wordAt(j):], x[i][j])
		}
	}
}
