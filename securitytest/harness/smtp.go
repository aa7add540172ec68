package harness

import (
	"bufio"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// MailServer is a mail server on loopback that takes everything and keeps the
// conversations.
type MailServer struct {
	Host string
	Port int

	mu    sync.Mutex
	lines []string // of all clients: commands and data
	mails int
}

// NewMailServer starts a mail server that ends with the test.
func NewMailServer(t testing.TB) *MailServer {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(l.Addr().String())
	m := &MailServer{Host: host}
	m.Port, _ = strconv.Atoi(port)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go m.converse(conn)
		}
	}()
	return m
}

func (m *MailServer) converse(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
	say("220 mail.test")
	data := false
	for in := bufio.NewScanner(conn); in.Scan(); {
		line := in.Text()
		m.mu.Lock()
		m.lines = append(m.lines, line)
		if data && line == "." {
			m.mails++
		}
		m.mu.Unlock()
		switch verb := strings.ToUpper(line); {
		case data && line == ".":
			data = false
			say("250 OK")
		case data:
		case verb == "DATA":
			data = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 OK")
		}
	}
}

// Wait waits until so many mails have arrived, and returns all lines the
// clients have said.
func (m *MailServer) Wait(t testing.TB, mails int) []string {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		m.mu.Lock()
		lines, n := append([]string{}, m.lines...), m.mails
		m.mu.Unlock()
		if n >= mails {
			return lines
		}
		if time.Now().After(end) {
			t.Fatalf("%d mails of %d have arrived", n, mails)
		}
	}
}
