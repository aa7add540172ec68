package cookie_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/secret"
)

func ring(tb testing.TB) *secret.Ring {
	tb.Helper()
	r, err := secret.New("a secret, as long as it has to be 0123456789")
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

var theme = cookie.Define("app.theme", cookie.Attributes{Path: "/", SameSite: "Lax"}, nil)

func ExampleJar() {
	keys, _ := secret.New("a secret, as long as it has to be 0123456789")
	jar := cookie.NewJar(http.Header{"Cookie": {"app.theme=light"}}, keys, false)
	fmt.Println(jar.Get(theme))
	jar.Set(theme, "dark & quiet", time.Hour)
	answer := http.Header{}
	jar.AddTo(answer)
	fmt.Println(answer.Get("Set-Cookie"))
	// Output:
	// light true
	// app.theme=dark%20%26%20quiet; Max-Age=3600; Path=/; SameSite=Lax
}

// carry makes a request's header of an answer's cookies.
func carry(answer http.Header) http.Header {
	var pairs []string
	for _, line := range answer["Set-Cookie"] {
		pair, _, _ := strings.Cut(line, ";")
		pairs = append(pairs, pair)
	}
	return http.Header{"Cookie": {strings.Join(pairs, "; ")}}
}

func TestLongValuesAreSpread(t *testing.T) {
	t.Parallel()
	for _, length := range []int{0, 1, 3000, 5000, 20000} {
		jar, answer := cookie.NewJar(nil, ring(t), true), http.Header{}
		value := strings.Repeat("abcdefghij", length/10)
		if !jar.SetChunked(theme, value, time.Hour) {
			t.Fatalf("%d bytes do not fit", length)
		}
		jar.AddTo(answer)
		for _, line := range answer["Set-Cookie"] {
			if len(line) > 4096 {
				t.Errorf("%d bytes in one cookie", len(line))
			}
		}
		back := cookie.NewJar(carry(answer), ring(t), true)
		if got, _ := back.GetChunked(theme); got != value {
			t.Errorf("%d bytes came back as %d", len(value), len(got))
		}
	}
	jar := cookie.NewJar(nil, ring(t), false)
	if jar.SetChunked(theme, strings.Repeat("x", 1<<20), time.Hour) {
		t.Error("a megabyte fits into cookies")
	}
}

func TestWhatWasSetIsTakenBack(t *testing.T) {
	t.Parallel()
	jar, answer := cookie.NewJar(nil, ring(t), false), http.Header{}
	jar.SetSigned(theme, "dark", cookie.Session)
	before := jar.Answer()
	if value, ok := jar.Given(theme); !ok || !strings.HasPrefix(value, "dark.") {
		t.Errorf("given is %q, %v", value, ok)
	}
	jar.Expire(theme)
	if _, ok := jar.Given(theme); ok {
		t.Error("what was withdrawn is given")
	}
	jar.Restore(before)
	jar.AddTo(answer)
	back := cookie.NewJar(carry(answer), ring(t), false)
	if value, ok := back.GetSigned(theme); value != "dark" || !ok {
		t.Errorf("got %q, %v from %q", value, ok, answer)
	}
}

func TestAttributesAreChecked(t *testing.T) {
	t.Parallel()
	long := cookie.MaxLife + time.Second
	for _, a := range []cookie.Attributes{{Domain: "a;b"}, {Path: "/\n"}, {SameSite: "loose"}, {MaxAge: &long}} {
		if a.Check() == nil {
			t.Errorf("%+v is taken", a)
		}
	}
	if err := (cookie.Attributes{Domain: ".example.com", SameSite: "none"}).Check(); err != nil {
		t.Error(err)
	}
}
