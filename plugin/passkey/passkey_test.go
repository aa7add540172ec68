package passkey_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/passkey"
)

type client = authtest.Client

const (
	adaMail = "ada@example.com"
	eveMail = "eve@example.com"
)

func with(o passkey.Options) func(*core.Options) {
	return func(c *core.Options) { c.Plugins = append(c.Plugins, passkey.New(o)) }
}

// serve returns an instance and the browser of a user.
func serve(t testing.TB, o passkey.Options, change ...func(*core.Options)) (*authtest.Server, *client) {
	t.Helper()
	s := authtest.New(t, append([]func(*core.Options){with(o)}, change...)...)
	return s, s.SignUp(adaMail)
}

var algorithms = map[string]int64{"EdDSA": -8, "ES256": -7, "RS256": -257}

func TestRegisterAndSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, ada := serve(t, passkey.Options{}, engine)
		for name, alg := range algorithms {
			k := newKey(t, alg).counting(10)
			k.Flags |= eligible | backedUp
			var row map[string]any
			k.register(ada).Want(200).Decode(&row)
			public, err := base64.StdEncoding.DecodeString(row["publicKey"].(string))
			if err != nil || string(public) != string(cbor(k.COSE())) {
				t.Errorf("%s: public key %v %v", name, row["publicKey"], err)
			}
			delete(row, "publicKey")
			want := map[string]any{"id": row["id"], "name": "laptop", "userId": s.User(adaMail).ID, "credentialID": b64(k.ID),
				"counter": 11.0, "deviceType": "multiDevice", "backedUp": true, "transports": "internal,hybrid",
				"createdAt": "2026-03-02T12:00:00.000Z", "aaguid": "00000000-0000-0000-0000-000000000007"}
			if diff := cmp.Diff(want, row); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			phone := s.Client()
			answer := k.signIn(phone).Want(200, `"email":"`+adaMail+`"`)
			if answer.Text("session.token") == "" || answer.SetCookie("better-auth.session_token") == "" {
				t.Errorf("%s: no session in %s", name, answer.Body)
			}
			phone.Get("/get-session").Want(200, adaMail)
			k.signIn(s.Client()).Want(200)
		}
		ada.Get("/passkey/list-user-passkeys").Want(200, `"counter":13`)
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()
	s, ada := serve(t, passkey.Options{})
	random := regexp.MustCompile(`"[\w-]{43}"`)
	told := func(a *authtest.Answer) string {
		a.Want(200)
		if cookie := a.SetCookie("better-auth.better-auth-passkey"); !strings.Contains(cookie, "Max-Age=300; Path=/; HttpOnly; SameSite=Lax") {
			t.Errorf("cookie %s", cookie)
		}
		return random.ReplaceAllString(a.Body, `"…"`)
	}
	const head = `{"challenge":"…","rp":{"name":"Better Auth","id":"auth.test"},"user":{"id":"…","name":"%","displayName":"ada@example.com"},` +
		`"pubKeyCredParams":[{"alg":-8,"type":"public-key"},{"alg":-7,"type":"public-key"},{"alg":-257,"type":"public-key"}],` +
		`"timeout":60000,"attestation":"none","excludeCredentials":[`
	if diff := cmp.Diff(strings.Replace(head, "%", adaMail, 1)+`],"authenticatorSelection":{"residentKey":"preferred","userVerification":"preferred",`+
		`"requireResidentKey":false},"extensions":{"credProps":true},"hints":[]}`, told(ada.Get("/passkey/generate-register-options"))); diff != "" {
		t.Error(diff)
	}
	const bare = `{"rpId":"auth.test","challenge":"…","timeout":60000,"userVerification":"preferred"}`
	if diff := cmp.Diff(bare, told(s.Client().Get("/passkey/generate-authenticate-options"))); diff != "" {
		t.Error(diff)
	}
	k := newKey(t, -7)
	k.register(ada).Want(200)
	listed := `{"id":"` + b64(k.ID) + `","transports":["internal","hybrid"],"type":"public-key"}`
	ada.Get("/passkey/generate-register-options?name=Work&authenticatorAttachment=platform").Want(200,
		`"name":"Work","displayName":"ada@example.com"`, `"excludeCredentials":[`+listed+`]`, `"authenticatorAttachment":"platform"`)
	ada.Get("/passkey/generate-authenticate-options").Want(200, `"allowCredentials":[`+listed+`]`)
	ada.Get("/passkey/generate-register-options?authenticatorAttachment=any").WantCode(400, "VALIDATION_ERROR")
	s.Client().Get("/passkey/generate-register-options").Want(401)
}

func TestOptionsOfTheApplication(t *testing.T) {
	t.Parallel()
	extensions := func(*core.Context) (map[string]json.RawMessage, error) {
		return map[string]json.RawMessage{"appid": json.RawMessage(`"x"`)}, nil
	}
	_, ada := serve(t, passkey.Options{RPID: "example.com", RPName: "Example", ChallengeCookie: "pk",
		Selection:      passkey.Selection{ResidentKey: "required", UserVerification: "required", AuthenticatorAttachment: "cross-platform"},
		Registration:   passkey.Registration{Extensions: extensions},
		Authentication: passkey.Authentication{Extensions: extensions}})
	ada.Get("/passkey/generate-register-options").Want(200, `"rp":{"name":"Example","id":"example.com"}`, `"extensions":{"appid":"x","credProps":true}`,
		`"authenticatorSelection":{"residentKey":"required","userVerification":"required","authenticatorAttachment":"cross-platform","requireResidentKey":true}`)
	ada.Get("/passkey/generate-authenticate-options").Want(200, `"rpId":"example.com"`, `"userVerification":"required"`, `"extensions":{"appid":"x"}`)
	if ada.Cookie("better-auth.pk") == "" {
		t.Error("the cookie has another name")
	}
	for _, s := range []passkey.Selection{{ResidentKey: "yes"}, {UserVerification: "no"}, {AuthenticatorAttachment: "usb"}} {
		if _, err := core.New(core.Options{Secret: authtest.Secret, Plugins: []core.Plugin{passkey.New(passkey.Options{Selection: s})}}); err == nil {
			t.Errorf("%+v is taken", s)
		}
	}
}

func TestManage(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, ada := serve(t, passkey.Options{}, engine)
		ada.Get("/passkey/list-user-passkeys").WantBody(200, "[]")
		k := newKey(t, -7)
		id := k.register(ada).Want(200).Text("id")
		ada.Post("/passkey/update-passkey", j{"id": id, "name": "  \ufeffphone\u00a0"}).Want(200, `{"passkey":{"id":"`+id+`","name":"phone"`)
		ada.Post("/passkey/update-passkey", j{"id": id, "name": " \u2003"}).Want(400, ">=1 characters")
		ada.Post("/passkey/update-passkey", j{"id": "", "name": "x"}).Want(400, "Missing required parameter: id")
		ada.Post("/passkey/update-passkey", j{"id": "x", "name": "x"}).WantCode(404, "PASSKEY_NOT_FOUND")
		ada.Get("/passkey/list-user-passkeys").Want(200, `[{"id":"`+id+`","name":"phone"`)
		for _, path := range []string{"/passkey/update-passkey", "/passkey/delete-passkey"} {
			s.Client().Post(path, j{"id": id, "name": "x"}).Want(401)
			ada.Post(path, j{}).WantCode(400, "VALIDATION_ERROR")
		}
		s.Client().Get("/passkey/list-user-passkeys").Want(401)
		ada.Post("/passkey/delete-passkey", j{"id": ""}).Want(400, "Missing required parameter: id")
		ada.Post("/passkey/delete-passkey", j{"id": id}).WantBody(200, `{"status":true}`)
		ada.Post("/passkey/delete-passkey", j{"id": id}).WantCode(404, "PASSKEY_NOT_FOUND")
		k.signIn(s.Client()).WantCode(401, "PASSKEY_NOT_FOUND")
	})
}

// Passkeys go when their user goes.
func TestUserDeleted(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s, ada := serve(t, passkey.Options{}, engine)
		k := newKey(t, -7)
		k.register(ada).Want(200)
		if err := s.Context().Users().Delete(s.User(adaMail)); err != nil {
			t.Fatal(err)
		}
		k.signIn(s.Client()).WantCode(401, "PASSKEY_NOT_FOUND")
	})
}

func TestNames(t *testing.T) {
	t.Parallel()
	_, ada := serve(t, passkey.Options{Registration: passkey.Registration{
		AfterVerification: func(_ *core.Context, r *passkey.Registered) error {
			made := "made by " + *r.Passkey.AAGUID
			r.Passkey.Name = &made
			return nil
		}}})
	for given, want := range map[string]string{`"\t mine "`: "mine", `" "`: "made by 00000000-0000-0000-0000-000000000007"} {
		k := newKey(t, -8)
		response, _ := json.Marshal(k.Create(k.options(ada, "")))
		ada.Post("/passkey/verify-registration", `{"response":`+string(response)+`,"name":`+given+`}`).Want(200, `"name":"`+want+`"`)
	}
}

func TestCreateSession(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		_, ada := serve(t, passkey.Options{}, engine)
		before := ada.Cookie("better-auth.session_token")
		k := newKey(t, -7)
		a := ada.Post("/passkey/verify-registration", j{"response": k.Create(k.options(ada, "")), "createSession": true}).Want(200, `"name":null`)
		if a.Text("session.userId") != a.Text("userId") || a.Text("user.email") != adaMail || ada.Cookie("better-auth.session_token") == before {
			t.Errorf("answer %s", a.Body)
		}
		ada.Get("/get-session").Want(200, a.Text("session.token"))
	})
}

// Without a session the application says who registers.
func TestWithoutSession(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		var seen *passkey.Registered
		o := passkey.Options{Registration: passkey.Registration{WithoutSession: true,
			ResolveUser: func(c *core.Context, context string) (passkey.User, error) {
				switch context {
				case "refused":
					return passkey.User{}, core.NewError(403, "NO_INVITATION", "No invitation")
				case "":
					return passkey.User{}, nil
				}
				return passkey.User{ID: "new:" + context, Name: context, DisplayName: "New"}, nil
			},
			AfterVerification: func(c *core.Context, r *passkey.Registered) error {
				seen = r
				name, ok := strings.CutPrefix(r.User.ID, "new:")
				switch {
				case !ok:
					return nil
				case name == "nobody":
					r.Passkey.UserID = ""
					return nil
				case name == "ghost":
					r.Passkey.UserID = "ghost"
					return nil
				}
				u := &core.User{Name: name, Email: name}
				if err := c.Users().Create(u); err != nil {
					return err
				}
				r.Passkey.UserID = u.ID
				if name == "fails@example.com" {
					return errors.New("broken on purpose")
				}
				return nil
			}}}
		s, ada := serve(t, o, engine)
		bob := s.Client()
		bob.Get("/passkey/generate-register-options?context=bob@example.com").Want(200, `"name":"bob@example.com","displayName":"New"`)
		k := newKey(t, -7)
		send := func(c *client, context string, more j) *authtest.Answer {
			more["response"] = k.Create(k.options(c, "?context="+context))
			return c.Post("/passkey/verify-registration", more)
		}
		send(bob, "bob@example.com", j{"createSession": true}).Want(200, `"user":{`, `"session":{`)
		bob.Get("/get-session").Want(200, "bob@example.com")
		if seen.Context != "bob@example.com" || seen.Format != "none" || !seen.UserVerified || len(seen.Attestation) == 0 || len(seen.Response) == 0 {
			t.Errorf("the hook saw %+v", seen)
		}
		k.signIn(s.Client()).Want(200, "bob@example.com")

		s.Client().Get("/passkey/generate-register-options").WantCode(400, "RESOLVED_USER_INVALID")
		s.Client().Get("/passkey/generate-register-options?context=refused").WantCode(403, "NO_INVITATION")
		k = newKey(t, -7)
		send(s.Client(), "nobody", j{}).WantCode(400, "RESOLVED_USER_INVALID")
		send(s.Client(), "ghost", j{}).WantCode(500, "USER_NOT_FOUND")
		// What a failed registration has stored is undone.
		send(s.Client(), "fails@example.com", j{"createSession": true}).Want(500)
		if _, err := s.Context().Users().ByEmail("fails@example.com"); err == nil {
			t.Error("a user is left of a registration that failed")
		}
		// A session wins over what is resolved, and whoever signs in meanwhile is not the one.
		send(ada, "x", j{}).Want(200, s.User(adaMail).ID)
		eve := s.Client()
		response := newKey(t, -7).Create(k.options(eve, "?context=carol@example.com"))
		eve.SetCookie("better-auth.session_token", ada.Cookie("better-auth.session_token"))
		eve.Post("/passkey/verify-registration", j{"response": response}).WantCode(401, "YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY")
	})
	s, _ := serve(t, passkey.Options{Registration: passkey.Registration{WithoutSession: true}})
	s.Client().Get("/passkey/generate-register-options").WantCode(400, "RESOLVE_USER_REQUIRED")
}

func TestAfterAuthentication(t *testing.T) {
	t.Parallel()
	var seen *passkey.Authenticated
	refuse := false
	s, ada := serve(t, passkey.Options{Authentication: passkey.Authentication{
		AfterVerification: func(_ *core.Context, a *passkey.Authenticated) error {
			if seen = a; refuse {
				return core.NewError(403, "NOT_TODAY", "Not today")
			}
			return nil
		}}})
	k := newKey(t, -7).counting(1)
	k.register(ada).Want(200)
	k.signIn(s.Client()).Want(200)
	if seen.Counter != 3 || seen.Passkey.Counter != 2 || !seen.UserVerified || seen.BackedUp || seen.Origin != authtest.Origin || len(seen.Response) == 0 {
		t.Errorf("the hook saw %+v", seen)
	}
	refuse = true
	phone := s.Client()
	k.signIn(phone).WantCode(403, "NOT_TODAY")
	phone.Get("/get-session").WantBody(200, "null")
}

// The handle is the same for all passkeys of a user, and tells nothing about
// the user. One the reference has made is as good.
func TestUserHandle(t *testing.T) {
	t.Parallel()
	s, ada := serve(t, passkey.Options{})
	first, second, eves := newKey(t, -7), newKey(t, -8), newKey(t, -7)
	first.register(ada).Want(200)
	second.register(ada).Want(200)
	eves.register(s.SignUp(eveMail)).Want(200)
	if string(first.Handle) != string(second.Handle) || string(first.Handle) == string(eves.Handle) || len(first.Handle) != 32 ||
		strings.Contains(string(first.Handle), s.User(adaMail).ID) {
		t.Errorf("handles %s %s %s", first.Handle, second.Handle, eves.Handle)
	}
	for _, handle := range [][]byte{nil, {}, []byte("0123456789abcdefghijklmnopqrstuv"), []byte("short"), first.Handle} {
		first.signIn(s.Client(), func(a *act) { a.Handle = handle }).Want(200)
	}
}

func TestRequestOriginMissing(t *testing.T) {
	t.Parallel()
	off := true
	s, ada := serve(t, passkey.Options{}, func(o *core.Options) { o.Advanced.DisableCSRFCheck = &off })
	k := newKey(t, -7)
	response := k.Create(k.options(ada, ""))
	bare := ada.Clone()
	bare.Headers["Origin"] = nil
	bare.Post("/passkey/verify-registration", j{"response": response}).WantCode(400, "FAILED_TO_VERIFY_REGISTRATION")
	ada.Post("/passkey/verify-registration", j{"response": response}).Want(200)
	phone := s.Client()
	answer := k.Get(challenge(phone))
	phone.Headers["Origin"] = nil
	phone.Post("/passkey/verify-authentication", j{"response": answer}).Want(400, `"message":"origin missing"`)
}

func TestCeremonyLasts(t *testing.T) {
	t.Parallel()
	s, ada := serve(t, passkey.Options{})
	k := newKey(t, -7)
	k.register(ada).Want(200)
	c := s.Client()
	first := k.Get(challenge(c))
	s.Clock.Advance(5*time.Minute - time.Second)
	c.Post("/passkey/verify-authentication", j{"response": first}).Want(200)
}
