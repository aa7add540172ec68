package fault

import (
	"net/http"
	"time"

	"github.com/watchword-auth/watchword/internal/authtest"
)

// lead is how long a caller is kept waiting. Where it holds a lock, the other
// one waits in turn, until it is gone.
const lead = 10 * time.Millisecond

// race makes the request, and the same one a second time before its n-th
// operation: what works once does not work twice, whoever comes first.
func (r *trial) race(n int) {
	client, other := r.Client.Clone(), r.Client.Clone()
	overtaking := make(chan *authtest.Answer, 1)
	r.plan.Meet(n, func() {
		done := make(chan struct{})
		go func() {
			defer close(done)
			overtaking <- r.Do(other)
		}()
		select {
		case <-done:
		case <-time.After(lead):
		}
	})
	first := r.Do(client)
	if _, fired := r.plan.Heal(); !fired {
		return // what runs in the background does not come in one order
	}
	second := <-overtaking
	settle(r.t)
	r.sound()
	for _, a := range []*authtest.Answer{first, second} {
		if a.Status >= http.StatusInternalServerError && a.Status != http.StatusServiceUnavailable {
			r.t.Errorf("of two callers one is answered %d %s", a.Status, a.Body)
		}
		if !succeeded(a) {
			r.opensNothing(a)
		}
	}
	if r.Once && succeeded(first) && succeeded(second) {
		r.t.Errorf("it works twice: %d %s, %d %s", first.Status, first.Body, second.Status, second.Body)
	}
}
