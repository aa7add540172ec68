package oauth

import "strings"

// Params are the parameters of a query or a form, in order. Order matters
// only to those who compare URLs, but they do.
type Params struct{ pairs []pair }

type pair struct{ name, value string }

// Set gives a parameter a value, in the place it had, or at the end.
func (p *Params) Set(name, value string) {
	for i := range p.pairs {
		if p.pairs[i].name == name {
			p.pairs[i].value = value
			return
		}
	}
	p.pairs = append(p.pairs, pair{name, value})
}

// SetSome is [Params.Set] that leaves empty values out.
func (p *Params) SetSome(name, value string) {
	if value != "" {
		p.Set(name, value)
	}
}

// Get returns the parameter's value, or "".
func (p *Params) Get(name string) string {
	for _, q := range p.pairs {
		if q.name == name {
			return q.value
		}
	}
	return ""
}

// Has reports whether there is such a parameter.
func (p *Params) Has(name string) bool {
	for _, q := range p.pairs {
		if q.name == name {
			return true
		}
	}
	return false
}

// Delete removes a parameter.
func (p *Params) Delete(name string) {
	for i, q := range p.pairs {
		if q.name == name {
			p.pairs = append(p.pairs[:i:i], p.pairs[i+1:]...)
			return
		}
	}
}

// Each calls yield for every parameter in order.
func (p *Params) Each(yield func(name, value string)) {
	for _, q := range p.pairs {
		yield(q.name, q.value)
	}
}

// Encode returns the parameters as application/x-www-form-urlencoded, with
// the same characters escaped as browsers and the reference escape.
func (p *Params) Encode() string {
	var b []byte
	for i, q := range p.pairs {
		if i > 0 {
			b = append(b, '&')
		}
		b = appendForm(b, q.name)
		b = append(b, '=')
		b = appendForm(b, q.value)
	}
	return string(b)
}

const upperHex = "0123456789ABCDEF"

// appendForm escapes as the URL standard's form serializer, which is not
// url.QueryEscape: * stays and ~ does not.
func appendForm(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("*-._", c) >= 0:
			b = append(b, c)
		case c == ' ':
			b = append(b, '+')
		default:
			b = append(b, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// AppendQuery adds parameters to a URL or a path, before its fragment. What
// query it has stays as it is written.
func AppendQuery(target string, p *Params) string {
	query := p.Encode()
	if query == "" {
		return target
	}
	target, fragment, hasFragment := strings.Cut(target, "#")
	if _, rest, ok := strings.Cut(target, "://"); ok && strings.HasPrefix(target, "http") && !strings.ContainsAny(rest, "/?") {
		target += "/" // as a URL parser writes an empty path
	}
	switch {
	case !strings.Contains(target, "?"):
		target += "?"
	case !strings.HasSuffix(target, "?") && !strings.HasSuffix(target, "&"):
		target += "&"
	}
	target += query
	if hasFragment {
		target += "#" + fragment
	}
	return target
}
