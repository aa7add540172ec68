package server

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/origin"
)

// atOwnHost serves requests for addresses, for names of this machine and for
// hosts of the configuration. A stranger's page can point a name of its own at
// this machine and read what that name answers (DNS rebinding): the messages
// that the mailbox shows hold links that sign in.
func atOwnHost(o *core.Options, next http.Handler) http.Handler {
	var allowed *origin.Hosts
	if o.DynamicBaseURL != nil {
		allowed, _ = origin.NewHosts(o.DynamicBaseURL.AllowedHosts) // which were checked before
	}
	base, _ := url.Parse(o.BaseURL)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		if host, _, err := net.SplitHostPort(r.Host); err == nil {
			name = host
		}
		_, err := netip.ParseAddr(strings.Trim(name, "[]"))
		switch {
		case err == nil, origin.IsLoopback(r.Host), base != nil && base.Host != "" && strings.EqualFold(name, base.Hostname()), allowed != nil && allowed.Allows(r.Host):
			next.ServeHTTP(w, r)
		default:
			plainly(func(*http.Request) (int, string) {
				return http.StatusForbidden, "this page is not served under another name than localhost, an address, or the host of baseURL"
			})(w, r)
		}
	})
}
