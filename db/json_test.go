package db_test

import (
	"math"
	"testing"

	"github.com/watchword-auth/watchword/db"
)

// The expected texts are JSON.stringify's.
func TestAppendJSONNumber(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]float64{
		"0": math.Copysign(0, -1), "1": 1, "-1.5": -1.5, "0.1": 0.1, "0.30000000000000004": 0.30000000000000004,
		"0.000001": 1e-6, "1e-7": 1e-7, "1.5e-10": 1.5e-10, "100000000000000000000": 1e20, "1e+21": 1e21, "5e-324": 5e-324,
		"1.7976931348623157e+308": math.MaxFloat64, "9007199254740992": 1 << 53, "-1e-7": -1e-7, "null": math.Inf(-1),
	} {
		if got := string(db.AppendJSONNumber(nil, f)); got != want {
			t.Errorf("%v is written %q, want %q", f, got, want)
		}
	}
	if got := string(db.AppendJSONNumbers([]byte("x"), []float64{1, math.NaN(), 2.5})); got != "x[1,null,2.5]" {
		t.Errorf("a list is written %q", got)
	}
}
