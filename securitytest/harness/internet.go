package harness

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// Internet stands for the public internet, as far as an instance reaches it:
// an HTTP proxy that answers for every host itself, with certificates of an
// authority that instances trust. Addresses nobody plays answer 404.
type Internet struct {
	URL   string // of the proxy
	roots string // file with the authority's certificate

	key       *ecdsa.PrivateKey
	authority *x509.Certificate
	tunnels   chan net.Conn
	ended     chan struct{}
	server    *http.Server

	mu     sync.Mutex
	played map[string]http.HandlerFunc // by host and path
	asked  map[string]int
	hosts  []string // of tunnels
}

// newInternet starts an internet that ends with the test.
func newInternet(keep testing.TB) *Internet {
	n := &Internet{key: NewKey(), tunnels: make(chan net.Conn), ended: make(chan struct{}), played: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	n.authority = n.certify(&x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		Subject: pkix.Name{CommonName: "authority of tests"}})
	n.roots = filepath.Join(keep.TempDir(), "roots.pem")
	if err := os.WriteFile(n.roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.authority.Raw}), 0o600); err != nil {
		keep.Fatal(err)
	}
	proxy := httptest.NewServer(http.HandlerFunc(n.tunnel))
	n.URL = proxy.URL
	n.server = &http.Server{Handler: n, ErrorLog: log.New(&lockedBuffer{}, "", 0), TLSConfig: &tls.Config{
		GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
			leaf := n.certify(&x509.Certificate{DNSNames: []string{hello.ServerName}, KeyUsage: x509.KeyUsageDigitalSignature})
			return &tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: n.key}, nil
		},
	}}
	go func() { _ = n.server.ServeTLS(n, "", "") }()
	keep.Cleanup(func() {
		close(n.ended)
		proxy.Close()
		_ = n.server.Close()
	})
	return n
}

// certify signs a certificate with the authority's key, which is everybody's.
func (n *Internet) certify(c *x509.Certificate) *x509.Certificate {
	c.SerialNumber, _ = rand.Int(rand.Reader, big.NewInt(1<<62))
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	parent := n.authority
	if parent == nil {
		parent = c
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &n.key.PublicKey, n.key)
	if err != nil {
		panic(err) // the templates are this file's own
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return made
}

// tunnel takes a CONNECT, whoever it is for.
func (n *Internet) tunnel(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	n.mu.Lock()
	n.hosts = append(n.hosts, r.Host)
	n.mu.Unlock()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = conn.Write([]byte("HTTP/1.1 200 Connected\r\n\r\n"))
	select {
	case n.tunnels <- conn:
	case <-n.ended:
		_ = conn.Close()
	}
}

// Accept, Close and Addr make the tunnels what the server listens to.
func (n *Internet) Accept() (net.Conn, error) {
	select {
	case conn := <-n.tunnels:
		return conn, nil
	case <-n.ended:
		return nil, net.ErrClosed
	}
}

// Close is called by the server, which ends the listening before.
func (n *Internet) Close() error { return nil }

// Addr is of no use to anybody.
func (n *Internet) Addr() net.Addr { return &net.TCPAddr{} }

// ServeHTTP answers what came through a tunnel.
func (n *Internet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	address := r.Host + r.URL.Path
	n.mu.Lock()
	n.asked[address]++
	h := n.played[address]
	n.mu.Unlock()
	if h == nil {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	h(w, r)
}

// Play makes an address, such as "api.example.com/token", answer from now on.
func (n *Internet) Play(address string, h http.HandlerFunc) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.played[address] = h
}

// Asked returns how often an address was asked for.
func (n *Internet) Asked(address string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked[address]
}

// Tunnels returns the hosts that the proxy was asked to connect to.
func (n *Internet) Tunnels() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.hosts)
}

// PlayJSON is [Internet.Play] of an answer that is always the same.
func (n *Internet) PlayJSON(address string, answer any) {
	n.Play(address, func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, answer) })
}
