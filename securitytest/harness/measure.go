package harness

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Usage is what an instance's process has used.
type Usage struct {
	CPU      time.Duration // in steps of the kernel's clock, mostly 10 ms
	Resident int64         // bytes of memory at this moment
}

// Usage reads what the instance's process has used. The test is skipped where
// the system does not tell.
func (s *Site) Usage() Usage {
	s.t.Helper()
	dir := fmt.Sprintf("/proc/%d/", s.Process())
	stat, err := os.ReadFile(dir + "stat")
	if err != nil {
		s.t.Skipf("SKIPPED, NOT TESTED: this system does not tell what a process uses: %v", err)
	}
	// The name in parentheses may hold blanks; 14 and 15 are user and system time.
	fields := strings.Fields(string(stat[strings.LastIndex(string(stat), ")")+2:]))
	ticks := number(s.t, fields[11]) + number(s.t, fields[12])
	status, err := os.ReadFile(dir + "status")
	if err != nil {
		s.t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib := number(s.t, strings.Fields(rest)[0])
	return Usage{time.Duration(ticks) * (time.Second / 100), kib << 10}
}

func number(t testing.TB, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
