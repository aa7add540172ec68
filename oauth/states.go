package oauth

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

const (
	stateAge       = 10 * time.Minute
	stateCookieAge = 5 * time.Minute
)

// States keeps the states of sign-ins: in the database, with a cookie that
// binds each to its browser, or sealed in a cookie altogether.
type States struct {
	cookies, sessions *secret.Ring
}

// NewStates returns the states of the instance that is being assembled. They
// can be used when it is ready.
func NewStates(r *core.Registrar) *States {
	s := &States{}
	r.Ready(func(k *core.Kernel) error {
		s.cookies = k.Secrets().Purpose("oauth-state-cookie")
		s.sessions = k.Secrets().Purpose("oauth-link-session-token")
		return nil
	})
	return s
}

// newNonce returns a nonce for a request to p, or "" where p binds none.
func newNonce(c *core.Context, p *Provider) string {
	if !p.BindNonce {
		return ""
	}
	return secret.Text(c.Random(), secret.URLSafe, 32)
}

// Begin keeps a state, binds it to the browser, and completes it.
func (s *States) Begin(c *core.Context, state *State) error {
	state.ID = secret.Text(c.Random(), secret.URLSafe, 32)
	if state.CodeVerifier == "" {
		state.CodeVerifier = secret.Text(c.Random(), secret.URLSafe, 128)
	}
	state.ExpiresAt = c.Now().Add(stateAge)
	remembered, _ := c.Value(rememberedKey{}).([]Member)
	state.Server = append(state.Server, remembered...)
	data := state.Encode()
	c.SetValue(currentState{}, state)
	if c.Options().Account.StoreStateStrategy == core.StateInCookie {
		sealed, err := s.cookies.Seal(data, c.Random())
		if err != nil {
			return err
		}
		c.Cookies().Set(c.SealedStateCookie(), sealed, stateAge)
		return nil
	}
	if _, err := c.Verifications().Create(stateIdentifier(state.ID), string(data), stateAge); err != nil {
		return core.ErrFailedToCreateVerification.Wrap(err)
	}
	c.Cookies().SetSigned(c.StateCookie(), state.ID, stateCookieAge)
	return nil
}

func stateIdentifier(id string) string { return "auth-state:" + id }

// StateError reports a state that cannot be redeemed. Code goes into the
// redirect, to ErrorURL where the state is known well enough to have one.
type StateError struct {
	Code, ErrorURL string
	Err            error
}

// Error describes the failure, for logs.
func (e *StateError) Error() string { return fmt.Sprintf("oauth: %s: %v", e.Code, e.Err) }

// Unwrap returns the cause.
func (e *StateError) Unwrap() error { return e.Err }

// Redeem returns the state that a provider's answer names, once: of racing
// callers one receives it. Whoever is not the browser that began it receives
// a [*StateError], and so does the answer of another provider than the one
// the browser was sent to. A nil provider is one that is not configured.
func (s *States) Redeem(c *core.Context, id string, p *Provider) (*State, error) {
	if id == "" {
		return nil, &StateError{Code: "state_not_found", Err: errors.New("there is none")}
	}
	redeem := s.redeemRow
	if c.Options().Account.StoreStateStrategy == core.StateInCookie {
		redeem = s.redeemCookie
	}
	state, err := redeem(c, id)
	if err != nil {
		return nil, err
	}
	if state.ExpiresAt.Before(c.Now()) {
		return nil, mismatch(state, "it has expired")
	}
	if state.Provider != "" && p != nil && state.Provider != p.Name {
		return nil, mismatch(state, "it was begun with another provider")
	}
	c.SetValue(currentState{}, state)
	return state, nil
}

type currentState struct{}

// CurrentState returns the state this call began or redeemed, or nil: for
// hooks that want what the caller passed along.
func CurrentState(c *core.Context) *State {
	state, _ := c.Value(currentState{}).(*State)
	return state
}

type rememberedKey struct{}

// Remember makes the state that this call is about to begin pass a member
// along, as one of [State.Server]: for hooks before a sign-in at a provider
// that want to know it when the browser comes back.
func Remember(c *core.Context, m Member) {
	before, _ := c.Value(rememberedKey{}).([]Member)
	c.SetValue(rememberedKey{}, append(slices.Clip(before), m))
}

func mismatch(state *State, why string) *StateError {
	e := &StateError{Code: "state_mismatch", Err: errors.New(why)}
	if state != nil {
		e.ErrorURL = state.ErrorURL
	}
	return e
}

func (s *States) redeemRow(c *core.Context, id string) (*State, error) {
	// Taken before anything else is looked at: whoever presents a state, by
	// right or not, nobody presents it again.
	row, err := c.Verifications().Take(stateIdentifier(id))
	if errors.Is(err, db.ErrNotFound) {
		return nil, mismatch(nil, "it is not known")
	}
	if err != nil {
		return nil, err
	}
	state, err := ParseState([]byte(row.Value))
	if err != nil {
		return nil, &StateError{Code: "internal_server_error", Err: err}
	}
	if state.ID != "" && state.ID != id {
		return nil, mismatch(state, "it is another's")
	}
	if bound, ok := c.Cookies().GetSigned(c.StateCookie()); (!ok || bound != id) && !c.Options().Account.SkipStateCookieCheck {
		return nil, mismatch(state, "the browser did not begin it")
	}
	c.Cookies().Expire(c.StateCookie())
	return state, nil
}

func (s *States) redeemCookie(c *core.Context, id string) (*State, error) {
	sealed, ok := c.Cookies().Get(c.SealedStateCookie())
	if !ok || sealed == "" {
		return nil, mismatch(nil, "the browser did not begin it")
	}
	data, err := s.cookies.Open(sealed)
	if err != nil {
		return nil, &StateError{Code: "state_invalid", Err: err}
	}
	state, err := ParseState(data)
	if err != nil {
		return nil, &StateError{Code: "state_invalid", Err: err}
	}
	if state.ID == "" || !equal(state.ID, id) {
		return nil, mismatch(state, "it is another's")
	}
	c.Cookies().Expire(c.SealedStateCookie())
	// A browser can send its cookie twice; the state works once all the same.
	first, err := c.Verifications().Reserve("auth-state-used:"+secret.Hash(id), "used", stateAge)
	if err != nil {
		return nil, err
	}
	if !first {
		return nil, mismatch(state, "it was redeemed before")
	}
	return state, nil
}

// SealSession returns the session's token as a state carries it.
func (s *States) SealSession(c *core.Context, session *core.Session) (string, error) {
	return s.sessions.Seal([]byte(session.Token), c.Random())
}

// SessionLives reports whether the session that asked for a linking is still
// there. States of older versions do not name one and pass.
func (s *States) SessionLives(c *core.Context, link *LinkTarget) (bool, error) {
	if link.SealedSession == "" {
		return true, nil
	}
	token, err := s.sessions.Open(link.SealedSession)
	if err != nil {
		return false, nil
	}
	current, err := c.Sessions().Find(string(token))
	if errors.Is(err, db.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return current.Session.UserID == link.UserID && current.Session.ExpiresAt.After(c.Now()), nil
}
