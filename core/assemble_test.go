package core_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/cookie"
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

type note struct{ ID string }

func noteTable() *db.Table[note] {
	return db.NewTable("note", nil, db.ID("id", func(n *note) *string { return &n.ID }).PrimaryKey())
}

func TestCollisionsNameBothSides(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		add  func(r *core.Registrar)
		want string
	}{
		"path": {func(r *core.Registrar) {
			core.Get(r, core.Ref[nothing, said]("path"+core.PluginOf(r)), "/same", say(""), core.Op{})
		}, `watchword: plugin "two": GET "/same" of endpoint "pathtwo": the route is taken by endpoint "pathone" of plugin "one"`},
		"pattern": {func(r *core.Registrar) {
			core.Get(r, core.Ref[nothing, said]("path"+core.PluginOf(r)), "/same/{"+core.PluginOf(r)+"}", say(""), core.Op{})
		}, `the route is taken by endpoint "pathone" of plugin "one"`},
		"id": {func(r *core.Registrar) {
			core.Get(r, core.Ref[nothing, said]("same"), "/"+core.PluginOf(r), say(""), core.Op{})
		}, `plugin "two": endpoint "same" at "/one" belongs to plugin "one"`},
		"table":      {func(r *core.Registrar) { r.Table(noteTable().Def) }, `plugin "two": table "note" belongs to plugin "one"`},
		"core table": {func(r *core.Registrar) { r.Table(db.NewTable[note]("user", nil).Def) }, `plugin "one": table "user" belongs to the core`},
		"field": {func(r *core.Registrar) { core.AddField[string](r, r.Tables().Users.Table, "same") },
			`plugin "two": column "same" of table "user" belongs to plugin "one"`},
		"core field": {func(r *core.Registrar) { core.AddField[string](r, r.Tables().Users.Table, "email") },
			`plugin "one": column "email" of table "user" belongs to the core`},
		"application's field": {func(r *core.Registrar) { core.AddField[string](r, r.Tables().Users.Table, "nick") },
			`plugin "one": column "nick" of table "user" belongs to Options.User`},
		"code": {func(r *core.Registrar) { r.Codes(core.NewError(400, "SAME", core.PluginOf(r))) },
			`plugin "two": code "SAME" belongs to plugin "one" with another message`},
		"core code": {func(r *core.Registrar) { r.Codes(core.NewError(400, "USER_NOT_FOUND", "Who?")) },
			`plugin "one": code "USER_NOT_FOUND" belongs to the core with another message`},
		"cookie": {func(r *core.Registrar) { r.Cookie("same", cookie.Attributes{}) }, `plugin "two": cookie "same" belongs to plugin "one"`},
		"used after all": {func(r *core.Registrar) { core.AddField[string](r, r.Tables().Users.Table, "email").Eq("x") },
			`column "email" of table "user" belongs to the core`},
		"path without slash": {func(r *core.Registrar) { core.Get(r, core.Ref[nothing, said]("x"), "x", say(""), core.Op{}) }, "does not start with a slash"},
		"half a parameter":   {func(r *core.Registrar) { core.Get(r, core.Ref[nothing, said]("x"), "/a{b}", say(""), core.Op{}) }, `"a{b}"`},
		"panic":              {func(*core.Registrar) { panic("at start-up") }, `plugin "one": panic: at start-up`},
	} {
		s := &site{clock: &clock{}, log: &lockedLog{}}
		o := options(s)
		o.User.AdditionalFields = []core.AdditionalField{{Name: "nick"}}
		o.Plugins = []core.Plugin{adding("one", c.add), adding("two", c.add)}
		if _, err := core.New(o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

func TestPluginsCanFail(t *testing.T) {
	t.Parallel()
	failed := errors.New("no")
	for name, plugins := range map[string][]core.Plugin{
		"Register": {plugin{"p", func(*core.Registrar) error { return failed }}},
		"Ready":    {adding("p", func(r *core.Registrar) { r.Ready(func(*core.Kernel) error { return failed }) })},
	} {
		o := options(&site{clock: &clock{}, log: &lockedLog{}})
		o.Plugins = plugins
		if _, err := core.New(o); !errors.Is(err, failed) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for want, plugins := range map[string][]core.Plugin{
		"a plugin is nil":           {nil},
		`plugin "p" is given twice`: {adding("p", func(*core.Registrar) {}), adding("p", func(*core.Registrar) {})},
	} {
		o := options(&site{clock: &clock{}, log: &lockedLog{}})
		o.Plugins = plugins
		if _, err := core.New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestOptionsThatMeanNothingAreRefused(t *testing.T) {
	t.Parallel()
	long := 500 * 24 * time.Hour
	for want, change := range map[string]func(o *core.Options){
		"Options.Secret is missing":   func(o *core.Options) { o.Secret = "" },
		"Options.Database is missing": func(o *core.Options) { o.Database = nil },
		"Options.BaseURL: ":           func(o *core.Options) { o.BaseURL = "ftp://x" },
		"in production":               func(o *core.Options) { o.BaseURL, o.Production = "", true },
		"Options.Secret: ":            func(o *core.Options) { o.Secret, o.Production = "short", true },
		"exclude each other":          func(o *core.Options) { o.DynamicBaseURL = &core.DynamicBaseURL{} },
		"Options.BasePath: ":          func(o *core.Options) { o.BasePath = "auth" },
		"Options.TrustedOrigins: ":    func(o *core.Options) { o.TrustedOrigins = []string{"https://a b"} },
		"Options.TrustedProxies: ":    func(o *core.Options) { o.TrustedProxies = []string{"10.0.0.0/99"} },
		"Options.DisabledPaths: ":     func(o *core.Options) { o.DisabledPaths = []string{"ok"} },
		"CookieCache.Strategy: ":      func(o *core.Options) { o.Session.CookieCache.Strategy = "rot13" },
		"400 days":                    func(o *core.Options) { o.Session.ExpiresIn = long },
		"CookiePrefix: ":              func(o *core.Options) { o.Advanced.CookiePrefix = "a b" },
		"DefaultCookieAttributes: ":   func(o *core.Options) { o.Advanced.DefaultCookieAttributes.Path = "/;x" },
		`SameSite "maybe"`:            func(o *core.Options) { o.Advanced.DefaultCookieAttributes.SameSite = "maybe" },
		"needs a Domain": func(o *core.Options) {
			o.BaseURL, o.Advanced.CrossSubDomainCookies = "", &core.CrossSubDomainCookies{}
		},
		"is negative":              func(o *core.Options) { o.Session.ExpiresIn = -1 },
		"at most 3":                func(o *core.Options) { o.EmailAndPassword.MaxPasswordLength = 3 },
		"none of plain, hashed":    func(o *core.Options) { o.Verification.StoreIdentifier = "rot13" },
		"none of database, cookie": func(o *core.Options) { o.Account.StoreStateStrategy = "rot13" },
		"there is no column":       func(o *core.Options) { o.User.Fields = map[string]string{"none": "x"} },
		"not a usable table name":  func(o *core.Options) { o.User.ModelName = "a b" },
		"has a column of that name": func(o *core.Options) {
			o.User.AdditionalFields = []core.AdditionalField{{Name: "email"}}
		},
		"Options.Verification: field": func(o *core.Options) {
			o.Verification.AdditionalFields = []core.AdditionalField{{Name: "value"}}
		},
		"Default makes bool, not a string": func(o *core.Options) {
			o.User.AdditionalFields = []core.AdditionalField{{Name: "x", Default: func() any { return true }}}
		},
	} {
		o := options(&site{clock: &clock{}, log: &lockedLog{}})
		change(&o)
		if _, err := core.New(o); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "watchword: ") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

const paramRef core.Ref[paramIn, said] = "param"

type paramIn struct {
	Name string            `json:"name"`
	Sort input.Opt[string] `json:"sort,omitzero"`
	Size float64           `json:"size"`
}

func (in *paramIn) Bind(b *input.Binder) {
	b.Path("name", &in.Name)
	b.Query().OptText("sort", &in.Sort).OneOf("asc", "desc")
	b.Body().Number("size", &in.Size).Int()
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	const hidden core.Ref[nothing, said] = "hidden"
	const mine core.Ref[nothing, said] = "mine"
	s := newSite(t, func(r *core.Registrar) {
		addEcho(r)
		core.ServerOnly(r, hidden, say("server"), core.Op{})
		core.Get(r, mine, "/mine", func(c *core.Context, _ *nothing) (*said, error) {
			current, err := c.Session()
			if err != nil {
				return nil, err
			}
			return &said{current.User.Email + " " + c.ClientIP()}, nil
		}, core.Op{Session: core.SessionRequired})
		core.Post(r, paramRef, "/param/{name}", func(c *core.Context, in *paramIn) (*said, error) {
			return &said{in.Name + " " + in.Sort.Or("none")}, nil
		}, core.Op{})
		r.Before(core.OnPath("/param/{name}"), func(c *core.Context) (*core.Response, error) {
			if c.Param("name") == "hooked" {
				return core.Text(200, "hooked"), nil
			}
			return nil, nil
		})
	}, func(o *core.Options) { on := true; o.RateLimit.Enabled, o.RateLimit.Max = &on, 1 })
	ctx := t.Context()
	if out, err := core.Invoke(ctx, s.Kernel, hidden, nil, core.Call{}); err != nil || out.Said != "server" {
		t.Errorf("got %v, %v", out, err)
	}
	if out, err := core.Invoke(ctx, s.Kernel, paramRef, &paramIn{Name: "a/b", Sort: input.Some("asc"), Size: 2}, core.Call{}); err != nil || out.Said != "a/b asc" {
		t.Errorf("got %v, %v", out, err)
	}
	_, err := core.Invoke(ctx, s.Kernel, paramRef, &paramIn{Sort: input.Some("up"), Size: 1.5}, core.Call{})
	var refusal *core.Error
	if !errors.As(err, &refusal) || refusal.Status != 400 || !strings.HasPrefix(refusal.Message, "[query.sort] Invalid option") {
		t.Errorf("got %v", err)
	}
	if _, err := core.Invoke(ctx, s.Kernel, paramRef, &paramIn{Name: "hooked"}, core.Call{}); err == nil {
		t.Error("an answer that is no output was taken for one")
	}
	if _, err := core.Invoke(ctx, s.Kernel, mine, &nothing{}, core.Call{}); !errors.Is(err, core.ErrUnauthorized) {
		t.Errorf("got %v", err)
	}
	var reply core.Reply
	ada, err := core.Invoke(ctx, s.Kernel, enterRef, &enterIn{Email: "ada@example.com"}, core.Call{Reply: &reply})
	if err != nil || reply.Status != 200 || len(reply.Header["Set-Cookie"]) != 1 {
		t.Fatalf("got %v, %v, %+v", ada, err, reply)
	}
	r, _ := http.NewRequest(http.MethodGet, "/page", nil)
	r.RemoteAddr = "192.0.2.1:1"
	r.Header.Set("Cookie", strings.SplitN(reply.Header.Get("Set-Cookie"), ";", 2)[0])
	if out, err := core.Invoke(ctx, s.Kernel, mine, &nothing{}, core.Call{Request: r}); err != nil || out.Said != "ada@example.com 192.0.2.1" {
		t.Errorf("got %v, %v", out, err)
	}
	known := &core.Current{Session: &core.Session{}, User: &core.User{Email: "known@example.com"}}
	if out, err := core.Invoke(ctx, s.Kernel, mine, &nothing{}, core.Call{Session: known}); err != nil || out.Said != "known@example.com " {
		t.Errorf("got %v, %v", out, err)
	}
	if _, err := core.Invoke(ctx, s.Kernel, echoRef, &textIn{Text: "refuse"}, core.Call{Reply: &reply}); !errors.Is(err, errTeapot) || reply.Status != http.StatusTeapot {
		t.Errorf("got %v, %+v", err, reply)
	}
	defer func() {
		if recover() == nil {
			t.Error("an endpoint of other types was called")
		}
	}()
	_, _ = core.Invoke(ctx, s.Kernel, core.Ref[textIn, said]("mine"), &textIn{}, core.Call{})
}
