package username

import (
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// SignIn is POST /sign-in/username.
const SignIn core.Ref[SignInInput, core.SignedIn] = "signInUsername"

// SignInInput is what a sign-in asks for.
type SignInInput struct {
	Username string `json:"username"`
	Password string `json:"password"`
	core.PasswordSignIn
}

// Bind reads the body.
func (in *SignInInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("username", &in.Username).Describe("The username of the user")
	body.Text("password", &in.Password).Describe("The password of the user")
	body.OptBool("rememberMe", &in.RememberMe)
	body.OptText("callbackURL", &in.CallbackURL)
}

// signIn does the same work for unknown names as for known ones.
func (n *names) signIn(c *core.Context, in *SignInInput) (*core.SignedIn, error) {
	if in.Username == "" || in.Password == "" {
		return nil, ErrInvalidUsernameOrPassword
	}
	if refusal := n.judge(in.Username); refusal != nil {
		return nil, refusal.WithStatus(http.StatusUnprocessableEntity)
	}
	u, err := n.find(c, in.Username)
	if errors.Is(err, db.ErrNotFound) {
		u, err = &core.User{}, nil
	}
	if err != nil {
		return nil, err
	}
	match, err := c.VerifyPassword(u.ID, in.Password)
	if err != nil {
		return nil, err
	}
	if !match || u.ID == "" {
		return nil, ErrInvalidUsernameOrPassword
	}
	return c.SignInByPassword(u, in.PasswordSignIn)
}

// find returns the user of a name, or db.ErrNotFound.
func (n *names) find(c *core.Context, name string) (*core.User, error) {
	return db.One(c, c.DB(), c.Tables().Users.Table, n.username.Eq(n.Normalize(name)))
}

// Available is POST /is-username-available.
const Available core.Ref[AvailableInput, AvailableOutput] = "isUsernameAvailable"

// AvailableInput names a name.
type AvailableInput struct {
	Username string `json:"username"`
}

// Bind reads the body.
func (in *AvailableInput) Bind(b *input.Binder) {
	b.Body().Text("username", &in.Username).Describe("The username to check")
}

// AvailableOutput tells whether nobody has the name.
type AvailableOutput struct {
	Available bool `json:"available"`
}

func (n *names) available(c *core.Context, in *AvailableInput) (*AvailableOutput, error) {
	if in.Username == "" {
		return nil, ErrInvalidUsername.WithStatus(http.StatusUnprocessableEntity)
	}
	if refusal := n.judge(in.Username); refusal != nil {
		return nil, refusal.WithStatus(http.StatusUnprocessableEntity)
	}
	_, err := n.find(c, in.Username)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	return &AvailableOutput{Available: err != nil}, nil
}
