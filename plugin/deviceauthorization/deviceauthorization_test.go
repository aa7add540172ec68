package deviceauthorization_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/internal/authtest"
	"github.com/watchword-auth/watchword/plugin/bearer"
	"github.com/watchword-auth/watchword/plugin/deviceauthorization"
)

type (
	body   = authtest.JSON
	client = authtest.Client
)

const email = "ada@example.com"

func with(o deviceauthorization.Options) func(*core.Options) {
	return func(options *core.Options) {
		options.Plugins = append(options.Plugins, deviceauthorization.New(o), bearer.New(bearer.Options{}))
	}
}

// device is a device that has asked for codes.
type device struct {
	s          *authtest.Server
	code, user string
}

func begin(s *authtest.Server) device {
	a := s.Client().Post("/device/code", body{"client_id": "tv", "scope": "films"}).Want(200)
	return device{s, a.Text("device_code"), a.Text("user_code")}
}

func (d device) poll() *authtest.Answer { return d.pollWith(d.s.Client()) }

func (d device) pollWith(c *client) *authtest.Answer {
	return c.Post("/device/token", body{"grant_type": deviceauthorization.GrantType, "device_code": d.code, "client_id": "tv"})
}

func (d device) seenBy(c *client) *authtest.Answer {
	return c.Get("/device?user_code=" + url.QueryEscape(d.user))
}

func (d device) approvedBy(c *client) *authtest.Answer {
	return c.Post("/device/approve", body{"userCode": d.user})
}

func (d device) deniedBy(c *client) *authtest.Answer {
	return c.Post("/device/deny", body{"userCode": d.user})
}

// agreed is a device whose request the user has approved.
func agreed(s *authtest.Server, c *client) device {
	d := begin(s)
	d.seenBy(c).Want(200)
	d.approvedBy(c).WantBody(200, `{"success":true}`)
	return d
}

func refusal(code, description string) string {
	return `{"error":"` + code + `","error_description":"` + description + `"}`
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, with(deviceauthorization.Options{}))
		ada, d := s.SignUp(email), begin(s)
		d.poll().WantBody(400, refusal("authorization_pending", "Authorization pending"))
		d.seenBy(s.Client()).WantBody(200, `{"user_code":"`+d.user+`","status":"pending"}`)
		d.seenBy(ada).WantBody(200, `{"user_code":"`+d.user+`","status":"pending","client_id":"tv","scope":"films"}`)
		d.approvedBy(ada).WantBody(200, `{"success":true}`)
		d.poll().WantBody(400, refusal("slow_down", "Polling too frequently"))
		s.Clock.Advance(5 * time.Second)
		a := d.poll().Want(200, `"token_type":"Bearer"`, `"expires_in":604800`, `"scope":"films"`)
		if a.Header.Get("Set-Cookie") != "" || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Pragma") != "no-cache" {
			t.Errorf("headers %v", a.Header)
		}
		tv := s.Client()
		tv.Headers.Set("Authorization", "Bearer "+a.Text("access_token"))
		tv.Get("/get-session").Want(200, email)
		d.poll().WantBody(400, refusal("invalid_grant", "Invalid device code"))
		d.seenBy(ada).WantBody(400, refusal("invalid_request", "Invalid user code"))
	})
}

func TestDenied(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}))
	ada, d := s.SignUp(email), begin(s)
	d.seenBy(ada).Want(200)
	d.deniedBy(ada).WantBody(200, `{"success":true}`)
	d.approvedBy(ada).WantBody(400, refusal("invalid_request", "Device code already processed"))
	d.seenBy(ada).Want(200, `"status":"denied"`)
	d.poll().WantBody(400, refusal("access_denied", "Access denied"))
	d.poll().WantBody(400, refusal("invalid_grant", "Invalid device code"))
}

func TestExpires(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}))
	ada := s.SignUp(email)
	d := agreed(s, ada)
	s.Clock.Advance(30*time.Minute + time.Millisecond)
	d.seenBy(ada).WantBody(400, refusal("expired_token", "User code has expired"))
	d.approvedBy(ada).WantBody(400, refusal("expired_token", "User code has expired"))
	d.poll().WantBody(400, refusal("expired_token", "Device code has expired"))
	d.poll().WantBody(400, refusal("invalid_grant", "Invalid device code"))
}

func TestSpellings(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}))
	ada, d := s.SignUp(email), begin(s)
	for _, spelled := range []string{strings.ToLower(d.user), d.user[:4] + "-" + d.user[4:], " " + d.user + "\n", strings.Join(strings.Split(d.user, ""), " ")} {
		device{s, d.code, spelled}.seenBy(ada).Want(200, `"status":"pending"`, `"client_id":"tv"`)
	}
	for _, other := range []string{d.user[1:], d.user + "A", "", "-", "IO01IO01", "ÄÄÄÄÄÄÄÄ", "%", "_", strings.Repeat("A", 5000)} {
		device{s, d.code, other}.seenBy(ada).WantBody(400, refusal("invalid_request", "Invalid user code"))
	}
	device{s, d.code, strings.ToLower(d.user)}.approvedBy(ada).Want(200)
	device{s, strings.ToLower(d.code), d.user}.poll().WantBody(400, refusal("invalid_grant", "Invalid device code"))
}

func TestForms(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, with(deviceauthorization.Options{}))
	s.Client().Post("/device/code", authtest.Form{"client_id": "tv", "scope": ""}).Want(200)
	send := func(form string) *authtest.Answer {
		c := s.Client()
		c.Headers.Set("Content-Type", "application/x-www-form-urlencoded")
		return c.Post("/device/code", form)
	}
	send("client_id=&client_id=tv&scope=a").Want(200)
	for form, want := range map[string]string{
		"client_id=tv&client_id=tv":       "client_id must not be repeated",
		"client_id=tv&scope=a&scope=b":    "scope must not be repeated",
		"client_id=tv&user_id=a&user_id=": "",
		"client_id=":                      "client_id is required",
		"scope=a":                         "[body.client_id] Invalid input: expected string, received undefined",
	} {
		if a := send(form); want == "" {
			a.Want(200)
		} else {
			a.WantBody(400, refusal("invalid_request", want))
		}
	}
}

func TestClients(t *testing.T) {
	t.Parallel()
	var asked []string
	s := authtest.New(t, with(deviceauthorization.Options{
		ValidateClient: func(_ *core.Context, id string) (bool, error) {
			if id == "broken" {
				return false, errors.New("no list of clients")
			}
			return id == "tv", nil
		},
		OnRequest: func(_ *core.Context, id, scope string) error {
			asked = append(asked, id+" "+scope)
			if scope == "everything" {
				return core.NewError(400, "", "").With("error", "invalid_scope")
			}
			return nil
		},
	}))
	s.Client().Post("/device/code", body{"client_id": "radio"}).WantBody(400, refusal("invalid_client", "Invalid client ID"))
	s.Client().Post("/device/code", body{"client_id": "broken"}).Want(500)
	s.Client().Post("/device/code", body{"client_id": "tv", "scope": "everything"}).WantBody(400, `{"error":"invalid_scope"}`)
	d := begin(s)
	s.Client().Post("/device/token", body{"grant_type": deviceauthorization.GrantType, "device_code": d.code, "client_id": "radio"}).
		WantBody(400, refusal("invalid_client", "Invalid client ID"))
	if got := strings.Join(asked, ", "); got != "tv everything, tv films" {
		t.Errorf("asked about %s", got)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	for page, want := range map[string][2]string{
		"":                                   {"http://auth.test/device", "?user_code="},
		"/go?lang=en":                        {"http://auth.test/go?lang=en", "&user_code="},
		"link":                               {"http://auth.test/api/link", "?user_code="},
		"https://tv.example":                 {"https://tv.example/", "?user_code="},
		"https://tv.example/a?user_code=x#b": {"https://tv.example/a?user_code=x#b", "?user_code="},
	} {
		s := authtest.New(t, with(deviceauthorization.Options{VerificationURI: page}))
		a := s.Client().Post("/device/code", body{"client_id": "tv"}).Want(200)
		whole := a.Text("verification_uri_complete")
		if a.Text("verification_uri") != want[0] || !strings.Contains(whole, want[1]+a.Text("user_code")) || strings.Count(whole, "user_code=") != 1 {
			t.Errorf("page %q: %s", page, a.Body)
		}
	}
}

func TestGeneratedCodes(t *testing.T) {
	t.Parallel()
	codes := []string{"first", "first", "second", "second", "second", "second", strings.Repeat("x", 192), ""}
	next := func(*core.Context) (string, error) {
		code := codes[0]
		codes = codes[1:]
		return code, nil
	}
	s := authtest.New(t, with(deviceauthorization.Options{GenerateUserCode: next}))
	ask := func() *authtest.Answer { return s.Client().Post("/device/code", body{"client_id": "tv"}) }
	ask().Want(200, `"user_code":"first"`)
	ask().Want(200, `"user_code":"second"`)
	ask().WantBody(500, refusal("server_error", "Failed to generate a unique device code"))
	ask().WantBody(400, refusal("invalid_request", "Generated user code must be at most 191 characters"))
	ask().Want(500)
	device{s, "", "first"}.seenBy(s.Client()).Want(200)
	device{s, "", "FIRST"}.seenBy(s.Client()).Want(400)
}

func TestOptionsThatCannotWork(t *testing.T) {
	t.Parallel()
	for _, o := range []deviceauthorization.Options{
		{DeviceCodeLength: 10}, {DeviceCodeLength: 192}, {UserCodeLength: 4}, {UserCodeLength: 200}, {ExpiresIn: time.Millisecond}, {Interval: -1},
		{VerificationURI: "http://a b/"},
	} {
		_, err := core.New(core.Options{Secret: authtest.Secret, BaseURL: authtest.Origin, Database: memory.New(),
			Plugins: []core.Plugin{deviceauthorization.New(o)}})
		if err == nil || !strings.Contains(err.Error(), "deviceauthorization: ") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestExpiredCodesAreDeleted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := authtest.New(t, with(deviceauthorization.Options{}), func(o *core.Options) {
			o.Now, o.Advanced.CleanupInterval = nil, 10*time.Minute
		})
		begin(s)
		s.Start()
		left := func() int64 {
			for _, def := range s.Schema().Tables {
				if def.Name == "deviceCode" {
					n, err := s.Adapter().Count(context.Background(), &db.Selection{Table: def})
					if err != nil {
						t.Fatal(err)
					}
					return n
				}
			}
			t.Fatal("no table")
			return 0
		}
		time.Sleep(85 * time.Minute)
		synctest.Wait()
		if left() != 1 {
			t.Error("a code that has just expired is gone")
		}
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		if left() != 0 {
			t.Error("a code that expired long ago is still there")
		}
	})
}
