package password

import (
	"bytes"
	"testing"

	"golang.org/x/crypto/scrypt"
)

// FuzzScrypt compares with golang.org/x/crypto/scrypt, alone and two at a time, over one reused workspace so that what a
// computation leaves behind cannot reach the next.
func FuzzScrypt(f *testing.F) {
	f.Add([]byte("password"), []byte("NaCl"), uint8(10), uint8(8), uint8(64))
	f.Add([]byte{}, []byte{}, uint8(1), uint8(1), uint8(1))
	f.Add([]byte("password"), []byte("salt"), uint8(4), uint8(16), uint8(33))
	f.Add(bytes.Repeat([]byte("long"), 99), []byte("salt"), uint8(6), uint8(3), uint8(255))
	var space workspace
	f.Fuzz(func(t *testing.T, password, salt []byte, log, r, size uint8) {
		one := derivation{password: password, salt: salt, n: 1 << (log%10 + 1), r: int(r%20) + 1, size: int(size) + 1}
		other := one
		other.password, other.salt, other.size = salt, password, int(size)/2+1
		derives(t, &space, &one, &other)
		derives(t, &space, &other)
	})
}

// derives checks what a workspace makes of derivations.
func derives(t *testing.T, space *workspace, all ...*derivation) {
	t.Helper()
	if err := space.derive(all...); err != nil {
		t.Error(err)
	}
	for _, d := range all {
		want, err := scrypt.Key(d.password, d.salt, d.n, d.r, 1, d.size)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(d.key, want) {
			t.Errorf("%d at a time, N=%d r=%d: %x, want %x", len(all), d.n, d.r, d.key, want)
		}
	}
}

func ofReference(password string) *derivation {
	return &derivation{password: []byte(password), salt: []byte("salt"), n: referenceN, r: referenceR, size: referenceKeySize}
}

func TestScryptAtFullCost(t *testing.T) {
	t.Parallel()
	var space workspace
	derives(t, &space, ofReference("p"))
	derives(t, &space, ofReference("q"), ofReference("p"))
	derives(t, &space, ofReference("p"))
}

func BenchmarkScrypt(b *testing.B) {
	b.Run("reused", func(b *testing.B) {
		var space workspace
		b.ReportAllocs()
		for b.Loop() {
			_ = space.derive(ofReference("password"))
		}
	})
	b.Run("two", func(b *testing.B) {
		var space workspace
		b.ReportAllocs()
		for b.Loop() {
			_ = space.derive(ofReference("password"), ofReference("another"))
		}
	})
	b.Run("x", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = scrypt.Key([]byte("password"), []byte("salt"), 16384, 16, 1, 64)
		}
	})
}
