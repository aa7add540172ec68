package core

import (
	"net/url"
	"strings"
)

// EscapeComponent encodes text for a URL as JavaScript's encodeURIComponent,
// which the links of the reference are made with.
func EscapeComponent(text string) string { return string(appendURIComponent(nil, text)) }

// AppendQuery adds a query parameter to a URL that is absolute or starts with
// a slash, before its fragment. What the query holds already stays as it is
// written. It judges nothing: see [Context.TrustsRedirect].
func AppendQuery(target, name, value string) string {
	target, fragment, cut := strings.Cut(target, "#")
	separator := "?"
	_, rest, absolute := strings.Cut(target, "://")
	_, query, asked := strings.Cut(target, "?")
	switch {
	case asked && (query == "" || strings.HasSuffix(query, "&")):
		separator = ""
	case asked:
		separator = "&"
	case absolute && !strings.Contains(rest, "/") && isWeb(target):
		separator = "/?"
	}
	target += separator + url.QueryEscape(name) + "=" + url.QueryEscape(value)
	if cut {
		target += "#" + fragment
	}
	return target
}

func isWeb(target string) bool {
	scheme, _, _ := strings.Cut(target, ":")
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}
