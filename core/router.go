package core

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// router finds endpoints: fixed paths in a map, paths with parameters by
// their segments.
type router struct {
	fixed    map[string][]route // by path
	patterns []pattern
}

type route struct {
	method   string
	endpoint *endpoint
}

type pattern struct {
	segments []string
	route
}

// add adds a route. Where the route is taken it names the endpoint that has it.
func (r *router) add(method string, e *endpoint) (taken *endpoint, err error) {
	if err := checkPath(e.Path); err != nil {
		return nil, err
	}
	if strings.Contains(e.Path, "{") {
		segments := strings.Split(e.Path[1:], "/")
		for _, p := range r.patterns {
			if p.method == method && samePattern(p.segments, segments) {
				return p.endpoint, errTaken
			}
		}
		r.patterns = append(r.patterns, pattern{segments, route{method, e}})
		return nil, nil
	}
	for _, known := range r.fixed[e.Path] {
		if known.method == method {
			return known.endpoint, errTaken
		}
	}
	if r.fixed == nil {
		r.fixed = map[string][]route{}
	}
	r.fixed[e.Path] = append(r.fixed[e.Path], route{method, e})
	return nil, nil
}

var errTaken = errors.New("the route is taken")

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

// find returns the endpoint for a method and an escaped path, and the path's
// segments where it has parameters.
func (r *router) find(method, path string) (*endpoint, []string) {
	for _, known := range r.fixed[path] {
		if known.method == method {
			return known.endpoint, nil
		}
	}
	if len(r.patterns) == 0 || path == "" {
		return nil, nil
	}
	segments := strings.Split(path[1:], "/")
	for _, p := range r.patterns {
		if p.method == method && p.matches(segments) {
			return p.endpoint, segments
		}
	}
	return nil, nil
}

func (p *pattern) matches(segments []string) bool {
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

// parameter returns the value of a path parameter, decoded.
func (e *endpoint) parameter(segments []string, name string) string {
	for i, s := range strings.Split(e.Path[1:], "/") {
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
