package delivery

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/core"
)

func reset() *core.Message {
	return &core.Message{ID: "m1", Type: core.MessageResetPassword, To: "ada@example.com",
		URL: "https://example.com/reset?a=1&b=2", Token: "t0k3n"}
}

// receiver answers with the statuses in turn and keeps what it was sent.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	statuses []int
	bodies   []string
	headers  []http.Header
}

func newReceiver(t *testing.T, statuses ...int) *receiver {
	r := &receiver{statuses: statuses}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.bodies, r.headers = append(r.bodies, string(body)), append(r.headers, req.Header)
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(r.statuses[min(len(r.bodies), len(r.statuses))-1])
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) webhook(t *testing.T, secret string) (hook *webhook, waits *[]time.Duration) {
	t.Helper()
	hook, err := newWebhook(Webhook{URL: r.URL + "/hook?key=hush", Secret: secret}, nil)
	if err != nil {
		t.Fatal(err)
	}
	waits = &[]time.Duration{}
	hook.wait = func(_ context.Context, d time.Duration) error { *waits = append(*waits, d); return nil }
	hook.now = func() time.Time { return time.Unix(1_700_000_000, 0) }
	return hook, waits
}

func TestWebhookBody(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, 204)
	hook, _ := r.webhook(t, "s3cret")
	if err := hook.send(t.Context(), reset()); err != nil {
		t.Fatal(err)
	}
	want := `{"type":"reset-password","to":"ada@example.com","url":"https://example.com/reset?a=1&b=2","token":"t0k3n","data":{}}`
	if diff := cmp.Diff([]string{want}, r.bodies); diff != "" {
		t.Error(diff)
	}
	mac := hmac.New(sha256.New, []byte("s3cret"))
	mac.Write([]byte("1700000000." + want))
	wantSignature := "t=1700000000,v1=" + hex.EncodeToString(mac.Sum(nil))
	if got := r.headers[0].Get("X-Watchword-Signature"); got != wantSignature {
		t.Errorf("signature %q, want %q", got, wantSignature)
	}
	if got := r.headers[0].Get("X-Watchword-Delivery"); got != "m1" {
		t.Errorf("delivery %q", got)
	}
}

func TestWebhookRetries(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		statuses []int
		calls    int
		fails    bool
	}{
		{"at once", []int{200}, 1, false},
		{"after two failures", []int{503, 429, 200}, 3, false},
		{"never", []int{500}, attempts, true},
		{"a refusal is final", []int{400}, 1, true},
		{"a redirect is not followed", []int{302}, 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newReceiver(t, tt.statuses...)
			hook, waits := r.webhook(t, "")
			err := hook.send(t.Context(), reset())
			if (err != nil) != tt.fails || len(r.bodies) != tt.calls {
				t.Errorf("%v after %d calls", err, len(r.bodies))
			}
			for i := 1; i < len(*waits); i++ {
				if (*waits)[i] != 2*(*waits)[i-1] {
					t.Errorf("waits %v do not grow", *waits)
				}
			}
			if got := r.headers[0].Get("X-Watchword-Signature"); got != "" {
				t.Errorf("signed without a secret: %s", got)
			}
		})
	}
}

// TestWebhookHidesURL proves that what may hold a credential stays out of logs.
func TestWebhookHidesURL(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, 200)
	hook, _ := r.webhook(t, "")
	r.Close()
	if err := hook.send(t.Context(), reset()); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("got %v", err)
	}
}

func TestWebhookEndsWithContext(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, 500)
	hook, _ := r.webhook(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	hook.wait = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
	if err := hook.send(ctx, reset()); err == nil || len(r.bodies) != 1 {
		t.Errorf("%v after %d calls", err, len(r.bodies))
	}
}

// failing is a target that does not work.
type failing struct{ sent chan<- string }

func (f failing) name() string { return "failing" }
func (f failing) send(context.Context, *core.Message) error {
	f.sent <- "failing"
	return errors.New("broken")
}

func TestEveryTargetIsTried(t *testing.T) {
	t.Parallel()
	sent, box := make(chan string, 2), &Mailbox{}
	s := &Sender{targets: []target{failing{sent}, box, failing{sent}}}
	err := s.Deliver(t.Context(), reset())
	if err == nil || strings.Count(err.Error(), "failing: broken") != 2 || len(box.newestFirst()) != 1 {
		t.Errorf("%v, %d in the mailbox", err, len(box.newestFirst()))
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"no URL", Options{Webhook: &Webhook{}}, "delivery.webhook: url must be an http or https URL"},
		{"another scheme", Options{Webhook: &Webhook{URL: "ftp://x/"}}, "delivery.webhook: url must be an http or https URL"},
		{"no host", Options{SMTP: &SMTP{}}, "delivery.smtp: host is missing"},
		{"no sender", Options{SMTP: &SMTP{Host: "x"}}, `delivery.smtp: from is missing, such as "Example <no-reply@example.com>"`},
		{"a password in the clear", Options{SMTP: &SMTP{Host: "x", From: "a@b.co", TLS: "none", Password: "p"}},
			`delivery.smtp: tls is "none", which would send the password in the clear`},
		{"another TLS", Options{SMTP: &SMTP{Host: "x", From: "a@b.co", TLS: "ssl"}}, "delivery.smtp: tls must be one of starttls, implicit, none"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := New(tt.o, Environment{}); err == nil || err.Error() != tt.want {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestConsoleKeepsTerminalSafe(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	s, err := New(Options{Console: true}, Environment{Console: &out})
	if err != nil {
		t.Fatal(err)
	}
	m := reset()
	m.To, m.Code = "a\x1b[2J@b.co", "123456"
	if err := s.Deliver(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsRune(out.String(), '\x1b') || !strings.Contains(out.String(), m.URL) || !strings.Contains(out.String(), "123456") {
		t.Errorf("printed %q", out.String())
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	box := &Mailbox{}
	for i := range mailboxSize + 5 {
		m := reset()
		m.To, m.URL = "user"+strconv.Itoa(i)+"@example.com", "javascript:alert(1)"
		m.Code = "<i>1"
		_ = box.send(t.Context(), m)
	}
	w := httptest.NewRecorder()
	box.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	page := w.Body.String()
	if strings.Contains(page, "user4@") || !strings.Contains(page, "user5@") || strings.Index(page, "user104@") > strings.Index(page, "user103@") {
		t.Error("the page does not show the last messages, newest first")
	}
	if strings.Contains(page, `href="javascript:`) || strings.Contains(page, "<i>") {
		t.Error("a message brings elements or scripts of its own")
	}
}

func TestLetters(t *testing.T) {
	t.Parallel()
	for kind := range wordings {
		m := reset()
		m.Type, m.Code = kind, "<123>"
		l := write(m, "Acme & Sons")
		if l.Subject == "" || !strings.Contains(l.Text, m.URL) || !strings.Contains(l.Text, m.Code) {
			t.Errorf("%s: text lacks something: %s", kind, l.Text)
		}
		if !strings.Contains(l.HTML, "&lt;123&gt;") || !strings.Contains(l.HTML, "Acme &amp; Sons") || !strings.Contains(l.HTML, "reset?a=1&amp;b=2") {
			t.Errorf("%s: page lacks something: %s", kind, l.HTML)
		}
	}
}

// mailServer takes mails as a simple server does; the first dialogues are
// refused for now.
func mailServer(t *testing.T, refusals int) (port int, mails <-chan string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	taken := make(chan string, 1)
	go func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			dialogue(conn, n < refusals, taken)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, taken
}

func dialogue(conn net.Conn, refuse bool, taken chan<- string) {
	defer func() { _ = conn.Close() }()
	say := func(line string) { _, _ = fmt.Fprint(conn, line+"\r\n") }
	say("220 test")
	var mail strings.Builder
	inData := false
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		line := lines.Text()
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch {
		case inData && line == ".":
			inData = false
			taken <- mail.String()
			say("250 taken")
		case inData:
			mail.WriteString(line + "\n")
		case verb == "MAIL" && refuse:
			say("451 later")
		case verb == "DATA":
			inData = true
			say("354 go on")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 fine")
		}
	}
}

func TestSMTP(t *testing.T) {
	t.Parallel()
	port, mails := mailServer(t, 1)
	s, err := New(Options{SMTP: &SMTP{Host: "127.0.0.1", Port: port, From: "Acme <no-reply@example.com>", TLS: "none"}}, Environment{AppName: "Acme"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Deliver(t.Context(), reset()); err != nil {
		t.Fatal(err)
	}
	mail := <-mails
	for _, want := range []string{"To: <ada@example.com>", "Subject: Reset your password", "Message-ID: <m1@example.com>", "no-reply@example.com", "text/plain", "text/html", "example.com/reset"} {
		if !strings.Contains(mail, want) {
			t.Errorf("the mail lacks %q:\n%s", want, mail)
		}
	}
}

func TestSMTPLeavesTelephones(t *testing.T) {
	t.Parallel()
	s, err := newSMTP(SMTP{Host: "127.0.0.1", Port: 1, From: "a@b.co", TLS: "none"}, "Acme")
	if err != nil {
		t.Fatal(err)
	}
	m := reset()
	m.To = "+491701234567"
	if err := s.send(t.Context(), m); err != nil {
		t.Error(err)
	}
}
