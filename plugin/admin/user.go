package admin

import (
	"errors"
	"net/http"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// The endpoints about one user.
const (
	SetRole         core.Ref[SetRoleInput, UserOutput]          = "setUserRole"
	GetUser         core.Ref[GetUserInput, core.User]           = "getUser"
	RemoveUser      core.Ref[UserInput, Success]                = "removeUser"
	SetUserPassword core.Ref[SetUserPasswordInput, core.Status] = "setUserPassword"
)

// UserInput names a user.
type UserInput struct {
	UserID string `json:"userId"`
}

// Bind reads the body.
func (in *UserInput) Bind(b *input.Binder) { b.Body().Coerced("userId", &in.UserID) }

// UserOutput is a user.
type UserOutput struct {
	User *core.User `json:"user"`
}

// Success is the output {"success":true}.
type Success struct {
	Success bool `json:"success"`
}

// user returns a user that the caller may act on.
func (a *admin) user(c *core.Context, caller *core.User, id string, refusal *core.Error) (*core.User, error) {
	u, err := find(c, id)
	if err == nil && !a.mayActOn(caller, u) {
		err = refusal
	}
	return u, err
}

func find(c *core.Context, id string) (*core.User, error) {
	u, err := c.Users().ByID(id)
	if errors.Is(err, db.ErrNotFound) {
		err = core.ErrUserNotFound.WithStatus(http.StatusNotFound)
	}
	return u, err
}

// SetRoleInput gives a user one role or several.
type SetRoleInput struct {
	UserID string   `json:"userId"`
	Role   []string `json:"role"`
}

// Bind reads the body.
func (in *SetRoleInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Coerced("userId", &in.UserID)
	body.Names("role", &in.Role)
}

func (a *admin) setRole(c *core.Context, in *SetRoleInput) (*UserOutput, error) {
	caller, err := a.allow(c, "user", "set-role", ErrChangeRole)
	if err != nil {
		return nil, err
	}
	role, err := a.grantable(caller, in.Role)
	if err != nil {
		return nil, err
	}
	if _, err := a.user(c, caller, in.UserID, ErrChangeRole); err != nil {
		return nil, err
	}
	u, err := c.Users().Update(in.UserID, a.role.To(role))
	if err != nil {
		return nil, err
	}
	a.changed(c, u.ID)
	return &UserOutput{u}, nil
}

// grantable returns roles as they are stored, if they exist and the caller may
// give them. Without a caller the program itself gives them.
func (a *admin) grantable(caller *core.User, roles []string) (string, error) {
	if err := a.checkRoles(roles); err != nil {
		return "", err
	}
	role := strings.Join(roles, ",")
	if caller != nil && !a.mayGrant(caller, a.roleNames(role)) {
		return "", ErrChangeRole
	}
	return role, nil
}

// GetUserInput names a user in the query.
type GetUserInput struct {
	ID string `json:"id"`
}

// Bind reads the query.
func (in *GetUserInput) Bind(b *input.Binder) { b.Query().Text("id", &in.ID) }

func (a *admin) getUser(c *core.Context, in *GetUserInput) (*core.User, error) {
	if _, err := a.allow(c, "user", "get", ErrGetUser); err != nil {
		return nil, err
	}
	return find(c, in.ID)
}

func (a *admin) removeUser(c *core.Context, in *UserInput) (*Success, error) {
	caller, err := a.allow(c, "user", "delete", ErrDeleteUsers)
	if err != nil {
		return nil, err
	}
	if in.UserID == caller.ID {
		return nil, ErrRemoveYourself
	}
	u, err := a.user(c, caller, in.UserID, ErrDeleteUsers)
	if err != nil {
		return nil, err
	}
	a.changed(c, u.ID)
	return &Success{true}, c.Users().Delete(u)
}

// SetUserPasswordInput is a user's new password.
type SetUserPasswordInput struct {
	NewPassword string `json:"newPassword"`
	UserID      string `json:"userId"`
}

// Bind reads the body.
func (in *SetUserPasswordInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("newPassword", &in.NewPassword).NonEmpty("newPassword cannot be empty")
	body.Coerced("userId", &in.UserID).NonEmpty("userId cannot be empty")
}

func (a *admin) setPassword(c *core.Context, in *SetUserPasswordInput) (*core.Status, error) {
	caller, err := a.allow(c, "user", "set-password", ErrSetPassword)
	if err != nil {
		return nil, err
	}
	if err := c.CheckPasswordLength(in.NewPassword); err != nil {
		return nil, err
	}
	u, err := a.user(c, caller, in.UserID, ErrSetPassword)
	if err != nil {
		return nil, err
	}
	hash, err := c.HashPassword(in.NewPassword)
	if err != nil {
		return nil, err
	}
	return &core.Status{Status: true}, c.Accounts().SetPassword(u.ID, hash)
}
