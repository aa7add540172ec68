package password

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
)

// block is one Salsa20 block of 64 bytes.
type block [16]uint32

// pair is memory of two computations side by side. A computation by itself stands at both places.
type pair [2][]block

// rows returns the rows i of one computation and j of the other.
func (p *pair) rows(i, j, size int) pair {
	return pair{p[0][i*size:][:size], p[1][j*size:][:size]}
}

func (p *pair) first() [2]*block { return [2]*block{&p[0][0], &p[1][0]} }

// workspace is the memory of scrypt computations, reused from one to the next: a fresh 33 MB per sign-in is what
// golang.org/x/crypto/scrypt costs, and most of what the garbage collector would do under load. It belongs to one
// goroutine at a time. The zero workspace is ready to use.
type workspace struct {
	table pair // V of RFC 7914, section 5
	x, y  pair
}

// derivation is a key to be derived from a password and a salt (RFC 7914) with the parallelism 1 that every supported
// format has. n is a power of two above 1 and r is positive: the formats check that, and bound both. The key equals
// that of golang.org/x/crypto/scrypt.
type derivation struct {
	password, salt []byte
	n, r, size     int
	key            []byte // the result
}

// alike tells whether two can be computed side by side. One that is nil cannot, nor one that takes more memory than the
// reference's, which would double what a row may demand.
func (d *derivation) alike(o *derivation) bool {
	return d != nil && o != nil && d.n == o.n && d.r == o.r && !d.costly()
}

func (d *derivation) costly() bool { return d.n*d.r > referenceN*referenceR }

// derive computes keys of one or two derivations that are alike.
func (w *workspace) derive(all ...*derivation) error {
	n, r := all[0].n, all[0].r
	seeds := make([][]byte, len(all))
	for i, d := range all {
		var err error
		if seeds[i], err = pbkdf2.Key(sha256.New, string(d.password), d.salt, 1, 128*r); err != nil {
			return err
		}
	}
	w.romix(n, r, seeds)
	if all[0].costly() {
		w.table = pair{} // a row of a costlier format must not keep its memory for all that follow
	}
	for i, d := range all {
		var err error
		if d.key, err = pbkdf2.Key(sha256.New, string(d.password), seeds[i], 1, d.size); err != nil {
			return err
		}
	}
	return nil
}

// romix is scryptROMix of RFC 7914, section 5, in place, of one seed or two. Filling writes each block mix straight into
// the next row of the table, and reading fuses the exclusive or into the mix, so that no pass over memory does only a
// copy. In the table the words of a block stand as fill and mixXOR want them; the first one is the same in every order.
func (w *workspace) romix(n, r int, seeds [][]byte) {
	size := 2 * r
	table, x, y := w.room(n*size, size, len(seeds))
	for i, seed := range seeds {
		load(table[i][:size], seed)
	}
	for i := range n - 1 {
		fill(table.rows(i, i, size), table.rows(i+1, i+1, size))
	}
	fill(table.rows(n-1, n-1, size), x)
	for range n / 2 {
		mixXOR(x, chosen(&table, &x, n), y)
		mixXOR(y, chosen(&table, &y, n), x)
	}
	for i, seed := range seeds {
		store(seed, x[i])
	}
}

// chosen returns the rows of the table that the blocks reached so far point at.
func chosen(table, x *pair, n int) pair {
	size := len(x[0])
	return table.rows(int(x[0][size-1][0])&(n-1), int(x[1][size-1][0])&(n-1), size)
}

// room returns memory for one computation or two.
func (w *workspace) room(rows, row, count int) (table, x, y pair) {
	for i := range count {
		table[i], x[i], y[i] = grow(&w.table[i], rows), grow(&w.x[i], row), grow(&w.y[i], row)
	}
	if count == 1 {
		table[1], x[1], y[1] = table[0], x[0], y[0]
	}
	return table, x, y
}

func grow(kept *[]block, size int) []block {
	if len(*kept) < size {
		*kept = make([]block, size)
	}
	return (*kept)[:size]
}

func load(row []block, seed []byte) {
	for i := range row {
		for j := range 16 {
			row[i][j] = binary.LittleEndian.Uint32(seed[64*i+4*wordAt(j):])
		}
	}
}

func store(seed []byte, row []block) {
	for i := range row {
		for j := range 16 {
			binary.LittleEndian.PutUint32(seed[64*i+4*wordAt(j):], row[i][j])
		}
	}
}
