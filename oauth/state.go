package oauth

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/watchword-auth/watchword/core"
	"github.com/watchword-auth/watchword/db"
	"github.com/watchword-auth/watchword/secret"
)

// State is what the server remembers of a sign-in while the browser is at the
// provider.
type State struct {
	CallbackURL  string // where the browser goes afterwards
	ErrorURL     string // after a failure; empty: the error page
	NewUserURL   string // after a first sign-in; empty: CallbackURL
	CodeVerifier string // made by [States.Begin] where empty
	Nonce        string // that the ID token must repeat; empty: none
	// RequestSignUp is true where new users are asked for; nil where nothing
	// was said.
	RequestSignUp *bool
	Link          *LinkTarget // nil: a sign-in, not a linking
	// Provider is whom the browser was sent to: nobody else's answer redeems
	// the state. Empty in states of the reference, which does not keep it.
	Provider string
	// Additional is what the caller passes along to hooks. Names that the
	// state itself uses are dropped.
	Additional []Member
	// Server is what plugins pass along; clients cannot set it.
	Server []Member

	ID        string // the state parameter; made by [States.Begin]
	ExpiresAt time.Time
}

// LinkTarget is the user an identity is to be linked to.
type LinkTarget struct {
	UserID, Email string
	// SealedSession is the token of the session that asked for it; see
	// [States.SealSession].
	SealedSession string
}

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

// NewNonce returns a nonce for a request to p, or "" where p binds none.
func NewNonce(c *core.Context, p *Provider) string {
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
	data := state.encode()
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

// stateName reports whether a state uses the member itself.
func stateName(name string) bool {
	switch name {
	case "callbackURL", "codeVerifier", "errorURL", "newUserURL", "expiresAt", "oauthState", "link",
		"requestSignUp", "idTokenNonce", "serverContext", "__proto__":
		return true
	}
	return false
}

// encode writes the state with its members in the reference's order.
func (state *State) encode() []byte {
	o := &object{}
	for _, m := range state.Additional {
		if !stateName(m.Name) {
			o.raw(m.Name, m.Value)
		}
	}
	o.text("callbackURL", state.CallbackURL)
	o.text("codeVerifier", state.CodeVerifier)
	o.some("errorURL", state.ErrorURL)
	o.some("newUserURL", state.NewUserURL)
	if l := state.Link; l != nil {
		link := &object{}
		link.text("userId", l.UserID)
		link.text("email", l.Email)
		link.some("encryptedSessionToken", l.SealedSession)
		o.raw("link", link.bytes())
	}
	if server := state.server(); server != nil {
		o.raw("serverContext", server)
	}
	o.raw("expiresAt", fmt.Appendf(nil, "%d", state.ExpiresAt.UnixMilli()))
	if state.RequestSignUp != nil {
		o.raw("requestSignUp", fmt.Appendf(nil, "%t", *state.RequestSignUp))
	}
	o.some("idTokenNonce", state.Nonce)
	o.text("oauthState", state.ID)
	return o.bytes()
}

// providerMember keeps the provider among the server's own members, where the
// reference lets anything pass.
const providerMember = "provider"

func (state *State) server() []byte {
	if state.Provider == "" && len(state.Server) == 0 {
		return nil
	}
	o := &object{}
	for _, m := range state.Server {
		if m.Name != providerMember {
			o.raw(m.Name, m.Value)
		}
	}
	o.some(providerMember, state.Provider)
	return o.bytes()
}

// object writes a JSON object.
type object struct{ b []byte }

func (o *object) raw(name string, value []byte) {
	separator := byte(',')
	if len(o.b) == 0 {
		separator = '{'
	}
	o.b = append(o.b, separator)
	o.b = db.AppendJSONString(o.b, name)
	o.b = append(append(o.b, ':'), value...)
}

func (o *object) text(name, value string) { o.raw(name, db.AppendJSONString(nil, value)) }

func (o *object) some(name, value string) {
	if value != "" {
		o.text(name, value)
	}
}

func (o *object) bytes() []byte {
	if len(o.b) == 0 {
		return []byte("{}")
	}
	return append(o.b, '}')
}

var errState = errors.New("oauth: not a state")

// ParseState reads a state as [States.Begin] and the reference write it. It
// vouches for nothing: who may redeem it is up to [States.Redeem].
func ParseState(data []byte) (*State, error) {
	members, err := Members(data)
	if err != nil || !json.Valid(data) {
		return nil, errState
	}
	state := &State{}
	claims := Claims{}
	for _, m := range members {
		claims[m.Name] = m.Value
		if !stateName(m.Name) {
			state.Additional = append(state.Additional, m)
		}
	}
	var callback, verifier *string
	for _, f := range []struct {
		name string
		to   any
	}{
		{"callbackURL", &callback}, {"codeVerifier", &verifier}, {"errorURL", &state.ErrorURL}, {"newUserURL", &state.NewUserURL},
		{"oauthState", &state.ID}, {"idTokenNonce", &state.Nonce}, {"requestSignUp", &state.RequestSignUp},
	} {
		if raw, ok := claims[f.name]; ok && json.Unmarshal(raw, f.to) != nil {
			return nil, errState
		}
	}
	expires, ok := claims.Number("expiresAt")
	if callback == nil || verifier == nil || !ok || expires < 0 || expires > maxInstant*1000 {
		return nil, errState
	}
	state.CallbackURL, state.CodeVerifier = *callback, *verifier
	state.ExpiresAt = time.UnixMilli(int64(expires)).UTC()
	if err := state.parseServer(claims); err != nil {
		return nil, err
	}
	return state, state.parseLink(claims)
}

func (state *State) parseServer(claims Claims) error {
	if !claims.Has("serverContext") {
		return nil
	}
	server, err := Members(claims["serverContext"])
	if err != nil {
		return errState
	}
	for _, m := range server {
		if m.Name == providerMember {
			if json.Unmarshal(m.Value, &state.Provider) != nil || state.Provider == "" {
				return errState
			}
			continue
		}
		state.Server = append(state.Server, m)
	}
	return nil
}

func (state *State) parseLink(claims Claims) error {
	if !claims.Has("link") {
		return nil
	}
	link := claims.In("link")
	l := &LinkTarget{Email: link.Text("email"), SealedSession: link.Text("encryptedSessionToken")}
	var err error
	// Keys that a database counts are numbers in states of the reference.
	if l.UserID, err = link.Subject("userId"); err != nil || l.Email == "" {
		return errState
	}
	if link.Has("encryptedSessionToken") && l.SealedSession == "" {
		return errState
	}
	state.Link = l
	return nil
}
