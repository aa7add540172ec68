package username

import (
	"errors"
	"unicode/utf16"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// judge returns why a name cannot be used, or nil.
func (n *names) judge(name string) *core.Error {
	if n.ValidateNormalized {
		name = n.Normalize(name)
	}
	switch length := len(utf16.Encode([]rune(name))); {
	case length < n.MinLength:
		return ErrUsernameTooShort
	case length > n.MaxLength:
		return ErrUsernameTooLong
	case !n.Validate(name):
		return ErrInvalidUsername
	}
	return nil
}

// judgeDisplay returns why a display name cannot be used, or nil.
func (n *names) judgeDisplay(name string) *core.Error {
	if n.ValidateDisplayNormal {
		name = n.NormalizeDisplayName(name)
	}
	if !n.ValidateDisplayName(name) {
		return ErrInvalidDisplayUsername
	}
	return nil
}

// check judges the names of a sign-up or of a change of one's own user, and
// derives the one that is missing from the other.
func (n *names) check(c *core.Context) (*core.Response, error) {
	in, signUp := c.Input(), c.Endpoint().Path == "/sign-up/email"
	if raw, _ := in.Get("username"); input.Truthy(raw) && input.Kind(raw) != "string" {
		return nil, noText(raw, signUp)
	}
	display, displayed := in.Text("displayUsername")
	if _, named := in.Get("username"); signUp && displayed && !named && n.judge(display) == nil {
		if err := in.Set("username", display); err != nil {
			return nil, err
		}
	}
	name, named := in.Text("username")
	if named {
		if refusal := n.judge(name); refusal != nil {
			return nil, refusal
		}
	}
	if err := n.free(c, name, named, signUp); err != nil {
		return nil, err
	}
	if n.DisableDisplayName {
		return nil, nil
	}
	if displayed {
		if refusal := n.judgeDisplay(display); refusal != nil {
			return nil, refusal
		}
	}
	if raw, given := in.Get("displayUsername"); signUp && name != "" && (!given || string(raw) == "null" || string(raw) == `""`) {
		return nil, in.Set("displayUsername", name)
	}
	return nil, nil
}

// noText refuses a name that is no text, though the column would take some as
// one.
func noText(raw []byte, signUp bool) *core.Error {
	if signUp {
		return core.ErrFailedToCreateUser
	}
	return core.ErrValidation.Say("[body.username] Invalid input: expected string, received " + input.Kind(raw))
}

// free refuses a name that is somebody else's, and any change of one that has
// to stay.
func (n *names) free(c *core.Context, name string, named, signUp bool) error {
	_, given := c.Input().Get("username")
	if !given || !named && (signUp || !n.Immutable) {
		return nil
	}
	var own string
	if !signUp {
		current, err := c.Session()
		if err != nil {
			return err
		}
		if current != nil {
			if own = current.User.ID; n.Immutable {
				if err := n.stays(c, own, n.Normalize(name)); err != nil {
					return err
				}
			}
		}
	}
	if !named {
		return nil
	}
	u, err := n.find(c, name)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil
	case err != nil:
		return err
	case u.ID != own:
		return ErrUsernameTaken
	}
	return nil
}

// stays refuses another name than the stored one. It does not ask the session,
// which a cookie may hold from before the name was given.
func (n *names) stays(c *core.Context, userID, normal string) error {
	u, err := c.Users().ByID(userID)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if has, _ := n.username.Get(u); has != "" && has != normal {
		return ErrUsernameImmutable
	}
	return nil
}

// taken words the database's refusal of a name that was free when it was
// looked up.
func taken(_ *core.Context, r *core.Result) error {
	var conflict *db.ConflictError
	if r.Err != nil && errors.As(r.Err, &conflict) && conflict.Column == "username" {
		return ErrUsernameTaken.Wrap(r.Err)
	}
	return nil
}
