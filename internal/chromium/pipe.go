package chromium

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// pipe carries commands to a browser and its answers back: JSON, each ended by
// a zero byte.
type pipe struct {
	to io.Writer

	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
	err     error // once the browser has gone
}

type answer struct {
	ID     int
	Result json.RawMessage
	Error  *struct{ Message string }
}

// start starts a browser that reads commands from its descriptor 3 and writes
// to 4. It is killed when the test ends.
func start(t testing.TB, command *exec.Cmd) *pipe {
	t.Helper()
	theirIn, ourOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ourIn, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	command.Stderr = &said
	command.ExtraFiles = []*os.File{theirIn, theirOut}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirIn.Close(), theirOut.Close()
	p := &pipe{to: ourOut, waiting: map[int]chan answer{}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.read(bufio.NewReader(ourIn))
	}()
	t.Cleanup(func() {
		// Asked to close, it writes nothing into its profile any more.
		if _, err := p.call("", "Browser.close", nil); err != nil {
			_ = command.Process.Kill()
		}
		_ = command.Wait()
		<-done
		_, _ = ourIn.Close(), ourOut.Close()
		if t.Failed() {
			t.Logf("Chromium said: %s", said.String())
		}
	})
	return p
}

func (p *pipe) read(from *bufio.Reader) {
	for {
		message, err := from.ReadBytes(0)
		if err != nil {
			p.mu.Lock()
			p.err = errors.New("chromium has gone")
			for _, waiting := range p.waiting {
				close(waiting)
			}
			clear(p.waiting)
			p.mu.Unlock()
			return
		}
		var a answer
		if json.Unmarshal(message[:len(message)-1], &a) != nil || a.ID == 0 {
			continue // an event
		}
		p.mu.Lock()
		if waiting, ok := p.waiting[a.ID]; ok {
			waiting <- a
			delete(p.waiting, a.ID)
		}
		p.mu.Unlock()
	}
}

func (p *pipe) call(session, method string, params any) (json.RawMessage, error) {
	reply := make(chan answer, 1)
	p.mu.Lock()
	p.last++
	id := p.last
	if p.err == nil {
		p.waiting[id] = reply
	}
	err := p.err
	p.mu.Unlock()
	if err != nil {
		return nil, err
	}
	command := map[string]any{"id": id, "method": method}
	if session != "" {
		command["sessionId"] = session
	}
	if params != nil {
		command["params"] = params
	}
	text, err := json.Marshal(command)
	if err == nil {
		_, err = p.to.Write(append(text, 0))
	}
	if err != nil {
		return nil, err
	}
	select {
	case a, ok := <-reply:
		switch {
		case !ok:
			return nil, errors.New("chromium has gone")
		case a.Error != nil:
			return nil, fmt.Errorf("chromium: %s", a.Error.Message)
		}
		return a.Result, nil
	case <-time.After(patience):
		return nil, errors.New("chromium does not answer")
	}
}
