package username

import (
	"errors"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
)

// checked reports whether [names.check] has seen the call's names.
func checked(c *core.Context) bool {
	path := c.Endpoint().Path
	return path == "/sign-up/email" || path == "/update-user"
}

// beforeCreate judges names that come by other ways than a sign-up, such as an
// administrator or another plugin, and stores the normal form.
func (n *names) beforeCreate(c *core.Context, u *core.User) error {
	name, _ := n.username.Get(u)
	display := ""
	if !n.DisableDisplayName {
		display, _ = n.displayName.Get(u)
	}
	if name != "" {
		if err := n.admit(c, name, display, ""); err != nil {
			return err
		}
		n.username.Set(u, n.Normalize(name))
	}
	switch {
	case n.DisableDisplayName:
	case display != "":
		n.displayName.Set(u, n.NormalizeDisplayName(display))
	case name != "":
		n.displayName.Set(u, name)
	}
	return nil
}

// beforeUpdate is beforeCreate for a change.
func (n *names) beforeUpdate(c *core.Context, set *core.Changes[core.User]) error {
	name, _ := core.Assigned(set.Set, n.username)
	display := ""
	if !n.DisableDisplayName {
		display, _ = core.Assigned(set.Set, n.displayName)
	}
	if name != "" {
		if err := n.admit(c, name, display, set.Key); err != nil {
			return err
		}
		set.Add(n.username.To(n.Normalize(name)))
	}
	if display != "" {
		set.Add(n.displayName.To(n.NormalizeDisplayName(display)))
	}
	return nil
}

// admit judges the names of a row, whose key is empty while it is new.
func (n *names) admit(c *core.Context, name, display, key string) error {
	if checked(c) {
		return nil
	}
	if refusal := n.judge(name); refusal != nil {
		return refusal
	}
	u, err := n.find(c, name)
	switch {
	case err != nil && !errors.Is(err, db.ErrNotFound):
		return err
	case err == nil && u.ID != key:
		return ErrUsernameTaken
	}
	if display != "" {
		if refusal := n.judgeDisplay(display); refusal != nil {
			return refusal
		}
	}
	return nil
}
