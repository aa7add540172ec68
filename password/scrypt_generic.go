//go:build !amd64 || purego

package password

import "math/bits"

// lanes is how many passwords are computed in the time of one.
func lanes() int { return 1 }

// wordAt tells which word of a block stands at a place.
func wordAt(place int) int { return place }

// fill is scryptBlockMix: out = BlockMix(in), its even blocks first, then its odd ones. Where the second of a pair is
// its first, there is one password.
func fill(in, out pair) {
	mix(in[0], out[0])
	if &out[1][0] != &out[0][0] {
		mix(in[1], out[1])
	}
}

// mixXOR is out = BlockMix(a xor b), for what fill takes.
func mixXOR(a, b, out pair) {
	mixed(a[0], b[0], out[0])
	if &out[1][0] != &out[0][0] {
		mixed(a[1], b[1], out[1])
	}
}

// mix is fill for one password. Like the functions below it touches the memory of one goroutine only; instrumented for
// the race detector, the three would make every test that signs in ten times slower.
//
//go:norace
func mix(in, out []block) {
	var zero block
	half := len(in) / 2
	previous := &in[len(in)-1]
	for i := range half {
		salsa8(previous, &in[2*i], &zero, &out[i])
		salsa8(&out[i], &in[2*i+1], &zero, &out[half+i])
		previous = &out[half+i]
	}
}

// mixed is mixXOR for one password.
//
//go:norace
func mixed(a, b, out []block) {
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
