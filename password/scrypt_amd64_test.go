//go:build !purego

package password

import (
	"math/rand/v2"
	"slices"
	"testing"

	"golang.org/x/sys/cpu"
)

// TestInstructionSets compares what this processor has with SSE2: the other tests run only the best of them.
func TestInstructionSets(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	blocks := func(n int) []block {
		all := make([]block, n)
		for i := range all {
			for j := range all[i] {
				all[i][j] = random.Uint32()
			}
		}
		return all
	}
	for _, set := range []struct {
		name   string
		there  bool
		mix    func(in, out *[2]*block, pairs int)
		mixXOR func(a, b, out *[2]*block, pairs int)
	}{
		{"AVX2", cpu.X86.HasAVX2, pairAVX2, pairXORAVX2},
		{"AVX-512", cpu.X86.HasAVX512VL, pairAVX512, pairXORAVX512},
	} {
		if !set.there {
			t.Logf("%s is not there", set.name)
			continue
		}
		for pairs := 1; pairs <= 20; pairs++ {
			size := 2 * pairs
			a, b := pair{blocks(size), blocks(size)}, pair{blocks(size), blocks(size)}
			got, want := pair{blocks(size), blocks(size)}, pair{blocks(size), blocks(size)}
			check := func(what string) {
				if !slices.Equal(got[0], want[0]) || !slices.Equal(got[1], want[1]) {
					t.Errorf("%s: %s of %d pairs differs", set.name, what, pairs)
				}
			}
			one, other, to := a.first(), b.first(), got.first()
			set.mix(&one, &to, pairs)
			for i := range want {
				mixSSE2(one[i], &want[i][0], pairs)
			}
			check("mix")
			set.mixXOR(&one, &other, &to, pairs)
			for i := range want {
				mixXORSSE2(one[i], other[i], &want[i][0], pairs)
			}
			check("mixXOR")
		}
	}
}
