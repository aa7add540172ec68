package session

import (
	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/input"
)

// List is GET /list-sessions.
const List core.Ref[ListInput, ListOutput] = "listUserSessions"

// ListInput is empty.
type ListInput struct{}

// Bind reads nothing.
func (*ListInput) Bind(*input.Binder) {}

// ListOutput is the live sessions of a user with their tokens, oldest first.
type ListOutput = core.SessionList

func (Flow) list(c *core.Context, _ *ListInput) (*ListOutput, error) {
	current, err := c.RequireSession()
	if err != nil {
		return nil, err
	}
	sessions, err := c.Sessions().List(current.User.ID)
	return (*ListOutput)(&sessions), err
}
