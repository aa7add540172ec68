package cookie

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxChunks bounds how many cookies one value may take.
const maxChunks = 100

// chunkSize leaves room for name and attributes below the 4096 bytes that
// browsers keep.
func chunkSize(f *form, age int64) int {
	return 4050 - len(f.name) - len(".99=") - len(appendMaxAge(nil, age)) - len(f.tail)
}

// SetChunked sets a cookie whose value may be too long for one: then it is
// spread over several, named with a number behind a dot. What was there before
// is withdrawn. It reports false, and sets nothing, where even that does not
// hold the value.
func (j *Jar) SetChunked(d *Def, value string, maxAge time.Duration) bool {
	f, age := j.form(d), j.age(d, maxAge)
	size := chunkSize(f, age)
	j.takeBack(f.name)
	n := 0
	if size > 0 && len(value) <= size*maxChunks {
		n = max(1, (len(value)+size-1)/size)
	}
	j.expireCarried(d, func(index int) bool { return n == 1 && index == unsplit || n > 1 && index >= 0 && index < n })
	if n == 1 {
		j.set(f.name, value, f.tail, age)
		return true
	}
	for i := range n {
		j.set(f.name+"."+strconv.Itoa(i), value[i*size:min(len(value), (i+1)*size)], f.tail, age)
	}
	return n > 0
}

// unsplit stands for the cookie itself among the indexes of its chunks.
const unsplit = -1

// carried calls yield for what the request carries of a cookie.
func (j *Jar) carried(d *Def, yield func(index int, name, raw string)) {
	base := j.Name(d)
	j.All(func(name, raw string) {
		if name == base {
			yield(unsplit, name, raw)
		} else if index, ok := chunkIndex(name, base); ok {
			yield(index, name, raw)
		}
	})
}

// GetChunked returns the value of a cookie, or of its chunks in order.
func (j *Jar) GetChunked(d *Def) (string, bool) {
	if value, ok := j.Get(d); ok && value != "" {
		return value, true
	}
	type chunk struct {
		index int
		raw   string
	}
	var chunks []chunk
	j.carried(d, func(index int, _, raw string) {
		known := func(c chunk) bool { return c.index == index }
		if index != unsplit && !slices.ContainsFunc(chunks, known) && len(chunks) < maxChunks {
			chunks = append(chunks, chunk{index, raw})
		}
	})
	slices.SortFunc(chunks, func(a, b chunk) int { return cmp.Compare(a.index, b.index) })
	var value strings.Builder
	for _, c := range chunks {
		value.WriteString(decode(c.raw))
	}
	return value.String(), len(chunks) > 0
}

// ExpireChunked makes the browser drop a cookie and all of its chunks.
func (j *Jar) ExpireChunked(d *Def) {
	j.Expire(d)
	j.ExpirePresent(d)
}

// ExpirePresent expires what the request carries of a cookie and its chunks.
func (j *Jar) ExpirePresent(d *Def) { j.expireCarried(d, func(int) bool { return false }) }

func (j *Jar) expireCarried(d *Def, except func(index int) bool) {
	f := j.form(d)
	j.carried(d, func(index int, name, _ string) {
		if !except(index) {
			j.expire(name, f.tail)
		}
	})
}

func isChunk(name, base string) bool {
	_, ok := chunkIndex(name, base)
	return ok
}

func chunkIndex(name, base string) (int, bool) {
	if len(name) < len(base)+2 || name[:len(base)] != base || name[len(base)] != '.' {
		return 0, false
	}
	suffix := name[len(base)+1:]
	n, err := strconv.Atoi(suffix)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == suffix
}
