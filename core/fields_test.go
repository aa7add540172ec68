package core_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

type signUpIn struct{ All map[string]json.RawMessage }

func (in *signUpIn) Bind(b *input.Binder) { in.All = b.Record().All() }

// addProfile adds a creation and an update that take added columns.
func addProfile(r *core.Registrar) {
	users := r.Tables().Users
	core.Post(r, core.Ref[signUpIn, core.User]("create"), "/create", func(c *core.Context, in *signUpIn) (*core.User, error) {
		u := &core.User{Email: fmt.Sprintf("%s@example.com", c.NewID("user")), Name: "Ada"}
		if err := input.CreateFields(users.Table, u, in.All); err != nil {
			return nil, err
		}
		return u, c.Users().Create(u)
	}, core.Op{})
	core.Post(r, core.Ref[signUpIn, core.User]("change"), "/change", func(c *core.Context, in *signUpIn) (*core.User, error) {
		u := &core.User{Email: fmt.Sprintf("%s@example.com", c.NewID("user")), Name: "Ada"}
		must := map[string]json.RawMessage{"must": []byte(`"was"`)}
		if err := errors.Join(input.CreateFields(users.Table, u, must), c.Users().Create(u)); err != nil {
			return nil, err
		}
		set, err := input.UpdateFields(users.Table, in.All)
		if err != nil {
			return nil, err
		}
		return c.Users().Update(u.ID, set...)
	}, core.Op{})
}

func profile(o *core.Options) {
	o.User.AdditionalFields = []core.AdditionalField{
		{Name: "must", Required: true, FieldName: "must_column"},
		{Name: "level", Type: db.KindInt, Default: func() any { return 3 }},
		{Name: "big", Type: db.KindBigInt},
		{Name: "flag", Type: db.KindBool},
		{Name: "since", Type: db.KindTime},
		{Name: "tags", Type: db.KindTextList},
		{Name: "data", Type: db.KindJSON},
		{Name: "role", NoInput: true, Default: func() any { return "user" }},
		{Name: "locked", NoInput: true},
		{Name: "secret", Hidden: true},
		{Name: "color", Options: []string{"red", "green"}},
		{Name: "nick", Validate: func(v any) error {
			if strings.Contains(v.(string), " ") {
				return errors.New("no spaces, please")
			}
			return nil
		}, Transform: func(v any) (any, error) { return strings.ToLower(v.(string)), nil }},
		{Name: "seen", Type: db.KindInt, NoInput: true, OnUpdate: func() any { return 1 }},
	}
	o.User.ModelName, o.User.Fields = "people", map[string]string{"email": "mail", "nick": "nick_name"}
}

func TestAddedFields(t *testing.T) {
	t.Parallel()
	s := newSite(t, addProfile, profile)
	validation := func(text string) string { return `{"message":"` + text + `","code":"VALIDATION_ERROR"}` }
	for _, c := range []struct{ path, body, want string }{ // want: the members, or a refusal
		{"/create", `{"must":"x"}`, `"must":"x","level":3,"big":null,"flag":null,"since":null,"tags":null,"data":null,"role":"user","locked":null,"color":null,"nick":null,"seen":null}`},
		{"/create", `{}`, `{"message":"must is required","code":"MISSING_FIELD"}`},
		{"/create", `{"must":null}`, validation("[body.must] Invalid input: expected string, received null")},
		{"/create", `{"must":"x","level":4,"big":9007199254740992,"flag":true,"since":"2026-01-02T03:04:05.678+01:00","tags":["a","b"],"data":{"a":[1]}}`,
			`"level":4,"big":9007199254740992,"flag":true,"since":"2026-01-02T02:04:05.678Z","tags":["a","b"],"data":{"a":[1]},"role":"user"`},
		{"/create", `{"must":"x","level":null,"secret":"s","color":"red","nick":"ADA","other":1}`, `"level":3,"big":null,"flag":null,"since":null,"tags":null,"data":null,"role":"user","locked":null,"color":"red","nick":"ada"`},
		{"/create", `{"must":"x","role":"admin"}`, `"role":"user"`},
		{"/create", `{"must":"x","locked":"y"}`, `{"message":"locked is not allowed to be set","code":"FIELD_NOT_ALLOWED"}`},
		{"/create", `{"must":"x","locked":""}`, `"locked":null`},
		{"/create", `{"must":1.5}`, `"must":"1.5","level":3`},
		{"/create", `{"must":["x"]}`, validation("[body.must] Invalid input: expected string, received array")},
		{"/create", `{"must":"x","level":" 4 ","big":"0x10"}`, validation("[body.big] Invalid input: expected bigint, received string")},
		{"/create", `{"must":true,"level":"4","big":true,"flag":1,"since":"2026-01"}`, `"must":"true","level":4,"big":1,"flag":true,"since":"2026-01-01T00:00:00.000Z"`},
		{"/create", `{"must":"x","flag":2}`, validation("[body.flag] Invalid input: expected boolean, received number")},
		{"/create", `{"must":"x","level":1.5}`, validation("[body.level] Invalid input: expected number, received number")},
		{"/create", `{"must":"x","level":4294967296}`, validation("[body.level] Invalid input: expected number, received number")},
		{"/create", `{"must":"x","big":1e300}`, validation("[body.big] Invalid input: expected bigint, received number")},
		{"/create", `{"must":"x","flag":"true"}`, `"flag":true`},
		{"/create", `{"must":"x","since":"yesterday"}`, validation("[body.since] Invalid input: expected date, received string")},
		{"/create", `{"must":"x","tags":["a",1]}`, validation("[body.tags] Invalid input: expected string[], received array")},
		{"/create", `{"must":"x","color":"blue"}`, validation("color is not one of the allowed values")},
		{"/create", `{"must":"x","nick":"a b"}`, validation("no spaces, please")},
		{"/change", `{}`, `"must":"was","level":3,"big":null,"flag":null,"since":null,"tags":null,"data":null,"role":"user","locked":null,"color":null,"nick":null,"seen":1}`},
		{"/change", `{"must":"is","level":null,"nick":"EVE"}`, `"must":"is","level":null,"big":null,"flag":null,"since":null,"tags":null,"data":null,"role":"user","locked":null,"color":null,"nick":"eve","seen":1}`},
		{"/change", `{"must":null}`, validation("[body.must] Invalid input: expected string, received null")},
		{"/change", `{"role":"admin"}`, `{"message":"role is not allowed to be set","code":"FIELD_NOT_ALLOWED"}`},
		{"/change", `{"seen":5}`, `{"message":"seen is not allowed to be set","code":"FIELD_NOT_ALLOWED"}`},
	} {
		got := s.do("POST", c.path, c.body)
		status := 200
		if strings.HasPrefix(c.want, `{"message"`) {
			status = 400
		}
		want(t, got, status, c.want)
		if strings.Contains(got.body, `"secret"`) {
			t.Errorf("a hidden field is shown: %s", got.body)
		}
	}
}

func TestRenamedTablesAndColumns(t *testing.T) {
	t.Parallel()
	s := newSite(t, addProfile, profile)
	def := s.Schema().Table("user")
	if def.Physical != "people" || def.Column("email").Physical != "mail" || def.Column("nick").Physical != "nick_name" || def.Column("must").Physical != "must_column" {
		t.Errorf("the schema is %+v", def)
	}
	want(t, s.do("POST", "/create", `{"must":"x","nick":"ada"}`), 200, `"nick":"ada"`)
}

func TestPluginsFields(t *testing.T) {
	t.Parallel()
	var level db.Field[core.User, int64]
	s := newSite(t, func(r *core.Registrar) {
		level = core.AddField[int64](r, r.Tables().Users.Table, "level", db.Input(db.InputRule{Default: func() any { return int64(7) }}))
		addProfile(r)
	})
	want(t, s.do("POST", "/create", `{}`), 200, `"level":7`)
	want(t, s.do("POST", "/create", `{"level":8}`), 200, `"level":7`)
	want(t, s.do("POST", "/change", `{"level":8}`), 400, "level is not allowed to be set")
	c := newContext(t, s)
	n, err := db.Count(c, c.DB(), s.Tables().Users.Table, level.Eq(7))
	if err != nil || n != 3 {
		t.Errorf("counted %d: %v", n, err)
	}
}

func TestNormalEmail(t *testing.T) {
	t.Parallel()
	for in, out := range map[string]string{
		"Ada@Example.COM": "ada@example.com", "ÄÖ@X.de": "äö@x.de",
		"\u212aim@x.de": "\u212aim@x.de", "v\u0130ctim@x.de": "v\u0130ctim@x.de", "": "",
	} {
		if got := core.NormalEmail(in); got != out {
			t.Errorf("%q: got %q, want %q", in, got, out)
		}
	}
}

func TestFreshSessions(t *testing.T) {
	t.Parallel()
	hour, none := time.Hour, time.Duration(0)
	for _, c := range []struct {
		age   *time.Duration
		after time.Duration
		fresh bool
	}{
		{nil, 24*time.Hour - time.Millisecond, true}, {nil, 24 * time.Hour, false},
		{&hour, time.Hour, false}, {&none, 48 * time.Hour, true},
	} {
		s := newSite(t, func(r *core.Registrar) {
			core.Get(r, core.Ref[nothing, said]("fresh"), "/fresh", say("fresh"), core.Op{Session: core.SessionFresh})
		}, func(o *core.Options) { o.Session.FreshAge = c.age })
		cookies := s.enter(t, "ada@example.com")
		s.clock.move(c.after)
		if c.fresh {
			want(t, s.do("GET", "/fresh", "", "Cookie", cookies), 200, "fresh")
		} else {
			exactly(t, s.do("GET", "/fresh", "", "Cookie", cookies), 403, `{"message":"Session is not fresh","code":"SESSION_NOT_FRESH"}`)
		}
		want(t, s.do("GET", "/fresh", ""), 401, "UNAUTHORIZED")
	}
}
