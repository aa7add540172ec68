package config

import "strings"

// nearest returns the name that a mistyped key was probably meant to be, or
// "".
func nearest(key string, names []string) string {
	best, least := "", max(len(key)/3, 1)+1
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

// distance is the least number of bytes to insert, remove or replace. Keys are
// short; a long one is not worth comparing.
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return len(a) + len(b)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
