package user_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/flow/user"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/internal/authtest"
)

const evil = "https://evil.example"

func TestUpdate(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine)
		ada := s.SignUp("ada@example.com")
		phone := s.SignIn("ada@example.com")
		a := ada.Post("/update-user", authtest.JSON{"name": "Grace", "image": "https://example.com/a.png"}).
			WantBody(200, `{"status":true}`)
		if a.SetCookie("better-auth.session_token") == "" {
			t.Error("the cookies are not set anew")
		}
		for _, c := range []*authtest.Client{ada, phone} {
			c.Get("/get-session").Want(200, `"name":"Grace"`, `"image":"https://example.com/a.png"`)
		}
		ada.Post("/update-user", authtest.JSON{"image": nil}).Want(200)
		ada.Get("/get-session").Want(200, `"name":"Grace"`, `"image":null`)
	})
}

func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	ada.Post("/update-user", authtest.JSON{}).WantBody(400, `{"message":"No fields to update"}`)
	ada.Post("/update-user", authtest.JSON{"email": ""}).WantBody(400, `{"message":"No fields to update"}`)
	for _, email := range []any{"eve@example.com", "ada@example.com", 1, true, []string{}, authtest.JSON{}} {
		ada.Post("/update-user", authtest.JSON{"name": "Eve", "email": email}).WantCode(400, "EMAIL_CAN_NOT_BE_UPDATED")
	}
	ada.Post("/update-user", nil).
		WantBody(400, `{"message":"[body] Invalid input: expected record, received undefined","code":"VALIDATION_ERROR"}`)
	for _, body := range []string{`[]`, `null`, `"x"`, `{"name":["x"]}`, `{"name":null}`, `{"image":[]}`} {
		ada.Post("/update-user", body).WantCode(400, "VALIDATION_ERROR")
	}
	bob := s.SignUp("bob@example.com")
	bob.Post("/update-user", `{"name":5,"image":true}`).Want(200)
	bob.Get("/get-session").Want(200, `"name":"5"`, `"image":"true"`)
	s.Client().Post("/update-user", authtest.JSON{"name": "Eve"}).WantCode(401, "UNAUTHORIZED")
	ada.Post("/update-user", authtest.Form{"name": "Eve"}).WantCode(415, "UNSUPPORTED_MEDIA_TYPE")
	ada.Get("/update-user?name=Eve").WantBody(404, "")
	foreign := ada.Clone()
	foreign.Headers.Set("Origin", evil)
	foreign.Post("/update-user", authtest.JSON{"name": "Eve"}).WantCode(403, "INVALID_ORIGIN")
	ada.Get("/get-session").Want(200, `"name":"ada@example.com"`)
}

// Nobody makes more of themselves than the application lets them.
func TestUpdateIgnoresWhatIsNotTheUsers(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	before := ada.Get("/get-session").Text("user.createdAt")
	protected := authtest.JSON{"id": "x", "emailVerified": true, "createdAt": "2001-01-01T00:00:00.000Z",
		"updatedAt": "2001-01-01T00:00:00.000Z", "role": "admin", "banned": false, "phoneNumberVerified": true,
		"twoFactorEnabled": true, "isAnonymous": true, "stripeCustomerId": "c", "password": "p", "__proto__": authtest.JSON{"role": "admin"}}
	ada.Post("/update-user", protected).WantBody(400, `{"message":"No fields to update"}`)
	protected["name"] = "Grace"
	ada.Post("/update-user", protected).Want(200)
	a := ada.Get("/get-session").Want(200, `"emailVerified":false`, `"name":"Grace"`)
	if got := a.Text("user.createdAt"); got != before || a.Text("user.id") == "x" {
		t.Fatalf("the user changed what is not the user's: %s", a.Body)
	}
}

func withFields(o *core.Options) {
	o.User.AdditionalFields = []core.AdditionalField{
		{Name: "plan", Default: func() any { return "free" }},
		{Name: "role", NoInput: true, Default: func() any { return "user" }},
		{Name: "nickname", Unique: true},
		{Name: "level", Type: db.KindInt},
		{Name: "touched", Type: db.KindInt, NoInput: true, OnUpdate: func() any { return int64(7) }},
	}
}

func TestUpdateAdditionalFields(t *testing.T) {
	t.Parallel()
	authtest.Engines(t, func(t *testing.T, engine func(*core.Options)) {
		s := authtest.New(t, engine, withFields)
		ada := s.SignUp("ada@example.com")
		ada.Post("/update-user", authtest.JSON{"plan": "pro", "level": 3}).Want(200)
		ada.Get("/get-session").Want(200, `"plan":"pro"`, `"level":3`, `"role":"user"`, `"touched":7`)
		ada.Post("/update-user", authtest.JSON{"role": "admin"}).
			WantBody(400, `{"message":"role is not allowed to be set","code":"FIELD_NOT_ALLOWED"}`)
		ada.Post("/update-user", authtest.JSON{"role": ""}).WantBody(400, `{"message":"No fields to update"}`)
		ada.Post("/update-user", authtest.JSON{"level": "three"}).WantCode(400, "VALIDATION_ERROR")

		ada.Post("/update-user", authtest.JSON{"nickname": "ada"}).Want(200)
		s.SignUp("bob@example.com").Post("/update-user", authtest.JSON{"nickname": "ada"}).
			WantCode(422, "FAILED_TO_UPDATE_USER")
	})
}

// In process an input carries added columns as a client's body does.
func TestInvokeUpdate(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, withFields)
	ada := s.SignUp("ada@example.com")
	u := s.User("ada@example.com")
	list, err := s.Context().Sessions().List(u.ID)
	if err != nil {
		t.Fatal(err)
	}
	in := &user.UpdateInput{Name: input.Some("Grace"), Fields: map[string]json.RawMessage{"plan": json.RawMessage(`"pro"`)}}
	_, err = core.Invoke(t.Context(), s.Kernel, user.Update, in, core.Call{Session: &core.Current{Session: list[0], User: u}})
	if err != nil {
		t.Fatal(err)
	}
	ada.Get("/get-session").Want(200, `"name":"Grace"`, `"plan":"pro"`)
}

func TestUpdateAndTheCookieCache(t *testing.T) {
	t.Parallel()
	s := authtest.New(t, func(o *core.Options) { o.Session.CookieCache.Enabled = true })
	ada := s.SignUp("ada@example.com")
	stolen := ada.Clone()
	ada.Post("/update-user", authtest.JSON{"name": "Grace"}).Want(200)
	ada.Get("/get-session").Want(200, `"name":"Grace"`)

	// The cache of a session that is gone cannot be prolonged by its holder.
	ada.Post("/sign-out", authtest.JSON{}).Want(200)
	a := stolen.Post("/update-user", authtest.JSON{"name": "Eve"}).WantCode(401, "UNAUTHORIZED")
	if !a.Cleared("better-auth.session_data") {
		t.Error("the cache of the revoked session is not cleared")
	}
	if got := s.User("ada@example.com").Name; got != "Grace" {
		t.Fatalf("a revoked session named the user %s", got)
	}
}

func TestUpdateSetsTheTime(t *testing.T) {
	t.Parallel()
	s := authtest.New(t)
	ada := s.SignUp("ada@example.com")
	s.Clock.Advance(time.Hour)
	ada.Post("/update-user", authtest.JSON{"name": "Grace"}).Want(200)
	if u := s.User("ada@example.com"); !u.UpdatedAt.Equal(s.Clock.Now()) || u.CreatedAt.Equal(u.UpdatedAt) {
		t.Fatalf("created %v, updated %v", u.CreatedAt, u.UpdatedAt)
	}
}
