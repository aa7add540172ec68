package anonymous

import "github.com/watchword-auth/watchword/core"

// Delete is POST /delete-anonymous-user.
const Delete core.Ref[NoInput, DeleteOutput] = "deleteAnonymousUser"

// DeleteOutput reports that the user is gone.
type DeleteOutput struct {
	Success bool `json:"success"` // always true
}

func (a *anonymous) delete(c *core.Context, _ *NoInput) (*DeleteOutput, error) {
	current, err := c.RequireStoredSession()
	if err != nil {
		return nil, err
	}
	if a.DisableDelete {
		return nil, ErrDeleteDisabled
	}
	if !a.is(current.User) {
		return nil, ErrNotAnonymous
	}
	if err := c.Users().Delete(current.User); err != nil {
		return nil, worded(err, ErrFailedToDelete)
	}
	c.ClearSession()
	return &DeleteOutput{true}, nil
}

// is reports whether a user is anonymous.
func (a *anonymous) is(u *core.User) bool {
	is, _ := a.flag.Get(u)
	return is
}
