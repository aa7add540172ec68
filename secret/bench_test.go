package secret_test

import (
	"testing"

	"github.com/watchword-auth/watchword/secret"
)

func TestAllocations(t *testing.T) {
	ring := single(t, "a secret of thirty-two characters")
	value := secret.ID(nil)
	signed := ring.Sign(value)
	buffer := make([]byte, 0, 128)
	for name, c := range map[string]struct {
		most float64
		run  func()
	}{
		"Sign":         {1, func() { ring.Sign(value) }},
		"AppendSigned": {0, func() { buffer = ring.AppendSigned(buffer[:0], value) }},
		"Verify":       {0, func() { ring.Verify(signed) }},
		"ID":           {1, func() { secret.ID(nil) }},
	} {
		if got := testing.AllocsPerRun(200, c.run); got > c.most && !raceEnabled {
			t.Errorf("%s allocates %v times, at most %v allowed", name, got, c.most)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	ring, value := single(b, "a secret of thirty-two characters"), secret.ID(nil)
	b.ReportAllocs()
	for b.Loop() {
		ring.Sign(value)
	}
}

func BenchmarkVerify(b *testing.B) {
	ring := single(b, "a secret of thirty-two characters")
	signed := ring.Sign(secret.ID(nil))
	b.ReportAllocs()
	for b.Loop() {
		ring.Verify(signed)
	}
}

func BenchmarkOpen(b *testing.B) {
	ring := single(b, "a secret of thirty-two characters")
	sealed := must(ring.Seal(make([]byte, 300), nil))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = ring.Open(sealed)
	}
}

func BenchmarkID(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		secret.ID(nil)
	}
}
