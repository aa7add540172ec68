package oauth

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
)

// ErrPrivateAddress reports a request to an address that is not public. It is
// what keeps a configured or discovered URL from reaching into the network
// the server stands in.
var ErrPrivateAddress = errors.New("oauth: the address is not a public one")

// reserved are the ranges that no public server has, besides those netip
// knows of (RFC 6890).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"),
	netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	// Ranges that carry an IPv4 address inside: a gateway would unpack it.
	netip.MustParsePrefix("64:ff9b::/96"), netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("100::/64"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("3fff::/20"),
	netip.MustParsePrefix("fec0::/10"),
}

// Public reports whether an address is one of the public internet.
func Public(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || !addr.IsGlobalUnicast() || addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() {
		return false
	}
	for _, p := range reserved {
		if p.Contains(addr) {
			return false
		}
	}
	return true
}

// refusePrivate is a [net.Dialer]'s Control. It sees the address that is
// about to be connected to, after every name was resolved: a name that
// resolves differently the next time gains nothing.
func refusePrivate(network, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", ErrPrivateAddress, address)
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || !Public(addr) || network != "tcp4" && network != "tcp6" {
		return fmt.Errorf("%w: %s", ErrPrivateAddress, address)
	}
	return nil
}

// spellsPrivate reports whether a host is a private address, or a name that
// cannot be a public one. A host whose last label begins with a digit is no
// name (WHATWG URL, section 3.5) and no address as it should be written.
func spellsPrivate(host string) bool {
	if addr, err := netip.ParseAddr(host); err == nil {
		return !Public(addr)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last == host || last == "" || last == "localhost" || last == "internal" || last == "local" || last[0] >= '0' && last[0] <= '9'
}
