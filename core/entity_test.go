package core_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
)

func newContext(t testing.TB, s *site) *core.Context {
	t.Helper()
	c, err := s.NewContext(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEntityHooks(t *testing.T) {
	t.Parallel()
	var trace []string
	note := func(what string) func(*core.Context, *core.User) error {
		return func(c *core.Context, u *core.User) error {
			_, err := db.One(c, c.DB(), c.Tables().Users.Table, c.Tables().Users.ID.Eq(u.ID))
			stored := map[bool]string{true: " stored", false: ""}[err == nil]
			trace = append(trace, what+" "+u.Name+stored)
			if strings.HasPrefix(what, "after") {
				return errors.New("is logged only")
			}
			return nil
		}
	}
	s := newSite(t, func(r *core.Registrar) {
		r.OnUser(core.EntityHooks[core.User]{
			BeforeCreate: func(c *core.Context, u *core.User) error {
				if u.Name == "refused" {
					return errTeapot
				}
				u.Name += "!"
				return note("create")(c, u)
			},
			AfterCreate: note("after create"), AfterUpdate: note("after update"),
			BeforeUpdate: func(c *core.Context, changes *core.Changes[core.User]) error {
				if name, ok := core.Assigned(changes.Set, c.Tables().Users.Name); ok {
					changes.Add(c.Tables().Users.Name.To(name + "?"))
				}
				return nil
			},
			BeforeDelete: note("delete"), AfterDelete: note("after delete"),
		})
	}, func(o *core.Options) {
		o.DatabaseHooks.User.BeforeCreate = func(_ *core.Context, u *core.User) error {
			u.Name = strings.ToLower(u.Name)
			return nil
		}
	})
	c := newContext(t, s)
	if err := c.Users().Create(&core.User{Email: "x@example.com", Name: "Refused"}); !errors.Is(err, errTeapot) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Users().ByEmail("x@example.com"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("a refused user was stored: %v", err)
	}
	ada := &core.User{Email: "Ada@Example.com", Name: "ADA"}
	err := c.Transaction(func(c *core.Context) error {
		if err := c.Users().Create(ada); err != nil {
			return err
		}
		if len(trace) != 1 {
			t.Errorf("before the commit: %q", trace)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	updated, err := c.Users().Update(ada.ID, s.Tables().Users.Name.To("eve"))
	if err != nil || updated.Name != "eve?" {
		t.Errorf("got %v, %v", updated, err)
	}
	if err := c.Users().Delete(updated); err != nil {
		t.Error(err)
	}
	ran := []string{"create ada!", "after create ada! stored", "after update eve? stored", "delete eve? stored", "after delete eve?"}
	if !slices.Equal(trace, ran) {
		t.Errorf("ran %q, want %q", trace, ran)
	}
	if n := strings.Count(s.log.String(), "is logged only"); n != 3 {
		t.Errorf("logged %d failures of after hooks", n)
	}
}

func TestUndoneTransactionsLeaveNothing(t *testing.T) {
	t.Parallel()
	var after, delivered atomic.Int64
	s := newSite(t, func(r *core.Registrar) {
		r.OnUser(core.EntityHooks[core.User]{AfterCreate: func(*core.Context, *core.User) error { after.Add(1); return nil }})
		core.Post(r, core.Ref[enterIn, said]("try"), "/try", func(c *core.Context, in *enterIn) (*said, error) {
			err := c.Transaction(func(c *core.Context) error {
				u := &core.User{Email: in.Email}
				if err := c.Users().Create(u); err != nil {
					return err
				}
				if _, err := c.SignIn(u, core.NewSession{}); err != nil {
					return err
				}
				c.Deliver(&core.Message{Type: "hello", To: u.Email})
				return errTeapot
			})
			if current, _ := c.Session(); current != nil || c.NewSession() != nil {
				t.Error("the call kept a session that was undone")
			}
			return nil, err
		}, core.Op{})
	}, cached(core.CacheCompact), func(o *core.Options) {
		o.Deliver = func(context.Context, *core.Message) error { delivered.Add(1); return nil }
	})
	got := s.do("POST", "/try", `{"email":"ada@example.com"}`)
	want(t, got, http.StatusTeapot, "TEAPOT")
	if len(got.cookies) > 0 {
		t.Errorf("the answer sets %q", got.cookies)
	}
	if err := s.Close(context.Background()); err != nil || after.Load()+delivered.Load() != 0 {
		t.Errorf("%d hooks ran, %d messages went out, %v", after.Load(), delivered.Load(), err)
	}
	if _, err := newContext(t, s).Users().ByEmail("ada@example.com"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

func TestMessagesAreSentAfterTheAnswerAndBeforeTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		s := &site{clock: &clock{}, log: &lockedLog{}}
		o := options(s)
		o.Now, o.Advanced.BackgroundWorkers = nil, 1
		o.Deliver = func(ctx context.Context, m *core.Message) error {
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return ctx.Err()
			}
			sent = append(sent, m.To)
			if m.To == "b" {
				panic("on the way")
			}
			return nil
		}
		var err error
		s.Kernel, err = core.New(o, adding("test", func(r *core.Registrar) {
			r.Background("job", func(ctx context.Context, k *core.Kernel) error { <-ctx.Done(); return ctx.Err() })
			core.Post(r, core.Ref[nothing, said]("send"), "/send", func(c *core.Context, _ *nothing) (*said, error) {
				for _, to := range []string{"a", "b", "c"} {
					c.Deliver(&core.Message{Type: "hello", To: to})
				}
				return nil, nil
			}, core.Op{})
		}))
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		ctx, cancel := context.WithCancel(t.Context())
		begin := time.Now()
		r, _ := http.NewRequestWithContext(ctx, http.MethodPost, home+"/api/auth/send", nil)
		s.ServeHTTP(&recorder{header: http.Header{}}, r)
		cancel()
		if took := time.Since(begin); took != 0 {
			t.Errorf("the answer took %v", took)
		}
		if err := s.Close(t.Context()); err != nil || len(sent) != 3 || time.Since(begin) != 3*time.Second {
			t.Errorf("sent %q in %v: %v", sent, time.Since(begin), err)
		}
		if !strings.Contains(s.log.String(), "on the way") {
			t.Error("a panic was not logged")
		}
		c, _ := s.NewContext(t.Context(), nil)
		c.Deliver(&core.Message{To: "late"})
		synctest.Wait()
		if len(sent) != 3 {
			t.Errorf("a closed instance sent %q", sent)
		}
	})
}

func TestCloseGivesUpWhenToldTo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, err := core.New(core.Options{BaseURL: home, Secret: secret, Database: memory.New()})
		if err != nil {
			t.Fatal(err)
		}
		c, _ := k.NewContext(t.Context(), nil)
		ended := false
		c.Background("slow", func(ctx context.Context) error { <-ctx.Done(); ended = true; return ctx.Err() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := k.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		synctest.Wait()
		if !ended {
			t.Error("what still ran was not told to end")
		}
	})
}

func TestAnswersWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k, err := core.New(core.Options{BaseURL: home, Secret: secret, Database: memory.New()},
			adding("test", func(r *core.Registrar) {
				core.Get(r, core.Ref[nothing, said]("slow"), "/slow", func(c *core.Context, _ *nothing) (*said, error) {
					c.AnswerAfter(500 * time.Millisecond)
					c.AnswerAfter(time.Millisecond)
					time.Sleep(100 * time.Millisecond)
					return nil, errTeapot
				}, core.Op{})
			}))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = k.Close(context.Background()) }()
		begin := time.Now()
		want(t, send(k, "GET", home+"/api/auth/slow", ""), http.StatusTeapot, "TEAPOT")
		if took := time.Since(begin); took != 500*time.Millisecond {
			t.Errorf("the answer took %v", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(200*time.Millisecond, cancel)
		begin = time.Now()
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, home+"/api/auth/slow", nil)
		k.ServeHTTP(&recorder{header: http.Header{}}, r)
		if took := time.Since(begin); took != 200*time.Millisecond {
			t.Errorf("a caller who left was held for %v", took)
		}
	})
}

func TestValuesOfACall(t *testing.T) {
	t.Parallel()
	type key struct{}
	s := newSite(t, func(r *core.Registrar) {
		r.Before(core.EveryPath, func(c *core.Context) (*core.Response, error) {
			c.SetValue(key{}, c.Header("X-Value"))
			return nil, nil
		})
		core.Get(r, core.Ref[nothing, said]("value"), "/value", func(c *core.Context, _ *nothing) (*said, error) {
			err := c.Transaction(func(c *core.Context) error {
				if c.Value(key{}) == nil {
					return errTeapot
				}
				return nil
			})
			text, _ := c.Value(key{}).(string)
			return &said{text}, err
		}, core.Op{})
	})
	for _, v := range []string{"a", "b"} {
		exactly(t, s.do("GET", "/value", "", "X-Value", v), 200, `{"said":"`+v+`"}`)
	}
}
