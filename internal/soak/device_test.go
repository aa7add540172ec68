//go:build unix

package soak_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"
)

// device is a browser. Each call comes from an address of its own, so that
// only those limits count that are meant to.
type device struct {
	site  *site
	tally *tally
	jar   http.CookieJar
	email string // whose it is, where a test needs it
}

func (s *site) device(l *tally) *device {
	jar, _ := cookiejar.New(nil) // it fails for options, which there are none of
	return &device{site: s, tally: l, jar: jar}
}

func address() string {
	var b [3]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("81.%d.%d.%d", b[0], b[1], b[2])
}

// call returns the status, 0 where the connection broke, and the body.
func (d *device) call(method, path string, body any, from string) (status int, text string) {
	began := time.Now()
	defer func() {
		name, _, _ := strings.Cut(path, "?")
		d.tally.answered(name, status, time.Since(began))
	}()
	data, _ := json.Marshal(body)
	r, err := http.NewRequest(method, d.site.base+"/api/auth"+path, bytes.NewReader(data))
	if err != nil {
		d.site.t.Error(err)
		return 0, ""
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", d.site.base)
	r.Header.Set("X-Forwarded-For", from)
	client := &http.Client{Jar: d.jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(r)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, ""
	}
	return response.StatusCode, string(read)
}

// post repeats a call until it is answered by other than a failure.
func (d *device) post(path string, body any) (status int, repeated bool) {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if status, _ = d.call(http.MethodPost, path, body, address()); status != 0 && status < 500 {
			return status, repeated
		}
		repeated = true
	}
	d.tally.violate("%s was not answered for a minute", path)
	return status, true
}

// alive asks every instance, and more than once. Each call prolongs the session.
func (d *device) alive() (alive bool) {
	for answered := 0; answered < 2*len(d.site.ports); {
		status, body := d.call(http.MethodGet, "/get-session", nil, address())
		if status == http.StatusOK {
			answered++
			alive = alive || body != "null"
		} else {
			time.Sleep(20 * time.Millisecond)
		}
	}
	return alive
}

// dead checks that a session that was revoked is seen by nobody, now and when
// all is over.
func (d *device) dead(why string) {
	if d.alive() {
		d.tally.violate("a session is alive after %s", why)
	}
	add(d.tally, &d.tally.revoked, d)
}

// atOnce sends the same several times at the same time, and counts the answers
// by status.
func atOnce(n int, send func() int) map[int]int {
	start, results, statuses := make(chan struct{}), make(chan int), map[int]int{}
	for range n {
		go func() { <-start; results <- send() }()
	}
	close(start)
	for range n {
		statuses[<-results]++
	}
	return statuses
}
