package ratelimit

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/internal/glob"
)

// Func decides for one request: current is the rule that would hold without it.
// It returns the rule that holds instead, and false where the request is not
// limited. It is called for every request to its paths, before anything else is
// done for it, so it must be quick and safe for concurrent use, and must not
// read the body.
type Func func(r *http.Request, current Rule) (rule Rule, limited bool)

// PathRule is a rule for every path that Match accepts. Plugins bring them.
type PathRule struct {
	// Match is called for each request with the path below the base path.
	Match func(path string) bool
	Rule  Rule
	// Func decides for each request in place of Rule; nil: Rule holds.
	Func Func
}

// CustomRule is what the application sets for one path or a group of paths.
type CustomRule struct {
	// Path is an exact path, or a pattern in which "*" stands for any run of
	// characters, also across slashes, and "?" for one. Without a "*" it is taken
	// as it stands.
	Path string
	Rule Rule
	// Off exempts the path; Rule and Func are then ignored.
	Off bool
	// Func decides for each request in place of Rule; nil: Rule holds.
	Func Func
}

// RulesOptions are the rules besides the built-in ones.
type RulesOptions struct {
	// Default holds where nothing else does. The zero Rule means 100 requests in
	// 10 seconds.
	Default Rule
	// Plugins in the order of the plugins: the first that matches holds.
	Plugins []PathRule
	// Custom in the order given: the first that matches holds, above all others.
	Custom []CustomRule
}

// Rules tells which rule holds for a path. It is immutable.
type Rules struct {
	fallback Rule
	plugins  []PathRule
	custom   []customRule
}

type customRule struct {
	CustomRule
	glob    glob.Pattern
	pattern bool
}

func (c *customRule) match(path string) bool {
	if c.pattern {
		return c.glob.Match(path)
	}
	return c.Path == path
}

// NewRules checks and compiles rules. It fails for a plugin rule without Match, a
// custom rule without Path, and a rule without a
// Func whose Window is not positive or whose Max is negative.
func NewRules(opt RulesOptions) (*Rules, error) {
	r := &Rules{fallback: opt.Default, plugins: append([]PathRule(nil), opt.Plugins...)}
	if r.fallback == (Rule{}) {
		r.fallback = Rule{Window: 10 * time.Second, Max: 100}
	}
	if err := r.fallback.check("the default"); err != nil {
		return nil, err
	}
	for i, plugin := range opt.Plugins {
		if plugin.Match == nil {
			return nil, fmt.Errorf("ratelimit: plugin rule %d matches no path: Match is nil", i)
		}
		if err := plugin.Rule.check(fmt.Sprintf("plugin rule %d", i)); err != nil && plugin.Func == nil {
			return nil, err
		}
	}
	for _, custom := range opt.Custom {
		if custom.Path == "" {
			return nil, errors.New("ratelimit: a custom rule has no path")
		}
		if err := custom.Rule.check("the rule for " + custom.Path); err != nil && !custom.Off && custom.Func == nil {
			return nil, err
		}
		r.custom = append(r.custom, customRule{
			CustomRule: custom,
			glob:       glob.Compile(custom.Path),
			pattern:    strings.Contains(custom.Path, "*"),
		})
	}
	return r, nil
}

func (r Rule) check(what string) error {
	if r.Window <= 0 || r.Max < 0 {
		return fmt.Errorf("ratelimit: %s allows %d requests in %s; it needs a window above 0 and a maximum of 0 or more", what, r.Max, r.Window)
	}
	return nil
}

// For returns the rule for a request to a path below the base path, and whether
// it is limited at all. Custom rules win over plugin rules, those over the
// built-in ones, those over the default. The request is what functions are
// given. It does not allocate.
func (r *Rules) For(request *http.Request, path string) (Rule, bool) {
	for i := range r.custom {
		c := &r.custom[i]
		switch {
		case !c.match(path):
			continue
		case c.Off || c.Func == nil:
			return c.Rule, !c.Off
		}
		current, _ := r.without(request, path)
		return c.Func(request, current)
	}
	return r.without(request, path)
}

// without is the rule that holds without those of the application.
func (r *Rules) without(request *http.Request, path string) (Rule, bool) {
	rule, ok := builtin(path)
	if !ok {
		rule = r.fallback
	}
	for i := range r.plugins {
		switch p := &r.plugins[i]; {
		case !p.Match(path):
			continue
		case p.Func != nil:
			return p.Func(request, rule)
		default:
			return p.Rule, true
		}
	}
	return rule, true
}

// builtin holds the rules for paths on which passwords are guessed and mails
// are sent, the latter the slower.
func builtin(path string) (Rule, bool) {
	switch path {
	case "/request-password-reset", "/send-verification-email",
		"/email-otp/send-verification-otp", "/email-otp/request-password-reset":
		return Rule{Window: time.Minute, Max: 3}, true
	}
	for _, prefix := range [...]string{"/sign-in", "/sign-up", "/change-password", "/change-email"} {
		if strings.HasPrefix(path, prefix) {
			return Rule{Window: 10 * time.Second, Max: 3}, true
		}
	}
	if strings.HasPrefix(path, "/forget-password") {
		return Rule{Window: time.Minute, Max: 3}, true
	}
	return Rule{}, false
}

// Exact returns a Match for the given paths.
func Exact(paths ...string) func(path string) bool {
	paths = append([]string(nil), paths...)
	return func(path string) bool {
		return slices.Contains(paths, path)
	}
}

// Prefix returns a Match for all paths that start with one of the given texts,
// which need not end at a slash.
func Prefix(prefixes ...string) func(path string) bool {
	prefixes = append([]string(nil), prefixes...)
	return func(path string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(path, p) {
				return true
			}
		}
		return false
	}
}
