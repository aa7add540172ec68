package fault

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// settle waits until the instance's goroutines are gone, and fails the test if
// they do not go: nothing may stay behind a request. Tests that use it must
// not run in parallel.
func settle(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(50 * time.Microsecond) {
		left := lingering()
		if left == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("goroutines stay behind:\n%s", left)
		}
	}
}

// lingering returns the stack of a goroutine of the house other than the
// test's own, or "".
func lingering() string {
	buffer := make([]byte, 256<<10)
	stacks := strings.Split(string(buffer[:runtime.Stack(buffer, true)]), "\n\n")
	for _, stack := range stacks[1:] { // the first is the caller
		if strings.Contains(stack, "watchword-auth/watchword/") && !strings.Contains(stack, "testing.tRunner") {
			return stack
		}
	}
	return ""
}
