package cookie

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/watchword-auth/watchword/secret"
)

// Jar reads the cookies of one request and gathers those of its answer.
type Jar struct {
	request http.Header // nil: there is no request
	ring    *secret.Ring
	secure  bool
	replace map[string]string // cookies put in place of the request's
	answer  []line
}

// line is one Set-Cookie of the answer.
type line struct {
	name, text string
	expired    bool
}

// NewJar returns the jar of a request with these headers, nil where there is
// none. Over secure connections cookies have their secure names.
func NewJar(request http.Header, ring *secret.Ring, secure bool) Jar {
	return Jar{request: request, ring: ring, secure: secure}
}

func (j *Jar) form(d *Def) *form {
	if j.secure {
		return &d.secure
	}
	return &d.plain
}

// Name returns the cookie's whole name in this call.
func (j *Jar) Name(d *Def) string { return j.form(d).name }

// Get returns the decoded value the request carries.
func (j *Jar) Get(d *Def) (string, bool) { return j.Named(j.form(d).name) }

// GetSigned returns the value of a cookie whose signature holds. A cookie
// with a wrong signature is as good as none.
func (j *Jar) GetSigned(d *Def) (string, bool) {
	signed, ok := j.Get(d)
	if !ok {
		return "", false
	}
	return j.ring.Verify(signed)
}

// Named returns the first cookie of the request with that whole name.
func (j *Jar) Named(name string) (string, bool) {
	if value, ok := j.replace[name]; ok {
		return value, true
	}
	for _, line := range j.request["Cookie"] {
		if raw, ok := find(line, name); ok {
			return decode(raw), true
		}
	}
	return "", false
}

// All calls yield for every cookie of the request with its raw value.
func (j *Jar) All(yield func(name, raw string)) {
	for _, line := range j.request["Cookie"] {
		for len(line) > 0 {
			var part string
			part, line, _ = strings.Cut(line, ";")
			if name, raw, ok := strings.Cut(part, "="); ok {
				yield(strings.TrimSpace(name), strings.TrimSpace(raw))
			}
		}
	}
}

// Present makes the request carry a cookie for the rest of the call, in place
// of its own: for what arrives in a header and stands for a cookie.
func (j *Jar) Present(d *Def, value string) {
	if j.replace == nil {
		j.replace = map[string]string{}
	}
	j.replace[j.form(d).name] = value
}

func find(line, name string) (string, bool) {
	for len(line) > 0 {
		part := line
		if i := strings.IndexByte(line, ';'); i >= 0 {
			part, line = line[:i], line[i+1:]
		} else {
			line = ""
		}
		part = strings.TrimLeft(part, " \t")
		if !strings.HasPrefix(part, name) {
			continue
		}
		if rest := strings.TrimLeft(part[len(name):], " \t"); rest != "" && rest[0] == '=' {
			return strings.Trim(rest[1:], " \t"), true
		}
	}
	return "", false
}

// decode reads a value as the reference does, which takes what opens with a
// quote to close with one: the last character goes, whatever it is.
func decode(raw string) string {
	if len(raw) >= 2 && raw[0] == '"' {
		_, size := utf8.DecodeLastRuneInString(raw)
		raw = raw[1 : len(raw)-size]
	}
	if strings.IndexByte(raw, '%') < 0 {
		return raw
	}
	if value, err := url.PathUnescape(raw); err == nil && utf8.ValidString(value) {
		return value
	}
	return raw
}
