package origin

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies is a set of addresses whose forwarding headers are believed. The nil
// and the zero Proxies are empty.
type Proxies struct{ prefixes []netip.Prefix }

// NewProxies takes IP addresses and CIDR ranges such as "10.0.0.0/8" or
// "2001:db8::1". IPv4-mapped IPv6 addresses count as IPv4. The error names the
// entry at fault.
func NewProxies(entries []string) (*Proxies, error) {
	p := &Proxies{prefixes: make([]netip.Prefix, 0, len(entries))}
	for _, entry := range entries {
		prefix, err := parsePrefix(strings.TrimSpace(entry))
		if err != nil {
			return nil, fmt.Errorf("origin: trusted proxy %q is neither an IP address nor a CIDR range: %w", entry, err)
		}
		p.prefixes = append(p.prefixes, prefix)
	}
	return p, nil
}

func parsePrefix(entry string) (netip.Prefix, error) {
	if !strings.Contains(entry, "/") {
		addr, err := netip.ParseAddr(entry)
		if err != nil {
			return netip.Prefix{}, err
		}
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(entry)
	if err != nil {
		return netip.Prefix{}, err
	}
	if prefix.Addr().Is4In6() {
		if prefix.Bits() < 96 {
			return netip.Prefix{}, errors.New("IPv4-mapped range wider than /96")
		}
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-96)
	}
	return prefix.Masked(), nil
}

// Contains reports whether addr is one of the proxies.
func (p *Proxies) Contains(addr netip.Addr) bool {
	if p == nil {
		return false
	}
	addr = addr.Unmap().WithZone("")
	for _, prefix := range p.prefixes {
		if prefix.Contains(addr) {
			return true
		}
	}
	return false
}

// IPOptions says whose word about the client's address counts.
type IPOptions struct {
	// Headers are looked at in order, for example X-Forwarded-For, X-Real-IP or
	// CF-Connecting-IP. Empty means X-Forwarded-For. The proxy must set or append
	// to each of them: a header it passes on unchanged is the client's word.
	Headers []string
	// Trusted are the proxies. Without any, headers are never looked at.
	Trusted *Proxies
	// TrustUnixSocket makes a peer without an address a trusted proxy: a server
	// that listens on a Unix socket has nobody else in front of it.
	TrustUnixSocket bool
}

// ClientIP returns the address of the client, as an IPv4 or IPv6 address without
// a zone and never IPv4-mapped.
//
// It is the address of the TCP peer, unless the peer is a trusted proxy: then it
// is the rightmost hop in the first usable header that is not a trusted proxy
// itself, or the leftmost hop if all of them are. Whatever stands left of that
// hop was written by the client and is not read. A header with a malformed hop is
// skipped. If the proxy sent none of the headers, the proxy is the client.
//
// ok is false if the peer has no address, or if a trusted proxy sent headers of
// which none is usable: who then limits by address must let those requests share
// one limit, not go free.
func ClientIP(r *http.Request, opt IPOptions) (addr netip.Addr, ok bool) {
	peer, known := peerAddr(r.RemoteAddr)
	if known && !opt.Trusted.Contains(peer) || !known && !opt.TrustUnixSocket {
		return peer, known
	}
	headers := opt.Headers
	if len(headers) == 0 {
		addr, ok, sent := forwarded(r.Header["X-Forwarded-For"], opt.Trusted)
		if ok || sent {
			return addr, ok
		}
		return peer, known
	}
	anySent := false
	for _, name := range headers {
		addr, ok, sent := forwarded(r.Header.Values(name), opt.Trusted)
		if ok {
			return addr, true
		}
		anySent = anySent || sent
	}
	if anySent {
		return netip.Addr{}, false
	}
	return peer, known
}

func peerAddr(remote string) (netip.Addr, bool) {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return parseHop(remote)
	}
	return ap.Addr().Unmap().WithZone(""), true
}

// forwarded walks the hops of a header from the right. Several header lines
// count as one list (RFC 9110, section 5.3).
func forwarded(lines []string, trusted *Proxies) (addr netip.Addr, ok, sent bool) {
	for _, rest := range slices.Backward(lines) {
		for more := true; more; {
			hop := rest
			comma := strings.LastIndexByte(rest, ',')
			if more = comma >= 0; more {
				hop, rest = rest[comma+1:], rest[:comma]
			}
			hop = strings.TrimSpace(hop)
			if hop == "" {
				continue
			}
			sent = true
			if addr, ok = parseHop(hop); !ok {
				return netip.Addr{}, false, true
			}
			if !trusted.Contains(addr) {
				return addr, true, true
			}
		}
	}
	return addr, ok, sent
}

// parseHop reads an address as proxies write it: bare, in brackets, with a port,
// with a zone.
func parseHop(hop string) (netip.Addr, bool) {
	if len(hop) > 64 { // longer than any address, and errors quote their input
		return netip.Addr{}, false
	}
	if bare, ok := strings.CutPrefix(hop, "["); ok && strings.HasSuffix(bare, "]") {
		hop = bare[:len(bare)-1]
	} else if ok || strings.Count(hop, ":") == 1 {
		ap, err := netip.ParseAddrPort(hop)
		return ap.Addr().Unmap().WithZone(""), err == nil
	}
	addr, err := netip.ParseAddr(hop)
	return addr.Unmap().WithZone(""), err == nil
}

// Normalize writes an address as the reference stores and counts it: IPv4 (also
// IPv4-mapped) in dotted form, IPv6 as eight groups of four hexadecimal digits of
// which only the first ipv6Subnet bits are kept, since one subscriber owns at
// least a /64. An ipv6Subnet of 0 or less means 64, above 128 means 128.
// The invalid address gives "". The result is the only allocation.
func Normalize(addr netip.Addr, ipv6Subnet int) string {
	addr = addr.Unmap()
	if !addr.Is6() {
		if !addr.IsValid() {
			return ""
		}
		return addr.String()
	}
	if ipv6Subnet <= 0 {
		ipv6Subnet = 64
	}
	const digits = "0123456789abcdef"
	raw := addr.As16()
	var text [39]byte
	at := 0
	for i, b := range raw {
		b &= byte(uint(0xff00) >> min(max(ipv6Subnet-8*i, 0), 8))
		if i > 0 && i%2 == 0 {
			text[at] = ':'
			at++
		}
		text[at], text[at+1] = digits[b>>4], digits[b&15]
		at += 2
	}
	return string(text[:])
}
