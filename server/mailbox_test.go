package server

import (
	"net/http"
	"testing"
)

// TestMailboxIsNotRebound asks for the mailbox by names of which some are a
// stranger's, as after DNS rebinding.
func TestMailboxIsNotRebound(t *testing.T) {
	t.Parallel()
	for base, hosts := range map[string]map[string]int{
		`, "baseURL": "http://auth.test:3000"`:                              {"auth.test:3000": 200, "AUTH.test": 200, "evil.example": 403, "auth.test.evil.example": 403, "xauth.test": 403},
		`, "baseURL": {"allowedHosts": ["*.app.test"], "protocol": "http"}`: {"a.app.test": 200, "app.test.evil.example": 403, "evil.example": 403},
		``: {"localhost:3000": 200, "127.0.0.1": 200, "[::1]:3000": 200, "192.168.1.5:3000": 200, "evil.example": 403, "evil.example:3000": 403,
			"localhost.evil.example": 403, "127.0.0.1.evil.example": 403},
	} {
		server := start(t, plain+base+`}`)
		for host, want := range hosts {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.url+"/dev/mailbox", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			response, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != want {
				t.Errorf("with%s, for %s: %d", base, host, response.StatusCode)
			}
		}
	}
}
