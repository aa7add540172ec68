package admin

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// CreateUser is POST /admin/create-user. A program may call it without a
// session.
const CreateUser core.Ref[CreateUserInput, UserOutput] = "createUser"

// CreateUserInput is a new user. Without a password it has no account yet.
type CreateUserInput struct {
	Email    string              `json:"email"`
	Password input.Opt[string]   `json:"password,omitzero"`
	Name     string              `json:"name"`
	Role     input.Opt[[]string] `json:"role,omitzero"`
	// Data holds values of other columns, those too that users may not set.
	Data map[string]json.RawMessage `json:"data,omitempty"`
}

// Bind reads the body.
func (in *CreateUserInput) Bind(b *input.Binder) {
	body := b.Body()
	body.Text("email", &in.Email)
	body.OptText("password", &in.Password)
	body.Text("name", &in.Name)
	body.OptNames("role", &in.Role)
	body.OptMembers("data", &in.Data)
}

func (a *admin) createUser(c *core.Context, in *CreateUserInput) (*UserOutput, error) {
	current, err := c.StoredSession()
	if err != nil {
		return nil, err
	}
	var caller *core.User // nil: the program itself
	switch {
	case current != nil:
		caller = current.User
	case c.Request() != nil:
		return nil, errUnauthorized
	}
	if caller != nil && !a.can(caller, "user", "create") {
		return nil, ErrCreateUsers
	}
	role, err := a.newRole(caller, in)
	if err != nil {
		return nil, err
	}
	if caller != nil && hasAny(in.Data, banColumns...) && !a.can(caller, "user", "ban") {
		return nil, ErrBanUsers
	}
	email := core.NormalEmail(in.Email)
	if !input.ValidEmail(email) {
		return nil, core.ErrInvalidEmail
	}
	var hash *string
	if in.Password.Or("") != "" {
		h, err := c.HashAssignedPassword(in.Password.Value)
		if err != nil {
			return nil, err
		}
		hash = &h
	}
	u := &core.User{}
	if err := input.SetAnyFields(c.Tables().Users.Table, u, in.Data); err != nil {
		return nil, err
	}
	u.Email, u.Name = email, in.Name
	a.role.Set(u, role)
	if err := c.ValidateUser(u, core.UserSource{Method: "admin", Action: "create-user"}); err != nil {
		return nil, err
	}
	return &UserOutput{u}, a.storeUser(c, u, hash)
}

func (a *admin) storeUser(c *core.Context, u *core.User, hash *string) error {
	err := c.Transaction(func(c *core.Context) error {
		if err := c.Users().Create(u); err != nil || hash == nil {
			return err
		}
		return c.Accounts().Create(&core.Account{UserID: u.ID, AccountID: u.ID,
			ProviderID: core.CredentialProvider, Password: hash})
	})
	return taken(err)
}

// taken words an address that is another user's.
func taken(err error) error {
	if errors.Is(err, core.ErrUserAlreadyExists) || errors.Is(err, db.ErrConflict) {
		return core.ErrUserExistsUseAnotherEmail.WithStatus(http.StatusBadRequest).Wrap(err)
	}
	return err
}

// newRole returns the role of a user that is being created. It may stand in
// the data too.
func (a *admin) newRole(caller *core.User, in *CreateUserInput) (string, error) {
	raw, inData := in.Data["role"]
	delete(in.Data, "role")
	if !in.Role.Given() && !inData {
		return a.DefaultRole, nil
	}
	if caller != nil && !a.can(caller, "user", "set-role") {
		return "", ErrChangeRole
	}
	roles := in.Role.Value
	if !in.Role.Given() {
		var ok bool
		if roles, ok = rolesOf(raw); !ok {
			return "", ErrInvalidRoleType
		}
	}
	return a.grantable(caller, roles)
}

// rolesOf reads a role, or a list of roles, from a value of any type.
func rolesOf(raw json.RawMessage) ([]string, bool) {
	var one *string
	if json.Unmarshal(raw, &one) == nil {
		if one == nil {
			return nil, false
		}
		return []string{*one}, true
	}
	var several []*string
	if json.Unmarshal(raw, &several) != nil {
		return nil, false
	}
	roles := make([]string, len(several))
	for i, role := range several {
		if role == nil {
			return nil, false
		}
		roles[i] = *role
	}
	return roles, true
}

func hasAny(data map[string]json.RawMessage, names ...string) bool {
	for _, name := range names {
		if _, ok := data[name]; ok {
			return true
		}
	}
	return false
}
