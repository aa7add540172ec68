package router_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/internal/router"
)

func TestFind(t *testing.T) {
	t.Parallel()
	var r router.Router[string]
	for _, path := range []string{"/notes", "/notes/{id}", "/notes/{id}/parts/{part}", "/notes/all"} {
		if _, err := r.Add("GET", path, path); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{
		"/notes": "/notes", "/notes/7": "/notes/{id}", "/notes/all": "/notes/all", "/notes/7/parts/a%2Fb": "/notes/{id}/parts/{part}",
		"": "", "/": "", "/notes/": "", "/notes/7/": "", "/notes/7/parts/": "", "notes": "", "/NOTES": "",
	} {
		got, segments, ok := r.Find("GET", path)
		if got != want || ok != (want != "") {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
		if strings.Contains(want, "{part}") {
			if part := router.Parameter(want, segments, "part"); part != "a/b" {
				t.Errorf("the parameter is %q", part)
			}
		}
		if _, _, ok := r.Find("POST", path); ok {
			t.Errorf("%q leads somewhere by another method", path)
		}
	}
}

func TestCollisions(t *testing.T) {
	t.Parallel()
	var r router.Router[string]
	for _, path := range []string{"/a/{x}", "/b"} {
		if _, err := r.Add("GET", path, path); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]string{"/a/{y}": "/a/{x}", "/b": "/b"} {
		if taken, err := r.Add("GET", path, "new"); taken != want || !errors.Is(err, router.ErrTaken) {
			t.Errorf("%s: got %q, %v, want %q", path, taken, err, want)
		}
	}
	for _, path := range []string{"", "a", "/", "//a", "/{", "/{}", "/a{x}", "/{x}y", "/{{x}}"} {
		if _, err := r.Add("GET", path, "new"); err == nil || errors.Is(err, router.ErrTaken) {
			t.Errorf("%q: got %v", path, err)
		}
	}
}
