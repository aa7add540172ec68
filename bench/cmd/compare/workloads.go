package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	getSession  = "/api/auth/get-session"
	withSession = `"session":{`
	agent       = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
)

// workloads are those of this run.
func (b *bench) workloads() []workload {
	both := []string{ours, theirs}
	list := []workload{
		{name: "W1", what: "get-session with a cookie", servers: []string{ours, theirs, floorRead, floorHMAC, floorBare},
			request: b.reading(b.first), expect: withSession},
		{name: "W8", what: "the same, again and again, with the read cache", servers: []string{oursKept, theirs, floorHMAC, floorBare},
			request: b.reading(b.first), expect: withSession},
		{name: "W5", what: "get-session without a cookie", servers: []string{ours, theirs, floorBare}, request: b.reading(nil), expect: "null"},
		{name: "W6", what: "ok", servers: []string{ours, theirs, floorBare}, expect: "",
			request: func(p *process) request { return get(p, "/api/auth/ok", nil) }},
		{name: "W7", what: "get-session, another session each time", servers: []string{ours, oursKept, theirs, floorRead},
			request: b.reading(b.another), expect: withSession},
		{name: "W3", what: "sign-in", servers: both, connections: 8, request: signIn, expect: `"token"`},
		{name: "W4", what: "sign-up", servers: both, connections: 8, request: b.signUp, expect: `"token"`},
		{name: "MIX", what: "get-session, 100 a second, while 64 clients sign in", servers: both,
			connections: 32, rate: 100, beside: 64, request: b.reading(b.first), expect: withSession},
		{name: "RUSH", what: "100 clients sign in at once", servers: both, connections: 100, request: signIn, expect: `"token"`},
	}
	for _, s := range strategies {
		list = append(list, workload{name: "W2 " + s, what: "get-session from the cookie cache", servers: []string{oursCookie + s, theirsAlso + s},
			setup: signInCached, request: func(p *process) request { return get(p, getSession, func(int, int) string { return p.cookie }) }, expect: withSession})
	}
	list = append(append(list, b.peers()...), b.engineWorkloads()...)
	return slices.DeleteFunc(list, func(w workload) bool { return !b.picked(strings.Fields(w.name)[0]) })
}

// reading asks for the session with a cookie of the seed.
func (b *bench) reading(cookie func(connection, n int) string) func(*process) request {
	return func(p *process) request { return get(p, getSession, cookie) }
}

func (b *bench) first(int, int) string { return b.seed.cookies[0] }

func (b *bench) another(connection, n int) string {
	return b.seed.cookies[(connection*7919+n*104729)%len(b.seed.cookies)]
}

func get(p *process, path string, cookie func(connection, n int) string) request {
	head := "GET " + path + " HTTP/1.1\r\nHost: " + p.listen + "\r\nUser-Agent: " + agent + "\r\n"
	return func(b []byte, connection, n int) []byte {
		b = append(b, head...)
		if cookie != nil {
			b = append(append(append(b, "Cookie: "...), cookie(connection, n)...), "\r\n"...)
		}
		return append(b, "\r\n"...)
	}
}

func post(p *process, path string, body func(connection, n int) string) request {
	head := "POST " + path + " HTTP/1.1\r\nHost: " + p.listen + "\r\nUser-Agent: " + agent + "\r\nOrigin: http://" + p.listen +
		"\r\nContent-Type: application/json\r\nContent-Length: "
	return func(b []byte, connection, n int) []byte {
		text := body(connection, n)
		b = strconv.AppendInt(append(b, head...), int64(len(text)), 10)
		return append(append(b, "\r\n\r\n"...), text...)
	}
}

const credentials = `{"email":"` + benchEmail + `","password":"` + benchPassword + `"}`

func signIn(p *process) request {
	return post(p, "/api/auth/sign-in/email", func(int, int) string { return credentials })
}

func (b *bench) signUp(p *process) request {
	return post(p, "/api/auth/sign-up/email", func(int, int) string {
		return fmt.Sprintf(`{"email":"n%d@bench.test","password":"%s","name":"New User"}`, b.signedUp.Add(1), benchPassword)
	})
}

// signInCached is signInOnce where the session has to be in a cookie too.
func signInCached(p *process) error {
	if err := signInOnce(p); err != nil || strings.Contains(p.cookie, "session_data") {
		return err
	}
	return fmt.Errorf("sign-in: no session in the cookies")
}

// signInOnce gives the process the cookies of a new session, its cache with
// them.
func signInOnce(p *process) error {
	client := &http.Client{Timeout: 20 * time.Second}
	r, err := http.NewRequest(http.MethodPost, "http://"+p.listen+"/api/auth/sign-in/email", strings.NewReader(credentials))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Origin", "http://"+p.listen)
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var cookies []string
	for _, c := range response.Cookies() {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	if response.StatusCode != http.StatusOK || len(cookies) == 0 {
		return fmt.Errorf("sign-in: status %d, %d cookies", response.StatusCode, len(cookies))
	}
	p.cookie = strings.Join(cookies, "; ")
	return nil
}
