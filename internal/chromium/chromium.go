// Package chromium drives a headless Chromium in tests, over the pipe of the
// Chrome DevTools Protocol.
//
//	page := chromium.Open(t)
//	page.Navigate(url)
//	page.Click("#sign-in")
//	page.Wait(`document.body.textContent.includes("Hello")`)
//
// The program is chromium, chromium-browser or google-chrome of the PATH, or
// what WATCHWORD_TEST_CHROMIUM names. A test is skipped with a line that says
// so where there is none; with CI=true it fails.
package chromium

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/internal/testenv"
)

const (
	variable = "WATCHWORD_TEST_CHROMIUM"
	patience = 30 * time.Second // for one step, on a busy machine
)

// Page is a page of a browser of its own. Its methods fail the test where the
// browser does not do what they say. It is for one goroutine.
type Page struct {
	t       testing.TB
	pipe    *pipe
	session string
}

// Open starts a browser with an empty profile, which ends with the test.
func Open(t testing.TB) *Page {
	t.Helper()
	program, err := find()
	if err != nil {
		testenv.Missing(t, variable, err)
	}
	arguments := []string{"--headless", "--disable-gpu", "--remote-debugging-pipe", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=900,700",
		"--user-data-dir=" + t.TempDir()}
	if os.Geteuid() == 0 {
		arguments = append(arguments, "--no-sandbox") // root has none
	}
	p := &Page{t: t, pipe: start(t, exec.Command(program, arguments...))}
	var target struct{ TargetID string }
	p.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	p.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	p.session = attached.SessionID
	p.call("Page.enable", nil, nil)
	return p
}

func find() (string, error) {
	if program := os.Getenv(variable); program != "" {
		return exec.LookPath(program)
	}
	var err error
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		var path string
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", err
}

func (p *Page) call(method string, params any, into any) {
	p.t.Helper()
	result, err := p.pipe.call(p.session, method, params)
	if err == nil && into != nil {
		err = json.Unmarshal(result, into)
	}
	if err != nil {
		p.t.Fatalf("%s: %v", method, err)
	}
}

// Navigate opens a URL and waits until the page is there.
func (p *Page) Navigate(url string) {
	p.t.Helper()
	var answer struct{ ErrorText string }
	p.call("Page.navigate", map[string]any{"url": url}, &answer)
	if answer.ErrorText != "" {
		p.t.Fatalf("%s: %s", url, answer.ErrorText)
	}
	p.Wait(`document.readyState === "complete"`)
}

// Eval returns what an expression comes to, as JSON; a promise is awaited.
func (p *Page) Eval(expression string) json.RawMessage {
	p.t.Helper()
	value, failure := p.evaluate(expression)
	if failure != "" {
		p.t.Fatalf("%s: %s", expression, failure)
	}
	return value
}

func (p *Page) evaluate(expression string) (value json.RawMessage, failure string) {
	result, err := p.pipe.call(p.session, "Runtime.evaluate",
		map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true})
	if err != nil {
		return nil, err.Error()
	}
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := json.Unmarshal(result, &answer); err != nil {
		return nil, err.Error()
	}
	if e := answer.ExceptionDetails; e != nil {
		return nil, e.Text + " " + e.Exception.Description
	}
	return answer.Result.Value, ""
}

// Wait waits until an expression is true, over as many pages as it takes.
func (p *Page) Wait(expression string) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		value, failure := p.evaluate(expression)
		if string(value) == "true" {
			return
		}
		if time.Now().After(deadline) {
			page, _ := p.evaluate(`location.href + ": " + document.body.innerText`)
			p.t.Fatalf("%s did not come true (%s) at %s", expression, failure, page)
		}
	}
}

// Click clicks what a CSS selector finds first, once it is there.
func (p *Page) Click(selector string) {
	p.t.Helper()
	found := "document.querySelector(" + strconv.Quote(selector) + ")"
	p.Wait(found + " !== null && !" + found + ".disabled")
	p.Eval(found + ".click()")
}

// Text returns the text of the page as people see it.
func (p *Page) Text() string {
	p.t.Helper()
	var text string
	if err := json.Unmarshal(p.Eval("document.body.innerText"), &text); err != nil {
		p.t.Fatal(err)
	}
	return text
}

// Screenshot returns the page as it looks, a PNG.
func (p *Page) Screenshot() []byte {
	p.t.Helper()
	var shot struct{ Data string }
	p.call("Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	image, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		p.t.Fatal(err)
	}
	return image
}
