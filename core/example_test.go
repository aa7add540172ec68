package core_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/db/memory"
	"github.com/watchword-auth/watchword/input"
	"github.com/watchword-auth/watchword/ratelimit"
)

// Invites lets people sign up with a code only, and counts whom they brought.
type Invites struct {
	codes   map[string]bool
	invited db.Field[core.User, string] // the code a user came with
}

// AcceptInput is the body of /invite/accept.
type AcceptInput struct {
	Email string            `json:"email"`
	Code  string            `json:"code"`
	Name  input.Opt[string] `json:"name,omitzero"`
}

// Bind reads the body.
func (in *AcceptInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email).Email()
	body.Text("code", &in.Code).Min(4)
	body.OptText("name", &in.Name)
}

// AcceptOutput is the answer.
type AcceptOutput struct {
	User *core.User `json:"user"`
}

// AcceptInvite is the endpoint, for programs.
const AcceptInvite core.Ref[AcceptInput, AcceptOutput] = "acceptInvite"

// ErrUnknownCode refuses codes that nobody gave out.
var ErrUnknownCode = core.NewError(http.StatusForbidden, "UNKNOWN_CODE", "Unknown code")

// ID names the plugin.
func (*Invites) ID() string { return "invites" }

// Register adds the route, the column, the limit and the code.
func (p *Invites) Register(r *core.Registrar) error {
	r.Codes(ErrUnknownCode)
	r.RateLimit(ratelimit.Exact("/invite/accept"), ratelimit.Rule{Window: time.Minute, Max: 5})
	p.invited = core.AddField[string](r, r.Tables().Users.Table, "invitedBy")
	r.OnUser(core.EntityHooks[core.User]{AfterCreate: func(_ *core.Context, u *core.User) error {
		code, _ := p.invited.Get(u)
		fmt.Println("joined:", u.Email, "with", code)
		return nil
	}})
	core.Post(r, AcceptInvite, "/invite/accept", p.accept, core.Op{Summary: "Sign up with a code", Credentials: true})
	return nil
}

func (p *Invites) accept(c *core.Context, in *AcceptInput) (*AcceptOutput, error) {
	if !p.codes[in.Code] {
		return nil, ErrUnknownCode
	}
	u := &core.User{Email: in.Email, Name: in.Name.Or("friend")}
	p.invited.Set(u, in.Code)
	err := c.Transaction(func(c *core.Context) error {
		if err := c.Users().Create(u); err != nil {
			return err
		}
		_, err := c.SignIn(u, core.NewSession{})
		return err
	})
	return &AcceptOutput{u}, err
}

func ExamplePlugin() {
	k, err := core.New(core.Options{
		BaseURL: "https://example.com", Secret: "0123456789-abcdefghijklmnopqrstuvwxyz", Database: memory.New(),
		Plugins: []core.Plugin{&Invites{codes: map[string]bool{"winter": true}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = k.Close(context.Background()) }()

	for _, body := range []string{`{"email":"ada@example.com","code":"winter"}`, `{"email":"ada@example.com","code":"summer"}`, `{"email":"ada","code":"x"}`} {
		r := httptest.NewRequest(http.MethodPost, "https://example.com/api/auth/invite/accept", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		k.ServeHTTP(w, r)
		if w.Code == http.StatusOK {
			fmt.Println(w.Code, len(w.Result().Cookies()), "cookie")
		} else {
			fmt.Println(w.Code, w.Body)
		}
	}
	// Programs call it without HTTP.
	out, err := core.Invoke(context.Background(), k, AcceptInvite, &AcceptInput{Email: "eve@example.com", Code: "winter"}, core.Call{})
	fmt.Println(out.User.Name, err)

	// Output:
	// joined: ada@example.com with winter
	// 200 1 cookie
	// 403 {"message":"Unknown code","code":"UNKNOWN_CODE"}
	// 400 {"message":"[body.email] Invalid email address; [body.code] Too small: expected string to have >=4 characters","code":"VALIDATION_ERROR"}
	// joined: eve@example.com with winter
	// friend <nil>
}
