package session

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/input"
)

// Update is POST /update-session.
const Update core.Ref[UpdateInput, UpdateOutput] = "updateSession"

// UpdateInput holds new values of added columns of the session, and whatever
// else was sent, which is ignored.
type UpdateInput struct {
	Fields map[string]json.RawMessage
}

// Bind reads the body.
func (in *UpdateInput) Bind(b *input.Binder) { in.Fields = b.Record().All() }

// MarshalJSON writes the input as a client would send it.
func (in *UpdateInput) MarshalJSON() ([]byte, error) {
	return input.MarshalFields(struct{}{}, in.Fields)
}

// UpdateOutput is the session as it is now.
type UpdateOutput struct {
	Session *core.Session `json:"session"`
}

// AppendJSON writes the output.
func (out *UpdateOutput) AppendJSON(b []byte) []byte {
	return append(out.Session.AppendJSON(append(b, `{"session":`...)), '}')
}

var errNoFields = core.NewError(http.StatusBadRequest, "", "No fields to update")

func (Flow) update(c *core.Context, in *UpdateInput) (*UpdateOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	set, err := input.UpdateFields(c.Tables().Sessions.Table, in.Fields)
	if err != nil {
		return nil, err
	}
	if len(set) == 0 {
		return nil, errNoFields
	}
	session, err := c.Sessions().Update(current.Session.Token, set...)
	if errors.Is(err, db.ErrNotFound) && !c.Kernel().Stateful() {
		// The process that had the row is gone; the cookie has what it held.
		changed := *current.Session
		changed.Extra, changed.UpdatedAt = changed.Clone(), c.Now()
		session, err = &changed, core.Apply(c.Tables().Sessions.Table, &changed, set)
	}
	if errors.Is(err, db.ErrNotFound) {
		c.ClearSession()
		return nil, core.ErrFailedToGetSession.WithStatus(http.StatusUnauthorized)
	}
	if err != nil {
		return nil, err
	}
	c.RefreshSessionCookies(&core.Current{Session: session, User: current.User})
	return &UpdateOutput{Session: session}, nil
}
