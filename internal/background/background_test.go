package background_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/internal/background"
)

func TestCloseWaitsForWhatWasAccepted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		pool := background.New(1, slog.New(slog.NewTextHandler(&log, nil)))
		done := 0
		for range 3 {
			pool.Run(t.Context(), "work", func(context.Context) error {
				time.Sleep(time.Second)
				done++
				return nil
			})
		}
		pool.Start("job", func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		began := time.Now()
		if err := pool.Close(t.Context()); err != nil || done != 3 || time.Since(began) != 3*time.Second {
			t.Errorf("%d done after %v: %v", done, time.Since(began), err)
		}
		pool.Run(t.Context(), "late", func(context.Context) error { t.Error("it was run"); return nil })
		if text := log.String(); !strings.Contains(text, "task=late") || strings.Contains(text, "task=job") {
			t.Errorf("the log says %q", text)
		}
	})
}

func TestTasksEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		pool := background.New(2, slog.New(slog.NewTextHandler(&log, nil)))
		began := time.Now()
		pool.Run(t.Context(), "endless", func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New("it took too long")
		})
		pool.Run(t.Context(), "broken", func(context.Context) error { panic("oh no") })
		if err := pool.Close(t.Context()); err != nil || time.Since(began) != background.TaskTime {
			t.Errorf("closed after %v: %v", time.Since(began), err)
		}
		for _, part := range []string{"it took too long", "oh no"} {
			if !strings.Contains(log.String(), part) {
				t.Errorf("the log says %q", log.String())
			}
		}
	})
}
