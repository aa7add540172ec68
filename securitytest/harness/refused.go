package harness

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// Watch remembers what storage holds about users, so that a refusal can be
// told from a change that is answered with an error.
type Watch struct {
	s      *Site
	about  []string
	before []string
}

// Watch reads every row and key that names one of these: addresses, keys of
// users or other rows, tokens.
func (s *Site) Watch(about ...string) *Watch {
	s.t.Helper()
	return &Watch{s, about, s.Store.Rows(s.t, about...)}
}

// Unchanged fails the test if storage holds something else than before.
func (w *Watch) Unchanged(what string) {
	w.s.t.Helper()
	if diff := cmp.Diff(w.before, w.s.Store.Rows(w.s.t, w.about...)); diff != "" {
		w.s.t.Errorf("%s changed storage:\n%s", what, diff)
	}
}

// Refused fails the test unless the answer is a refusal in every respect: a
// status of 4xx, or a redirect to a page of the site's own that says the
// error; no cookie that is worth a session; no token in a header; storage as
// it was. Status 0 is any 4xx, and the empty code is any.
func (w *Watch) Refused(a *Answer, status int, code string) {
	w.s.t.Helper()
	w.s.refuses(a, status, code)
	w.s.barren(a)
	w.Unchanged(code)
}

func (s *Site) refuses(a *Answer, status int, code string) {
	s.t.Helper()
	if a.Status >= 300 && a.Status < 400 {
		to, err := url.Parse(a.Header.Get("Location"))
		if err != nil || to.Host != "" && to.Scheme+"://"+to.Host != s.Origin {
			s.t.Errorf("refused with a redirect to %q", a.Header.Get("Location"))
			return
		}
		got := to.Query().Get("error")
		if got == "" || code != "" && !strings.EqualFold(got, code) || status != 0 && a.Status != status {
			s.t.Errorf("%d to %q, want %d with the error %s", a.Status, a.Header.Get("Location"), status, code)
		}
		return
	}
	if a.Status < 400 || a.Status >= 500 || status != 0 && a.Status != status {
		s.t.Errorf("status %d, want %d %s: %s", a.Status, status, code, short(a.Body))
		return
	}
	if code != "" && !strings.Contains(a.Body, `"code":"`+code+`"`) {
		s.t.Errorf("%d, but not for %s: %s", a.Status, code, short(a.Body))
	}
}

// barren fails the test if the answer holds something that is worth a
// session.
func (s *Site) barren(a *Answer) {
	s.t.Helper()
	for _, name := range []string{"set-auth-token", "set-auth-jwt"} {
		if a.Header.Get(name) != "" {
			s.t.Errorf("a refusal has the header %s", name)
		}
	}
	thief := s.Client()
	for _, cookie := range (&http.Response{Header: a.Header}).Cookies() {
		if cookie.Value != "" {
			thief.Jar[cookie.Name] = cookie.Value
		}
	}
	if len(thief.Jar) > 0 {
		thief.Stranger("a cookie of a refusal")
	}
}
