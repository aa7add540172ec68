package fault

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/kv"
)

// Flow is one request of the product that storage may fail.
type Flow struct {
	Name    string
	Options []func(*core.Options)
	// Begin brings a new instance, whose storage works, to where the request
	// can be made.
	Begin func(s *authtest.Server) *Attempt
}

// Attempt is the request of a [Flow] and what must hold around it.
type Attempt struct {
	Client *authtest.Client // nil: one without cookies
	Do     func(c *authtest.Client) *authtest.Answer
	// Done reports whether the request has had its effect.
	Done func() bool
	// Once is set for what must not work again after it had its effect.
	Once bool
	// Later is set for what is done behind the answer, which promises nothing.
	Later bool
	// Says are codes that tell whoever tries again that there is nothing left
	// to do. They are believed only where the effect is there.
	Says []string
	// Spends are codes that tell whoever tries again that the attempt, which
	// failed, is not to be had twice: a guess, or what secondary storage gave
	// up. The effect need not be there.
	Spends []string
	// Sound looks for what must never be there, and returns "" or a
	// complaint.
	Sound func() string
}

func (f Flow) run(t *testing.T, engine place, kinds ...Kind) {
	var operations int
	t.Run("whole", func(t *testing.T) {
		r := f.begin(t, engine)
		r.plan.Fail(0, 0)
		answer := r.Do(r.Client.Clone())
		settle(t)
		operations, _ = r.plan.Heal()
		if !succeeded(answer) || !r.Done() {
			t.Fatalf("without a fault: %d %s %s, done %v", answer.Status, answer.Header.Get("Location"), answer.Body, r.Done())
		}
		if operations == 0 {
			t.Fatal("storage is not used")
		}
		r.sound()
	})
	for n := 1; n <= operations; n++ {
		for _, kind := range kinds {
			t.Run(fmt.Sprintf("%d %v", n, kind), func(t *testing.T) {
				if r := f.begin(t, engine); kind == overtaken {
					r.race(n)
				} else {
					r.fail(n, kind)
				}
			})
		}
	}
}

// trial is one attempt on an instance of its own.
type trial struct {
	*Attempt

	t    *testing.T
	s    *authtest.Server
	plan *Plan
	drop func() // ends the connections to the database
}

func (f Flow) begin(t *testing.T, engine place) *trial {
	plan := &Plan{}
	options := append([]func(*core.Options){engine.option}, f.Options...)
	s := authtest.New(t, append(options, func(o *core.Options) {
		o.Database = DB(o.Database, plan)
		if o.SecondaryStorage != nil {
			o.SecondaryStorage = KV(o.SecondaryStorage, plan)
		}
	})...)
	authtest.Empty(t, s.Kernel)
	r := &trial{f.Begin(s), t, s, plan, engine.drop}
	if r.Client == nil {
		r.Client = s.Client()
	}
	settle(t)
	return r
}

// fail makes the request fail once, looks at what there is, and makes the same
// request again.
func (r *trial) fail(n int, kind Kind) {
	client := r.Client.Clone()
	switch kind {
	case canceled:
		ctx, cancel := context.WithCancel(r.t.Context())
		defer cancel()
		client = r.Client.WithContext(ctx)
		r.plan.Meet(n, cancel)
	case dropped:
		r.plan.Meet(n, r.drop)
	default:
		r.plan.Fail(n, kind)
	}
	first := r.Do(client)
	settle(r.t)
	if _, fired := r.plan.Heal(); !fired {
		return // what runs in the background does not come in one order
	}
	if kind == dropped {
		r.revive()
	}
	r.judge(first)
	r.sound()
	done := r.Done()
	if succeeded(first) && !done && !r.Later {
		r.t.Errorf("the answer says that it is done, and it is not: %s", first.Body)
	}

	again := r.Do(r.Client.Clone())
	settle(r.t)
	r.sound()
	switch says := says(again); {
	case succeeded(again) && done && r.Once:
		r.t.Errorf("it was done, and works once more (first: %d %s)", first.Status, first.Body)
	case succeeded(again) && !r.Done():
		r.t.Errorf("another attempt says that it is done, and it is not: %s", again.Body)
	case succeeded(again):
	case slices.ContainsFunc(r.Spends, says):
	case !slices.ContainsFunc(r.Says, says):
		r.t.Errorf("another attempt: %d %s %s (first: %d %s %s, done %v)", again.Status, again.Header.Get("Location"), again.Body,
			first.Status, first.Header.Get("Location"), first.Body, done)
	case !r.Done():
		r.t.Errorf("it is not done and cannot be done again: %d %s %s (first: %d %s)", again.Status, again.Header.Get("Location"), again.Body, first.Status, first.Body)
	}
}

// judge looks at the answer to a request whose storage failed.
func (r *trial) judge(a *authtest.Answer) {
	if strings.Contains(r.s.Log(), "panic") {
		r.t.Error("something panicked")
	}
	if strings.Contains(a.Body, "planned") {
		r.t.Errorf("the answer shows the fault: %s", a.Body)
	}
	if succeeded(a) {
		return
	}
	told := func(code string) bool { return says(a)(code) }
	switch {
	case a.Status == http.StatusServiceUnavailable:
		if a.Header.Get("Retry-After") == "" {
			r.t.Error("503 without Retry-After")
		}
	case !slices.ContainsFunc(slices.Concat(r.Says, r.Spends), told):
		r.t.Errorf("the fault is answered %d %s %s", a.Status, a.Header.Get("Location"), a.Body)
	}
	r.opensNothing(a)
}

// opensNothing fails the test if an answer that refuses brought a session.
func (r *trial) opensNothing(a *authtest.Answer) {
	response := http.Response{Header: a.Header}
	for _, cookie := range response.Cookies() {
		if cookie.Value == "" || cookie.MaxAge < 0 {
			continue
		}
		thief := r.s.Client()
		thief.SetCookie(cookie.Name, cookie.Value)
		if body := thief.Get("/get-session").Body; body != "null" && !r.holds(cookie.Name, cookie.Value) {
			r.t.Errorf("an answer that refuses opened a session: %s", body)
		}
	}
	if token := bearer(a); token != "" {
		if _, err := r.s.Context().Sessions().Find(token); err == nil {
			r.t.Error("an answer that refuses holds the token of a session")
		}
	}
}

// holds reports whether the client had that cookie before.
func (r *trial) holds(name, value string) bool { return r.Client.Cookie(name) == value }

func bearer(a *authtest.Answer) string {
	if !strings.HasPrefix(a.Body, "{") {
		return ""
	}
	return a.Text("token")
}

func (r *trial) sound() {
	r.t.Helper()
	if r.Sound == nil {
		return
	}
	if complaint := r.Sound(); complaint != "" {
		r.t.Error(complaint)
	}
}

// Accounted complains about users who have no way to sign in: it is an
// [Attempt]'s Sound where every user must have an account.
func Accounted(s *authtest.Server) func() string {
	return EveryUser(s, func(c *core.Context, u *core.User) string {
		if accounts, err := c.Accounts().ByUser(u.ID); err != nil || len(accounts) == 0 {
			return fmt.Sprintf("%s has no account (%v)", u.Email, err)
		}
		return ""
	})
}

// EveryUser is an [Attempt]'s Sound that asks for a complaint about each user,
// and returns the first.
func EveryUser(s *authtest.Server, complaint func(c *core.Context, u *core.User) string) func() string {
	return func() string {
		c := s.Context()
		users, err := db.All(c, c.DB(), c.Tables().Users.Table, db.Query[core.User]{})
		if err != nil {
			return err.Error()
		}
		for _, u := range users {
			if text := complaint(c, u); text != "" {
				return text
			}
		}
		return ""
	}
}

// succeeded reports whether an answer promises that the request was carried
// out. Pages are told of failures in the query.
func succeeded(a *authtest.Answer) bool {
	return a.Status < http.StatusBadRequest && !strings.Contains(a.Header.Get("Location"), "error=")
}

// says reports whether an answer holds a code, which an empty body has none of.
func says(a *authtest.Answer) func(code string) bool {
	text := a.Body + a.Header.Get("Location")
	return func(code string) bool { return strings.Contains(text, code) }
}

// patience bounds how long what a request leaves running may run.
const patience = 5 * time.Second

// Secondary keeps sessions and verifications in secondary storage: an option
// of a [Flow].
func Secondary(o *core.Options) {
	o.SecondaryStorage = kv.NewMemory(kv.MemoryOptions{Now: o.Now})
}

// InBoth keeps sessions and verifications in secondary storage and in the
// database: an option of a [Flow].
func InBoth(o *core.Options) {
	Secondary(o)
	o.Session.StoreSessionInDatabase, o.Verification.StoreInDatabase = true, true
}

// SignedIn reports whether the browser has a session, also one that has gone
// away.
func SignedIn(c *authtest.Client) bool {
	return c.WithContext(context.Background()).Get("/get-session").Body != "null"
}
