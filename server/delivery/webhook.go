package delivery

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/watchword-auth/watchword/core"
)

// Webhook is the configuration of a receiver over HTTP.
type Webhook struct {
	URL    string `key:"url"`
	Secret string `key:"secret"` // signs; empty: no signature
}

// webhook posts messages as JSON. A receiver tells repetitions apart by the
// X-Watchword-Delivery header.
type webhook struct {
	url    string
	secret []byte
	client *http.Client
	wait   func(ctx context.Context, d time.Duration) error
	now    func() time.Time
}

// attempts and their waits fit into the minute a background task has.
const (
	attempts     = 5
	firstWait    = 500 * time.Millisecond
	attemptLimit = 8 * time.Second
)

func newWebhook(o Webhook, client *http.Client) (*webhook, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("url must be an http or https URL")
	}
	if client == nil {
		// A redirect would take the message to where nobody configured it.
		client = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &webhook{url: o.URL, secret: []byte(o.Secret), client: client, wait: sleep, now: time.Now}, nil
}

func (w *webhook) name() string { return "webhook" }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *webhook) send(ctx context.Context, m *core.Message) error {
	message := *m
	if message.Data == nil {
		message.Data = json.RawMessage("{}")
	}
	body, err := encode(&message)
	if err != nil {
		return err
	}
	wait := firstWait
	for attempt := 1; ; attempt++ {
		retry, err := w.post(ctx, body, m.ID)
		if err == nil || !retry || attempt == attempts {
			return err
		}
		if w.wait(ctx, wait) != nil {
			return err
		}
		wait *= 2
	}
}

// encode leaves & in URLs as it is, which receivers log and people read.
func encode(m *core.Message) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// post makes one attempt and reports whether another one may help. Errors do
// not show the URL, which may carry a credential.
func (w *webhook) post(ctx context.Context, body []byte, id string) (retry bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, attemptLimit)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return false, errors.New("the request could not be made")
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "watchword")
	r.Header.Set("X-Watchword-Delivery", id)
	if len(w.secret) > 0 {
		r.Header.Set("X-Watchword-Signature", signature(w.secret, w.now(), body))
	}
	response, err := w.client.Do(r)
	if err != nil {
		if failed, ok := errors.AsType[*url.Error](err); ok {
			err = failed.Err
		}
		return true, err
	}
	defer func() { _ = response.Body.Close() }()
	_, _ = io.CopyN(io.Discard, response.Body, 64<<10) // lets the connection be used again
	if response.StatusCode >= 200 && response.StatusCode < 300 {
		return false, nil
	}
	retry = response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusRequestTimeout
	return retry, fmt.Errorf("the receiver answered %d", response.StatusCode)
}

// signature covers the time, so that a receiver can refuse old messages.
func signature(secret []byte, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
