package securitytest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/securitytest/harness"
)

// tellsNothing fails the test if an answer shows what the server is made of.
func tellsNothing(t *testing.T, what string, a *harness.Answer) {
	t.Helper()
	lower := strings.ToLower(a.Body)
	for _, word := range []string{"select ", "syntax", "sqlite", "pgx", "sqlstate", "goroutine", ".go:", "panic", "constraint", "redis", "127.0.0.1", harness.Secret} {
		if strings.Contains(lower, word) {
			t.Errorf("%s shows %q: %d %.300s", what, word, a.Status, a.Body)
		}
	}
}

func oddPages(t *testing.T, s *harness.Site) {
	admin := administrator(t, s)
	admin.Post("/api-key/create", body{"name": "n"}).Want(http.StatusOK)
	for _, list := range []string{"/admin/list-users?", "/api-key/list?"} {
		for _, name := range []string{"limit", "offset", "cursor", "page"} {
			for _, value := range []string{"'", `"`, "-1", "1e400", "99999999999999999999", "1.5", "0x10", "1;drop table user", "[]", "a", "", "NaN"} {
				a := admin.Get(list + name + "=" + url.QueryEscape(value))
				if a.Status >= 500 {
					t.Errorf("%s%s=%s: %d %s", list, name, value, a.Status, a.Body)
				}
				tellsNothing(t, list+name+"="+value, a)
			}
		}
		admin.Get(list+"limit=1").Want(http.StatusOK, `"total"`)
	}
}

func oddFilters(t *testing.T, s *harness.Site) {
	admin := administrator(t, s)
	email := s.Address("percent")
	s.SignUp(email)
	odd := []string{"id;drop table user", "password", `"`, "'", "%", "_", "nothing", "account.password", "email) or 1=1 --", "rowid", "__proto__"}
	for _, name := range []string{"sortBy", "searchField", "filterField", "filterOperator", "sortDirection", "searchOperator"} {
		for _, value := range odd {
			a := admin.Get("/admin/list-users?searchValue=a&filterValue=a&limit=5&" + name + "=" + url.QueryEscape(value))
			if a.Status >= 500 {
				t.Errorf("%s=%s: %d %s", name, value, a.Status, a.Body)
			}
			tellsNothing(t, name+"="+value, a)
			if strings.Contains(a.Body, `"password"`) {
				t.Errorf("%s=%s shows passwords: %s", name, value, a.Body)
			}
		}
	}
	for _, pattern := range []string{"%", "_", "per%nt", "p_rcent"} {
		a := admin.Get("/admin/list-users?searchField=email&searchOperator=contains&searchValue=" + url.QueryEscape(pattern))
		a.Want(http.StatusOK)
		if strings.Contains(a.Body, email) {
			t.Errorf("%s is a pattern", pattern)
		}
	}
	admin.Get("/admin/list-users?searchField=email&searchValue="+url.QueryEscape(email)).Want(http.StatusOK, email)
}

func textsAreTexts(t *testing.T, s *harness.Site) {
	email := s.Address("victim")
	v := s.SignUp(email)
	resetLink(s, email)
	for _, r := range posts {
		if strings.HasSuffix(r.path, "/sign-out") || strings.HasPrefix(r.path, "/revoke-") || strings.HasSuffix(r.path, "stop-impersonating") {
			continue
		}
		for name, value := range r.body {
			if _, isText := value.(string); !isText {
				continue
			}
			for _, raw := range []string{`{"$ne":null}`, `{"contains":""}`, `[]`, `["a"]`, `true`, `1e400`, `-0.5`, `{"length":5}`} {
				changed := maps.Clone(r.body)
				delete(changed, name)
				data, _ := json.Marshal(changed)
				text := strings.TrimSuffix(string(data), "}")
				if len(changed) > 0 {
					text += ","
				}
				text += `"` + name + `":` + raw + "}"
				a := v.Clone().Post(r.path, text)
				if a.Status >= 500 || a.Status == http.StatusOK && (name == "password" || name == "token" || name == "otp" || name == "code" || name == "email") {
					t.Errorf("%s with %s: %s: %d %.200s", r.path, name, raw, a.Status, a.Body)
				}
				tellsNothing(t, r.path+" with "+name+": "+raw, a)
			}
		}
		if r.path == "/delete-user" {
			continue // who has just signed in needs no password for it
		}
		for _, text := range []string{"[]", "null", `"text"`, "1", "{", `{"a":1}{"a":2}`, "\xff\xfe", "", "{}"} {
			if a := v.Clone().Post(r.path, text, field{"Content-Type", "application/json"}); a.Status >= 500 {
				t.Errorf("%s with the body %q: %d %.200s", r.path, text, a.Status, a.Body)
			}
		}
	}
	twice := `{"email":"` + email + `","email":"nobody@example.com","password":"` + harness.Password + `"}`
	if a := s.Client().Post("/sign-in/email", twice); a.Status >= 500 {
		t.Errorf("a member given twice: %d %s", a.Status, a.Body)
	}
	s.SignIn(email)
}

func segmentsStay(t *testing.T, s *harness.Site) {
	v := s.SignUp(s.Address("victim"))
	for _, path := range []string{
		"/callback/..%2fadmin%2flist-users", "/callback/..%2fget-session", "/reset-password/..%2f..%2fget-session", "/reset-password/%2e%2e/get-session",
		"/callback/%2e%2e%2fget-session", "/callback/../get-session", "/reset-password/x/../../get-session", "/callback/company%2f..%2f..%2fget-session",
		"/sign-in/%2e%2e/get-session", "/./get-session", "//get-session", "/get-session%2f", "/get-session/..;/list-sessions",
	} {
		a := v.Get(path)
		if strings.Contains(a.Body, `"session"`) || a.Status == http.StatusOK && strings.HasPrefix(a.Body, "[") || a.Status >= 500 {
			t.Errorf("%s: %d %s", path, a.Status, a.Body)
		}
	}
	v.Get("/get-session").Want(http.StatusOK, `"session"`)
}
