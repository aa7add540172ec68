package core

import (
	"strconv"
	"time"
)

// maxChunks bounds how many cookies one value may take.
const maxChunks = 100

// chunkSize leaves room for name and attributes below the 4096 bytes that
// browsers keep.
func chunkSize(f *cookieForm) int {
	return 4050 - len(f.name) - len(".99=") - len(f.tail)
}

// SetChunked sets a cookie whose value may be too long for one: then it is
// spread over several, named with a number behind a dot. What was there before
// is withdrawn. It reports false, and sets nothing, where even that does not
// hold the value.
func (s Cookies) SetChunked(d *CookieDef, value string, maxAge time.Duration) bool {
	f := s.form(d)
	size := chunkSize(f)
	s.expirePresent(d)
	s.takeBack(f.name)
	if len(value) <= size {
		s.Set(d, value, maxAge)
		return true
	}
	if size <= 0 || len(value) > size*maxChunks {
		return false
	}
	n := (len(value) + size - 1) / size
	for i := range n {
		part := value[i*size : min(len(value), (i+1)*size)]
		s.set(f.name+"."+strconv.Itoa(i), part, f.tail, s.age(d, maxAge))
	}
	return true
}

// GetChunked returns the value of a cookie, or of its chunks in order.
func (s Cookies) GetChunked(d *CookieDef) (string, bool) {
	if value, ok := s.Get(d); ok {
		return value, true
	}
	name, value := s.Name(d), ""
	for i := range maxChunks {
		part, ok := s.Named(name + "." + strconv.Itoa(i))
		if !ok {
			return value, i > 0
		}
		value += part
	}
	return value, true
}

// ExpireChunked makes the browser drop a cookie and all of its chunks.
func (s Cookies) ExpireChunked(d *CookieDef) {
	s.Expire(d)
	s.expireChunks(d)
}

// expirePresent expires what the request carries of a cookie.
func (s Cookies) expirePresent(d *CookieDef) {
	if _, ok := s.Get(d); ok {
		s.Expire(d)
	}
	s.expireChunks(d)
}

func (s Cookies) expireChunks(d *CookieDef) {
	f := s.form(d)
	s.All(func(name, _ string) {
		if isChunk(name, f.name) {
			s.expire(name, f.tail)
		}
	})
}

func isChunk(name, base string) bool {
	if len(name) < len(base)+2 || name[:len(base)] != base || name[len(base)] != '.' {
		return false
	}
	suffix := name[len(base)+1:]
	n, err := strconv.Atoi(suffix)
	return err == nil && n >= 0 && strconv.Itoa(n) == suffix
}
