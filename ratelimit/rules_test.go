package ratelimit_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/ratelimit"
)

func per(seconds, max int) ratelimit.Rule {
	return ratelimit.Rule{Window: time.Duration(seconds) * time.Second, Max: max}
}

func TestBuiltinRules(t *testing.T) {
	t.Parallel()
	rules, err := ratelimit.NewRules(ratelimit.RulesOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]ratelimit.Rule{
		"/get-session": per(10, 100), "/": per(10, 100), "": per(10, 100), "/nothing": per(10, 100),
		"/sign-in": per(10, 3), "/sign-in/email": per(10, 3), "/sign-inx": per(10, 3), "/SIGN-IN": per(10, 100), "/x/sign-in": per(10, 100),
		"/sign-up/email": per(10, 3), "/change-password": per(10, 3), "/change-email": per(10, 3), "/change-email/x": per(10, 3),
		"/request-password-reset": per(60, 3), "/request-password-reset/x": per(10, 100), "/send-verification-email": per(60, 3),
		"/forget-password": per(60, 3), "/forget-password/email-otp": per(60, 3),
		"/email-otp/send-verification-otp": per(60, 3), "/email-otp/request-password-reset": per(60, 3), "/email-otp/x": per(10, 100),
	} {
		if got, on := rules.For(nil, path); got != want || !on {
			t.Errorf("For(%q) = %v, %t; want %v", path, got, on, want)
		}
	}
}

func TestRuleOrder(t *testing.T) {
	rules, err := ratelimit.NewRules(ratelimit.RulesOptions{
		Default: per(1, 1),
		Plugins: []ratelimit.PathRule{
			{Match: ratelimit.Prefix("/two-factor/", "/sign-in/magic-link"), Rule: per(2, 2)},
			{Match: ratelimit.Exact("/device", "/two-factor/x"), Rule: per(3, 3)},
		},
		Custom: []ratelimit.CustomRule{
			{Path: "/two-factor/verify-*", Rule: per(4, 4)},
			{Path: "/two-factor/verify-otp", Off: true},
			{Path: "/get-session", Off: true},
			{Path: "/admin/*", Rule: per(5, 0)},
			{Path: "/literal?", Rule: per(6, 6)},
			{Path: "/*/glob?", Rule: per(7, 7)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]ratelimit.Rule{
		"/other": per(1, 1), "/sign-in/email": per(10, 3), "/sign-in/magic-link": per(2, 2), "/two-factor/x": per(2, 2),
		"/device": per(3, 3), "/device/code": per(1, 1), "/two-factor/verify-totp": per(4, 4), "/two-factor/verify-otp": per(4, 4),
		"/admin/a/b": per(5, 0), "/literal?": per(6, 6), "/literals": per(1, 1), "/a/b/globs": per(7, 7),
	} {
		if got, on := rules.For(nil, path); got != want || !on {
			t.Errorf("For(%q) = %v, %t; want %v", path, got, on, want)
		}
	}
	if _, on := rules.For(nil, "/get-session"); on {
		t.Error("a path that is off is limited")
	}
	if n := testing.AllocsPerRun(100, func() { rules.For(nil, "/a/b/globs") }); n != 0 {
		t.Errorf("For: %v allocations; want 0", n)
	}
}

func TestNewRulesRefuses(t *testing.T) {
	t.Parallel()
	for _, opt := range []ratelimit.RulesOptions{
		{Default: ratelimit.Rule{Max: 5}},
		{Default: per(1, -1)},
		{Plugins: []ratelimit.PathRule{{Rule: per(1, 1)}}},
		{Plugins: []ratelimit.PathRule{{Match: ratelimit.Exact("/x")}}},
		{Custom: []ratelimit.CustomRule{{Rule: per(1, 1)}}},
		{Custom: []ratelimit.CustomRule{{Path: "/x"}}},
	} {
		if _, err := ratelimit.NewRules(opt); err == nil {
			t.Errorf("NewRules took %+v", opt)
		}
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	if got := ratelimit.Key("203.0.113.9", "/sign-in/email"); got != "203.0.113.9|/sign-in/email" {
		t.Error(got)
	}
	if got := ratelimit.Key("", "/x"); got != "no-trusted-ip|/x" {
		t.Error(got)
	}
}

func TestRulesThatAreFunctions(t *testing.T) {
	t.Parallel()
	robots := func(r *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool) {
		switch r.UserAgent() {
		case "robot":
			return per(60, 1), true
		case "monitor":
			return ratelimit.Rule{}, false
		}
		return current, true
	}
	double := func(_ *http.Request, current ratelimit.Rule) (ratelimit.Rule, bool) {
		current.Max *= 2
		return current, true
	}
	rules, err := ratelimit.NewRules(ratelimit.RulesOptions{
		Default: per(1, 5),
		Plugins: []ratelimit.PathRule{{Match: ratelimit.Prefix("/sign-in/", "/plugin"), Func: double}},
		Custom:  []ratelimit.CustomRule{{Path: "/sign-in/*", Func: robots}, {Path: "/off", Off: true, Func: robots}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		agent, path string
		want        ratelimit.Rule
		limited     bool
	}{
		{"robot", "/sign-in/email", per(60, 1), true},
		{"monitor", "/sign-in/email", ratelimit.Rule{}, false},
		{"browser", "/sign-in/email", per(10, 6), true}, // what the plugin made of the built-in rule
		{"robot", "/plugin", per(1, 10), true},
		{"robot", "/other", per(1, 5), true},
		{"robot", "/off", ratelimit.Rule{}, false},
	} {
		r := httptest.NewRequest(http.MethodPost, c.path, nil)
		r.Header.Set("User-Agent", c.agent)
		if got, limited := rules.For(r, c.path); got != c.want || limited != c.limited {
			t.Errorf("%s at %s: %v, %t; want %v, %t", c.agent, c.path, got, limited, c.want, c.limited)
		}
	}
	if _, err := ratelimit.NewRules(ratelimit.RulesOptions{Custom: []ratelimit.CustomRule{{Path: "/x"}}}); err == nil {
		t.Error("a rule of nothing is taken")
	}
}
