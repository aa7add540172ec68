// Package router finds what a path leads to. Paths are compared as they were
// written, escaped: what a proxy in front compared is what is routed here.
//
//	var r router.Router[http.Handler]
//	taken, err := r.Add("GET", "/notes/{id}", show)
//	h, segments, ok := r.Find("GET", "/notes/7")
//	id := router.Parameter("/notes/{id}", segments, "id")
//
// A Router is safe for concurrent use once nothing is added any more.
package router

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Router finds values, such as endpoints: fixed paths in a map, paths with
// parameters by their segments. The zero Router is empty.
type Router[E any] struct {
	fixed    map[string][]route[E] // by path
	patterns []pattern[E]
}

type route[E any] struct {
	method string
	value  E
}

type pattern[E any] struct {
	segments []string
	route[E]
}

// Add adds a route. Where the route is taken it returns the value that has it,
// with [ErrTaken]; any other error says what is wrong about the path.
func (r *Router[E]) Add(method, path string, value E) (taken E, err error) {
	if err := checkPath(path); err != nil {
		return taken, err
	}
	if strings.Contains(path, "{") {
		segments := strings.Split(path[1:], "/")
		for _, p := range r.patterns {
			if p.method == method && samePattern(p.segments, segments) {
				return p.value, ErrTaken
			}
		}
		r.patterns = append(r.patterns, pattern[E]{segments, route[E]{method, value}})
		return taken, nil
	}
	for _, known := range r.fixed[path] {
		if known.method == method {
			return known.value, ErrTaken
		}
	}
	if r.fixed == nil {
		r.fixed = map[string][]route[E]{}
	}
	r.fixed[path] = append(r.fixed[path], route[E]{method, value})
	return taken, nil
}

// ErrTaken reports that a route is another's already.
var ErrTaken = errors.New("the route is taken")

func checkPath(path string) error {
	if !strings.HasPrefix(path, "/") {
		return errors.New("the path does not start with a slash")
	}
	for s := range strings.SplitSeq(path[1:], "/") {
		name, ok := strings.CutPrefix(s, "{")
		if ok {
			name, ok = strings.CutSuffix(name, "}")
			ok = ok && name != ""
		}
		if s == "" || !ok && strings.ContainsAny(s, "{}") || ok && strings.ContainsAny(name, "{}") {
			return fmt.Errorf("the path's segment %q is neither fixed nor a {parameter}", s)
		}
	}
	return nil
}

func samePattern(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] && (!isParameter(a[i]) || !isParameter(b[i])) {
			return false
		}
	}
	return true
}

func isParameter(segment string) bool { return strings.HasPrefix(segment, "{") }

// Find returns the value for a method and an escaped path, and the path's
// segments where it has parameters. ok is false where there is none.
func (r *Router[E]) Find(method, path string) (value E, segments []string, ok bool) {
	for _, known := range r.fixed[path] {
		if known.method == method {
			return known.value, nil, true
		}
	}
	if len(r.patterns) == 0 || path == "" {
		return value, nil, false
	}
	segments = strings.Split(path[1:], "/")
	for i := range r.patterns {
		p := &r.patterns[i]
		if p.method == method && p.matches(segments) {
			return p.value, segments, true
		}
	}
	return value, nil, false
}

func (p *pattern[E]) matches(segments []string) bool {
	if len(segments) != len(p.segments) {
		return false
	}
	for i, s := range p.segments {
		if isParameter(s) && segments[i] == "" || !isParameter(s) && s != segments[i] {
			return false
		}
	}
	return true
}

// Parameter returns the value of a parameter of a route's path, decoded, from
// the segments that [Router.Find] returned.
func Parameter(path string, segments []string, name string) string {
	for i, s := range strings.Split(path[1:], "/") {
		if s != "{"+name+"}" || i >= len(segments) {
			continue
		}
		if value, err := url.PathUnescape(segments[i]); err == nil && utf8.ValidString(value) {
			return value
		}
		return segments[i]
	}
	return ""
}
