package cookie

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/weburl"
)

// Session as the age of a cookie means that it ends with the browser.
const Session time.Duration = 0

// Set sets a cookie for maxAge, cut to seconds, or [Session].
func (j *Jar) Set(d *Def, value string, maxAge time.Duration) {
	f := j.form(d)
	j.set(f.name, value, f.tail, j.age(d, maxAge))
}

// SetSigned sets a cookie whose value is signed.
func (j *Jar) SetSigned(d *Def, value string, maxAge time.Duration) {
	j.Set(d, j.ring.Sign(value), maxAge)
}

// Expire makes the browser drop a cookie, and takes back what this call set.
func (j *Jar) Expire(d *Def) {
	f := j.form(d)
	j.expire(f.name, f.tail)
}

// expire also takes back what this call set: who reads the raw answer must not
// find a value that was withdrawn.
func (j *Jar) expire(name, tail string) {
	j.takeBack(name)
	for i := range j.answer {
		if j.answer[i].name == name {
			return
		}
	}
	j.set(name, "", tail, 0)
}

// takeBack forgets what this call set for a name and its chunks. What is being
// expired stays: a browser takes the last line of a name.
func (j *Jar) takeBack(name string) {
	j.answer = slices.DeleteFunc(j.answer, func(set line) bool {
		return !set.expired && (set.name == name || isChunk(set.name, name))
	})
}

func (j *Jar) age(d *Def, maxAge time.Duration) int64 {
	if maxAge == Session {
		return -1
	}
	if d.maxAge != nil {
		maxAge = *d.maxAge
	}
	return int64(maxAge / time.Second)
}

// set appends a cookie, in place of a value of that name set before. A negative
// age sends none.
func (j *Jar) set(name, value, tail string, age int64) {
	b := make([]byte, 0, len(name)+len(value)+len(tail)+64)
	b = append(append(b, name...), '=')
	b = weburl.AppendComponent(b, value)
	b = append(appendMaxAge(b, age), tail...)
	j.answer = slices.DeleteFunc(j.answer, func(set line) bool { return set.name == name && !set.expired })
	j.answer = append(j.answer, line{name, string(b), age == 0})
}

func appendMaxAge(b []byte, age int64) []byte {
	if age < 0 {
		return b
	}
	return strconv.AppendInt(append(b, "; Max-Age="...), age, 10)
}

// Given returns the value that the answer gives to a cookie; ok is
// false where it does not set the cookie, or withdraws it.
func (j *Jar) Given(d *Def) (value string, ok bool) {
	name := j.form(d).name
	for i := len(j.answer) - 1; i >= 0; i-- {
		set := &j.answer[i]
		if set.name != name {
			continue
		}
		raw, _, _ := strings.Cut(set.text[len(name)+1:], ";")
		return decode(raw), !set.expired && raw != ""
	}
	return "", false
}

// Sets reports whether the answer sets or expires a cookie, or a chunk of it.
func (j *Jar) Sets(d *Def) bool {
	name := j.form(d).name
	return slices.ContainsFunc(j.answer, func(set line) bool { return set.name == name || isChunk(set.name, name) })
}

// AddTo adds the answer's cookies to headers.
func (j *Jar) AddTo(h http.Header) {
	for i := range j.answer {
		h["Set-Cookie"] = append(h["Set-Cookie"], j.answer[i].text)
	}
}

// Answer is what a [Jar] holds of an answer at one moment.
type Answer struct{ lines []line }

// Answer returns what the answer sets so far.
func (j *Jar) Answer() Answer { return Answer{slices.Clone(j.answer)} }

// Restore goes back to what the answer set at a moment; the zero Answer sets
// nothing.
func (j *Jar) Restore(a Answer) { j.answer = slices.Clone(a.lines) }
