package integration_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/admin"
	"github.com/watchword-auth/watchword/plugin/apikey"
	"github.com/watchword-auth/watchword/plugin/deviceauthorization"
	"github.com/watchword-auth/watchword/plugin/emailotp"
	"github.com/watchword-auth/watchword/plugin/magiclink"
	"github.com/watchword-auth/watchword/plugin/organization"
	"github.com/watchword-auth/watchword/plugin/phonenumber"
	"github.com/watchword-auth/watchword/plugin/twofactor"
	"github.com/watchword-auth/watchword/plugin/username"
)

// hostile are values that some engine cannot hold or compare. JSON has no
// other bytes than UTF-8: what is none arrives by URLs and headers.
var hostile = map[string]any{
	"NUL":            "a\x00b",
	"only NUL":       "\x00",
	"not a scalar":   "\ufffe\U0010ffff",
	"long":           strings.Repeat("x", 70_000),
	"wide":           strings.Repeat("😀", 300),
	"number":         1e308,
	"large integer":  9007199254740993,
	"negative":       -2147483649,
	"null":           nil,
	"list":           []any{"a", nil, 1},
	"object":         authtest.JSON{"a": authtest.JSON{}},
	"quote":          `'"` + "`" + `;--\`,
	"right to left":  "\u202eevil",
	"format":         "%s%n%00",
	"prototype":      "__proto__",
	"object's start": "[object Object]",
}

// asked are endpoints, with every member clients may send; a body that fits
// but for the hostile member gets furthest.
var asked = map[string]authtest.JSON{
	"/sign-up/email":                       {"name": "n", "email": "new@example.com", "password": authtest.Password, "image": "i", "username": "newname", "callbackURL": "/"},
	"/sign-in/email":                       {"email": "ada@example.com", "password": authtest.Password},
	"/sign-in/username":                    {"username": "ada", "password": authtest.Password},
	"/is-username-available":               {"username": "ada"},
	"/update-user":                         {"name": "n", "image": "i", "username": "adaname", "displayUsername": "Ada"},
	"/change-password":                     {"currentPassword": "no", "newPassword": authtest.Password},
	"/request-password-reset":              {"email": "ada@example.com", "redirectTo": "/"},
	"/reset-password":                      {"token": "t", "newPassword": authtest.Password},
	"/send-verification-email":             {"email": "ada@example.com", "callbackURL": "/"},
	"/change-email":                        {"newEmail": "new@example.com", "callbackURL": "/"},
	"/delete-user":                         {"token": "t", "password": "no"},
	"/revoke-session":                      {"token": "t"},
	"/unlink-account":                      {"providerId": "github", "accountId": "1"},
	"/get-access-token":                    {"providerId": "github", "accountId": "1"},
	"/sign-in/magic-link":                  {"email": "mag@example.com", "name": "n", "callbackURL": "/"},
	"/email-otp/send-verification-otp":     {"email": "ada@example.com", "type": "sign-in"},
	"/email-otp/check-verification-otp":    {"email": "ada@example.com", "type": "sign-in", "otp": "1"},
	"/sign-in/email-otp":                   {"email": "ada@example.com", "otp": "1", "name": "n"},
	"/device/code":                         {"client_id": "c", "user_id": "u", "scope": "s"},
	"/device/token":                        {"grant_type": deviceauthorization.GrantType, "device_code": "d", "client_id": "c"},
	"/device/approve":                      {"userCode": "u"},
	"/sign-in/phone-number":                {"phoneNumber": "+15550100", "password": authtest.Password},
	"/phone-number/send-otp":               {"phoneNumber": "+15550100"},
	"/phone-number/verify":                 {"phoneNumber": "+15550100", "code": "1", "updatePhoneNumber": true},
	"/phone-number/request-password-reset": {"phoneNumber": "+15550100"},
	"/phone-number/reset-password":         {"phoneNumber": "+15550100", "otp": "1", "newPassword": authtest.Password},
	"/organization/create":                 {"name": "o", "slug": "s", "logo": "l", "metadata": authtest.JSON{"a": 1}},
	"/organization/check-slug":             {"slug": "s"},
	"/organization/update":                 {"data": authtest.JSON{"name": "o"}, "organizationId": "o"},
	"/organization/set-active":             {"organizationId": "o", "organizationSlug": "s"},
	"/organization/invite-member":          {"email": "x@example.com", "role": "member", "organizationId": "o"},
	"/organization/accept-invitation":      {"invitationId": "i"},
	"/organization/remove-member":          {"memberIdOrEmail": "m", "organizationId": "o"},
	"/api-key/create":                      {"name": "n", "prefix": "p", "expiresIn": 86400, "metadata": authtest.JSON{"a": 1}},
	"/api-key/update":                      {"keyId": "k", "name": "n"},
	"/api-key/delete":                      {"keyId": "k"},
	"/two-factor/enable":                   {"password": "no", "issuer": "i"},
	"/two-factor/verify-totp":              {"code": "1"},
	"/two-factor/verify-backup-code":       {"code": "1"},
	"/admin/create-user":                   {"email": "made@example.com", "password": authtest.Password, "name": "n", "role": "user", "data": authtest.JSON{"image": "i"}},
	"/admin/ban-user":                      {"userId": "u", "banReason": "r", "banExpiresIn": 5},
	"/admin/set-role":                      {"userId": "u", "role": "user"},
}

// read are endpoints that are asked in the query.
var read = []string{
	"/verify-email?token=", "/reset-password/x?callbackURL=", "/magic-link/verify?token=", "/delete-user/callback?token=",
	"/organization/get-invitation?id=", "/organization/get-full-organization?organizationSlug=", "/api-key/get?id=",
	"/admin/get-user?id=", "/admin/list-users?searchValue=", "/admin/list-users?filterField=name&filterValue=", "/error?error=", "/device?user_code=",
	"/organization/list-members?limit=", "/admin/list-users?limit=", "/admin/list-users?offset=", "/admin/list-users?sortBy=",
}

// TestHostileValues sends them wherever there is a text or a number: whatever
// an engine cannot hold is the client's fault, and never the server's.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, where change) { sendHostile(t, where) })
	for name, engine := range map[string]change{"memory": func(*core.Options) {}, "sqlite": authtest.SQLite(t)} {
		t.Run(name, func(t *testing.T) { sendHostile(t, engine) })
	}
}

func sendHostile(t *testing.T, engine change) {
	s := authtest.New(t, engine, func(o *core.Options) {
		o.User.ChangeEmail.Enabled, o.User.DeleteUser.Enabled = true, true
		o.Plugins = append(o.Plugins, username.New(username.Options{}), magiclink.New(magiclink.Options{}), deviceauthorization.New(deviceauthorization.Options{}), phonenumber.New(phonenumber.Options{}), emailotp.New(emailotp.Options{}),
			organization.New(organization.Options{}), apikey.New(apikey.Config{EnableMetadata: true}), twofactor.New(twofactor.Options{}), admin.New(admin.Options{}))
	})
	ada := s.SignUp("ada@example.com")
	makeAdmin(t, s, "ada@example.com")
	ask := func(a *authtest.Answer, what ...string) {
		if a.Status >= http.StatusInternalServerError {
			t.Errorf("%s: %d %s", strings.Join(what, " "), a.Status, a.Body)
		}
	}
	for path, body := range asked {
		for member := range body {
			for name, value := range hostile {
				sent := authtest.JSON{}
				maps.Copy(sent, body)
				sent[member] = value
				ask(ada.Clone().Post(path, sent), path, member, name)
			}
		}
	}
	for _, path := range read {
		for _, value := range []string{"%00", "a%00b", "%ff%fe", "%c3", strings.Repeat("x", 5000), "-1", "1e9", "99999999999999999999", "%F0%9F%98%80", "'"} {
			ask(ada.Clone().Get(path+value), path, value)
		}
	}
	agent := s.Client()
	agent.Headers.Set("User-Agent", "\xff\xfe agent "+strings.Repeat("\xc3", 2000))
	agent.Post("/sign-in/email", authtest.JSON{"email": "ada@example.com", "password": authtest.Password}).Want(200)
	agent.Get("/get-session").Want(200, "ada@example.com")
	agent.SetCookie("better-auth.session_token", "\xff\x01")
	ask(agent.Get("/get-session"), "cookie")
}

func makeAdmin(t *testing.T, s *authtest.Server, email string) {
	t.Helper()
	c, users := s.Context(), s.Tables().Users
	if _, err := c.Users().Update(s.User(email).ID, db.ToAny(users.Table, users.Column("role"), "admin")); err != nil {
		t.Fatal(err)
	}
}
