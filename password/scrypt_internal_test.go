package password

import (
	"bytes"
	"testing"

	"golang.org/x/crypto/scrypt"
)

// FuzzScrypt compares with golang.org/x/crypto/scrypt, over one reused workspace so that what a computation leaves
// behind cannot reach the next.
func FuzzScrypt(f *testing.F) {
	f.Add([]byte("password"), []byte("NaCl"), uint8(10), uint8(8), uint8(64))
	f.Add([]byte{}, []byte{}, uint8(1), uint8(1), uint8(1))
	f.Add([]byte("password"), []byte("salt"), uint8(4), uint8(16), uint8(33))
	f.Add(bytes.Repeat([]byte("long"), 99), []byte("salt"), uint8(6), uint8(3), uint8(255))
	var space workspace
	f.Fuzz(func(t *testing.T, password, salt []byte, log, r, size uint8) {
		n, cost, length := 1<<(log%10+1), int(r%20)+1, int(size)+1
		want, err := scrypt.Key(password, salt, n, cost, 1, length)
		if err != nil {
			t.Fatal(err)
		}
		got, err := space.scrypt(password, salt, n, cost, length)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("N=%d r=%d: %x, %v, want %x", n, cost, got, err, want)
		}
	})
}

func TestScryptAtFullCost(t *testing.T) {
	t.Parallel()
	want, err := scrypt.Key([]byte("p"), []byte("s"), 16384, 16, 1, 64)
	if err != nil {
		t.Fatal(err)
	}
	var space workspace
	for range 2 {
		if got, err := space.scrypt([]byte("p"), []byte("s"), 16384, 16, 64); err != nil || !bytes.Equal(got, want) {
			t.Errorf("got %x, %v, want %x", got, err, want)
		}
	}
}

func BenchmarkScrypt(b *testing.B) {
	b.Run("reused", func(b *testing.B) {
		var space workspace
		b.ReportAllocs()
		for b.Loop() {
			_, _ = space.scrypt([]byte("password"), []byte("salt"), 16384, 16, 64)
		}
	})
	b.Run("x", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, _ = scrypt.Key([]byte("password"), []byte("salt"), 16384, 16, 1, 64)
		}
	})
}
