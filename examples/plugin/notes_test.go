package plugin_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/examples/plugin"
	"github.com/watchword-auth/watchword/flow/emailpassword"
)

func newAuth(t *testing.T) *watchword.Auth {
	t.Helper()
	limited := true
	auth, err := watchword.New(watchword.Options{
		Secret: "a secret of the example, and of nothing else", BaseURL: "http://localhost:3000",
		Database: memory.New(), EmailAndPassword: watchword.EmailAndPassword{Enabled: true},
		RateLimit: watchword.RateLimit{Enabled: &limited},
		Plugins:   []watchword.Plugin{plugin.Notes{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = auth.Close(t.Context()) })
	return auth
}

// signUp returns the session a call can be made in.
func signUp(t *testing.T, auth *watchword.Auth) *watchword.Current {
	t.Helper()
	var reply watchword.Reply
	_, err := watchword.Invoke(t.Context(), auth, emailpassword.SignUp,
		&emailpassword.SignUpInput{Name: "Ada", Email: "ada@example.com", Password: "correct horse"}, watchword.Call{Reply: &reply})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	cookie, _, _ := strings.Cut(reply.Header.Get("Set-Cookie"), ";")
	r.Header.Set("Cookie", cookie)
	current, err := auth.Session(r)
	if err != nil || current == nil {
		t.Fatalf("no session: %v", err)
	}
	return current
}

func TestNotes(t *testing.T) {
	t.Parallel()
	auth := newAuth(t)
	call := watchword.Call{Session: signUp(t, auth)}
	add := func(text string) error {
		_, err := watchword.Invoke(t.Context(), auth, plugin.Add, &plugin.AddInput{Text: text}, call)
		return err
	}
	for _, text := range []string{"milk", "eggs"} {
		if err := add(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := add("one too many"); !errors.Is(err, plugin.ErrTooManyNotes) {
		t.Errorf("got %v, want %v", err, plugin.ErrTooManyNotes)
	}
	var refusal *watchword.Error
	if err := add(""); !errors.As(err, &refusal) || refusal.Status != http.StatusBadRequest {
		t.Errorf("got %v, want a refusal of an empty note", err)
	}
	notes, err := watchword.Invoke(t.Context(), auth, plugin.List, &plugin.ListInput{}, call)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, n := range *notes {
		texts = append(texts, n.Text)
	}
	if got := strings.Join(texts, ", "); got != "Welcome, Ada!, milk, eggs" {
		t.Errorf("notes are %q", got)
	}
}

func TestNotesNeedASession(t *testing.T) {
	t.Parallel()
	auth := newAuth(t)
	w := httptest.NewRecorder()
	auth.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/auth/notes/list", nil))
	if w.Code != http.StatusUnauthorized {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

// TestNotesAreLimited proves that the limit counts before any work is done.
func TestNotesAreLimited(t *testing.T) {
	t.Parallel()
	auth := newAuth(t)
	status := func() int {
		r := httptest.NewRequest(http.MethodPost, "/api/auth/notes/add", strings.NewReader(`{"text":"x"}`))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		auth.ServeHTTP(w, r)
		return w.Code
	}
	for range 10 {
		if got := status(); got != http.StatusUnauthorized {
			t.Fatalf("status %d within the limit", got)
		}
	}
	if got := status(); got != http.StatusTooManyRequests {
		t.Errorf("status %d beyond the limit", got)
	}
}
