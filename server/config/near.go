package config

import "strings"

// nearest returns the name that a mistyped key was probably meant to be, or
// "".
func nearest(key string, names []string) string {
	best, least := "", max(len(key)/3, 2)+1
	for _, name := range names {
		if strings.EqualFold(name, key) {
			return name
		}
		if d := distance(strings.ToLower(key), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is the least number of bytes to insert, remove, replace or swap with
// a neighbour. Keys are short; a long one is not worth comparing.
func distance(a, b string) int {
	const limit = 64
	if len(a) > limit || len(b) > limit {
		return len(a) + len(b)
	}
	var d [limit + 1][limit + 1]int
	for i := 0; i <= len(a); i++ {
		for j := 0; j <= len(b); j++ {
			if i == 0 || j == 0 {
				d[i][j] = i + j
				continue
			}
			replace := d[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			d[i][j] = min(replace, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
