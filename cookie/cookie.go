package cookie

import "time"

// Def is a cookie of an instance, defined once: its name and attributes over
// plain and over secure connections.
type Def struct {
	plain, secure form
	maxAge        *time.Duration
}

type form struct {
	name string
	tail string // attributes behind Max-Age
}

// Define returns a cookie of that name; over secure connections it is prefixed
// with __Secure-. A maxAge that is not nil wins over what is asked for whenever
// the cookie is set.
func Define(name string, a Attributes, maxAge *time.Duration) *Def {
	return &Def{
		plain:  form{name, a.tail(false)},
		secure: form{"__Secure-" + name, a.tail(true)},
		maxAge: maxAge,
	}
}

// Bare returns the cookie without a prefix over secure connections.
func (d *Def) Bare() *Def {
	return &Def{plain: d.plain, secure: form{d.plain.name, d.secure.tail}, maxAge: d.maxAge}
}

// Name returns the whole name over secure or plain connections.
func (d *Def) Name(secure bool) string {
	if secure {
		return d.secure.name
	}
	return d.plain.name
}

// Suffixed returns a cookie whose name has something behind that of d, and
// which is like d otherwise. The suffix must be part of a [ValidName].
func (d *Def) Suffixed(suffix string) *Def {
	return &Def{plain: form{d.plain.name + suffix, d.plain.tail}, secure: form{d.secure.name + suffix, d.secure.tail}, maxAge: d.maxAge}
}

// MaxAge returns the age that wins over all others; ok is false where there is
// none.
func (d *Def) MaxAge() (age time.Duration, ok bool) {
	if d.maxAge == nil {
		return 0, false
	}
	return *d.maxAge, true
}
