package oauth

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// accepted are the identity's values for added columns that may be set from
// outside.
func accepted(c *core.Context, id *Identity) map[string]json.RawMessage {
	sent := map[string]json.RawMessage{}
	for _, column := range c.Tables().Users.Columns {
		if raw, ok := id.Fields[column.Name]; ok && column.Added() && column.Input.Accept {
			sent[column.Name] = raw
		}
	}
	return sent
}

// override renews a user's columns from the identity. An address is taken
// over only if the provider vouches for it and nobody else has it.
func (a *Attempt) override(c *core.Context, user *core.User) *core.User {
	t := c.Tables().Users
	set := profileChanges(c, a.Identity)
	email := core.NormalEmail(a.Identity.Email)
	if a.Identity.EmailVerified && email != user.Email {
		if _, err := c.Users().ByEmail(email); errors.Is(err, db.ErrNotFound) {
			set = append(set, t.Email.To(email), t.EmailVerified.To(true))
		}
	}
	return changed(c, user, set)
}

// updateOnLink renews a user's columns after a link, where the options say so.
func updateOnLink(c *core.Context, user *core.User, id *Identity) *core.User {
	if !c.Options().Account.Linking.UpdateUserInfoOnLink {
		return user
	}
	return changed(c, user, profileChanges(c, id))
}

func profileChanges(c *core.Context, id *Identity) []db.Assign[core.User] {
	t := c.Tables().Users
	set, err := input.UpdateFields(t.Table, accepted(c, id))
	if err != nil {
		c.Log().WarnContext(c, "a profile does not fit the columns of users", "error", err)
		set = nil
	}
	if strings.TrimSpace(id.Name) != "" {
		set = append(set, t.Name.To(id.Name))
	}
	if id.Image != "" {
		set = append(set, t.Image.To(id.Image))
	}
	return set
}

// changed applies changes that a sign-in does not depend on.
func changed(c *core.Context, user *core.User, set []db.Assign[core.User]) *core.User {
	if len(set) == 0 {
		return user
	}
	renewed, err := c.Users().Update(user.ID, set...)
	if err != nil {
		c.Log().WarnContext(c, "a profile could not be taken over", "error", err)
		return user
	}
	return renewed
}
